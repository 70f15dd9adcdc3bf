"""``padan`` as a whole: exit codes, one line for every refusal, settings from the environment, a real process."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from matcher.engine.artifacts import Artifact
from scripts.cli import STAGES
from tests.command_line import CommandLine

ROOT = Path(__file__).parents[3]


def _process(*words: object, **settings: object) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PADAN_ENCODER": "tfidf"} | {name: str(value) for name, value in settings.items()}
    command = [sys.executable, "-m", "scripts.cli", *map(str, words)]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def test_help_names_every_stage_and_exits_0(padan: CommandLine) -> None:
    answer = padan("--help")
    assert answer.code == 0
    for stage in STAGES:
        assert f"\n    {stage} " in answer.out or f"\n    {stage}\n" in answer.out


def test_every_file_that_adds_a_command_is_a_stage() -> None:
    files = (ROOT / "scripts").glob("*.py")
    adding = [path.stem.replace("_", "-") for path in files if "def register(" in path.read_text(encoding="utf-8")]
    assert sorted(adding) == sorted(STAGES)


def test_a_stage_imports_no_other() -> None:
    seen = "import sys; from scripts.cli import main\ntry: main(['ingest', '--help'])\nfinally: print(*sys.modules)"
    told = subprocess.run([sys.executable, "-c", seen], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert "scripts.ingest" in told and not {"scripts.serve", "fastapi"} & set(told.split())


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "STAGE"),
        (("apa",), "'apa'"),
        (("rank",), "--courses, --vacancies, --queries, --out"),
        (("recommend", "--artifact", "x"), "--alumnus --certificate"),
        (("recommend", "--artifact", "x", "--alumnus", "a", "--certificate", "b"), "not allowed with"),
        (("build", "--data", "x", "--to", "y", "--apa"), "--apa"),
    ],
)
def test_words_that_make_no_command_are_one_line(padan: CommandLine, words: tuple[str, ...], told: str) -> None:
    refusal = padan(*words).refusal
    assert told in refusal and "--help" in refusal


@pytest.mark.parametrize("k", ["0", "-1", "1.5", "sepuluh", "", "²"])
@pytest.mark.parametrize(
    "words",
    [
        ("recommend", "--artifact", "x", "--alumnus", "a"),
        ("rank", "--courses", "x", "--vacancies", "x", "--queries", "x", "--out", "y"),
        ("rank-text", "--queries", "x", "--corpus", "x", "--out", "y"),
    ],
)
def test_k_below_one_is_one_line_with_the_remedy(padan: CommandLine, words: tuple[str, ...], k: str) -> None:
    assert f"argument -k: '{k}' is no whole number from 1; write for example 10" in padan(*words, f"-k={k}").refusal


def test_the_date_comes_from_the_option_then_the_setting(
    padan: CommandLine, world: Artifact, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ("recommend", "--artifact", world.folder, "--alumnus", "a-cook")
    monkeypatch.setenv("PADAN_NOW", "2026-11-01")
    assert "Perawat Lansia" in padan(*words).out
    assert "Perawat Lansia" not in padan(*words, "--now", "2026-11-22").out


def test_a_setting_that_is_no_date_is_one_line(
    padan: CommandLine, world: Artifact, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PADAN_NOW", "besok")
    refusal = padan("recommend", "--artifact", world.folder, "--alumnus", "a-cook").refusal
    assert "PADAN_NOW) is 'besok': not a date; write 2026-11-22" in refusal


def test_a_setting_out_of_range_is_one_line(
    padan: CommandLine, world: Artifact, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PADAN_PORT", "delapan")
    refusal = padan("recommend", "--artifact", world.folder, "--alumnus", "a-cook").refusal
    assert "PADAN_PORT" in refusal and "'delapan'" in refusal


def test_a_cache_that_cannot_be_made_is_one_line(
    padan: CommandLine, world: Artifact, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "berkas").write_text("", encoding="utf-8")
    monkeypatch.setenv("PADAN_CACHE", str(tmp_path / "berkas"))
    assert str(tmp_path / "berkas") in padan("recommend", "--artifact", world.folder, "--alumnus", "a-cook").refusal


def test_a_refused_process_leaves_with_2_and_one_line(tmp_path: Path) -> None:
    done = _process("recommend", "--artifact", tmp_path / "tiada", "--alumnus", "a", PADAN_CACHE=tmp_path)
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (2, "", 1)
    assert "no artifact here (no manifest.json); make one with padan build" in done.stderr


def test_another_process_writes_the_same_run(padan: CommandLine, world_data: Path, tmp_path: Path) -> None:
    (tmp_path / "q.jsonl").write_text('{"query_id": "q1", "course_ids": ["c-cook", "c-sew"]}\n', encoding="utf-8")
    words = ["rank", "--courses", world_data / "courses.parquet", "--vacancies", world_data / "vacancies.parquet"]
    words += ["--queries", tmp_path / "q.jsonl", "--now", "2026-11-22", "--out"]
    done = _process(*words, tmp_path / "other.run", PADAN_CACHE=tmp_path, PYTHONHASHSEED=7)
    assert padan(*words, tmp_path / "own.run").code == done.returncode == 0
    assert (tmp_path / "other.run").read_bytes() == (tmp_path / "own.run").read_bytes()
