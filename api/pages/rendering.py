"""Takes a template's name, a language and a context; gives the HTML answer. Holds no text and no logic of a page."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from api.pages.frame import Frame
from api.pages.texts import LANGUAGES, Language, Texts, texts_in

STATIC = Path(__file__).parent.parent / "static"
LANGUAGE_COOKIE = "padan_lang"
_A_YEAR_SECONDS = 366 * 24 * 3600


def page(
    request: Request,
    template: str,
    language: Language,
    *,
    status: int = 200,
    context: dict[str, Any] | None = None,
    frame: Frame | None = None,
) -> HTMLResponse:
    """Return the page `template` in `language`.

    Every page knows ``t`` (the texts), ``frame``, ``told`` (how the last form went), ``version`` (of a file under
    ``/static``) and ``switch_href`` (the same page in the other language). A language that the address asks for is
    remembered by the browser.

    Raises
    ------
    jinja2.TemplateError
        When the template is broken or lacks a value: a fault of the page, not of its reader.
    """
    texts = texts_in(language)
    switch = request.url.include_query_params(lang=texts("other_language"))
    known = {
        "t": texts,
        "frame": frame or Frame(role=""),
        "told": told_of(request, texts),
        "version": _version,
        "switch_href": f"{switch.path}?{switch.query}",
    }
    html = _environment().get_template(template).render(**known, **(context or {}))
    answer = HTMLResponse(html, status_code=status, headers={"Content-Language": language, "Cache-Control": "no-store"})
    if request.query_params.get("lang") == language:
        is_https = request.url.scheme == "https"
        answer.set_cookie(LANGUAGE_COOKIE, language, max_age=_A_YEAR_SECONDS, secure=is_https, samesite="lax")
    return answer


def language_of(request: Request) -> Language:
    """Return the language that the address asks for, or else the one that the browser remembers. Raises nothing."""
    asked = (request.query_params.get("lang"), request.cookies.get(LANGUAGE_COOKIE))
    wanted = next((language for language in asked if language in LANGUAGES), "id")
    return "en" if wanted == "en" else "id"


@dataclass(frozen=True, slots=True)
class Told:
    """How the form before went: done or refused, in words, and the field that is to be put right."""

    kind: Literal["done", "error"]
    text: str
    field: str = ""


def told_of(request: Request, texts: Texts) -> Told | None:
    """Return how the form that led to this page went, as its redirect says in the address; None where there was none.

    A field may come with what is wrong with it, after a dot: ``certificate_no.taken``.

    Notes
    -----
    Raises nothing: the address names texts of the catalogue and none of its own.
    """
    refused, field = (request.query_params.get(name, "") for name in ("salah", "isian"))
    if refused:
        name = field.partition(".")[0]
        known = (f"field_{field.replace('.', '_')}", f"field_{name}", f"refused_{refused.replace('-', '_')}")
        key = next((key for key in known if key in texts.texts), "refused_other")
        return Told("error", texts(key), name)
    key = f"done_{request.query_params.get('beres', '')}"
    return Told("done", texts(key)) if key in texts.texts else None


@cache
def _environment() -> Environment:
    folder = Path(__file__).parent.parent / "templates"
    return Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def _version(name: str) -> str:
    return hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:8]
