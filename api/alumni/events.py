"""Takes what a person tells of vacancies and of their work; gives events stored, and what they saved and applied to.

Whether a cause holds is checked where events are stored.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from api.alumni.bodies import InteractionBody, MarkedVacancy, NotedEvent, NotedOutcome, OutcomeBody
from api.alumni.oneself import alumnus_id_of, reporter_of
from api.live.view import LiveView
from api.metrics import note_event
from api.pages.texts import JAKARTA
from api.refusals import NotSignedIn
from api.security.accounts import SignedIn
from api.storage.event_checks import INTERACTION_KINDS
from api.storage.events import (
    append_interactions,
    append_outcomes,
    append_reasons,
    interactions_of,
    interactions_of_person,
    outcomes_of,
)
from api.storage.presence import hold_person
from api.storage.vacancies import vacancies_of
from matcher.domain.errors import UnknownIdentifier
from matcher.domain.records import Interaction, Outcome, Vacancy


def note_interactions(
    session: Session, view: LiveView, account: SignedIn, sent: Sequence[InteractionBody], *, now: datetime
) -> list[NotedEvent]:
    """Store what a person did, all or nothing; an event that is there already is stored once.

    Raises
    ------
    InvalidInput
        When an impression or an earlier event is unknown or another person's, does not hold the vacancy, or an event
        lies in the future or before its impression.
    UnknownIdentifier
        When an organic event is about a vacancy that nobody knows.
    NotSignedIn
        When the person was erased meanwhile.
    """
    alumnus_id = _held(session, account)
    known = adverts(session, view, [one.vacancy_id for one in sent if one.impression_id is None])
    stored = interactions_of(session, [one.interaction_id for one in sent])
    at = {key: event.at for key, event in stored.items()}
    events = [_interaction(account, alumnus_id, one, at.get(one.interaction_id, now)) for one in sent]
    for event in events:
        if event.impression_id is None and event.vacancy_id not in known:
            raise UnknownIdentifier(f"vacancy '{event.vacancy_id}': not here; check the id")
    repeats = append_interactions(session, events, now=now).repeats
    append_reasons(session, alumnus_id, {one.interaction_id: one.reason for one in sent if one.reason is not None})
    for event in events:
        note_event((now - event.at).total_seconds())
    return [
        NotedEvent(
            event_id=event.interaction_id,
            is_organic=event.impression_id is None,
            is_repeat=event.interaction_id in repeats,
        )
        for event in events
    ]


def note_outcome(session: Session, account: SignedIn, sent: OutcomeBody, *, now: datetime) -> NotedOutcome:
    """Store what a person tells of their work; a report that is there already is stored once.

    Raises
    ------
    InvalidInput
        When it ends before it starts, or corrects an unknown report or another person's.
    NotSignedIn
        When the person was erased meanwhile.
    """
    alumnus_id = _held(session, account)
    stored = outcomes_of(session, [sent.outcome_id]).get(sent.outcome_id)
    told_on = now.astimezone(JAKARTA).date() if stored is None else stored.observed_on
    cells = sent.model_dump(exclude={"observed_on"})
    report = Outcome(
        alumnus_id=alumnus_id, source=reporter_of(account), observed_on=sent.observed_on or told_on, **cells
    )
    repeats = append_outcomes(session, [report], now=now).repeats
    return NotedOutcome(
        outcome_id=report.outcome_id, source=reporter_of(account), is_repeat=report.outcome_id in repeats
    )


def marked_page(
    session: Session,
    view: LiveView,
    alumnus_id: str,
    kind: str,
    *,
    before: tuple[datetime, str] | None,
    limit: int,
    now: datetime,
) -> tuple[list[MarkedVacancy], tuple[datetime, str] | None]:
    """Return a page of what a person marked with `kind` (saved or applied), the last one first, and where it ends.

    `before` is where the page before ended; the end is None on the last page.

    Notes
    -----
    Raises nothing. What was corrected does not count. Each vacancy stands once, under its last mark, with whether it
    is still open and the last thing that happened with it.
    """
    done = interactions_of_person(session, alumnus_id)
    last = {one.vacancy_id: one for one in done if one.kind == kind}
    latest = {one.vacancy_id: one.kind for one in done if one.kind in _ANSWERS or one.kind == kind}
    ordered = sorted(last.values(), key=_place, reverse=True)
    page = [one for one in ordered if before is None or _place(one) < before][: limit + 1]
    shown = page[:limit]
    known = adverts(session, view, [one.vacancy_id for one in shown])
    still_open = view.arrivals.open_among([one.vacancy_id for one in shown], now=now)
    items = [
        MarkedVacancy(
            vacancy_id=one.vacancy_id,
            at=one.at,
            latest=latest[one.vacancy_id],
            is_open=one.vacancy_id in still_open,
            vacancy=known.get(one.vacancy_id),
        )
        for one in shown
    ]
    return items, _place(shown[-1]) if len(page) > limit else None


def _place(one: Interaction) -> tuple[datetime, str]:
    return one.at, one.interaction_id


_ANSWERS = frozenset(INTERACTION_KINDS) - {"viewed", "saved", "applied", "hidden"}


def _held(session: Session, account: SignedIn) -> str:
    alumnus_id = alumnus_id_of(account)
    if not hold_person(session, alumnus_id):
        raise NotSignedIn("sign-in: of somebody who is not here any more")
    return alumnus_id


def _interaction(account: SignedIn, alumnus_id: str, sent: InteractionBody, told_at: datetime) -> Interaction:
    return Interaction(
        interaction_id=sent.interaction_id,
        alumnus_id=alumnus_id,
        vacancy_id=sent.vacancy_id,
        kind=sent.kind,
        at=sent.at or told_at,
        impression_id=sent.impression_id,
        source=reporter_of(account),
        corrects_id=sent.corrects_id,
    )


def adverts(session: Session, view: LiveView, vacancy_ids: Sequence[str]) -> dict[str, Vacancy]:
    """Return those of the vacancies that the artifact or the database knows, by id. Raises nothing."""
    asked = sorted(set(vacancy_ids))
    found = {key: posted.vacancy for key, posted in vacancies_of(session, asked).items()}
    for vacancy_id in asked:
        try:
            found.setdefault(vacancy_id, view.adverts([vacancy_id])[0])
        except UnknownIdentifier:
            continue
    return found
