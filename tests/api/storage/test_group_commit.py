"""Writes that wait together are committed together; what one of them does wrong is told to nobody else."""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from api.database import Database
from api.group_commit import GroupCommit
from api.storage.people import add_person, people_of
from matcher.domain.errors import InvalidInput
from matcher.domain.records import Alumnus

Group = GroupCommit[str, int]
PEOPLE = [f"a-{number}" for number in range(12)]
HOLD_UP, REFUSED = "hold up", "refused"


def _group(database: Database, *, is_begun: Event | None = None, may_end: Event | None = None) -> Group:
    """Store people by their id, and tell each how many were stored together; some ids do something else."""

    def store(session: Session, ids: Sequence[str]) -> list[int]:
        if HOLD_UP in ids and is_begun and may_end:
            is_begun.set()
            assert may_end.wait(30)
            return [0 for _ in ids]
        for one in ids:
            add_person(session, Alumnus(one, "32"))
            if one.startswith(REFUSED):
                raise InvalidInput(f"{one}: after it was written")
        return [len(ids) for _ in ids]

    return GroupCommit(database.session, store)


def _all_at_once(database: Database, ids: Sequence[str]) -> list[Future[int]]:
    """Store from as many threads as ids, all of them waiting while another write is under way."""
    is_begun, may_end = Event(), Event()
    group = _group(database, is_begun=is_begun, may_end=may_end)
    with ThreadPoolExecutor(len(ids) + 1) as threads:
        threads.submit(group.store, HOLD_UP)
        assert is_begun.wait(30)
        told = [threads.submit(group.store, one) for one in ids]
        while len(group) < len(ids):
            time.sleep(0.001)
        may_end.set()
    return told


def _stored(database: Database) -> set[str]:
    with database.reading() as session:
        return set(people_of(session, [*PEOPLE, "refused-1"]))


def test_what_waits_together_is_committed_together_and_each_is_told_of_its_own(database: Database) -> None:
    commits: list[str] = []
    event.listen(database.engine, "commit", lambda _connection: commits.append("commit"))
    told = _all_at_once(database, PEOPLE)
    assert [one.result() for one in told] == [len(PEOPLE)] * len(PEOPLE)
    assert len(commits) == 1, "for all who waited; whoever held them up wrote nothing"
    assert _stored(database) == set(PEOPLE)


def test_one_that_fails_leaves_nothing_and_takes_nobody_with_it(database: Database) -> None:
    told = _all_at_once(database, [*PEOPLE[:3], "refused-1", *PEOPLE[3:]])
    with pytest.raises(InvalidInput, match="refused-1: after it was written"):
        told.pop(3).result()
    assert [one.result() for one in told] == [1] * len(PEOPLE), "each was stored alone"
    assert _stored(database) == set(PEOPLE)


def test_what_is_stored_alone_is_there_when_it_is_told(database: Database) -> None:
    group = _group(database)
    assert group.store("a-1") == 1
    assert _stored(database) == {"a-1"}
    with pytest.raises(InvalidInput):
        group.store("refused-1")
    assert _stored(database) == {"a-1"}
