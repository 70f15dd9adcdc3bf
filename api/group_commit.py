"""Takes small writes from many threads; stores those that wait together in one transaction, each told of its own.

A database that has one writer at a time then makes one commit for all who came meanwhile, in place of a queue of them
("group commit"). Knows no table and no statement.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, NamedTuple, TypeVar

from sqlalchemy.orm import Session, sessionmaker

Stored = TypeVar("Stored")


class _Write(NamedTuple):
    run: Callable[[Session], Any]
    stored: Future[Any]


class GroupCommit:
    """The writes of one process that may share a transaction.

    Whoever finds nobody committing commits for all who wait. What a write did is stored for good when `run` returns.
    """

    def __init__(self, session: sessionmaker[Session]) -> None:
        self._session = session
        self._waiting: deque[_Write] = deque()
        self._turn = threading.Lock()

    def __len__(self) -> int:
        """Return how many writes wait for somebody to commit them."""
        return len(self._waiting)

    def run(self, write: Callable[[Session], Stored]) -> Stored:
        """Return what `write` returned, once that is committed; other people's writes may be in the same transaction.

        Parameters
        ----------
        write : callable
            Takes a session and leaves commit and rollback to this room. It must do the same when it is run again:
            where one of a group fails, each of them is run anew in a transaction of its own.

        Raises
        ------
        Exception
            What `write` raised, or the commit; then nothing of this write is stored.
        """
        mine = _Write(write, Future())
        self._waiting.append(mine)
        with self._turn:
            if not mine.stored.done():
                self._commit([self._waiting.popleft() for _ in range(len(self._waiting))])
        return mine.stored.result()

    def _commit(self, group: list[_Write]) -> None:
        try:
            with self._session.begin() as session:
                told = [write.run(session) for write in group]
        except BaseException as failed:  # noqa: BLE001 - it belongs to whoever waits, also in another thread
            self._commit_alone(group, failed)
            return
        for write, result in zip(group, told, strict=True):
            write.stored.set_result(result)

    def _commit_alone(self, group: list[_Write], failed: BaseException) -> None:
        if len(group) == 1:
            group[0].stored.set_exception(failed)
            return
        for write in group:
            self._commit([write])
