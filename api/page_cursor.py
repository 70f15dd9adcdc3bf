"""Takes the last row of a page; gives the cursor of the next one, and reads it back. Knows no list."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from datetime import date, datetime
from typing import TypeVar

from matcher.domain.errors import InvalidInput

_First = TypeVar("_First", date, datetime, str)
_FIRST_YEAR, _LAST_YEAR = 1900, 2999


def next_cursor(last: tuple[date | datetime | str, str] | None) -> str | None:
    """Return the cursor of the page that follows the row `last`; None where there is none. Raises nothing."""
    if last is None:
        return None
    first, row_id = last
    told = json.dumps([first if isinstance(first, str) else first.isoformat(), row_id])
    return base64.urlsafe_b64encode(told.encode()).decode().rstrip("=")


def instant(text: str) -> datetime:
    """Return the instant that a cursor holds.

    Raises
    ------
    ValueError
        When it is none that a list can have: without a zone, or centuries away.
    """
    at = datetime.fromisoformat(text)
    if at.tzinfo is None or not _FIRST_YEAR <= at.year <= _LAST_YEAR:
        raise ValueError("no instant of a list")
    return at


def read_cursor(cursor: str, parse: Callable[[str], _First]) -> tuple[_First, str]:
    """Return the row that `next_cursor` made `cursor` of.

    Raises
    ------
    InvalidInput
        When it is none that a list gave.
    """
    try:
        told = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode()
        first, row_id = json.loads(told)
        if not isinstance(first, str) or not isinstance(row_id, str):
            raise ValueError("no two texts")
        return parse(first), row_id
    except (ValueError, TypeError, RecursionError):
        raise InvalidInput("cursor: not one this list gave; use next_cursor of the page before, or none") from None
