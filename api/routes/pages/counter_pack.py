"""Takes an officer who goes where there is no network; gives a file that works there, and takes in what it noted.

Calls the same rooms as ``/v1/counter`` and decides nothing itself.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Form, Query, UploadFile
from fastapi.responses import HTMLResponse, JSONResponse

from api.counter.bodies import SyncedEvent
from api.counter.desk import Desk, OpenDesk
from api.counter.offline_pack import synced
from api.counter.pack_file import holder_of, queue_of, sealed_file
from api.dependencies import (
    CurrentAccount,
    Now,
    OpenedSecurity,
    Reading,
    ServedArtifact,
    Session,
    WallNow,
    require,
)
from api.pages.counter_forms import PackForm
from api.pages.rendering import STATIC
from api.pages.texts import Texts, texts_in
from api.routes.pages.counter_people import districts_of
from api.routes.pages.counter_waiting import ENDS
from api.routes.pages.desk import PageDesk
from api.security.door import HashingSlot
from matcher.domain.errors import InvalidInput
from matcher.domain.regions import place_name, provinces

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
_OFFICER = [require("counter")]
MOST_BYTES = 2**20
REFUSED = ("person", "callback", "vacancy")


@router.get("/loket/paket", dependencies=_OFFICER)
def show_pack_form(
    desk: PageDesk, officer: CurrentAccount, provinsi: Annotated[str, Query(max_length=8)] = ""
) -> HTMLResponse:
    """Show the form for a pack of one district of `provinsi`, or of the officer's own."""
    chosen = provinsi if provinsi in provinces() else officer.province_code or ""
    context = {
        "province": chosen,
        "provinces": [(code, one.name) for code, one in provinces().items()],
        "districts": districts_of(chosen),
    }
    return desk.page("counter_pack.html", context)


@router.post("/loket/paket", dependencies=_OFFICER)
def make_pack(
    form: Annotated[PackForm, Form()],
    desk: PageDesk,
    at_counter: OpenDesk,
    security: OpenedSecurity,
    _slot: HashingSlot,
) -> HTMLResponse:
    """Give the pack as one file to keep, sealed under the passphrase."""
    sealed = sealed_file(at_counter, security, form)
    context = {
        "pack": asdict(sealed),
        "words": _words(texts_in(desk.language)),
        "place": place_name(form.district_code[:2], form.district_code),
        "origin": security.tokens.issuer,
        "style": (STATIC / "pack.css").read_text(encoding="utf-8"),
        "script": (STATIC / "pack.js").read_text(encoding="utf-8"),
    }
    answer = desk.page("pack.html", context)
    answer.headers["Content-Disposition"] = f'attachment; filename="padan-{form.district_code}.html"'
    return answer


@router.post("/loket/paket/kirim", dependencies=[require("anyone")])
def take_in(
    reading: Reading,
    session: Session,
    security: OpenedSecurity,
    view: ServedArtifact,
    now: Now,
    wall_now: WallNow,
    ticket: Annotated[str, Form(max_length=2000)],
    queue: Annotated[str, Form(max_length=MOST_BYTES)],
) -> JSONResponse:
    """Take in the queue of a pack, each event once; any page may ask, for the ticket alone opens it."""
    officer, pack_id = holder_of(reading, security.keys, ticket, now=wall_now)
    given = queue_of(queue)
    if given.pack_id != pack_id:
        raise InvalidInput("queue: of another pack; send it with its own ticket")
    told = synced(Desk(officer, session, security.keys, view, now, wall_now), given)
    return JSONResponse(told.model_dump(), headers={"Access-Control-Allow-Origin": "*", "Cache-Control": "no-store"})


@router.get("/loket/sinkron", dependencies=_OFFICER)
def show_sending(desk: PageDesk) -> HTMLResponse:
    """Show the form for a queue that was saved as a file."""
    return desk.page("counter_sync.html", {"told_of": None, "refused": []})


@router.post("/loket/sinkron", dependencies=_OFFICER)
def send_file(desk: PageDesk, at_counter: OpenDesk, file: UploadFile) -> HTMLResponse:
    """Take in a queue that was saved as a file, and tell what became of each event."""
    content = file.file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise InvalidInput("queue: above 1 MiB; choose the file that the pack saved")
    told = synced(at_counter, queue_of(content))
    refused = [_why(one, texts_in(desk.language)) for one in told.items if one.state == "refused"]
    return desk.page("counter_sync.html", {"told_of": told, "refused": refused})


def _why(event: SyncedEvent, texts: Texts) -> str:
    word = (event.problem or "").split(" ")[0].strip(":")
    return texts(f"pack_refused_{word}" if word in REFUSED else "pack_refused_other")


def _words(texts: Texts) -> dict[str, object]:
    """Return what the script of the pack says: its words stand in the catalogues too."""
    keys = (
        "pack_wrong", "pack_expired", "pack_waiting", "pack_sent", "pack_not_sent", "pack_nobody", "pack_vacancy",
        "pack_saved", "pack_applied", "pack_employed", "pack_self_employed", "pack_not_working", "pack_refused_other",
        "pack_refused_person", "pack_refused_callback", "pack_refused_vacancy", "pay_from",
        "call_end_title", "pack_work",
    )  # fmt: skip
    ends = [{"word": word, "state": state, "text": texts(f"call_{word}")} for word, state in ENDS.items()]
    return {**{key: texts.texts[key] for key in keys}, "ends": ends}
