"""Takes a template's name, a language and a context; gives the HTML answer. Holds no text and no logic of a page."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from api.pages.texts import Language, texts_in

STATIC = Path(__file__).parent.parent / "static"


def page(
    request: Request, template: str, language: Language, *, status: int = 200, context: dict[str, Any] | None = None
) -> HTMLResponse:
    """Return the page `template` in `language`.

    Every page knows ``t`` (the texts), ``style_version`` and ``switch_href`` (the same page in the other language).

    Raises
    ------
    jinja2.TemplateError
        When the template is broken or lacks a value: a fault of the page, not of its reader.
    """
    texts = texts_in(language)
    switch = request.url.include_query_params(lang=texts("other_language"))
    known = {"t": texts, "style_version": _version("style.css"), "switch_href": f"{switch.path}?{switch.query}"}
    html = _environment().get_template(template).render(**known, **(context or {}))
    return HTMLResponse(html, status_code=status, headers={"Content-Language": language, "Cache-Control": "no-store"})


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
