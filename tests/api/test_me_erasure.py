"""Erasure over HTTP: nothing that leads to the person is left in any table, file, log, answer or later export."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from api.database import Database
from api.logs import JsonLines
from api.storage.erasure import Erasure, apply_erasures
from api.storage.exports import export_events, export_people
from api.storage.people import person_of
from api.storage.schema import METADATA
from api.upkeep.erasure_list import append_erasure, listed_erasures
from matcher.domain.errors import InvalidInput
from matcher.engine.artifacts import Artifact
from tests.api.me_people import Alumna, alumna, at_counter, house_of
from tests.api.security.conftest import (
    PHONE,
    PIN,
    House,
    Opener,
    database_url,
    empty_database_url,
    migrated_url,
    opened,
    postgresql_url,
)
from tests.api.test_me_events import event, invite, outcome, tell
from tests.world import NOW

__all__ = ["database_url", "empty_database_url", "migrated_url", "opened", "postgresql_url"]

NAME = "Ibu Sari Kencanawati"
PHONES = ("81234567890", "0812 3456 7890", "0812-3456-7890")


@pytest.fixture
def served(opened: Opener, world: Artifact, tmp_path: Path) -> House:
    """The service over the tiny world."""
    return house_of(opened, world, tmp_path)


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """Everything that is logged, by anybody."""
    text = io.StringIO()
    listening = logging.StreamHandler(text)
    listening.setFormatter(JsonLines())
    loggers = [logging.getLogger(name) for name in (None, "api", "uvicorn", "sqlalchemy.engine")]
    for logger in loggers:
        logger.addHandler(listening)
    yield text
    for logger in loggers:
        logger.removeHandler(listening)


def live(house: House) -> Alumna:
    """Return somebody who has used everything there is."""
    sari = alumna(house, "recommend", "discoverable", name=NAME)
    impression_id = sari.slate()["impression_id"]
    assert tell(sari, event(1, impression_id=impression_id), event(2, kind="applied")).status_code == 201
    key = {"Idempotency-Key": f"kunci-{sari.alumnus_id}"}
    assert sari.send("POST", "/outcomes", outcome(), **key).status_code == 201
    assert sari.send("POST", "/questions", {"text": f"Saya {NAME}, {PHONE}"}, **key | {"Idempotency-Key": "q" * 9})
    assert sari.send("POST", "/corrections", {"field": "place", "told": f"Rumah {NAME}"}).status_code == 201
    assert sari.send("PUT", "/objection", {"objects": True, "text": f"Saya {NAME}"}).status_code == 200
    assert sari.send("PUT", "/objection", {"objects": False}).status_code == 200
    sari.slate("?k=1")
    invite(sari)
    assert sari.send("POST", "/invitations/n-1/accept").status_code == 200
    officer = at_counter(house, sari)
    assert officer.slate("?k=2")["items"] and NAME in officer.get("/export").text
    return sari


def cells(database: Database) -> str:
    """Return everything that every table holds."""
    with database.reading() as reading:
        return "\n".join(str(tuple(row)) for table in METADATA.sorted_tables for row in reading.execute(select(table)))


def in_files(folder: Path, words: tuple[str, ...]) -> list[tuple[str, str]]:
    """Return which of `words` stand in which file."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [(path.name, word) for path in files for word in words if word.encode() in path.read_bytes()]


def test_nothing_leads_to_the_person_any_more(served: House, written: io.StringIO, tmp_path: Path) -> None:
    sari = live(served)
    words = (sari.alumnus_id, NAME, "Kencanawati", *PHONES)
    assert sari.alumnus_id in cells(served.database) and "Kencanawati" in cells(served.database)
    assert bool(in_files(tmp_path, words)) is served.database.is_sqlite
    assert sari.send("DELETE", "", {"pin": PIN}).status_code == 204
    assert [word for word in words if word in cells(served.database)] == []
    with served.database.reading() as reading:
        assert export_events(reading, tmp_path / "events")["impressions"] == 3
        assert export_people(reading, tmp_path / "people")["alumni"] == 0
    assert in_files(tmp_path, words) == []
    assert [word for word in words if word in written.getvalue()] == []
    assert sari.get().status_code == 401
    assert served.sign_in().status_code == 401


def test_their_events_stay_together_under_a_name_that_says_nothing(served: House) -> None:
    sari = live(served)
    sari.send("DELETE", "", {"pin": PIN})
    with served.database.reading() as reading:
        for table in ("impressions", "interactions", "outcomes"):
            column = METADATA.tables[table].c.alumnus_id
            assert all(name.startswith("erased-") for name in reading.scalars(select(column)))


def test_a_wrong_pin_erases_nobody_and_is_counted(served: House) -> None:
    sari = alumna(served, "recommend")
    answers = {sari.send("DELETE", "", {"pin": "381904"}).status_code for _ in range(12)}
    assert answers == {401, 429}
    assert sari.get().status_code == 200
    assert not served.settings.erasures.exists()


def test_a_backup_of_before_forgets_them_by_the_list_outside_the_database(served: House) -> None:
    sari, keys = alumna(served, "recommend"), served.security.keys
    hashed = keys.hashed("erasure", sari.alumnus_id)
    append_erasure(served.settings.erasures, Erasure(hashed, NOW))
    listed = listed_erasures(served.settings.erasures)
    assert listed == [Erasure(hashed, NOW)]
    assert sari.alumnus_id not in served.settings.erasures.read_text()
    with served.database.session.begin() as session:
        assert apply_erasures(session, listed, lambda name: keys.hashes("erasure", name)) == 1
        assert person_of(session, sari.alumnus_id) is None


def test_erasing_writes_the_list_that_the_restore_reads(served: House) -> None:
    sari = alumna(served)
    sari.send("DELETE", "", {"pin": PIN})
    (listed,) = listed_erasures(served.settings.erasures)
    assert listed.erased_id_hash == served.security.keys.hashed("erasure", sari.alumnus_id)
    assert served.settings.erasures.stat().st_mode & 0o077 == 0


def test_where_the_list_can_not_be_written_nobody_is_erased(served: House) -> None:
    sari = alumna(served)
    served.settings.erasures.mkdir()
    assert sari.send("DELETE", "", {"pin": PIN}).status_code == 422
    assert sari.get().status_code == 200


@pytest.mark.parametrize("line", ["{", "[]", '{"erased_id_hash": "x"}', '{"erased_id_hash": "x", "erased_at": "y"}'])
def test_a_broken_list_is_refused_and_not_passed_over(tmp_path: Path, line: str) -> None:
    (tmp_path / "list.jsonl").write_text(line + "\n")
    with pytest.raises(InvalidInput, match="restore the file"):
        listed_erasures(tmp_path / "list.jsonl")
    assert listed_erasures(tmp_path / "none.jsonl") == []
