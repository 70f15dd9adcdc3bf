"""Fixtures of the command line: the world as a folder of tables, and ``padan`` keeping all in a scratch folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from matcher.ingest.datasets import write_table
from tests.command_line import CommandLine
from tests.world import NOW, world_tables


@pytest.fixture(scope="session")
def world_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the five tables of the world, to be read only."""
    folder = tmp_path_factory.mktemp("tables")
    for name, table in world_tables().items():
        write_table(table, name, folder)
    return folder


@pytest.fixture
def padan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    """The command line at the instant of the world, with TF-IDF and everything it keeps in the scratch folder."""
    settings = {
        "CACHE": tmp_path / "cache",
        "ARTIFACT": tmp_path / "served",
        "ENCODER": "tfidf",
        "NOW": NOW.isoformat(),
    }
    for name, value in settings.items():
        monkeypatch.setenv(f"PADAN_{name}", str(value))
    return CommandLine(capsys)
