"""Takes what many threads want stored; stores what waits together in one transaction, and tells each of its own.

A database that has one writer at a time then makes one commit for all who came meanwhile, in place of a queue of them
("group commit"). Knows no table and no statement.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Generic, TypeVar

from sqlalchemy.orm import Session, sessionmaker

Given = TypeVar("Given")
Told = TypeVar("Told")


class GroupCommit(Generic[Given, Told]):
    """One kind of write of one process. Whoever finds nobody committing commits for all who wait.

    Parameters
    ----------
    session : sessionmaker
        Of sessions that may write.
    store : callable
        Takes a session and what is to be stored; returns what each is told, in this order. It leaves commit and
        rollback to this room, and must do the same when it is run again: where a group fails, each of it is stored in
        a transaction of its own.
    """

    def __init__(
        self, session: sessionmaker[Session], store: Callable[[Session, Sequence[Given]], Sequence[Told]]
    ) -> None:
        self._session, self._store = session, store
        self._waiting: deque[tuple[Given, Future[Told]]] = deque()
        self._turn = threading.Lock()

    def __len__(self) -> int:
        """Return how many writes wait for somebody to commit them."""
        return len(self._waiting)

    def store(self, given: Given) -> Told:
        """Return what is told of `given`, once it is committed. Hold no connection meanwhile.

        Raises
        ------
        Exception
            What storing it raised, or the commit; then nothing of it is stored.
        """
        told: Future[Told] = Future()
        self._waiting.append((given, told))
        with self._turn:
            if not told.done():
                self._commit([self._waiting.popleft() for _ in range(len(self._waiting))])
        return told.result()

    def _commit(self, group: Sequence[tuple[Given, Future[Told]]]) -> None:
        try:
            with self._session.begin() as session:
                answers = list(zip(group, self._store(session, [given for given, _ in group]), strict=True))
        except BaseException as failed:  # noqa: BLE001 - it belongs to whoever waits, also in another thread
            self._commit_alone(group, failed)
            return
        for (_, told), answer in answers:
            told.set_result(answer)

    def _commit_alone(self, group: Sequence[tuple[Given, Future[Told]]], failed: BaseException) -> None:
        if len(group) == 1:
            group[0][1].set_exception(failed)
            return
        for one in group:
            self._commit([one])
