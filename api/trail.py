"""Takes every request; gives its answer an id, the security headers and one line in the log. Changes no body."""

from __future__ import annotations

import logging
import re
import time
from uuid import uuid4

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import answer_fault
from api.logs import request_id
from api.metrics import note_request

SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
"""Sent with every answer."""

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_LOG = logging.getLogger("api.requests")
_GIVEN_ID = re.compile(r"[A-Za-z0-9-]{8,64}")


class Trail:
    """ASGI middleware around the whole service."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request and log its method, route, status and time; never its address or body."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        token = request_id.set(_id_of(scope))
        told: dict[str, object] = {"method": scope["method"]}
        began = time.perf_counter()

        async def send_marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                told["status"] = message["status"]
                _mark(message)
            await send(message)

        try:
            await self._app(scope, receive, send_marked)
        except Exception as fault:
            if "status" not in told:
                await answer_fault(Request(scope), fault)(scope, receive, send_marked)
            raise
        finally:
            seconds, route = time.perf_counter() - began, _route_of(scope)
            told.update({"route": route, "duration_ms": round(seconds * 1000, 1)})
            note_request(_known_method(scope["method"]), route, told.get("status"), seconds)
            _LOG.info("served", extra={"told": told})
            request_id.reset(token)


def _id_of(scope: Scope) -> str:
    given = Headers(scope=scope).get("x-request-id", "")
    return given if _GIVEN_ID.fullmatch(given) else uuid4().hex


def _mark(message: Message) -> None:
    headers = MutableHeaders(scope=message)
    headers["X-Request-ID"] = request_id.get() or ""
    for name, value in SECURITY_HEADERS.items():
        headers[name] = value


def _known_method(method: str) -> str:
    """Return the method, or OTHER: a stranger's words may not become names of figures."""
    return method if method in _METHODS else "OTHER"


def _route_of(scope: Scope) -> str | None:
    return getattr(scope.get("route"), "path", None)
