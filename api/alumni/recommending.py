"""Takes a person and their question; gives the slate they are shown, its impression stored first. Ranks nothing itself.

A reload within `RELOAD_WINDOW` gives the same impression. What closed since is left out and named; where nothing of it
is open any more, the question is answered anew.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import numpy as np
from sqlalchemy.orm import Session

from api.alumni.advice import NO_CERTIFICATE, OBJECTED, unranked
from api.alumni.objection import objects_to_ranking
from api.alumni.vacancy_filters import Wanted, narrowed
from api.group_commit import GroupCommit
from api.live.view import LiveView
from api.metrics import note_slate
from api.refusals import Conflicting, NotAllowed
from api.schemas import slate_answer
from api.storage.consents import consenting
from api.storage.events import append_impressions, interactions_of_person
from api.storage.presence import hold_person
from api.storage.recent_answers import RecentAnswer, keep_answer, recent_answer
from matcher.domain.holdout import policy_in_arm
from matcher.domain.records import Alumnus, Impression, Slate
from matcher.engine.recommend import Recommender

_MARKS = ("saved", "applied", "hidden")
RELOAD_WINDOW = timedelta(minutes=30)
_PREFETCHING = {"sec-purpose": "prefetch", "purpose": "prefetch", "x-purpose": "preview", "x-moz": "prefetch"}


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: how many vacancies, filtered how, over which channel they are shown, without which hidden ones."""

    k: int
    wanted: Wanted
    channel: str
    hidden: tuple[str, ...] = ()

    def hashed(self, alumnus: Alumnus) -> str:
        """Return a hash of the question and of all that is known of who asks: a change of either asks anew.

        Notes
        -----
        Raises nothing.
        """
        asked = json.dumps([asdict(self), asdict(alumnus)], default=str, sort_keys=True)
        return hashlib.sha256(asked.encode()).hexdigest()


def is_prefetch(headers: Mapping[str, str]) -> bool:
    """Return whether a browser asks ahead, for an answer that nobody may ever see. Raises nothing."""
    return any(word in headers.get(name, "").casefold() for name, word in _PREFETCHING.items())


def own_answer(
    reading: Session, group: GroupCommit, view: LiveView, alumnus: Alumnus, question: Question, *, now: datetime
) -> dict[str, Any]:
    """Return what a person is shown: a slate whose impression is stored, or the offer of an officer where none is made.

    Raises
    ------
    NotAllowed
        When the person does not agree to recommendations.
    InvalidInput, ModelUnavailable, Conflicting
        As `answered`.
    """
    if objects_to_ranking(reading, alumnus.alumnus_id):
        return unranked(OBJECTED)
    require_consent(alumnus, "recommend")
    if not alumnus.certificates:
        return unranked(NO_CERTIFICATE)
    asked = replace(question, hidden=hidden_by(reading, alumnus.alumnus_id))
    return answered(reading, group, view, alumnus, asked, now=now)


def require_consent(alumnus: Alumnus, purpose: str) -> None:
    """Return when the person agrees to `purpose` now.

    Raises
    ------
    NotAllowed
        When they do not, with the way to agree.
    """
    if purpose not in alumnus.consents:
        raise NotAllowed(
            f"consent '{purpose}': not given, so nothing is computed; give it with PUT /v1/me/consents/{purpose} and "
            '{"is_given": true}, or ask an officer at POST /v1/me/questions'
        )


def remembered(
    session: Session, view: LiveView, alumnus_id: str, asked: str, *, now: datetime
) -> dict[str, Any] | None:
    """Return the answer that `asked` got a short while ago, without what closed since; None where it got none.

    Notes
    -----
    Raises nothing. What closed is named in ``closed``; the other items keep the positions they were shown at.
    """
    found = recent_answer(session, alumnus_id, asked, since=now - RELOAD_WINDOW)
    if found is None:
        return None
    shown = [item["vacancy_id"] for item in found.answer["items"]]
    still_open = view.arrivals.open_among(shown, now=now)
    if shown and not still_open:
        return None
    items = [item for item in found.answer["items"] if item["vacancy_id"] in still_open]
    return {**found.answer, "items": items, "closed": [one for one in shown if one not in still_open]}


def ranked(view: LiveView, alumnus: Alumnus, question: Question, *, now: datetime) -> tuple[Impression, dict[str, Any]]:
    """Return a fresh slate as the impression to store and the answer to give.

    Raises
    ------
    InvalidInput
        When the alumnus holds no certificate, or a place of the slate is out of range.
    ModelUnavailable
        When a certificate has no stored scores and the encoder cannot run.

    Notes
    -----
    What is shown depends on the arm of the holdout, see `slate_in_arm`.
    """
    engine, removed = narrowed(view.arrivals.without(question.hidden), alumnus, question.wanted, now=now)
    slate = slate_in_arm(view, engine, alumnus, k=question.k, now=now)
    note_slate(slate)
    impression = Impression(
        uuid4().hex, now, alumnus.alumnus_id, slate.policy, question.channel, slate.eligible, slate.scored, slate.items
    )
    answer = slate_answer(slate, view.adverts([item.vacancy_id for item in slate.items]))
    beside = {"impression_id": impression.impression_id, "filters": [asdict(one) for one in removed], "closed": []}
    return impression, {**answer, **beside}


def slate_in_arm(view: LiveView, engine: Recommender, alumnus: Alumnus, *, k: int, now: datetime) -> Slate:
    """Return the slate that the person's arm of the holdout is shown; its policy tells the arm where there is one.

    Raises
    ------
    InvalidInput, ModelUnavailable
        As `Recommender.recommend`.

    Notes
    -----
    Every channel asks here: a second order shown to one person would spoil the comparison. Draws are seeded from the
    system's randomness for each impression, so that nobody can foresee them and the stored propensities hold.
    """
    is_treated = view.holdout.is_treated(alumnus.alumnus_id, alumnus.district_code)
    if is_treated:
        rng = np.random.default_rng(secrets.randbits(128))
        slate = engine.recommend(alumnus, k=k, now=now, rng=rng, exploration_share=view.explore)
    else:
        slate = engine.recommend_plain(alumnus, k=k, now=now)
    return replace(slate, policy=policy_in_arm(slate.policy, is_treated=is_treated)) if view.holdout.is_on else slate


def keep(session: Session, asked: str, impression: Impression, answer: dict[str, Any]) -> None:
    """Store a slate before it is shown. Raises nothing for one that `ranked` made."""
    shown_at = impression.shown_at
    append_impressions(session, [impression], now=shown_at)
    keep_answer(session, RecentAnswer(impression.alumnus_id, asked, impression.impression_id, shown_at, answer))


def hidden_by(session: Session, alumnus_id: str) -> tuple[str, ...]:
    """Return the vacancies that a person put aside and did not mark otherwise since, by id. Raises nothing."""
    marks = {one.vacancy_id: one.kind for one in interactions_of_person(session, alumnus_id, kinds=_MARKS)}
    return tuple(sorted(vacancy_id for vacancy_id, kind in marks.items() if kind == "hidden"))


def answered(
    reading: Session, group: GroupCommit, view: LiveView, alumnus: Alumnus, question: Question, *, now: datetime
) -> dict[str, Any]:
    """Return what the person is shown: the answer of a short while ago, or a fresh one, stored.

    Nothing is written while the slate is computed, and nothing computed while it is written; `reading` is ended before.

    Raises
    ------
    InvalidInput, ModelUnavailable
        As `ranked`.
    Conflicting
        When the person agreed no more or was erased meanwhile.
    """
    alumnus_id, asked = alumnus.alumnus_id, question.hashed(alumnus)
    before = remembered(reading, view, alumnus_id, asked, now=now)
    if before is not None:
        return before
    # Whoever waits to write while holding a connection may keep the one who writes from getting any.
    reading.close()
    impression, answer = ranked(view, alumnus, question, now=now)

    def store(session: Session) -> dict[str, Any]:
        if not hold_person(session, alumnus_id) or not consenting(session, "recommend", [alumnus_id]):
            raise Conflicting("recommendations: the consent they need ended this moment; read the consents again")
        faster = remembered(session, view, alumnus_id, asked, now=now)
        if faster is None:
            keep(session, asked, impression, answer)
        return faster or answer

    return group.run(store)
