"""Writes that wait together are committed together; what one of them does wrong is told to nobody else."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from api.database import Database
from api.storage.people import add_person, people_of
from matcher.domain.errors import InvalidInput
from matcher.domain.records import Alumnus

PEOPLE = [f"a-{number}" for number in range(12)]


def _adding(alumnus_id: str) -> Callable[[Session], str]:
    def add(session: Session) -> str:
        add_person(session, Alumnus(alumnus_id, "32"))
        return alumnus_id

    return add


def _failing(alumnus_id: str) -> Callable[[Session], str]:
    def fail(session: Session) -> str:
        add_person(session, Alumnus(alumnus_id, "32"))
        raise InvalidInput(f"{alumnus_id}: refused after it was written")

    return fail


def _all_at_once(database: Database, writes: list[Callable[[Session], str]]) -> list[Future[str]]:
    """Run the writes from as many threads, all of them waiting while another write is under way."""
    is_begun, may_end = threading.Event(), threading.Event()

    def hold_up(_session: Session) -> str:
        is_begun.set()
        assert may_end.wait(30)
        return "held up"

    with ThreadPoolExecutor(len(writes) + 1) as threads:
        threads.submit(database.group.run, hold_up)
        assert is_begun.wait(30)
        told = [threads.submit(database.group.run, write) for write in writes]
        while len(database.group) < len(writes):
            pass
        may_end.set()
    return told


@contextmanager
def _counted(database: Database) -> Iterator[list[str]]:
    commits: list[str] = []
    event.listen(database.engine, "commit", lambda _connection: commits.append("commit"))
    yield commits


def _stored(database: Database) -> set[str]:
    with database.reading() as session:
        return set(people_of(session, PEOPLE))


def test_writes_that_wait_share_a_transaction_and_each_gets_its_own_answer(database: Database) -> None:
    with _counted(database) as commits:
        told = _all_at_once(database, [_adding(one) for one in PEOPLE])
    assert [one.result() for one in told] == PEOPLE
    assert len(commits) == 1, "for all who waited; whoever held them up wrote nothing"
    assert _stored(database) == set(PEOPLE)


def test_one_that_fails_leaves_nothing_and_takes_nobody_with_it(database: Database) -> None:
    writes = [_failing(one) if one == "a-3" else _adding(one) for one in PEOPLE]
    told = _all_at_once(database, writes)
    assert [one.result() for one in told if one.exception() is None] == [one for one in PEOPLE if one != "a-3"]
    with pytest.raises(InvalidInput, match="a-3: refused"):
        told[3].result()
    assert _stored(database) == set(PEOPLE) - {"a-3"}


def test_a_single_write_is_stored_when_it_returns(database: Database) -> None:
    assert database.group.run(_adding("a-1")) == "a-1"
    assert _stored(database) == {"a-1"}
    with pytest.raises(InvalidInput):
        database.group.run(_failing("a-2"))
    assert _stored(database) == {"a-1"}
