"""Takes a file of adverts that an employer sends from a browser; gives the page with what became of each row.

Calls the same room as ``/v1/employer/vacancies/import`` and decides nothing itself.
"""

from __future__ import annotations

import shutil
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, UploadFile
from fastapi.responses import HTMLResponse

from api.dependencies import CurrentAccount, Now, Reading, Session, require
from api.employer.bodies import ImportedAdverts
from api.employer.bulk import import_adverts
from api.employer.overview import overview
from api.pages.texts import JAKARTA
from api.routes.pages.desk import Desk, PageDesk
from matcher.domain.errors import InvalidInput

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse, dependencies=[require("employer")])
FORMATS = {".csv": ".csv", ".xlsx": ".xlsx", ".jsonl": ".jsonl", ".jsonld": ".jsonld", ".json": ".jsonld"}
"""How a file's name ends -> how it is read."""


@router.get("/perusahaan/berkas")
def show_files(desk: PageDesk, account: CurrentAccount, reading: Reading, now: Now) -> HTMLResponse:
    """Show the form for a file of adverts, and the reports to download."""
    overview(reading, account, now=now)
    return _page(desk, now)


@router.post("/perusahaan/berkas")
def import_file(
    desk: PageDesk, account: CurrentAccount, session: Session, now: Now, file: Annotated[UploadFile, Form()]
) -> HTMLResponse:
    """Import the file; tell of each row whether it was taken, or which column keeps it out and why."""
    ending = Path(file.filename or "").suffix.casefold()
    if ending not in FORMATS:
        raise InvalidInput("file: its name ends in none of csv, xlsx, jsonl, jsonld; save it as one of them")
    with TemporaryDirectory(prefix="padan-import-") as folder:
        path = Path(folder) / f"upload{FORMATS[ending]}"
        with path.open("wb") as kept:
            shutil.copyfileobj(file.file, kept)
        told = import_adverts(session, account, path, language=desk.language, now=now)
    return _page(desk, now, told)


def _page(desk: Desk, now: datetime, told: ImportedAdverts | None = None) -> HTMLResponse:
    this_year = now.astimezone(JAKARTA).replace(month=1, day=1, hour=0, minute=0, second=0, microsecond=0)
    context = {"result": told, "this_year": _report(this_year), "past_year": _report(now - timedelta(days=365))}
    return desk.page("employer_files.html", context)


def _report(since: datetime) -> str:
    return f"/v1/employer/report?{urlencode({'since': since.isoformat(timespec='seconds'), 'format': 'csv'})}"
