"""Takes what alumni ask about themselves; gives profile, consents, trail, export and erasure. Ranks nothing."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from fastapi.encoders import jsonable_encoder
from fastapi.responses import JSONResponse

from api.alumni.advice import OBJECTED, OFFER
from api.alumni.availability import availability, say
from api.alumni.bodies import (
    AccessTrail,
    AvailabilityBody,
    Changed,
    ConsentBody,
    Consents,
    CorrectionBody,
    CorrectionNote,
    Corrections,
    ErasureBody,
    MessagesBody,
    Objection,
    ObjectionBody,
    OwnAvailability,
    OwnMessages,
    Profile,
    ProfileChange,
)
from api.alumni.messages import messages, wish_messages
from api.alumni.objection import object_or_accept, objects_to_ranking
from api.alumni.oneself import NOTED, alumnus_id_of, myself, told
from api.alumni.privacy import Eraser, consent, consents, export, trail
from api.alumni.profile import change, correct, corrections, profile
from api.dependencies import (
    CurrentAccount,
    OpenedDatabase,
    OpenedSecurity,
    Reading,
    ServedProcess,
    Session,
    WallNow,
    require,
)
from api.page_cursor import next_cursor, read_cursor
from api.repeats import OnceOnly
from api.routes.auth import never_stored
from api.routes.responses import refusals
from api.security.bodies import Purpose
from api.security.door import HashingSlot, OwnAttempt

router = APIRouter(prefix="/v1/me", tags=["me"], dependencies=[Depends(never_stored)])
_MINE = [require("alumnus"), NOTED]
_IN_PERSON = [require("alumnus", in_person=True)]
_READ = refusals(401, 403, 422, 429, 503)
_WRITTEN = refusals(401, 403, 409, 422, 429, 503)


@router.get("", responses=_READ, dependencies=_MINE)
def read_profile(account: CurrentAccount, reading: Reading, security: OpenedSecurity) -> Profile:
    """Give everything a person reads about themselves, and the version that the next change starts from."""
    return profile(reading, security.keys, myself(reading, account))


@router.patch("", response_model=Changed, responses=_WRITTEN, dependencies=_MINE)
def change_profile(body: ProfileChange, account: CurrentAccount, once: OnceOnly, session: Session) -> Response:
    """Change place, schooling, wishes and the like; fields that are left out stay. The next answer follows it."""
    return once.answer(
        lambda: Changed(version=change(session, myself(session, account), body)),
        status=200, alumnus_id=account.alumnus_id,
    )  # fmt: skip


@router.delete("", status_code=204, responses=refusals(401, 403, 422, 429, 503), dependencies=_IN_PERSON)
def erase(
    body: ErasureBody,
    account: CurrentAccount,
    _attempt: OwnAttempt,
    _slot: HashingSlot,
    database: OpenedDatabase,
    security: OpenedSecurity,
    serving: ServedProcess,
    now: WallNow,
) -> None:
    """Erase the person at once, in person and with the PIN: nothing that leads to them stays, here or in a backup."""
    Eraser(database, security, serving.erasures).erase(account, body.pin, now=now)


@router.get("/export", responses=_READ, dependencies=_MINE)
def export_everything(
    account: CurrentAccount, reading: Reading, security: OpenedSecurity, now: WallNow
) -> JSONResponse:
    """Give everything stored about the person as JSON, by table; nothing of it is kept."""
    headers = {"Cache-Control": "no-store", "Content-Disposition": 'attachment; filename="padan-export.json"'}
    return JSONResponse(jsonable_encoder(export(reading, security.keys, account, now=now)), headers=headers)


@router.get("/consents", responses=_READ, dependencies=_MINE)
def read_consents(account: CurrentAccount, reading: Reading) -> Consents:
    """Give what the person agrees to now, and every yes and no before."""
    return consents(reading, alumnus_id_of(account))


@router.put("/consents/{purpose}", response_model=Consents, responses=_WRITTEN, dependencies=_MINE)
def give_or_withdraw_consent(
    purpose: Purpose, body: ConsentBody, account: CurrentAccount, once: OnceOnly, session: Session, now: WallNow
) -> Response:
    """Agree to a purpose, or no more; it holds at once."""
    return once.answer(
        lambda: consent(session, account, purpose, body.is_given, now=now), status=200, alumnus_id=account.alumnus_id
    )


@router.get("/accesses", responses=_READ, dependencies=_MINE)
def read_trail(
    account: CurrentAccount,
    reading: Reading,
    cursor: Annotated[str | None, Query(max_length=512, description="next_cursor of the page before")] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
) -> AccessTrail:
    """Give who looked at the person or acted for them: role and organisation, when, and why."""
    before = None if cursor is None else int(read_cursor(cursor, _whole)[0])
    found = trail(reading, alumnus_id_of(account), before=before, limit=limit + 1)
    last = (str(found[limit - 1][0]), "") if len(found) > limit else None
    return AccessTrail(items=[note for _, note in found[:limit]], next_cursor=next_cursor(last))


@router.get("/corrections", responses=_READ, dependencies=_MINE)
def read_corrections(account: CurrentAccount, reading: Reading) -> Corrections:
    """Give what the person said is wrong, and what became of it."""
    return Corrections(items=corrections(reading, alumnus_id_of(account)))


@router.post("/corrections", status_code=201, response_model=CorrectionNote, responses=_WRITTEN, dependencies=_MINE)
def ask_for_correction(
    body: CorrectionBody, account: CurrentAccount, once: OnceOnly, session: Session, now: WallNow
) -> Response:
    """Say what is wrong that the person cannot change alone, a certificate for example; an officer checks it."""
    alumnus_id = alumnus_id_of(account)
    return once.answer(lambda: correct(session, alumnus_id, body, now=now), alumnus_id=alumnus_id)


@router.get("/objection", responses=_READ, dependencies=_MINE)
def read_objection(account: CurrentAccount, reading: Reading) -> Objection:
    """Say whether the person objects to the automatic order."""
    objects = objects_to_ranking(reading, alumnus_id_of(account))
    return Objection(objects=objects, officer=told(OBJECTED if objects else OFFER))


@router.put("/objection", response_model=Objection, responses=_WRITTEN, dependencies=_IN_PERSON)
def object_to_ranking(
    body: ObjectionBody, account: CurrentAccount, once: OnceOnly, session: Session, now: WallNow
) -> Response:
    """Object to the automatic order, or end it: while it holds an officer answers instead, and nothing is ranked."""
    alumnus_id = alumnus_id_of(account)

    def write() -> Objection:
        object_or_accept(session, alumnus_id, body.objects, body.text, now=now)
        return read_objection(account, session)

    return once.answer(write, status=200, alumnus_id=alumnus_id)


@router.get("/availability", responses=_READ, dependencies=_MINE)
def read_availability(account: CurrentAccount, reading: Reading) -> OwnAvailability:
    """Say whether the person told that they look for work, and until when they count as looking for none."""
    return availability(reading, alumnus_id_of(account))


@router.put("/availability", response_model=OwnAvailability, responses=_WRITTEN, dependencies=_MINE)
def say_availability(
    body: AvailabilityBody, account: CurrentAccount, once: OnceOnly, session: Session, now: WallNow
) -> Response:
    """Say whether the person looks for work; who says no is passed over where an employer asks for people who look."""
    alumnus_id = alumnus_id_of(account)
    return once.answer(lambda: say(session, alumnus_id, body.is_looking, now=now), status=200, alumnus_id=alumnus_id)


@router.get("/messages", responses=_READ, dependencies=_MINE)
def read_messages(account: CurrentAccount, reading: Reading) -> OwnMessages:
    """Say over what the person gets short messages; nobody gets any who did not ask for them."""
    return messages(reading, alumnus_id_of(account))


@router.put("/messages", response_model=OwnMessages, responses=_WRITTEN, dependencies=_MINE)
def ask_for_messages(
    body: MessagesBody, account: CurrentAccount, once: OnceOnly, session: Session, now: WallNow
) -> Response:
    """Ask for a short message when vacancies fit and when a saved one ends, or for none any more."""
    alumnus_id = alumnus_id_of(account)
    return once.answer(
        lambda: wish_messages(session, alumnus_id, body.channel, now=now), status=200, alumnus_id=alumnus_id
    )


def _whole(text: str) -> str:
    if not 0 < int(text) < 2**62:
        raise ValueError(text)
    return str(int(text))
