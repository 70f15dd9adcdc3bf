"""Takes addresses that strangers wrote into adverts; gives those a page may link to. Opens none of them."""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import urlsplit

from lokal import parse_phone

_SCHEMES = frozenset({"http", "https"})
_UNPRINTABLE = re.compile(r"[\s\x00-\x20\x7f\\]")


class WebLink(NamedTuple):
    """An address that is safe as the target of a link, and the host a person is told."""

    href: str
    host: str


def web_link(text: str | None) -> WebLink | None:
    """Return `text` as a link, or ``None`` where it is no plain http or https address.

    Notes
    -----
    Raises nothing. An address with blanks, control characters, backslashes or a user name is refused: each can hide
    where it leads.

    Examples
    --------
    >>> web_link("https://kerja.example/12").host
    'kerja.example'
    >>> web_link("javascript:alert(1)") is None
    True
    """
    address = (text or "").strip()
    if _UNPRINTABLE.search(address):
        return None
    try:
        parts = urlsplit(address)
        host = parts.hostname
    except ValueError:
        return None
    if parts.scheme not in _SCHEMES or not host or "@" in parts.netloc:
        return None
    return WebLink(address, host)


def phone_link(text: str | None) -> str | None:
    """Return the ``tel:`` address of an Indonesian telephone number, or ``None`` for other text. Raises nothing."""
    parsed = parse_phone(text or "")
    return f"tel:{parsed.e164}" if parsed.valid and parsed.e164 else None
