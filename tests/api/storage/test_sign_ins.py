"""Renewable sign-ins, attempts and one-time codes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from threading import Barrier, Thread

from api.database import Database
from api.storage.sign_ins import (
    OneTimeCode,
    RefreshSession,
    add_code,
    add_session,
    attempts_of,
    codes_of,
    end_session,
    forget_attempts,
    note_attempts,
    prune_sign_ins,
    rotate_session,
    session_of,
    sessions_of,
    touch_session,
    use_code,
)
from tests.api.storage.cast import settle
from tests.world import NOW

LATER = NOW + timedelta(days=1)
SIGNED_IN = RefreshSession("s-1", "acc-siti", "program", "first", NOW, NOW, LATER, user_agent_class="phone")
CODE = OneTimeCode("k-1", "login-hash", "reset", "code-hash", NOW, NOW + timedelta(minutes=10), details={"step": 2})


def test_rotation_replaces_the_secret_and_remembers_the_one_before(database: Database) -> None:
    settle(database)
    with database.session.begin() as session:
        add_session(session, SIGNED_IN)
        assert rotate_session(session, "s-1", "second", replaces="first", now=NOW, expires_at=LATER)
        assert not rotate_session(session, "s-1", "third", replaces="first", now=NOW, expires_at=LATER)
        assert session_of(session, "s-1") == replace(SIGNED_IN, secret_hash="second", earlier_hash="first")


def test_of_two_rotations_at_once_exactly_one_succeeds(database: Database) -> None:
    settle(database)
    with database.session.begin() as session:
        add_session(session, SIGNED_IN)
    gate, won = Barrier(2), []

    def rotate(fresh: str) -> None:
        gate.wait()
        with database.session.begin() as session:
            won.append(rotate_session(session, "s-1", fresh, replaces="first", now=NOW, expires_at=LATER))

    threads = [Thread(target=rotate, args=(name,)) for name in ("a", "b")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(won) == [False, True]


def test_ended_sign_in_stays_ended(database: Database) -> None:
    settle(database)
    with database.session.begin() as session:
        add_session(session, SIGNED_IN)
        end_session(session, "s-1", now=NOW)
        end_session(session, "s-1", now=LATER)
        touch_session(session, "s-1", now=LATER, expires_at=LATER + timedelta(days=9))
        assert not rotate_session(session, "s-1", "second", replaces="first", now=NOW, expires_at=LATER)
        assert sessions_of(session, "acc-siti") == [replace(SIGNED_IN, ended_at=NOW)]


def test_attempts_count_by_bucket_from_an_instant_on(database: Database) -> None:
    early = NOW - timedelta(minutes=20)
    with database.session.begin() as session:
        note_attempts(session, ["pair", "address"], at=NOW)
        note_attempts(session, ["pair"], at=early)
        asked = ["pair", "address", "quiet"]
        assert attempts_of(session, asked, since=early) == {"pair": [early, NOW], "address": [NOW], "quiet": []}
        assert attempts_of(session, ["pair"], since=NOW) == {"pair": [NOW]}
        forget_attempts(session, ["pair"])
        assert attempts_of(session, asked, since=early) == {"pair": [], "address": [NOW], "quiet": []}


def test_code_can_be_used_once_and_in_time(database: Database) -> None:
    with database.session.begin() as session:
        add_code(session, CODE)
        assert codes_of(session, ["other", "login-hash"], "reset", now=NOW) == [CODE]
        assert codes_of(session, ["login-hash"], "register", now=NOW) == []
        assert codes_of(session, ["login-hash"], "reset", now=CODE.expires_at) == []
        assert (use_code(session, "k-1", now=NOW), use_code(session, "k-1", now=NOW)) == (True, False)
        assert codes_of(session, ["login-hash"], "reset", now=NOW) == []


def test_pruning_deletes_what_is_over_and_nothing_else(database: Database) -> None:
    settle(database)
    with database.session.begin() as session:
        note_attempts(session, ["pair"], at=NOW - timedelta(days=2))
        note_attempts(session, ["pair"], at=NOW)
        add_code(session, replace(CODE, expires_at=NOW - timedelta(days=2)))
        add_session(session, SIGNED_IN)
        add_session(session, replace(SIGNED_IN, session_id="s-2", ended_at=NOW - timedelta(days=2)))
        assert prune_sign_ins(session, before=NOW - timedelta(days=1)) == 3
        assert [one.session_id for one in sessions_of(session, "acc-siti")] == ["s-1"]
