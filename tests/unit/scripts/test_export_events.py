"""`padan export-events` writes what happened and who agreed, and nobody's name."""

from __future__ import annotations

import argparse
import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from api.database import migrate, open_database
from api.security.keys import fresh_ring
from api.security.registration import sealed_contact
from api.storage.consents import Consent, note_consents
from api.storage.contacts import put_contact
from api.storage.events import append_interactions
from api.storage.people import add_person
from matcher.domain.records import Alumnus, Interaction
from matcher.ingest.datasets import read_table
from scripts import export_events
from tests.world import NOW

SITI = Alumnus("a-siti", "32", birth_year=1994)


@pytest.fixture
def stored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A database of two people, of whom one agreed; the settings name it."""
    url = f"sqlite:///{tmp_path / 'padan.db'}"
    migrate(url)
    database, keys = open_database(url), fresh_ring()
    with database.session.begin() as session:
        add_person(session, SITI)
        add_person(session, replace(SITI, alumnus_id="a-budi"))
        note_consents(session, [Consent("a-siti", "recommend", True, NOW, "web")])
        put_contact(session, sealed_contact(keys, "a-siti", phone=None, name="Siti Aminah", birth_on=date(1994, 3, 5)))
        append_interactions(session, [Interaction("x-1", "a-siti", "v-sew", "applied", NOW)], now=NOW)
    database.close()
    monkeypatch.setenv("PADAN_DATABASE_URL", url)
    return tmp_path


def test_the_tables_are_written_and_counted(stored: Path, capsys: pytest.CaptureFixture[str]) -> None:
    parser = argparse.ArgumentParser()
    export_events.register(parser.add_subparsers())
    arguments = parser.parse_args(["export-events", "--to", str(stored / "events" / "november"), "--json"])
    assert arguments.run(arguments) == 0
    counts = json.loads(capsys.readouterr().out)["rows"]
    assert (counts["alumni"], counts["interactions"], counts["outcomes"], counts["vacancies"]) == (1, 1, 0, 0)
    folder = stored / "events" / "november"
    assert read_table("alumni", folder)["alumnus_id"].to_pylist() == ["a-siti"]
    assert read_table("interactions", folder)["kind"].to_pylist() == ["applied"]
    assert all(b"Aminah" not in path.read_bytes() for path in folder.iterdir())
