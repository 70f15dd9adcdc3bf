"""Takes what a browser sends; gives its session and the proof that a form came from our own page. Asks no database.

A session is an opaque random ticket in a cookie that scripts can not read and other sites do not send. A form, besides,
carries a token that only our pages can hold (synchroniser token, made from the session with a key).
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from fastapi import Request, Response

from api.refusals import NotAllowed
from api.security.keys import KeyRing

CSRF_HEADER = "x-csrf-token"
CSRF_FIELD = "csrf_token"
_OWN_PATH = re.compile(r"/(?![/\\])[\x21-\x5b\x5d-\x7e]*")
DEVICE_LIFETIME = timedelta(days=366)
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
FORM_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data")


@dataclass(frozen=True, slots=True)
class Cookies:
    """Sets and reads the cookies; over https they carry the prefix ``__Host-`` and never leave https."""

    is_https: bool

    def read(self, request: Request, name: str) -> str | None:
        """Return the cookie called `name`, or None. Raises nothing."""
        return request.cookies.get(self._name(name))

    def set(self, response: Response, name: str, value: str, *, lifetime: timedelta | None = None) -> None:
        """Set a cookie that scripts can not read and other sites do not send along with a form. Raises nothing."""
        seconds = None if lifetime is None else int(lifetime.total_seconds())
        response.set_cookie(
            self._name(name), value, max_age=seconds, path="/", secure=self.is_https, httponly=True, samesite="lax"
        )

    def clear(self, response: Response, name: str) -> None:
        """Take the cookie back. Raises nothing."""
        response.delete_cookie(self._name(name), path="/", secure=self.is_https, httponly=True, samesite="lax")

    def _name(self, name: str) -> str:
        return f"__Host-padan_{name}" if self.is_https else f"padan_{name}"


def fresh_binding() -> str:
    """Return what a form's token is bound to before anyone signed in: the cookie ``form``. Raises nothing."""
    return secrets.token_urlsafe(24)


def csrf_token(keys: KeyRing, binding: str) -> str:
    """Return the token that a form of this session carries in `CSRF_FIELD`, or a script in `CSRF_HEADER`.

    `binding` is the id of the session, or the value of the cookie ``form`` before one. Raises nothing.
    """
    return keys.hashed("csrf", binding)


def check_own_page(keys: KeyRing, request: Request, *, binding: str | None, given: str | None) -> None:
    """Pass where the request comes from one of our own pages.

    Raises
    ------
    NotAllowed
        When the browser says that another site sent it, or the token is missing or of another session.
    """
    if not is_same_origin(request.headers):
        raise NotAllowed("form: sent from another site; open it again from our own page")
    if not binding or not given or not keys.is_hash("csrf", binding, given):
        raise NotAllowed(
            f"form: its {CSRF_FIELD} is missing or of another session; open the page again, or send the header "
            f"{CSRF_HEADER} with the token of GET /v1/auth/session"
        )


def is_same_origin(headers: Mapping[str, str]) -> bool:
    """Return whether nothing in the headers says that another site sent the request.

    Notes
    -----
    Raises nothing. ``Sec-Fetch-Site`` is believed first: a page may not set it. An ``Origin`` of "null" says nothing,
    since our own pages send it too (they forbid referrers).
    """
    fetched_from = headers.get("sec-fetch-site")
    if fetched_from is not None:
        return fetched_from in {"same-origin", "none"}
    origin = headers.get("origin", "null")
    return origin == "null" or origin.partition("://")[2] == headers.get("host", "")


def own_path(text: str) -> str:
    """Return `text` where it is a path of this site, otherwise ``/``: nobody is sent elsewhere after signing in.

    Notes
    -----
    Raises nothing.
    """
    return text if _OWN_PATH.fullmatch(text) else "/"


async def form_token(request: Request) -> str | None:
    """Return the token that came with the request: its header, or the field of its form. Raises nothing."""
    if CSRF_HEADER in request.headers:
        return request.headers[CSRF_HEADER]
    if not request.headers.get("content-type", "").startswith(FORM_TYPES):
        return None
    field = (await request.form()).get(CSRF_FIELD)
    return field if isinstance(field, str) else None
