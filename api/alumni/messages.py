"""Takes whether a person wants short messages; gives what they asked for, and the messages that are due to them.

A message names vacancies and nothing of the person: telephones are shared. It sends nothing: a sender takes the outbox.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy.orm import Session

from api.alumni.bodies import OwnMessages
from api.alumni.events import adverts
from api.alumni.objection import objects_to_ranking
from api.alumni.profile import opened_contact
from api.alumni.recommending import hidden_by, slate_in_arm
from api.live.view import LiveView
from api.pages.texts import texts_in
from api.refusals import NotSignedIn
from api.security.keys import KeyRing
from api.storage.contacts import contact_of
from api.storage.events import append_impressions, interactions_of_person
from api.storage.message_wishes import MessageWish, closed_since, end_wish, keep_wish, note_told, shown_to, wish_of
from api.storage.outbox import Message, put_message
from api.storage.people import person_of
from api.storage.presence import hold_person
from matcher.domain.records import Alumnus, Impression, Vacancy

BETWEEN = timedelta(days=7)
"""Least time from one list of vacancies to the next: many messages tire people and bring less work."""

MOST_NAMED = 3
_BEST = 10
_TITLE_LETTERS = 32
_STILL_HOPED_FOR = frozenset({"saved", "applied", "no_reply"})


@dataclass(frozen=True, slots=True)
class Told:
    """What one person was told: how many vacancies that fit, and how many that ended."""

    n_matches: int = 0
    n_ended: int = 0


def messages(session: Session, alumnus_id: str) -> OwnMessages:
    """Return what the person asked to be told. Raises nothing."""
    wish = wish_of(session, alumnus_id)
    return OwnMessages() if wish is None else OwnMessages(channel=wish.channel, told_at=wish.told_at)


def wish_messages(session: Session, alumnus_id: str, channel: str | None, *, now: datetime) -> OwnMessages:
    """Store that the person wants messages over `channel`, or none; return what holds then.

    Raises
    ------
    NotSignedIn
        When the person was erased meanwhile.
    """
    if not hold_person(session, alumnus_id):
        raise NotSignedIn("sign-in: of somebody who is not here any more")
    if channel is None:
        end_wish(session, alumnus_id)
        return OwnMessages()
    before = wish_of(session, alumnus_id) or MessageWish(alumnus_id, channel, looked_at=now)
    keep_wish(session, replace(before, channel=channel))
    return messages(session, alumnus_id)


def tell_person(
    session: Session, view: LiveView, keys: KeyRing, wish: MessageWish, *, address: str, now: datetime
) -> Told:
    """Put into the outbox what is due to one person, its impression with it; return what that was.

    Vacancies are told once in `BETWEEN`, when one of the ten best was never shown to the person. What they saved or
    applied to is told when it ended. Nothing is told without a telephone, and no vacancy that may not be recommended.

    Raises
    ------
    InvalidInput
        When the keys are not those that sealed the contact.
    ModelUnavailable
        When a certificate has no stored scores and the encoder cannot run.
    """
    _, phone = opened_contact(keys, contact_of(session, wish.alumnus_id))
    person = person_of(session, wish.alumnus_id)
    if phone is None or person is None:
        return Told()
    ended = _ended(session, view, wish, now=now)
    shown = None
    if wish.told_at is None or now - wish.told_at >= BETWEEN:
        shown = _unseen_slate(session, view, person.alumnus, now=now)
    named = [] if shown is None else view.adverts([item.vacancy_id for item in shown.entries])
    texts = texts_in("id")
    if ended:
        text = texts.count("message_ended", len(ended), titles=_titles(ended), address=address)
        _post(session, keys, wish, "ended", {"to": phone, "text": text}, now=now)
    if shown is not None:
        text = texts.count("message_matches", len(named), titles=_titles(named), address=address)
        _post(session, keys, wish, "matches", {"to": phone, "text": text}, now=now)
        append_impressions(session, [shown], now=now)
    note_told(session, replace(wish, looked_at=now, told_at=wish.told_at if shown is None else now))
    return Told(len(named), len(ended))


def _unseen_slate(session: Session, view: LiveView, alumnus: Alumnus, *, now: datetime) -> Impression | None:
    """Return the best vacancies that the person never saw as an impression, None when the ten best are all known."""
    is_ranked = "recommend" in alumnus.consents and not objects_to_ranking(session, alumnus.alumnus_id)
    if not is_ranked or not alumnus.certificates:
        return None
    known = shown_to(session, alumnus.alumnus_id) | set(hidden_by(session, alumnus.alumnus_id))
    known |= {one.vacancy_id for one in interactions_of_person(session, alumnus.alumnus_id)}
    best = slate_in_arm(view, view.recommender, alumnus, k=_BEST, now=now).items
    if all(item.vacancy_id in known for item in best):
        return None
    slate = slate_in_arm(view, view.arrivals.without(known), alumnus, k=MOST_NAMED, now=now)
    return Impression(
        uuid4().hex, now, alumnus.alumnus_id, slate.policy, "message", slate.eligible, slate.scored, slate.items
    )


def _ended(session: Session, view: LiveView, wish: MessageWish, *, now: datetime) -> list[Vacancy]:
    last = {one.vacancy_id: one.kind for one in interactions_of_person(session, wish.alumnus_id)}
    hoped_for = [vacancy_id for vacancy_id, kind in last.items() if kind in _STILL_HOPED_FOR]
    if not hoped_for:
        return []
    closed = closed_since(session, hoped_for, wish.looked_at)
    return [
        one
        for key, one in adverts(session, view, hoped_for).items()
        if key in closed or (one.expires_at is not None and wish.looked_at < one.expires_at <= now)
    ]


def _post(
    session: Session, keys: KeyRing, wish: MessageWish, template: str, values: dict[str, str], *, now: datetime
) -> None:
    message_id = uuid4().hex
    sealed = {"sealed": keys.encrypt(json.dumps(values), about=message_id)}
    put_message(session, Message(message_id, wish.channel, template, sealed, now, wish.alumnus_id))


def _titles(vacancies: Sequence[Vacancy]) -> str:
    return "; ".join(_short(one.title) for one in vacancies[:MOST_NAMED])


def _short(title: str) -> str:
    words = " ".join(title.split())
    return words if len(words) <= _TITLE_LETTERS else f"{words[: _TITLE_LETTERS - 3].rstrip()}..."
