"""Takes an officer, a district and a passphrase; gives a sealed pack for days offline, and takes in its queue.

Holds the least: open vacancies, and masked cards of people to call. In the pack a person has a name that means nothing
elsewhere; the passphrase is kept nowhere.
"""

from __future__ import annotations

import base64
import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pyarrow.compute as pc
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from sqlalchemy.orm import Session

from api.counter.bodies import PackBody, QueuedEvent, SealedPack, SyncAnswer, SyncBody, SyncedEvent
from api.counter.desk import Desk
from api.counter.people import cards
from api.live.view import LiveView
from api.pages.texts import JAKARTA
from api.refusals import Conflicting, Refused
from api.security.accounts import SignedIn
from api.storage.counter import callback_of, close_callback, due_callbacks
from api.storage.events import Appended, append_interactions, append_outcomes
from api.storage.people import people_of
from api.storage.trail import Access, note_accesses
from api.storage.vacancies import vacancies_of
from matcher.domain.errors import MatcherError, UnknownIdentifier
from matcher.domain.records import Interaction, Outcome, Vacancy
from matcher.domain.regions import place_name
from matcher.ingest.datasets import vacancies_of as records_of

MOST_VACANCIES = 300
MOST_CALLS = 100
SCRYPT_N, SCRYPT_R, SCRYPT_P = 2**15, 8, 1
"""Cost of one guess at a passphrase: 32 MiB and about a tenth of a second (RFC 7914)."""


@dataclass(frozen=True, slots=True)
class Pack:
    """What an officer takes along, not yet sealed; ``content`` is plain JSON."""

    pack_id: str
    expires_at: datetime
    content: dict[str, Any]


def pack_of(desk: Desk, given: PackBody) -> Pack:
    """Return the pack of a district; each person in it finds that in their trail. Raises nothing."""
    pack_id, expires_at = uuid4().hex, desk.wall_now + timedelta(days=given.days)
    content = {
        "pack_id": pack_id,
        "expires_at": expires_at.isoformat(),
        "district_code": given.district_code,
        "vacancies": [_advert(one) for one in _open_in(desk.artifact, given.district_code, desk.now)],
        "calls": _calls(desk, given, pack_id),
    }
    return Pack(pack_id, expires_at, content)


def packed(desk: Desk, given: PackBody) -> SealedPack:
    """Return the sealed pack of a district; each person in it finds that in their trail. Raises nothing."""
    pack = pack_of(desk, given)
    salt, nonce = secrets.token_bytes(16), secrets.token_bytes(12)
    key = Scrypt(salt, 32, n=SCRYPT_N, r=SCRYPT_R, p=SCRYPT_P).derive(given.passphrase.encode())
    sealed = AESGCM(key).encrypt(nonce, json.dumps(pack.content).encode(), pack.pack_id.encode())
    return SealedPack(
        pack_id=pack.pack_id, expires_at=pack.expires_at, n=SCRYPT_N, r=SCRYPT_R, p=SCRYPT_P,
        salt=_text(salt), nonce=_text(nonce), sealed=_text(sealed),
    )  # fmt: skip


def synced(desk: Desk, given: SyncBody) -> SyncAnswer:
    """Return what became of each event of a pack's queue: entered once, repeated or refused, whatever its age.

    Notes
    -----
    Raises nothing: a refused event is told in its place and stops no other.
    """
    told = [_taken(desk, given.pack_id, one) for one in given.events]
    counts = {state: sum(one.state == state for one in told) for state in ("entered", "repeated", "refused")}
    return SyncAnswer(items=told, **counts)


def _open_in(artifact: LiveView, district_code: str, now: datetime) -> list[Vacancy]:
    there = pc.call_function("equal", [artifact.vacancies["district_code"], district_code])
    mask = artifact.recommender.columns.open_at(now) & there.fill_null(False).to_numpy()
    found = records_of(artifact.vacancies.filter(mask))
    latest = sorted(found, key=lambda one: (one.posted_at is not None, one.posted_at), reverse=True)
    return latest[:MOST_VACANCIES]


def _advert(vacancy: Vacancy) -> dict[str, Any]:
    return {
        "vacancy_id": vacancy.vacancy_id,
        "title": vacancy.title,
        "employer": vacancy.employer,
        "place": place_name(vacancy.province_code, vacancy.district_code),
        "education_min": vacancy.education_min,
        "salary_min_idr_month": vacancy.salary_min_idr_month,
        "apply_how": vacancy.apply_how,
        "apply_at": vacancy.apply_at,
        "expires_at": vacancy.expires_at and vacancy.expires_at.isoformat(),
    }


def _calls(desk: Desk, given: PackBody, pack_id: str) -> list[dict[str, Any]]:
    session, officer = desk.session, desk.officer
    until = (desk.wall_now.astimezone(JAKARTA) + timedelta(days=given.days)).date()
    due = due_callbacks(session, until=until, province_code=officer.province_code, limit=MOST_CALLS)
    known = people_of(session, [one.alumnus_id for one in due])
    near = [one for one in due if known[one.alumnus_id].alumnus.district_code == given.district_code]
    shown = {one.alumnus_id: one for one in cards(session, desk.keys, [one.alumnus_id for one in near])}
    note_accesses(
        session, [Access(officer.account_id, officer.role, one, "offline_pack", desk.wall_now) for one in shown]
    )
    return [
        {
            "callback_id": one.callback_id,
            "due_on": one.due_on.isoformat(),
            "person": desk.keys.pseudonym(one.alumnus_id, audience=_audience(officer, pack_id)),
            "masked_name": shown[one.alumnus_id].masked_name,
            "birth_year": shown[one.alumnus_id].birth_year,
        }
        for one in near
    ]


def _taken(desk: Desk, pack_id: str, event: QueuedEvent) -> SyncedEvent:
    try:
        alumnus_id = _person(desk, pack_id, event)
        if event.vacancy_id is not None:
            _check_vacancy(desk.session, desk.artifact, event.vacancy_id)
        is_first = _entered(desk.session, event, alumnus_id, now=desk.wall_now)
    except (MatcherError, Refused) as problem:
        return SyncedEvent(event_id=event.event_id, state="refused", problem=str(problem))
    if is_first:
        done = Access(desk.officer.account_id, desk.officer.role, alumnus_id, f"offline_{event.kind}", desk.wall_now)
        note_accesses(desk.session, [done])
    return SyncedEvent(event_id=event.event_id, state="entered" if is_first else "repeated")


def _person(desk: Desk, pack_id: str, event: QueuedEvent) -> str:
    alumnus_id = desk.keys.alumnus_of(event.person, audience=_audience(desk.officer, pack_id))
    if alumnus_id is None or alumnus_id not in people_of(desk.session, [alumnus_id]):
        raise UnknownIdentifier("person: not of this pack and officer, or erased since; find the person again")
    return alumnus_id


def _check_vacancy(session: Session, artifact: LiveView, vacancy_id: str) -> None:
    if vacancy_id not in vacancies_of(session, [vacancy_id]):
        artifact.adverts([vacancy_id])


def _entered(session: Session, event: QueuedEvent, alumnus_id: str, *, now: datetime) -> bool:
    """Write one event; False where it was there already, word for word."""
    if event.kind == "call_closed":
        return _closed(session, event, alumnus_id)
    return bool(_appended(session, event, alumnus_id, now=now).n_written)


def _appended(session: Session, event: QueuedEvent, alumnus_id: str, *, now: datetime) -> Appended:
    if event.kind in {"saved", "applied", "hidden"}:
        done = Interaction(
            event.event_id, alumnus_id, event.vacancy_id or "", event.kind, event.at, source="officer"
        )  # fmt: skip
        return append_interactions(session, [done], now=now)
    told = Outcome(
        event.event_id, alumnus_id, event.kind, "officer", asked_at=event.at,
        observed_on=event.at.astimezone(JAKARTA).date(), started_on=event.started_on, vacancy_id=event.vacancy_id,
    )  # fmt: skip
    return append_outcomes(session, [told], now=now)


def _closed(session: Session, event: QueuedEvent, alumnus_id: str) -> bool:
    known = callback_of(session, event.callback_id or "")
    if known is None or known.alumnus_id != alumnus_id:
        raise UnknownIdentifier(f"callback '{event.callback_id}': not of this person; read the list again")
    if close_callback(session, known.callback_id, event.state or "done", note_code=event.note_code):
        return True
    if (known.state, known.note_code) != (event.state, event.note_code):
        raise Conflicting(f"callback '{event.callback_id}': was closed otherwise already; read the list again")
    return False


def _audience(officer: SignedIn, pack_id: str) -> str:
    return f"offline pack {officer.account_id} {pack_id}"


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode()
