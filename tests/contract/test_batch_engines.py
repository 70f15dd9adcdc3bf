"""What every engine of ``padan batch`` keeps: the same files and manifest, whatever is killed on the way."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from matcher.engine.artifacts import Artifact
from matcher.engine.batch_run import BatchPlan, BatchRun
from matcher.ingest.datasets import SCHEMAS, read_table, write_table
from scripts.cli import main
from tests.spark_cluster import cluster, require_spark, spark_environment
from tests.world import NOW

COPIES = 80
PEOPLE_PER_PART = 8
Batch = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def crowd(world: Artifact, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The people of the world many times over, each copy with ids of its own."""
    folder = tmp_path_factory.mktemp("crowd")
    for name in ("alumni", "certificates", "licences"):
        table = read_table(name, world.folder)
        place, field = table.column_names.index("alumnus_id"), SCHEMAS[name].field("alumnus_id")
        ids = table["alumnus_id"].cast(pa.string())
        renamed = [pc.call_function("binary_join_element_wise", [ids, str(n), "-"]) for n in range(COPIES)]
        write_table(pa.concat_tables([table.set_column(place, field, one) for one in renamed]), name, folder)
    return folder


@pytest.fixture(scope="module")
def expected(world: Artifact, crowd: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What one process writes."""
    to = tmp_path_factory.mktemp("expected")
    assert main([*_words(world, crowd, to), "--processes", "1"]) == 0
    return _files(to)


@pytest.fixture(params=["local", "spark"])
def batch(request: pytest.FixtureRequest, world: Artifact, crowd: Path, tmp_path: Path) -> Batch:
    """Run the command with one engine, in a process of its own."""
    if request.param == "spark":
        require_spark()

    def run(to: Path) -> subprocess.CompletedProcess[str]:
        words = [*_words(world, crowd, to), "--engine", request.param, "--processes", "2"]
        return subprocess.run(
            [sys.executable, "-m", "scripts.cli", *words],
            env=spark_environment(tmp_path), capture_output=True, text=True, check=False, timeout=240,
        )  # fmt: skip

    return run


def test_engine_writes_what_one_process_writes(batch: Batch, expected: dict[str, bytes], tmp_path: Path) -> None:
    done = batch(tmp_path / "run")
    assert done.returncode == 0, done.stderr
    assert _files(tmp_path / "run") == expected


def test_engine_does_only_what_is_left(
    batch: Batch, world: Artifact, crowd: Path, expected: dict[str, bytes], tmp_path: Path
) -> None:
    plan = BatchPlan.of(world, crowd, now=NOW, depth=5, n_shown=5, people_per_part=PEOPLE_PER_PART)
    run = BatchRun.begun(world, plan, tmp_path / "run")
    names = run.todo(run.prepared(crowd))
    first, *_ = run.work(names[:2], processes=1)
    untouched = (tmp_path / "run" / f"{first}.parquet").stat().st_mtime_ns
    done = batch(tmp_path / "run")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "run" / f"{first}.parquet").stat().st_mtime_ns == untouched
    assert _files(tmp_path / "run") == expected


def test_cluster_that_loses_a_machine_loses_and_doubles_nothing(
    world: Artifact, crowd: Path, expected: dict[str, bytes], tmp_path: Path
) -> None:
    require_spark()
    receipts = tmp_path / "run" / ".work" / "receipts"
    with cluster(tmp_path, n_workers=2) as machines, (tmp_path / "log").open("wb+") as log:
        words = [*_words(world, crowd, tmp_path / "run"), "--engine", "spark", "--master", machines.url]
        command = [sys.executable, "-m", "scripts.cli", *words]
        process = subprocess.Popen(command, stderr=log, stdout=log, env=spark_environment(tmp_path))
        while process.poll() is None and len(list(receipts.glob("*.json"))) < 3:
            time.sleep(0.005)
        machines.kill_one_at_work()
        n_done = len(list(receipts.glob("*.json")))
        assert process.wait(timeout=240) == 0, (tmp_path / "log").read_text()
        assert 3 <= n_done < len(expected) - 2
        assert "Lost executor" in (tmp_path / "log").read_text()
    assert _files(tmp_path / "run") == expected


def test_absent_cluster_is_refused_in_one_line(world: Artifact, crowd: Path, tmp_path: Path) -> None:
    require_spark()
    words = [*_words(world, crowd, tmp_path / "run"), "--engine", "spark", "--master", "no such place"]
    done = subprocess.run(
        [sys.executable, "-m", "scripts.cli", *words],
        env=spark_environment(tmp_path), capture_output=True, text=True, check=False, timeout=240,
    )  # fmt: skip
    assert done.returncode == 2
    assert "Spark at no such place" in done.stderr.splitlines()[-1]


def _words(artifact: Artifact, data: Path, to: Path) -> list[str]:
    return [
        "batch", "--artifact", str(artifact.folder), "--data", str(data), "--to", str(to), "--now", NOW.isoformat(),
        "-k", "5", "--part", str(PEOPLE_PER_PART),
    ]  # fmt: skip


def _files(folder: Path) -> dict[str, bytes]:
    """Return what lies in the folder of a finished run, byte for byte."""
    assert json.loads((folder / "manifest.json").read_text())["people"] == COPIES * 5
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
