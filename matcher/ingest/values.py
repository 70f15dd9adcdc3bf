"""Takes one cell as a file holds it; gives the value a table stores, or says why not. Knows no table, row or file."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from lokal import parse_rupiah

from matcher.domain.errors import InvalidInput

JAKARTA = timezone(timedelta(hours=7), "WIB")
"""Zone of a date or time that names none."""

Parser = Callable[[Any], Any]
"""Turns a cell that is not blank into a value, or raises InvalidInput with the value and the remedy."""

_WHOLE = re.compile(r"[+-]?\d{1,18}(?:\.0+)?")
_AMOUNT = re.compile(r"(?:rp\.?|idr)?\s*\d[\d.,]*(?:,-)?\s*(?:ribu|rb|juta|jt)?", re.IGNORECASE)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_ID = re.compile(r"[^\s\x00-\x1f\x7f]{1,200}")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_OCCUPATION = re.compile(r"\d{1,4}|\d{4}\.?\d{2}")
_LARGEST = 2**63 - 1
_FLAGS = {"true": True, "1": True, "yes": True, "ya": True, "y": True, "benar": True,
          "false": False, "0": False, "no": False, "tidak": False, "n": False, "salah": False}  # fmt: skip


def is_blank(value: object) -> bool:
    """Return whether a cell says nothing: null, NaN, white space or an empty list.

    Notes
    -----
    Raises nothing.
    """
    if isinstance(value, str):
        return not value or value.isspace()
    return value is None or (isinstance(value, float) and math.isnan(value)) or (isinstance(value, list) and not value)


def shown(value: object) -> str:
    """Return a value as a message quotes it: one line of at most 60 characters.

    Notes
    -----
    Raises nothing.
    """
    words = " ".join(str(value)[:200].split())
    return words if len(words) <= 60 else f"{words[:57]}..."


def text(value: Any) -> str | None:
    """Return a cell as text, trimmed, composed (NFC) and without control characters; ``None`` where nothing is left.

    Raises
    ------
    InvalidInput
        When the cell is a structure or bytes, or holds half a character.
    """
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, (list, dict, tuple, set, bytes)):
        raise InvalidInput(f"'{shown(value)}' is no text; write plain text")
    try:
        words = str(value)
        words.encode()
    except UnicodeEncodeError:
        raise InvalidInput("the text holds half a character; export it again as UTF-8") from None
    return unicodedata.normalize("NFC", _CONTROL.sub("", words)).strip() or None


def line(value: Any) -> str | None:
    """Return a cell as text on one line, words parted by single spaces.

    Raises
    ------
    InvalidInput
        As ``text``.
    """
    return " ".join((text(value) or "").split()) or None


def identity(value: Any) -> str | None:
    """Return a cell as an id: text of at most 200 characters without white space.

    Raises
    ------
    InvalidInput
        When it is longer or holds white space, which would break files that part columns by it.
    """
    words = text(value)
    if words is not None and not _ID.fullmatch(words):
        raise InvalidInput(f"'{shown(words)}' is no id; use up to 200 characters without spaces")
    return words


def whole(value: Any) -> int:
    """Return a cell as a whole number.

    Raises
    ------
    InvalidInput
        When it is none, or does not fit 64 bits.
    """
    number = _exact(value)
    if number is None or number != number.to_integral_value() or abs(number) > _LARGEST:
        raise InvalidInput(f"'{shown(value)}' is no whole number; write digits only, as 12")
    return int(number)


def real(value: Any) -> float:
    """Return a cell as a finite number.

    Raises
    ------
    InvalidInput
        When it is none.
    """
    number = _exact(value)
    if number is None or not math.isfinite(float(number)):
        raise InvalidInput(f"'{shown(value)}' is no number; write digits with a decimal point, as 1.5")
    return float(number)


def rupiah(value: Any) -> int:
    """Return a cell as whole rupiah: a number, or one amount as people write it ("Rp4.500.000", "4,5 juta").

    Raises
    ------
    InvalidInput
        When it is a range, an estimate or no amount.
    """
    if isinstance(value, str) and not _WHOLE.fullmatch(value.strip()):
        stated = parse_rupiah(value) if _AMOUNT.fullmatch(value.strip()) else None
        if stated is None or stated.approximate or stated.amount != int(stated.amount):
            raise InvalidInput(f"'{shown(value)}' is no amount in rupiah; write digits only, as 4500000")
        return whole(int(stated.amount))
    return whole(value)


def at_least(parser: Parser, least: float, *, is_open: bool = False) -> Parser:
    """Return `parser` with a lower bound on what it gives; an open bound itself is too low.

    Notes
    -----
    Raises nothing; the parser raises InvalidInput below the bound.
    """

    def bounded(value: Any) -> Any:
        number = parser(value)
        if number < least or (is_open and number == least):
            bound = f"above {least:g}" if is_open else f"{least:g} or more"
            raise InvalidInput(f"'{shown(value)}' is too low; write a number {bound}, or leave it empty")
        return number

    return bounded


def within(parser: Parser, least: float, most: float) -> Parser:
    """Return `parser` with bounds on what it gives, both included.

    Notes
    -----
    Raises nothing; the parser raises InvalidInput outside the bounds.
    """

    def bounded(value: Any) -> Any:
        number = parser(value)
        if not least <= number <= most:
            raise InvalidInput(f"'{shown(value)}' is out of range; write {least:g} to {most:g}, or leave it empty")
        return number

    return bounded


def flag(value: Any) -> bool:
    """Return a cell as yes or no; true, 1, yes, ya and their opposites are understood.

    Raises
    ------
    InvalidInput
        When it is neither.
    """
    answer = _FLAGS.get((text(value) or "").casefold())
    if answer is None:
        raise InvalidInput(f"'{shown(value)}' is neither true nor false; write true or false, or leave it empty")
    return answer


def instant(value: Any) -> datetime:
    """Return a cell as an instant in UTC; a time without zone is Jakarta time, a bare date its first moment there.

    Raises
    ------
    InvalidInput
        When it is no ISO 8601 date or time, or outside the years 1900 to 2100.
    """
    try:
        at = _moment(value)
        aware = (at if at.tzinfo else at.replace(tzinfo=JAKARTA)).astimezone(UTC)
    except (ValueError, OverflowError, TypeError):
        raise _no_date(value) from None
    if not 1900 <= aware.year <= 2100:
        raise _no_date(value)
    return aware


def day(value: Any) -> date:
    """Return a cell as a calendar day; of an instant, its day in Jakarta.

    Raises
    ------
    InvalidInput
        When it is no ISO 8601 date, or outside the years 1900 to 2100.
    """
    return instant(value).astimezone(JAKARTA).date()


def one_of(spellings: Mapping[str, str]) -> Parser:
    """Return a parser for a closed list: `spellings` maps what people write, in lower case, to the allowed value.

    Notes
    -----
    Raises nothing; the parser raises InvalidInput for any other word. Case, hyphens and underscores do not matter.
    """
    known = {_folded(written): allowed for written, allowed in spellings.items()}
    known |= {_folded(allowed): allowed for allowed in spellings.values()}
    allowed = ", ".join(dict.fromkeys(spellings.values()))

    def chosen(value: Any) -> str:
        found = known.get(_folded(str(value)))
        if found is None:
            raise InvalidInput(f"'{shown(value)}' is not known; write one of {allowed}, or map it with --mapping")
        return found

    return chosen


def list_of(parser: Parser, *, separators: str = ";") -> Parser:
    """Return a parser for several values: a list, or text parted at the first of `separators` that it holds.

    Order is kept; blanks and repeats are dropped.

    Notes
    -----
    Raises nothing; the parser raises what `parser` raises for any of the values.
    """

    def parsed(value: Any) -> list[Any] | None:
        parts = _parts(value, separators)
        return list(dict.fromkeys(parser(part) for part in parts if not is_blank(part))) or None

    return parsed


def occupation(value: Any) -> str:
    """Return a cell as a KBJI 2014 / ISCO-08 code of one to four or six digits, as 7422 or 7422.01.

    Raises
    ------
    InvalidInput
        When it is no such code.
    """
    code = text(value) or ""
    if not _OCCUPATION.fullmatch(code):
        raise InvalidInput(f"'{shown(value)}' is no KBJI or ISCO code; write its digits, as 7422 or 7422.01")
    return code


def cached(parser: Callable[[str], str]) -> Parser:
    """Return `parser` for text, remembering the answers: columns of codes repeat few values.

    Notes
    -----
    Raises nothing; the parser raises what `parser` raises, for as often as it is asked.
    """
    remembered = lru_cache(maxsize=10_000)(parser)
    return lambda value: remembered(text(value) or "")


def _parts(value: Any, separators: str) -> Sequence[Any]:
    if isinstance(value, (list, tuple)):
        return value
    if not isinstance(value, str):
        return [value]
    separator = next((mark for mark in separators if mark in value), separators[0])
    return value.split(separator)


def _exact(value: Any) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal, str)):
        return None
    try:
        number = Decimal(value.strip()) if isinstance(value, str) else Decimal(value)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _moment(value: Any) -> datetime:
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime.combine(value, time.min)
    if not isinstance(value, str) or not _DATE.match(value.strip()):
        raise ValueError(value)
    return datetime.fromisoformat(value.strip())


def _no_date(value: Any) -> InvalidInput:
    return InvalidInput(
        f"'{shown(value)}' is no date; write 2026-11-22 or 2026-11-22T08:00:00+07:00, or leave it empty"
    )


def _folded(words: str) -> str:
    return " ".join(re.split(r"[\s_-]+", words.strip().casefold()))
