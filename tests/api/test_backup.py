"""Backup and restore: what was there comes back, and whoever was erased since does not."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.database import Database, check_schema, open_database
from api.opening import opened_security
from api.settings import Settings
from api.storage.erasure import Erasure, erase_person, erasures_of
from api.storage.events import impressions_of
from api.storage.invitations import Invitation, invitation_of, send_invitation
from api.storage.people import add_person, person_of
from api.upkeep.backup import back_up, restore
from api.upkeep.erasure_list import append_erasure, listed_erasures
from api.upkeep.tidy import tidy
from matcher.domain.errors import ArtifactDamaged, InvalidInput, MissingFile
from tests.api.databases import database, database_url, empty_database_url, migrated_url, postgresql_url
from tests.api.storage.cast import SITI, settle
from tests.world import NOW

__all__ = ["database", "database_url", "empty_database_url", "migrated_url", "postgresql_url"]

Backup = Callable[..., Settings]


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """Settings of a service over the database, with keys and list of its own."""
    given = Settings(
        artifact=tmp_path / "nowhere", artifacts=tmp_path, cache=tmp_path, database_url=database_url,
        keys=tmp_path / "keys", erasures=tmp_path / "apart" / "erasures.jsonl",
    )  # fmt: skip
    opened = open_database(database_url)
    opened_security(given, opened)
    opened.close()
    return given


@pytest.fixture
def fresh(settings: Settings, empty_database_url: Callable[[str], str]) -> Settings:
    """The same settings with an empty database."""
    kind = "sqlite" if settings.database_url.startswith("sqlite") else "postgresql"
    return settings.model_copy(update={"database_url": empty_database_url(kind)})


def erase(settings: Settings, database: Database) -> None:
    """Erase Siti as the service does."""
    erasure = Erasure(opened_security(settings, database).keys.hashed("erasure", SITI.alumnus_id), NOW)
    with database.session.begin() as session:
        append_erasure(settings.erasures, erasure)
        erase_person(session, SITI.alumnus_id, erasure)


def is_here(settings: Settings) -> bool:
    """Return whether Siti is in the database."""
    database = open_database(settings.database_url)
    with database.reading() as session:
        found = person_of(session, SITI.alumnus_id)
    check_schema(database)
    database.close()
    return found is not None


def test_a_restored_backup_holds_what_was_there(
    settings: Settings, fresh: Settings, database: Database, tmp_path: Path
) -> None:
    settle(database, slate=True)
    told = back_up(database, tmp_path / "backup", now=NOW)
    assert restore(fresh, tmp_path / "backup") == 0
    assert is_here(fresh)
    copy = open_database(fresh.database_url)
    with database.reading() as before, copy.reading() as after:
        assert person_of(after, SITI.alumnus_id) == person_of(before, SITI.alumnus_id)
        assert impressions_of(after, ["i-1"]) == impressions_of(before, ["i-1"])
    copy.close()
    written = json.loads((tmp_path / "backup" / "backup.json").read_text())
    assert written == told and not any(settings.keys.name in path.name for path in (tmp_path / "backup").iterdir())


def test_whoever_was_erased_since_is_gone_from_the_restored_backup(
    settings: Settings, fresh: Settings, database: Database, tmp_path: Path
) -> None:
    settle(database, slate=True)
    back_up(database, tmp_path / "backup", now=NOW)
    erase(settings, database)
    assert restore(fresh, tmp_path / "backup") == 1
    assert not is_here(fresh)
    copy = open_database(fresh.database_url)
    with copy.reading() as session:
        assert len(erasures_of(session)) == 1
    copy.close()


def test_a_service_erases_who_came_back_before_its_first_answer(settings: Settings, database: Database) -> None:
    settle(database)
    erase(settings, database)
    with database.session.begin() as session:
        add_person(session, SITI)
        append_erasure(settings.erasures, Erasure("f" * 64, NOW))
    assert is_here(settings)
    with TestClient(create_app(settings)) as client:
        assert client.get("/health/live").status_code == 200
        assert not is_here(settings)


def test_a_damaged_list_lets_nobody_in(settings: Settings) -> None:
    settings.erasures.parent.mkdir(exist_ok=True)
    settings.erasures.write_text("not an entry\n")
    with TestClient(create_app(settings)) as client:
        answer = client.post("/v1/auth/token", json={"login": "petugas", "password": "sandi sandi sandi"})
    assert answer.status_code == 503 and "erasure" in answer.json()["detail"]


def test_nothing_is_overwritten(settings: Settings, database: Database, tmp_path: Path) -> None:
    settle(database)
    back_up(database, tmp_path / "backup", now=NOW)
    with pytest.raises(InvalidInput, match="holds something already"):
        back_up(database, tmp_path / "backup", now=NOW)
    with pytest.raises(InvalidInput, match="nothing is overwritten"):
        restore(settings, tmp_path / "backup")
    assert is_here(settings)


def _cut(folder: Path) -> None:
    file = next(folder.glob("padan.*"))
    file.write_bytes(file.read_bytes()[:-1])


def _unfinished(folder: Path) -> None:
    (folder / "backup.json").unlink()


def _unreadable(folder: Path) -> None:
    (folder / "backup.json").write_text("{")


@pytest.mark.parametrize(
    ("harm", "refusal"), [(_cut, ArtifactDamaged), (_unfinished, MissingFile), (_unreadable, ArtifactDamaged)]
)
def test_a_backup_that_is_not_whole_is_refused(
    fresh: Settings, database: Database, tmp_path: Path, harm: Callable[[Path], None], refusal: type[Exception]
) -> None:
    back_up(database, tmp_path / "backup", now=NOW)
    harm(tmp_path / "backup")
    with pytest.raises(refusal):
        restore(fresh, tmp_path / "backup")


def test_a_backup_without_its_keys_is_refused(
    settings: Settings, fresh: Settings, database: Database, tmp_path: Path
) -> None:
    settle(database)
    back_up(database, tmp_path / "backup", now=NOW)
    with pytest.raises(MissingFile, match="restore it from its backup"):
        restore(fresh.model_copy(update={"keys": tmp_path / "other"}), tmp_path / "backup")
    assert settings.keys.exists()


def test_tidying_keeps_what_is_needed_and_deletes_the_rest(settings: Settings, database: Database) -> None:
    settle(database)
    keys = opened_security(settings, database).keys
    with database.session.begin() as session:
        send_invitation(session, Invitation("n-old", "e-konveksi", "v-sew", SITI.alumnus_id, NOW - timedelta(days=15)))
        send_invitation(session, Invitation("n-new", "e-konveksi", "v-cut", SITI.alumnus_id, NOW - timedelta(days=13)))
    done = tidy(database, keys, settings.erasures, now=NOW)
    assert (done.lapsed_invitations, done.erased_again, done.is_scrubbed) == (1, 0, True)
    with database.reading() as session:
        states = [invitation_of(session, name) for name in ("n-old", "n-new")]
    assert [one and one.state for one in states] == ["lapsed", "sent"]
    assert tidy(database, keys, settings.erasures, now=NOW).lapsed_invitations == 0


def test_the_commands_do_it_all(settings: Settings, fresh: Settings, database: Database, tmp_path: Path) -> None:
    settle(database)

    def padan(words: str, given: Settings) -> subprocess.CompletedProcess[str]:
        named = {f"PADAN_{name.upper()}": str(getattr(given, name)) for name in ("database_url", "keys", "erasures")}
        command = [sys.executable, "-m", "scripts.cli", *words.split()]
        return subprocess.run(command, env=os.environ | named, capture_output=True, text=True, check=False)

    written = padan(f"backup --to {tmp_path / 'backup'}", settings)
    assert written.returncode == 0, written.stderr
    erase(settings, database)
    filled = padan(f"restore --from {tmp_path / 'backup'}", fresh)
    assert (filled.returncode, filled.stdout) == (0, "restored; 1 people erased again by the list\n"), filled.stderr
    assert not is_here(fresh)
    assert padan("migrate", fresh).stdout.startswith("database at ")
    assert "erased_again 0" in padan("tidy", fresh).stdout
    again = padan(f"restore --from {tmp_path / 'backup'}", fresh)
    assert again.returncode == 2 and again.stderr.count("\n") == 1


def test_the_list_keeps_its_order_and_its_entries(tmp_path: Path) -> None:
    entries = [Erasure("a" * 64, NOW), Erasure("b" * 64, NOW + timedelta(seconds=1))]
    for entry in entries:
        append_erasure(tmp_path / "list.jsonl", entry)
    assert listed_erasures(tmp_path / "list.jsonl") == entries
    assert (tmp_path / "list.jsonl").stat().st_mode & 0o077 == 0
