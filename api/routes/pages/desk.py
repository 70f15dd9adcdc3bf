"""Takes the request of a browser; gives the desk that draws pages for it, and the check that a form is our own.

Decides nothing that a page tells.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from api.counter.visits import served
from api.database import Database
from api.dependencies import OpenedSecurity, OptionalAccount, PageLanguage, ServedProcess, Serving
from api.pages.frame import Frame
from api.pages.rendering import page
from api.pages.texts import Language
from api.security.accounts import SignedIn
from api.security.guard import Security
from api.security.sessions import check_own_page, csrf_token, form_token, fresh_binding


@dataclass(frozen=True, slots=True)
class Desk:
    """Draws the pages of one request, in its language and inside its frame."""

    request: Request
    language: Language
    frame: Frame
    binding: str | None
    security: Security | None

    def page(self, template: str, context: dict[str, Any] | None = None, *, status: int = 200) -> HTMLResponse:
        """Return a page; before anyone signed in, its forms are bound to a cookie that comes with it.

        Raises
        ------
        jinja2.TemplateError
            When the template is broken or lacks a value: a fault of the page.
        """
        answer = page(self.request, template, self.language, status=status, context=context, frame=self.frame)
        if self.binding is not None and self.security is not None:
            self.security.cookies.set(answer, "form", self.binding)
        return answer


def _desk(request: Request, language: PageLanguage, account: OptionalAccount, serving: ServedProcess) -> Desk:
    security = serving.security if isinstance(serving.security, Security) else None
    signed_in = account if account is not None and account.is_browser else None
    binding = None if signed_in or security is None else security.cookies.read(request, "form") or fresh_binding()
    token = "" if security is None else csrf_token(security.keys, signed_in.session_id if signed_in else binding or "")
    return Desk(request, language, _frame(request, signed_in, token, serving), binding, security)


def _frame(request: Request, account: SignedIn | None, token: str, serving: Serving) -> Frame:
    if account is None or not isinstance(serving.security, Security):
        return Frame(csrf=token, path=request.url.path, has_samples=not serving.is_public)
    if account.role != "counter" and account.is_in_person:
        return Frame(account.role, token, request.url.path)
    lock_seconds = int(serving.security.lock_after.total_seconds())
    served = _served(request, account, serving.security, serving)
    return Frame(account.role, token, request.url.path, served, lock_seconds)


def _served(request: Request, officer: SignedIn, security: Security, serving: Serving) -> str | None:
    """Return the masked name of whom an officer serves in this browser, or the place of somebody without a name."""
    visit_id = security.cookies.read(request, "visit")
    if visit_id is None or not isinstance(serving.database, Database):
        return None
    with serving.database.reading() as reading:
        person = served(reading, security.keys, officer, visit_id, now=serving.wall_clock())
    return None if person is None else person.masked_name or person.place


PageDesk = Annotated[Desk, Depends(_desk)]
"""What draws the pages of a request."""


async def _own_form(request: Request, security: OpenedSecurity, account: OptionalAccount) -> None:
    """Refuse a form of somebody who may not be signed in, unless our own page sent it."""
    binding = security.cookies.read(request, "form")
    if account is not None and account.is_browser:
        binding = account.session_id
    check_own_page(security.keys, request, binding=binding, given=await form_token(request))


OWN_FORM = Depends(_own_form)
"""Every form that needs no sign-in carries it; `require` checks the others."""


def go(address: str) -> RedirectResponse:
    """Return the redirect that follows a form, so that a reload sends nothing twice. Raises nothing."""
    return RedirectResponse(address, status_code=303, headers={"Cache-Control": "no-store"})
