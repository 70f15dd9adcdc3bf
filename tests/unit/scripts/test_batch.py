"""``padan batch`` on the tiny world: as a command, killed, and taken up again."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from matcher.engine.artifacts import Artifact
from matcher.engine.batch_run import BatchPlan, BatchRun
from matcher.ingest.datasets import SCHEMAS, read_table, write_table
from scripts.cli import main
from tests.world import NOW

COPIES = 300
DECLINED = ["contact"]


def _rows(folder: Path) -> list[dict]:
    parts = [pq.read_table(path) for path in sorted(folder.glob("*.parquet"))]
    return sorted(
        (row for part in parts for row in part.to_pylist()), key=lambda row: (row["alumnus_id"], row["position"])
    )


@pytest.fixture(scope="module")
def crowd(world: Artifact, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The people of the world many times over, each copy with ids of its own."""
    folder = tmp_path_factory.mktemp("crowd")
    for name in ("alumni", "certificates", "licences"):
        table = read_table(name, world.folder)
        copies = [
            table.set_column(
                table.column_names.index("alumnus_id"), SCHEMAS[name].field("alumnus_id"),
                pc.call_function("binary_join_element_wise", [table["alumnus_id"].cast(pa.string()), str(copy), "-"]),
            )
            for copy in range(COPIES)
        ]  # fmt: skip
        write_table(pa.concat_tables(copies), name, folder)
    return folder


def _command(artifact: Path, data: Path, to: Path, processes: int = 1) -> list[str]:
    return [
        "batch", "--artifact", str(artifact), "--data", str(data), "--to", str(to), "--now", NOW.isoformat(),
        "-k", "5", "--processes", str(processes), "--part", "10",
    ]  # fmt: skip


def test_batch_writes_what_recommend_gives(world: Artifact, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = world.folder
    words = ["--artifact", str(folder), "--data", str(folder), "--to", str(tmp_path / "run"), "--now", NOW.isoformat()]
    assert main(["batch", *words, "--processes", "1", "--json"]) == 0
    manifest = json.loads(capsys.readouterr().out)
    engine = world.recommender
    expected = [
        {
            "alumnus_id": name, "vacancy_id": item.vacancy_id, "position": item.position, "score": item.score,
            "reasons": ";".join(reason.code for reason in item.reasons),
        }
        for name, person in sorted((one.alumnus_id, one) for one in world.alumni()) if person.certificates
        for item in engine.recommend(person, now=NOW, depth=50).items
    ]  # fmt: skip
    assert _rows(tmp_path / "run") == expected
    assert (manifest["people"], manifest["policy"], manifest["rows"]) == (5, engine.policy, len(expected))


def test_batch_killed_in_the_middle_loses_and_doubles_nothing(world: Artifact, crowd: Path, tmp_path: Path) -> None:
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    assert main(_command(world.folder, crowd, whole)) == 0
    command = [sys.executable, "-m", "scripts.cli", *_command(world.folder, crowd, cut, processes=2)]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL, start_new_session=True)
    receipts = cut / ".work" / "receipts"
    while process.poll() is None and len(list(receipts.glob("*.json"))) < 3:
        time.sleep(0.002)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    _wait_until_gone(process.pid)
    n_done = len(list(receipts.glob("*.json")))
    assert 0 < n_done < len(list(whole.glob("*.parquet")))
    assert main(_command(world.folder, crowd, cut)) == 0
    assert _rows(cut) == _rows(whole)


def _wait_until_gone(group: int) -> None:
    """Wait for every process of a session: a worker ends when what started it is gone."""
    for _ in range(500):
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return
        time.sleep(0.02)
    pytest.fail("workers of a killed run are still there")


def test_a_changed_part_is_written_again(world: Artifact, crowd: Path, tmp_path: Path) -> None:
    plan = BatchPlan.of(world, crowd, now=NOW, depth=5, n_shown=5, people_per_part=4_000)
    run = BatchRun.begun(world, plan, tmp_path)
    sizes = run.prepared(crowd)
    names = list(run.work(run.todo(sizes), processes=1))
    (tmp_path / f"{names[0]}.parquet").write_bytes(b"cut short")
    assert run.todo(sizes) == [names[0]]


@pytest.mark.parametrize(("words", "said"), [(["-k", "7"], "another depth"), (["--now", "2026-11-01"], "another now")])
def test_batch_refuses_a_folder_of_another_run(
    world: Artifact, tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    command = ["batch", "--artifact", str(world.folder), "--data", str(world.folder), "--to", str(tmp_path)]
    assert main([*command, "--now", NOW.isoformat(), "--processes", "1"]) == 0
    assert main([*command, "--processes", "1", *words]) == 2
    assert said in capsys.readouterr().err


def test_who_declined_recommendations_gets_none(world: Artifact, tmp_path: Path) -> None:
    people = read_table("alumni", world.folder).to_pylist()
    for person, consents in zip(people, (None, [], ["recommend"], ["contact", "recommend"], DECLINED), strict=True):
        person["consents"] = consents
    write_table(pa.Table.from_pylist(people, schema=SCHEMAS["alumni"]), "alumni", tmp_path)
    write_table(read_table("certificates", world.folder), "certificates", tmp_path)
    command = ["batch", "--artifact", str(world.folder), "--data", str(tmp_path), "--to", str(tmp_path / "run")]
    assert main([*command, "--now", NOW.isoformat(), "--processes", "1"]) == 0
    served = {row["alumnus_id"] for row in _rows(tmp_path / "run")}
    assert served <= {person["alumnus_id"] for person in people[:1] + people[2:4]}
    assert json.loads((tmp_path / "run" / "manifest.json").read_text())["declined"] == 2


def test_batch_refuses_a_folder_that_holds_something_else(world: Artifact, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    command = ["batch", "--artifact", str(world.folder), "--data", str(world.folder), "--to", str(tmp_path)]
    assert main([*command, "--now", NOW.isoformat()]) == 2
