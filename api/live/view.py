"""Takes an artifact and what the database says changed since; gives one view of what is open, for a whole request.

A view is never changed, only followed by a later one. Polls nothing: that is `api.live.process`.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from api.database import Database
from api.live.talent import LiveTalent, first_talent
from api.storage.vacancies import open_vacancies, vacancies_of
from api.storage.vacancy_feed import VacancyChange, changes_after, closings, last_change
from matcher.domain.errors import ArtifactDamaged, MatcherError, MissingFile
from matcher.domain.holdout import NOBODY, Holdout
from matcher.domain.records import Vacancy
from matcher.engine.arrivals import Arrivals
from matcher.engine.artifacts import Artifact, load
from matcher.engine.exploration import EXPLORATION_SHARE
from matcher.engine.next_course import CourseAdviser
from matcher.engine.recommend import Recommender

_LOG = logging.getLogger("api.live.view")


@dataclass(frozen=True, slots=True)
class ArtifactPlaces:
    """Where artifacts are, and how they are used.

    ``folder`` holds those that can be activated by name, ``cache`` the encoders' weights; ``explore`` is the share of
    slates that explore, ``holdout`` says who is shown the plain order.
    """

    folder: Path
    cache: Path
    explore: float = EXPLORATION_SHARE
    holdout: Holdout = NOBODY


@dataclass(frozen=True, slots=True)
class LiveView:
    """An artifact with every change up to number ``seq`` of the feed; the parts of the artifact go by their names.

    ``explore`` is the share of slates that explore, ``holdout`` says who is shown the plain order.
    """

    artifact: Artifact
    arrivals: Arrivals
    seq: int
    talent: LiveTalent
    explore: float = EXPLORATION_SHARE
    holdout: Holdout = NOBODY

    @property
    def artifact_id(self) -> str:
        """Short hash of the artifact."""
        return self.artifact.artifact_id

    @property
    def manifest(self) -> Mapping[str, Any]:
        """What the artifact says of itself."""
        return self.artifact.manifest

    @property
    def recommender(self) -> Recommender:
        """The engine over everything that is open."""
        return self.arrivals.recommender

    @property
    def vacancies(self) -> pa.Table:
        """Every version of every vacancy, in home form; ``recommender.columns`` says which are open."""
        return self.recommender.vacancies

    @property
    def courses(self) -> pa.Table:
        """The course table, in home form."""
        return self.artifact.courses

    @property
    def course_adviser(self) -> CourseAdviser:
        """What to learn next, closed vacancies left out; a course's reach is that of the build."""
        return replace(self.artifact.course_adviser, engine=self.recommender)

    def adverts(self, vacancy_ids: Sequence[str]) -> list[Vacancy]:
        """Return the vacancies with these ids as last posted, closed ones too, in this order.

        Raises
        ------
        UnknownIdentifier
            When there never was such a vacancy.
        """
        return self.arrivals.adverts(vacancy_ids)

    def course_scores(self, vacancy_id: str) -> NDArray[np.float32]:
        """Return the score of one vacancy with every course: float32 (n_course_rows,).

        Raises
        ------
        UnknownIdentifier
            When there never was such a vacancy.
        """
        return self.arrivals.course_scores(vacancy_id)


def opened_view(folder: Path, places: ArtifactPlaces, database: Database | None, *, now: datetime) -> LiveView:
    """Return a view of the artifact in `folder`: checked, every part read, every change of the database applied.

    Raises
    ------
    MissingFile, ArtifactDamaged, ArtifactIncompatible, ModelUnavailable
        When it cannot be served.
    """
    try:
        artifact = load(folder, cache_folder=places.cache)
        counted = {
            "vacancies": len(artifact.recommender.columns),
            "alumni": artifact.manifest["counts"].get("alumni", 0),
        }
        view = _view_over(artifact, database, now)
    except MissingFile:
        raise
    except OSError as problem:
        raise ArtifactDamaged(f"{folder}: cannot be opened ({problem}); check that it is whole and readable") from None
    _LOG.info("artifact loaded", extra={"told": {"artifact_id": artifact.artifact_id, **counted}})
    return replace(view, explore=places.explore, holdout=places.holdout)


def _view_over(artifact: Artifact, database: Database | None, now: datetime) -> LiveView:
    if database is None:
        return LiveView(artifact, Arrivals.of(artifact), 0, first_talent(artifact, None))
    with database.reading() as session:
        return first_view(artifact, session, now=now)


def first_view(artifact: Artifact, session: Session, *, now: datetime) -> LiveView:
    """Return the artifact with all that the database knows: closings, and what is posted and open at `now`.

    Raises
    ------
    ModelUnavailable, ArtifactIncompatible
        When the encoder of the artifact cannot run: then nothing that is posted could be found.
    """
    arrivals = Arrivals.of(artifact)
    seq = last_change(session)
    closed = [change.vacancy_id for change in closings(session)]
    posted = _unstored(arrivals, list(open_vacancies(session, now=now)))
    return LiveView(artifact, _changed(arrivals, posted, closed), seq, first_talent(artifact, session))


def next_view(view: LiveView, session: Session) -> tuple[LiveView, list[VacancyChange]]:
    """Return the view after the next changes of the feed, a thousand at most, and those changes. Raises nothing."""
    changes = changes_after(session, view.seq)
    if not changes:
        return view, changes
    ids = list({change.vacancy_id: None for change in changes})
    stored = vacancies_of(session, ids)
    # What counts is the state now, not the kind of the change: a later one may have undone it within this look.
    is_open = {one for one in ids if one in stored and stored[one].state == "open"} | _reopened(changes, stored)
    posted = [stored[one].vacancy for one in ids if one in is_open and one in stored]
    arrivals = _changed(view.arrivals, posted, [one for one in ids if one not in is_open])
    return replace(view, arrivals=arrivals, seq=changes[-1].seq), changes


def _reopened(changes: Sequence[VacancyChange], stored: Mapping[str, object]) -> set[str]:
    """Return the vacancies of the artifact alone whose last change does not close them."""
    last = {change.vacancy_id: change.kind for change in changes}
    return {one for one, kind in last.items() if one not in stored and kind in {"posted", "edited"}}


def _unstored(arrivals: Arrivals, posted: Sequence[Vacancy]) -> list[Vacancy]:
    """Return those that the artifact does not hold as they stand, so that none is encoded a second time."""
    here = [vacancy.vacancy_id for vacancy in posted if vacancy.vacancy_id in arrivals.stored_rows]
    stored = dict(zip(here, arrivals.artifact.adverts(here), strict=True))
    return [vacancy for vacancy in posted if stored.get(vacancy.vacancy_id) != vacancy]


def _changed(arrivals: Arrivals, posted: Sequence[Vacancy], closed: Sequence[str]) -> Arrivals:
    """Return the arrivals after the changes; one that cannot be used is left out and told, and holds up no other."""
    if not posted and not closed:
        return arrivals
    try:
        return arrivals.changed(posted=posted, closed=closed)
    except MatcherError as refusal:
        if not posted:
            raise
        if len(posted) > 1:
            for vacancy in posted:
                arrivals = _changed(arrivals, [vacancy], [])
            return _changed(arrivals, [], closed)
        told = {"vacancy_id": posted[0].vacancy_id, "refusal": type(refusal).__name__}
        _LOG.error("vacancy left out", extra={"told": told})
        return _changed(arrivals, [], [*closed, posted[0].vacancy_id])
