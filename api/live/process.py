"""Takes an artifact and a database; gives the view that this process answers from, a moment behind the database.

Three threads look every `LOOK_SECONDS`: one for changed vacancies, one for another artifact, one whether the database's
log has grown long. Changes no vacancy itself.
"""

from __future__ import annotations

import logging
import re
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from api.clock import Clock
from api.database import Database
from api.live.talent import next_talent
from api.live.view import ArtifactPlaces, LiveView, next_view, opened_view
from api.metrics import note_feed
from api.storage.artifacts import Activation, last_activation
from matcher.domain.errors import ArtifactDamaged, InvalidInput, MatcherError, NotFitted
from matcher.engine.artifacts import Artifact

LOOK_SECONDS = 0.25
"""Between two looks at the database."""

_RETRY_SECONDS = 30
_STOP_SECONDS = 10
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_LOG = logging.getLogger("api.live.process")


class Live:
    """The view of one process. Readers take it once a request and keep it; the next one replaces it in one step."""

    def __init__(
        self, view: LiveView | MatcherError, database: Database | None, *, places: ArtifactPlaces, clock: Clock
    ) -> None:
        self._view, self._database, self._places, self._clock = view, database, places, clock
        self._viewing, self._switching = threading.Lock(), threading.Lock()
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []
        self._looked_at: float | None = None
        self._refused: tuple[Activation, str, float] | None = None

    @classmethod
    def opened(cls, folder: Path, database: Database | None, *, places: ArtifactPlaces, clock: Clock) -> Live:
        """Return what serves the artifact that was activated last, else the one in `folder`, or tells why none.

        Raises
        ------
        sqlalchemy.exc.SQLAlchemyError
            When the database answers no more.
        """
        live = cls(NotFitted("artifact: is not opened yet; try again"), database, places=places, clock=clock)
        live.follow_activation()
        if not isinstance(live._view, LiveView):
            live._view = _view_or_refusal(folder, database, places=places, clock=clock)
        return live

    def view(self) -> LiveView:
        """Return what is served now.

        Raises
        ------
        MatcherError
            Why nothing is.
        """
        view = self._view
        if isinstance(view, MatcherError):
            # The one refusal is raised for many requests: without this it would gather all their tracebacks.
            raise view.with_traceback(None)
        return view

    @property
    def behind_seconds(self) -> float:
        """Seconds since the feed was last read; 0 before the first look and where there is no database."""
        return 0.0 if self._looked_at is None else time.monotonic() - self._looked_at

    @property
    def refused_switch(self) -> str | None:
        """Why the artifact that was activated last is not the one served here, or None."""
        return None if self._refused is None else self._refused[1]

    def start(self) -> None:
        """Follow the database until `stop`. Raises nothing."""
        if self._database is None:
            return
        self._stopping.clear()
        self._looked_at = time.monotonic()
        looks = {
            "padan-feed": self.refresh, "padan-artifact": self.follow_activation, "padan-log": self._database.trim_log,
        }  # fmt: skip
        for name, look in looks.items():
            thread = threading.Thread(target=self._keep_looking, args=(look,), name=name, daemon=True)
            self._threads.append(thread)
            thread.start()

    def stop(self) -> None:
        """Follow no more. Raises nothing."""
        self._stopping.set()
        for thread in self._threads:
            thread.join(_STOP_SECONDS)
        self._threads.clear()

    def refresh(self) -> None:
        """Read the feed once and take over what changed.

        Raises
        ------
        sqlalchemy.exc.SQLAlchemyError
            When the database does not answer; the view stays as it was.
        """
        if self._database is None:
            return
        with self._viewing:
            if isinstance(self._view, LiveView):
                with self._database.reading() as session:
                    view, changes = next_view(self._view, session)
                    talent, people = next_talent(view.talent, session)
                if changes or people:
                    self._view = replace(view, talent=talent)
                if people:
                    _LOG.info("people changed", extra={"told": {"changes": len(people), "seq": talent.seq}})
                if changes:
                    now = self._clock()
                    note_feed((now - change.at).total_seconds() for change in changes)
                    _LOG.info("vacancies changed", extra={"told": {"changes": len(changes), "seq": self._view.seq}})
            self._looked_at = time.monotonic()

    def activate(self, name: str, announce: Callable[[Artifact], None]) -> Artifact:
        """Serve the artifact `name` of the artifacts' folder from now on, and return it; the old one serves meanwhile.

        Parameters
        ----------
        name : str
            Of a folder directly in the artifacts' folder.
        announce : callable
            Tells the other processes, once the artifact is known to be whole.

        Raises
        ------
        InvalidInput
            When `name` is no plain name.
        MissingFile, ArtifactDamaged, ArtifactIncompatible, ModelUnavailable
            When it cannot be served; then nothing changes.
        """
        with self._switching:
            view = self._prepared(name)
            announce(view.artifact)
            self._put(view)
            return view.artifact

    def follow_activation(self) -> None:
        """Serve the artifact that was activated last, wherever that was; one that is unusable is told and left.

        Raises
        ------
        sqlalchemy.exc.SQLAlchemyError
            When the database does not answer.
        """
        if self._database is None:
            return
        with self._switching:
            with self._database.reading() as session:
                wanted = last_activation(session)
            if wanted is None or self._serves(wanted):
                self._refused = None
            elif not self._was_refused(wanted):
                self._follow(wanted)

    def _follow(self, wanted: Activation) -> None:
        try:
            view = self._prepared(wanted.name)
            if view.artifact_id != wanted.artifact_id:
                raise ArtifactDamaged(
                    f"artifact '{wanted.name}': has id {view.artifact_id}, {wanted.artifact_id} was activated; "
                    "copy that one here, or activate this one"
                )
        except MatcherError as refusal:
            self._refused = (wanted, str(refusal), time.monotonic())
            _LOG.error("artifact not switched", extra={"told": {"artifact": wanted.name, "refusal": str(refusal)}})
            return
        self._put(view)

    def _prepared(self, name: str) -> LiveView:
        """Return a view of the artifact `name`, with every part read, so that no request waits for it."""
        if not _NAME.fullmatch(name):
            raise InvalidInput(f"artifact '{name}': not a plain name; use letters, digits, and . _ - inside")
        return opened_view(self._places.folder / name, self._places, self._database, now=self._clock())

    def _put(self, view: LiveView) -> None:
        with self._viewing:
            self._view = view
        self._refused = None
        _LOG.info("artifact switched", extra={"told": {"artifact_id": view.artifact_id}})

    def _serves(self, wanted: Activation) -> bool:
        return isinstance(self._view, LiveView) and self._view.artifact_id == wanted.artifact_id

    def _was_refused(self, wanted: Activation) -> bool:
        """Return whether this activation failed here a short while ago: its folder may still be on its way."""
        if self._refused is None:
            return False
        before, _, at = self._refused
        return before == wanted and time.monotonic() - at < _RETRY_SECONDS

    def _keep_looking(self, look: Callable[[], None]) -> None:
        while not self._stopping.wait(LOOK_SECONDS):
            try:
                look()
            except SQLAlchemyError as problem:
                _LOG.error("database not read", exc_info=problem)


def _view_or_refusal(
    folder: Path, database: Database | None, *, places: ArtifactPlaces, clock: Clock
) -> LiveView | MatcherError:
    try:
        return opened_view(folder, places, database, now=clock())
    except MatcherError as refusal:
        _LOG.error("no artifact", extra={"told": {"refusal": str(refusal)}})
        return refusal
