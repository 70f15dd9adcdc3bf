"""Takes what alumni read and put right about themselves in a browser; gives the page and the way on after a form.

Calls the same rooms as ``/v1/me`` and decides nothing itself.
"""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Form, Query, Response
from fastapi.responses import HTMLResponse

from api.alumni.bodies import CorrectionBody, ProfileChange
from api.alumni.messages import messages, wish_messages
from api.alumni.objection import object_or_accept
from api.alumni.oneself import NOTED, alumnus_id_of, myself
from api.alumni.privacy import Eraser, consent, trail
from api.alumni.profile import change, correct, corrections, profile
from api.alumni.work import WorkKind, called, keep_work, named
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
from api.pages.schooling import schooling, schooling_choices
from api.pages.texts import texts_in
from api.routes.pages.desk import PageDesk, go
from api.security.bodies import Pin, Purpose
from api.security.door import HashingSlot, OwnAttempt
from matcher.domain.regions import districts, provinces

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
_MINE = [require("alumnus"), NOTED]
_IN_PERSON = [require("alumnus", in_person=True)]
PURPOSES = ("recommend", "discoverable", "contact", "research", "disability_use")


@router.get("/data-saya", dependencies=_MINE)
def show_data(
    desk: PageDesk,
    account: CurrentAccount,
    reading: Reading,
    security: OpenedSecurity,
    provinsi: str = "",
    cari: Annotated[str, Query(max_length=60)] = "",
) -> HTMLResponse:
    """Show everything a person reads about themselves.

    Districts are those of `provinsi`, or of their own province; `cari` are words of the name of an occupation.
    """
    mine = alumnus_id_of(account)
    known = profile(reading, security.keys, myself(reading, account))
    chosen = provinsi if provinsi in provinces() else known.province_code or ""
    texts = texts_in(desk.language)
    context = {
        "profile": known,
        "province": chosen,
        "provinces": [(code, one.name) for code, one in provinces().items()],
        "districts": [(code, one.name) for code, one in districts().items() if code[:2] == chosen],
        "levels": schooling_choices(texts, known.education),
        "schooling": schooling(known.education, texts),
        "work": [
            ("wanted", named(known.wanted_occupation_codes)),
            ("experience", named(known.experience_occupation_codes)),
        ],
        "work_asked": cari,
        "work_found": called(cari),
        "purposes": PURPOSES,
        "messages": messages(reading, mine),
        "trail": [note for _, note in trail(reading, mine, before=None, limit=20)],
        "corrections": corrections(reading, mine),
    }
    return desk.page("data.html", context)


@router.get("/data-saya/{part}", dependencies=_MINE)
def show_part(
    part: Literal["tempat", "sekolah", "kerja", "setuju", "salah", "kabar", "keberatan", "hapus"], desk: PageDesk
) -> Response:
    """Go to the page with what its form was told."""
    return go(f"/data-saya?{desk.request.url.query}#{part}")


@router.post("/data-saya/tempat", dependencies=_MINE)
def change_place(
    account: CurrentAccount,
    session: Session,
    version: Annotated[int, Form(ge=1)],
    province_code: Annotated[str, Form(max_length=16)],
    district_code: Annotated[str, Form(max_length=16)] = "",
) -> Response:
    """Store where the person lives; a province without its district asks for the district next."""
    if district_code[:2] != province_code:
        return go(f"/data-saya?provinsi={province_code[:2]}&beres=choose_district#tempat")
    sent = ProfileChange(version=version, province_code=province_code, district_code=district_code)
    change(session, myself(session, account), sent)
    return go("/data-saya?beres=changed")


@router.post("/data-saya/sekolah", dependencies=_MINE)
def change_schooling(
    account: CurrentAccount,
    session: Session,
    version: Annotated[int, Form(ge=1)],
    education: Annotated[str, Form(max_length=64)],
) -> Response:
    """Store the person's schooling."""
    change(session, myself(session, account), ProfileChange(version=version, education=education))
    return go("/data-saya?beres=changed")


@router.post("/data-saya/kerja", dependencies=_MINE)
def change_work(
    account: CurrentAccount,
    session: Session,
    version: Annotated[int, Form(ge=1)],
    kind: Annotated[WorkKind, Form()],
    code: Annotated[str, Form(max_length=16)],
    is_held: Annotated[bool, Form()],
) -> Response:
    """Store work that the person wants or has done, or take it off the list."""
    keep_work(session, myself(session, account), kind, code, is_held=is_held, version=version)
    return go("/data-saya?beres=changed#kerja")


@router.post("/data-saya/setuju", dependencies=_MINE)
def give_or_withdraw_consent(
    account: CurrentAccount,
    session: Session,
    now: WallNow,
    purpose: Annotated[Purpose, Form()],
    is_given: Annotated[bool, Form()],
) -> Response:
    """Agree to a purpose, or no more; it holds at once."""
    consent(session, account, purpose, is_given, now=now)
    return go("/data-saya?beres=consent#setuju")


@router.post("/data-saya/kabar", dependencies=_MINE)
def ask_for_messages(
    account: CurrentAccount, session: Session, now: WallNow, channel: Annotated[Literal["", "sms", "whatsapp"], Form()]
) -> Response:
    """Ask for short messages over `channel`, or for none."""
    wish_messages(session, alumnus_id_of(account), channel or None, now=now)
    return go("/data-saya?beres=messages#kabar")


@router.post("/data-saya/salah", dependencies=_MINE)
def ask_for_correction(
    account: CurrentAccount,
    session: Session,
    now: WallNow,
    field: Annotated[Literal["certificate", "licence", "work", "completion"], Form()],
    told: Annotated[str, Form(min_length=2, max_length=1000)],
) -> Response:
    """Say what is wrong that the person cannot change alone."""
    correct(session, alumnus_id_of(account), CorrectionBody(field=field, told=told), now=now)
    return go("/data-saya?beres=correction#salah")


@router.post("/data-saya/keberatan", dependencies=_IN_PERSON)
def object_to_ranking(
    account: CurrentAccount, session: Session, now: WallNow, objects: Annotated[bool, Form()]
) -> Response:
    """Object to the automatic order, or end it."""
    object_or_accept(session, alumnus_id_of(account), objects, None, now=now)
    return go("/data-saya?beres=objection#keberatan")


@router.post("/data-saya/hapus", dependencies=_IN_PERSON)
def erase(
    account: CurrentAccount,
    _attempt: OwnAttempt,
    _slot: HashingSlot,
    database: OpenedDatabase,
    security: OpenedSecurity,
    serving: ServedProcess,
    now: WallNow,
    pin: Annotated[Pin, Form()],
) -> Response:
    """Erase the person at once, with the PIN once more."""
    Eraser(database, security, serving.erasures).erase(account, pin, now=now)
    answer = go("/?beres=erased")
    security.cookies.clear(answer, "session")
    return answer
