"""Takes whatever went wrong; gives the one answer for it: RFC 9457 problem+json, or a page where a browser asks.

Raises nothing.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urlencode

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException

from api import refusals
from api.arriving import BodyTooLarge, BodyTooSlow
from api.database import DatabaseNotReady
from api.logs import request_id
from api.negotiation import preferred
from api.pages.rendering import language_of, page
from api.schemas import FieldProblem, Problem
from matcher.domain import errors

PROBLEM_JSON = "application/problem+json"


@dataclass(frozen=True, slots=True)
class ProblemKind:
    """How one class of refusal is told over HTTP; ``slug`` names it in the problem's type."""

    status: int
    slug: str
    title: str


PROBLEMS: Mapping[type[Exception], ProblemKind] = {
    errors.InvalidInput: ProblemKind(422, "invalid-input", "An input cannot be used as it is"),
    errors.UnknownIdentifier: ProblemKind(404, "unknown-identifier", "Nothing here carries this id"),
    errors.MissingFile: ProblemKind(503, "missing-file", "A file the service needs is not there"),
    errors.NotFitted: ProblemKind(503, "not-fitted", "A part of the service is not loaded"),
    errors.ArtifactDamaged: ProblemKind(503, "artifact-damaged", "The artifact does not agree with its checksums"),
    errors.ArtifactIncompatible: ProblemKind(503, "artifact-incompatible", "The artifact is of another version"),
    errors.ModelUnavailable: ProblemKind(503, "model-unavailable", "The text model is not there"),
    errors.MatcherError: ProblemKind(500, "refused", "The request was refused"),
    DatabaseNotReady: ProblemKind(503, "database-not-ready", "The database does not answer as it should"),
    refusals.NotSignedIn: ProblemKind(401, "not-signed-in", "A valid sign-in is needed"),
    refusals.ScreenLocked: ProblemKind(401, "screen-locked", "The screen of a counter is locked"),
    refusals.SignInFailed: ProblemKind(401, "sign-in-failed", "Login and secret do not fit"),
    refusals.NotAllowed: ProblemKind(403, "not-allowed", "This account may not do this"),
    refusals.Conflicting: ProblemKind(409, "conflict", "This contradicts what is there already"),
    BodyTooSlow: ProblemKind(408, "too-slow", "The body did not arrive in time"),
    BodyTooLarge: ProblemKind(413, "too-large", "The body is larger than a request may be"),
    refusals.TooMany: ProblemKind(429, "too-many", "Too many requests or attempts"),
    refusals.IssuerUnavailable: ProblemKind(503, "issuer-unavailable", "The identity provider does not answer"),
    refusals.Refused: ProblemKind(500, "refused-here", "The request was refused"),
    Exception: ProblemKind(500, "fault", "The service failed"),
}
"""Class -> how it is told; the nearest class of an error's ancestry counts."""

_PAGE_TEXTS = frozenset({401, 403, 404, 409, 422, 429, 500, 503})
_FORM_SLUGS = frozenset({"invalid-input", "unknown-identifier", "sign-in-failed", "conflict", "too-many"})
_LOG = logging.getLogger("api.errors")


def map_errors(app: FastAPI) -> None:
    """Give `app` an answer for every refusal; ``api.trail`` answers faults. Raises nothing."""
    app.add_exception_handler(errors.MatcherError, _answer_refusal)
    app.add_exception_handler(refusals.Refused, _answer_refusal)
    app.add_exception_handler(OperationalError, _answer_database)
    app.add_exception_handler(PoolTimeout, _answer_database)
    app.add_exception_handler(RequestValidationError, _answer_invalid)
    app.add_exception_handler(HTTPException, _answer_http)
    app.add_exception_handler(BodyTooLarge, _answer_untaken)
    app.add_exception_handler(BodyTooSlow, _answer_untaken)


def kind_of(problem: Exception) -> ProblemKind:
    """Return how `problem` is told. Raises nothing."""
    return next(PROBLEMS[ancestor] for ancestor in type(problem).__mro__ if ancestor in PROBLEMS)


def answer_fault(request: Request, problem: Exception) -> Response:
    """Return the answer for what nobody foresaw, logged by its class and places. Raises nothing."""
    _LOG.error("fault", exc_info=problem)
    return _answer(request, kind_of(problem), "Unexpected; quote the request_id when you report it")


def _answer_refusal(request: Request, problem: Exception) -> Response:
    answer = _answer(request, kind_of(problem), str(problem))
    if isinstance(problem, refusals.NotSignedIn):
        answer.headers["WWW-Authenticate"] = 'Bearer realm="padan"'
    if isinstance(problem, refusals.TooMany):
        answer.headers["Retry-After"] = str(math.ceil(problem.retry_after_seconds))
    return answer


def _answer_database(request: Request, problem: Exception) -> Response:
    # The words of the database are not passed on: they quote the statement with its values.
    _LOG.error("database", exc_info=problem)
    return _answer(request, PROBLEMS[DatabaseNotReady], "database: does not answer; try again, /health/ready says more")


def _answer_invalid(request: Request, problem: Exception) -> Response:
    found = problem.errors() if isinstance(problem, RequestValidationError) else []
    refused = [FieldProblem(place=" ".join(map(str, one["loc"])), problem=str(one["msg"])) for one in found]
    told = "; ".join(f"{one.place}: {one.problem}" for one in refused)
    return _answer(request, PROBLEMS[errors.InvalidInput], f"{told}; /docs lists what is accepted", refused=refused)


def _answer_untaken(request: Request, problem: Exception) -> Response:
    answer = _answer(request, kind_of(problem), problem.detail if isinstance(problem, HTTPException) else "")
    # The rest of the body is still on its way.
    answer.headers["Connection"] = "close"
    return answer


def _answer_http(request: Request, problem: Exception) -> Response:
    status = problem.status_code if isinstance(problem, HTTPException) else 500
    if status == HTTPStatus.BAD_REQUEST:
        return _answer(request, PROBLEMS[errors.InvalidInput], "body: cannot be read as what its type says; check it")
    headers = problem.headers if isinstance(problem, HTTPException) else None
    answer = _answer(request, ProblemKind(status, "", HTTPStatus(status).phrase), "See /docs for what is served")
    answer.headers.update(headers or {})
    return answer


def _answer(request: Request, kind: ProblemKind, detail: str, *, refused: list[FieldProblem] | None = None) -> Response:
    if preferred(request.headers.get("accept", ""), [PROBLEM_JSON, "text/html"]) == "text/html":
        return _page(request, kind, detail)
    problem = Problem(
        type=f"/docs#{kind.slug}" if kind.slug else "about:blank",
        title=kind.title,
        status=kind.status,
        detail=detail,
        request_id=request_id.get() or "",
        errors=refused or [],
    )
    headers = {"Cache-Control": "no-store", "Vary": "Accept"}
    return JSONResponse(problem.model_dump(), kind.status, media_type=PROBLEM_JSON, headers=headers)


def _page(request: Request, kind: ProblemKind, detail: str) -> Response:
    if _is_own_form(request) and kind.slug in _FORM_SLUGS:
        # The page of the form stands at the same address and tells there what to put right.
        query = urlencode(
            {**request.query_params, "salah": kind.slug, "isian": detail.partition(":")[0].rpartition(" ")[2]}
        )
        return RedirectResponse(f"{request.url.path}?{query}", 303, headers={"Cache-Control": "no-store"})
    if kind.slug == "screen-locked":
        goes_on = request.url.path if request.method == "GET" else "/loket"
        return RedirectResponse(
            f"/loket/terkunci?{urlencode({'next': goes_on})}", 303, headers={"Cache-Control": "no-store"}
        )
    key = f"error_{kind.status}" if kind.status in _PAGE_TEXTS else "error_other"
    context = {
        "key": key,
        "request_id": request_id.get() if kind.status >= 500 else None,
        "sign_in": _sign_in_for(request.url.path) if kind.status == HTTPStatus.UNAUTHORIZED else None,
    }
    return page(request, "error.html", language_of(request), status=kind.status, context=context)


def _sign_in_for(path: str) -> str:
    door = "/masuk/petugas" if path.startswith("/loket") else "/masuk"
    return f"{door}?{urlencode({'next': path})}"


def _is_own_form(request: Request) -> bool:
    return request.method == "POST" and not request.url.path.startswith("/v1/")
