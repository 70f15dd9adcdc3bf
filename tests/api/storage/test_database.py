"""Opening a database: addresses, sessions, and values that mean the same in both."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from itertools import count
from pathlib import Path
from threading import Thread

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import DBAPIError

from api.database import LOG_BYTES, Database, DatabaseNotReady, check_schema, migrate, open_database
from api.storage.employers import Employer, add_employer, employer_of
from api.storage.outbox import Message, put_message, waiting_messages
from api.storage.people import add_person, person_of
from api.storage.schema.vacancies import employers
from api.storage.trail import audit
from matcher.domain.errors import InvalidInput
from matcher.domain.records import Alumnus
from tests.api.storage.cast import KONVEKSI
from tests.world import NOW


@pytest.mark.parametrize("url", ["mysql://u@h/d", "sqlite://", "sqlite:///:memory:", "nonsense", "postgresql://h"])
def test_other_address_is_refused_with_the_two_forms(url: str) -> None:
    with pytest.raises(InvalidInput, match=r"sqlite:///FILE or postgresql://USER@HOST/NAME"):
        open_database(url)


def test_password_of_an_address_is_never_told() -> None:
    with pytest.raises(InvalidInput) as refusal:
        open_database("mysql://u:rahasia@h/d")  # pragma: allowlist secret
    with pytest.raises(DatabaseNotReady) as silence:
        migrate("postgresql://u:rahasia@127.0.0.1:1/d")  # pragma: allowlist secret
    assert "rahasia" not in f"{refusal.value} {silence.value}"


def test_database_file_is_for_its_owner_only(tmp_path: Path) -> None:
    migrate(f"sqlite:///{tmp_path / 'made' / 'padan.db'}")
    assert (tmp_path / "made" / "padan.db").stat().st_mode & 0o077 == 0


def test_database_that_does_not_answer_is_told_by_name() -> None:
    opened = open_database("postgresql://nobody@127.0.0.1:1/none")
    with pytest.raises(DatabaseNotReady, match=r"127\.0\.0\.1:1/none: does not answer.*PADAN_DATABASE_URL"):
        check_schema(opened)
    opened.close()


def test_closed_session_without_commit_keeps_nothing(database: Database) -> None:
    with database.session() as session:
        add_employer(session, KONVEKSI)
    with database.reading() as session:
        assert employer_of(session, "e-konveksi") is None


def test_reading_session_writes_nothing(database: Database) -> None:
    with database.reading() as session, pytest.raises(DBAPIError, match=r"readonly|read-only"):
        add_employer(session, KONVEKSI)
    with database.session.begin() as session:
        add_employer(session, KONVEKSI)


def test_reading_session_sees_one_state_while_others_write(database: Database) -> None:
    with database.reading() as reading:
        assert employer_of(reading, "e-konveksi") is None
        with database.session.begin() as session:
            add_employer(session, KONVEKSI)
        assert employer_of(reading, "e-konveksi") is None


def test_writers_wait_for_each_other_and_none_fails(database: Database) -> None:
    def write(name: str) -> None:
        for number in range(20):
            with database.session.begin() as session:
                assert employer_of(session, f"{name}-{number}") is None
                add_employer(session, Employer(f"{name}-{number}", "Toko Sumber"))

    threads = [Thread(target=write, args=(name,)) for name in ("p", "q", "r")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.reading() as session:
        assert len(session.execute(select(employers)).all()) == 60


def test_instant_of_any_zone_comes_back_as_the_same_in_utc(database: Database) -> None:
    at = datetime(2026, 11, 22, 23, 59, 59, 123456, tzinfo=timezone(timedelta(hours=7)))
    with database.session.begin() as session:
        put_message(session, Message("m-1", "sms", "welcome", {"b": [1, None], "a": "é"}, at))
    with database.reading() as session:
        (message,) = waiting_messages(session)
    assert message.created_at == at and message.created_at.utcoffset() == timedelta(0)
    assert list(message.payload.items()) == [("b", [1, None]), ("a", "é")]


@pytest.mark.parametrize("name", ["a\x00b", "half \ud800"])
def test_text_no_database_keeps_is_refused_before_it_is_sent(database: Database, name: str) -> None:
    with database.session() as session:
        with pytest.raises(InvalidInput, match="NUL or half a character"):
            add_employer(session, Employer("e-1", name))
        with pytest.raises(InvalidInput, match="NUL or half a character"):
            add_person(session, Alumnus("a-1", willing_province_codes=(name,)))


def test_number_beyond_64_bits_is_refused_where_it_is_stored_and_where_it_is_asked(database: Database) -> None:
    with database.session() as session:
        add_person(session, Alumnus("a-1", salary_min_idr_month=2**63 - 1))
        with pytest.raises(InvalidInput, match="number of 19 digits: too great"):
            add_person(session, Alumnus("a-2", salary_min_idr_month=2**63))
        with pytest.raises(InvalidInput, match="too great"):
            audit(session, before=10**30)


def test_instant_without_a_zone_is_refused(database: Database) -> None:
    with database.session() as session, pytest.raises(InvalidInput, match="has no zone"):
        put_message(session, Message("m-1", "sms", "welcome", {}, NOW.replace(tzinfo=None)))


def test_document_with_a_number_that_is_none_is_refused(database: Database) -> None:
    with database.session() as session, pytest.raises(InvalidInput, match="plain JSON"):
        put_message(session, Message("m-1", "sms", "welcome", {"at": float("nan")}, NOW))


def test_backslash_before_a_u_is_plain_text(database: Database) -> None:
    with database.session.begin() as session:
        add_person(session, Alumnus("a-1", willing_province_codes=("\\u0000",)))
    with database.reading() as session:
        person = person_of(session, "a-1")
    assert person is not None and person.alumnus.willing_province_codes == ("\\u0000",)


def test_text_sorts_by_code_point_everywhere(database: Database) -> None:
    with database.session.begin() as session:
        session.execute(insert(employers), [{"employer_id": name, "name": name} for name in ("b", "a", "é", "B", "_")])
    with database.reading() as session:
        found = session.scalars(select(employers.c.employer_id).order_by(employers.c.employer_id))
        assert list(found) == ["B", "_", "a", "b", "é"]


def test_scrubbing_a_busy_sqlite_file_says_that_it_is_not_done(tmp_path: Path) -> None:
    migrate(f"sqlite:///{tmp_path / 'padan.db'}")
    opened = open_database(f"sqlite:///{tmp_path / 'padan.db'}", busy_seconds=0.1)
    with opened.reading() as reading:
        assert employer_of(reading, "e-konveksi") is None
        with opened.session.begin() as session:
            add_employer(session, KONVEKSI)
        assert not opened.scrub()
    assert opened.scrub()
    opened.close()


def test_erased_bytes_leave_the_sqlite_files(tmp_path: Path) -> None:
    path = tmp_path / "padan.db"
    migrate(f"sqlite:///{path}")
    opened = open_database(f"sqlite:///{path}")
    with opened.session.begin() as session:
        add_employer(session, Employer("e-1", "Perusahaan Pelangi Senja"))
    with opened.session.begin() as session:
        session.execute(employers.delete())
    assert opened.scrub()
    left = [file.name for file in tmp_path.iterdir() if b"Pelangi Senja" in file.read_bytes()]
    opened.close()
    assert left == []


def _logged(database: Database) -> int:
    return Path(f"{database.engine.url.database}-wal").stat().st_size


def _grow_log(database: Database) -> None:
    """Write until the log is long, while somebody always reads: SQLite cannot shorten it by itself."""
    readers = [database.reading(), database.reading()]
    for number in count():
        reader = readers[number % 2]
        reader.close()
        reader.execute(text("SELECT count(*) FROM people"))
        with database.session.begin() as session:
            session.execute(text("CREATE TABLE IF NOT EXISTS ballast (filling TEXT)"))
            session.execute(text("INSERT INTO ballast VALUES (hex(zeroblob(1000000)))"))
        if _logged(database) > LOG_BYTES:
            break
    for reader in readers:
        reader.close()


def test_a_log_grown_long_is_emptied_and_a_short_one_left(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'padan.db'}"
    migrate(url)
    database = open_database(url)
    database.trim_log()
    _grow_log(database)
    database.trim_log()
    assert _logged(database) == 0
    with database.session.begin() as session:
        session.execute(text("INSERT INTO ballast VALUES ('short')"))
    database.trim_log()
    assert 0 < _logged(database) < LOG_BYTES
    with database.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM ballast WHERE filling = 'short'")) == 1
    database.close()


def test_a_long_reader_holds_up_neither_the_trimming_nor_who_writes(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'padan.db'}"
    migrate(url)
    database = open_database(url)
    with database.reading() as reader:
        reader.execute(text("SELECT count(*) FROM people"))
        _grow_log(database)
        database.trim_log()
        assert _logged(database) > LOG_BYTES
        with database.session.begin() as session:
            session.execute(text("INSERT INTO ballast VALUES ('written meanwhile')"))
        assert reader.scalar(text("SELECT count(*) FROM people")) == 0
    database.trim_log()
    assert _logged(database) == 0
    database.close()
