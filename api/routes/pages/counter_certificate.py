"""Takes a certificate that the person in session shows; gives the page that finds its course, and stores it.

Calls the room of ``/v1/counter`` and decides nothing itself.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Query, Response
from fastapi.responses import HTMLResponse

from api.counter.certificates import add_certificate, courses_with
from api.counter.desk import OpenDesk
from api.dependencies import require
from api.pages.counter_forms import CertificateForm
from api.routes.pages.counter_people import OpenVisit
from api.routes.pages.desk import PageDesk, go

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse, dependencies=[require("counter")])


@router.get("/loket/orang/sertifikat")
def show_certificate_form(
    desk: PageDesk, at_counter: OpenDesk, _open: OpenVisit, cari: Annotated[str, Query(max_length=200)] = ""
) -> HTMLResponse:
    """Show the search for a course, and once words are given the form with the courses that have them."""
    words = cari.strip()
    courses = [
        (one.course_id, f"{one.title} - {one.provider}" if one.provider else one.title)
        for one in courses_with(at_counter.artifact, words)
    ]
    return desk.page("counter_certificate.html", {"words": words, "courses": courses})


@router.post("/loket/orang/sertifikat")
def add_shown_certificate(form: Annotated[CertificateForm, Form()], at_counter: OpenDesk, visit: OpenVisit) -> Response:
    """Store the certificate of the person in session."""
    add_certificate(at_counter, visit, form.body())
    return go("/loket/orang?beres=certificate_added")
