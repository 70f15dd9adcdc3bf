"""Takes a request; gives what its handler works with: the artifact, the time, sessions, who asks. Holds no route.

`require` is the one way to let somebody in: every route declares its roles with it, or the service does not start.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import sqlalchemy.orm
from anyio import CapacityLimiter, to_thread
from fastapi import Depends, Query, Request
from fastapi.security import HTTPBearer

from api.alumni.showing import Showing
from api.clock import Clock
from api.database import Database
from api.live.process import Live
from api.live.view import LiveView
from api.pages.demo import shown_samples
from api.pages.rendering import language_of
from api.pages.texts import Language
from api.pmo.desk import FigureDesk
from api.refusals import NotAllowed, NotSignedIn, ScreenLocked, TooMany
from api.security.accounts import Screen, SignedIn, of_cookie, of_token
from api.security.attempts import Place, network_address
from api.security.guard import Rates, Security
from api.security.limits import RateLimit
from api.security.roles import ROLES, Allowed
from api.security.sessions import SAFE_METHODS, check_own_page, form_token
from api.storage.sign_ins import touch_session
from matcher.domain.errors import InvalidInput, MatcherError, UnknownIdentifier
from matcher.domain.qualifications import parse_education
from matcher.domain.records import Alumnus
from matcher.domain.regions import parse_province_code

_BEARER = HTTPBearer(auto_error=False, bearerFormat="JWT", description="The access_token of POST /v1/auth/token")
_NOBODY = "sign-in: none came with the request; sign in at POST /v1/auth/token"
_LOCKED = "screen: locked after a while without use; the officer gives the password again at /loket/terkunci"
_OFFICERS_OWN = ("/loket", "/masuk", "/keluar", "/v1/auth/", "/v1/counter/")


@dataclass(frozen=True, slots=True)
class Serving:
    """What one process serves: each part opened, or the reason why it is not.

    ``live`` tells by itself why it serves nothing. ``showing`` stores slates before they are shown. ``clock`` tells the
    world's time, which settings may fix for a demo. ``wall_clock`` is never fixed: sign-ins end and limits pass by it.
    ``sleep`` lets an answer wait. ``erasures`` is the file that lists who was erased. ``figures`` is where the office
    asks. ``is_public`` says that others than this machine reach it.
    """

    live: Live
    clock: Clock
    database: Database | MatcherError
    showing: Showing | MatcherError
    security: Security | MatcherError
    rates: Rates
    wall_clock: Clock
    sleep: Callable[[float], Awaitable[None]]
    erasures: Path
    figures: FigureDesk
    is_public: bool


def _served(request: Request) -> Serving:
    # Asked of the request, not by Depends: that is walked through again for each who asks, dozens of times a request.
    return request.app.state.serving


async def _serving(request: Request) -> Serving:
    return _served(request)


ServedProcess = Annotated[Serving, Depends(_serving)]


def _opened(part: Any) -> Any:
    """Return a part of `Serving`, or raise why there is none."""
    if isinstance(part, MatcherError):
        # The one refusal is raised for many requests: without this it would gather all their tracebacks.
        raise part.with_traceback(None)
    return part


async def _live(request: Request) -> Live:
    return _served(request).live


ServedLive = Annotated[Live, Depends(_live)]
"""What gives the views, and switches artifacts."""


async def _view(request: Request) -> LiveView:
    return _served(request).live.view()


async def _database(request: Request) -> Database:
    return _opened(_served(request).database)


async def _security(request: Request) -> Security:
    return _opened(_served(request).security)


async def _figures(request: Request) -> FigureDesk:
    return _served(request).figures


async def _now(request: Request) -> datetime:
    return _served(request).clock()


async def _wall_now(request: Request) -> datetime:
    return _served(request).wall_clock()


ServedArtifact = Annotated[LiveView, Depends(_view)]
"""The artifact with all that changed since; one state of it for the whole request."""


async def _samples(request: Request) -> Mapping[str, Alumnus]:
    serving = _served(request)
    return shown_samples(serving.live.view().artifact, is_public=serving.is_public)


SamplePeople = Annotated[Mapping[str, Alumnus], Depends(_samples)]
"""The people whom anyone may try, by id; a refusal where others reach the service."""

OpenedDatabase = Annotated[Database, Depends(_database)]
OpenedSecurity = Annotated[Security, Depends(_security)]
Now = Annotated[datetime, Depends(_now)]
Figures = Annotated[FigureDesk, Depends(_figures)]
WallNow = Annotated[datetime, Depends(_wall_now)]


async def _session(request: Request) -> AsyncIterator[sqlalchemy.orm.Session]:
    session = _opened(_served(request).database).session()
    try:
        yield session
        await _ended(session, session.commit)
    finally:
        await _ended(session, session.close)


async def _reading(request: Request) -> AsyncIterator[sqlalchemy.orm.Session]:
    session = _opened(_served(request).database).reading()
    try:
        yield session
    finally:
        await _ended(session, session.close)


async def _ended(session: sqlalchemy.orm.Session, end: Callable[[], None]) -> None:
    """End a session in a thread, where it has begun: a session that asked nothing holds nothing."""
    if session.in_transaction():
        # Not one of the threads that handlers use: those may all be waiting for the lock that this session holds.
        await to_thread.run_sync(end, limiter=CapacityLimiter(1))


# Function scope: the commit happens before the answer leaves, so what was acknowledged is stored.
Session = Annotated[sqlalchemy.orm.Session, Depends(_session, scope="function")]
"""May write; committed when the handler returns, rolled back when it raises. Its first statement takes the lock."""

Reading = Annotated[sqlalchemy.orm.Session, Depends(_reading, scope="function")]
"""May only read, and waits for nobody. A handler that ends it itself (`with reading:`) spares a change of threads."""


async def _showing(request: Request) -> Showing:
    return _opened(_served(request).showing)


OpenedShowing = Annotated[Showing, Depends(_showing)]
"""Stores slates before they are shown."""


def _signed_in(request: Request) -> SignedIn | None:
    """Return who asks; None without credentials, for a cookie whose sign-in is over, and behind a locked screen."""
    given, serving = request.headers.get("authorization"), _served(request)
    if given is not None:
        return _bearer(given, serving)
    security = serving.security
    if not isinstance(security, Security):
        return None
    ticket = security.cookies.read(request, "session")
    if ticket is None:
        return None
    screen = _screen(ticket, security, serving, visit_id=_visit_id(request, security))
    request.state.locked_account_id = screen.locked_account_id
    return screen.account


def _screen(ticket: str, security: Security, serving: Serving, *, visit_id: str | None) -> Screen:
    database, now = _opened(serving.database), serving.wall_clock()
    with database.reading() as reading:
        screen = of_cookie(reading, security, ticket, now=now, visit_id=visit_id)
    if screen.account is not None and screen.is_used_until is not None:
        with database.session.begin() as session:
            touch_session(session, screen.account.session_id, now=now, expires_at=screen.is_used_until)
    return screen


def _visit_id(request: Request, security: Security) -> str | None:
    """Return the counter session that this browser is in; at the desk and the door an officer is themselves."""
    return None if request.url.path.startswith(_OFFICERS_OWN) else security.cookies.read(request, "visit")


def _bearer(given: str, serving: Serving) -> SignedIn:
    scheme, _, token = given.partition(" ")
    if scheme.lower() != "bearer":
        raise NotSignedIn("authorization: not a Bearer token; get one at POST /v1/auth/token")
    with _opened(serving.database).reading() as reading:
        return of_token(reading, _opened(serving.security), token.strip(), now=serving.wall_clock())


OptionalAccount = Annotated[SignedIn | None, Depends(_signed_in)]
"""Who asks, or None where nobody is signed in."""


async def _present(request: Request, account: OptionalAccount) -> SignedIn:
    if account is None:
        raise _absent(request)
    return account


def _absent(request: Request) -> NotSignedIn:
    return NotSignedIn(_NOBODY) if locked_account(request) is None else ScreenLocked(_LOCKED)


def locked_account(request: Request) -> str | None:
    """Return the account whose screen is locked in this browser, as `OptionalAccount` found it. Raises nothing."""
    return getattr(request.state, "locked_account_id", None)


CurrentAccount = Annotated[SignedIn, Depends(_present)]
"""Who asks; 401 where nobody is signed in. Whether their role may is `require`'s question."""


async def _own_page(request: Request, account: OptionalAccount) -> None:
    """Refuse a write that a cookie signs in, unless it comes from our own page. No other site has a Bearer token."""
    if account is not None and account.is_browser and request.method not in SAFE_METHODS:
        given = await form_token(request)
        check_own_page(_opened(_served(request).security).keys, request, binding=account.session_id, given=given)


async def _place(request: Request) -> Place:
    serving = _served(request)
    host = network_address(request.client.host if request.client else "")
    given = request.headers.get("x-padan-device")
    if given is None and isinstance(serving.security, Security):
        given = serving.security.cookies.read(request, "device")
    return Place(host, given)


RequestPlace = Annotated[Place, Depends(_place)]
"""Where a request comes from: address, and the ticket of a device that signed in before."""


class AnyoneGuard:
    """Lets everybody in, at a bounded rate for each address."""

    roles: frozenset[Allowed] = frozenset({"anyone"})

    async def __call__(self, request: Request, place: RequestPlace) -> None:
        """Count the request."""
        _count(_served(request).rates.address, place.address)


class RoleGuard:
    """Lets accounts of some roles in, at a bounded rate for each."""

    def __init__(self, roles: frozenset[Allowed], *, in_person: bool) -> None:
        self.roles = roles
        self._in_person = in_person

    async def __call__(
        self,
        request: Request,
        account: OptionalAccount,
        place: RequestPlace,
        _from_own_page: Annotated[None, Depends(_own_page)],
        _described: Annotated[object, Depends(_BEARER)],
    ) -> None:
        """Refuse whoever is not signed in or has no such role."""
        rates = _served(request).rates
        if account is None:
            _count(rates.address, place.address)
            raise _absent(request)
        _count(rates.account, account.account_id)
        if account.role not in self.roles:
            raise NotAllowed(
                f"role {account.role}: this is for {', '.join(sorted(self.roles))}; sign in as one of them"
            )
        if self._in_person and not account.is_in_person:
            raise NotAllowed("counter session: only the person may do this, signed in on their own telephone")


def require(*roles: Allowed, in_person: bool = False) -> Any:
    """Return the dependency that lets only `roles` in; "anyone" alone needs no sign-in.

    Give it to a router or a route, once: ``dependencies=[require("employer")]``.

    Parameters
    ----------
    roles : str
        ``anyone``, or some of `api.security.roles.ROLES`.
    in_person : bool
        Refuse an officer who acts for an alumnus in a counter session.

    Raises
    ------
    RuntimeError
        When a role is unknown, or ``anyone`` stands beside others: a fault of the code.
    """
    if roles == ("anyone",):
        return Depends(AnyoneGuard())
    if not roles or not set(roles) <= set(ROLES):
        raise RuntimeError(f"require{roles}: name 'anyone' alone, or some of {ROLES}")
    return Depends(RoleGuard(frozenset(roles), in_person=in_person))


def _count(rate: RateLimit, name: str) -> None:
    seconds = rate.seconds_until_heard(name)
    if seconds:
        raise TooMany("requests: too many in a short time; wait", retry_after_seconds=seconds)


async def _province_code(
    province: Annotated[str | None, Query(description="Official province code, for example 32", max_length=16)] = None,
) -> str | None:
    return _parsed("province", province, parse_province_code)


async def _education(
    education: Annotated[
        str | None,
        Query(
            description="Keep what is open to this schooling, for example SMA; not stated counts as open", max_length=64
        ),
    ] = None,
) -> str | None:
    return _parsed("education", education, parse_education)


def _parsed(name: str, text: str | None, parse: Callable[[str], str]) -> str | None:
    """Return the home form of a query parameter; an unknown code is an unusable input here, not a missing page."""
    try:
        return None if text is None else parse(text)
    except (InvalidInput, UnknownIdentifier) as problem:
        raise InvalidInput(f"query {name}: {problem}") from problem


ProvinceFilter = Annotated[str | None, Depends(_province_code)]
EducationFilter = Annotated[str | None, Depends(_education)]


async def _page_language(
    request: Request, lang: Annotated[Language | None, Query(description="Language of the page")] = None
) -> Language:
    return lang or language_of(request)


PageLanguage = Annotated[Language, Depends(_page_language)]
"""The language that the address asks for, or else the one that the browser remembers."""
