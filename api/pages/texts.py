"""Takes a language; gives the words of the pages in it, and how it writes numbers and dates. Holds no text itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from functools import cache
from pathlib import Path
from typing import Literal

from babel.dates import format_date, format_time
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from babel.numbers import format_currency, format_decimal, format_percent
from babel.plural import to_python

Language = Literal["id", "en"]
LANGUAGES: tuple[Language, ...] = ("id", "en")

JAKARTA = timezone(timedelta(hours=7), "WIB")
"""The zone in which pages tell dates."""

_IS_ONE = to_python({"one": "n is 1"})


@dataclass(frozen=True)
class Texts:
    """The catalogue of one language: a text by key, and texts that follow a number by key."""

    language: Language
    texts: Mapping[str, str]
    plurals: Mapping[str, Sequence[str]]

    def __call__(self, key: str, **values: object) -> str:
        """Return the text `key` with `values` in their places.

        Raises
        ------
        KeyError
            When the catalogue has no such key, or the text a place without a value: a fault of the page.
        """
        return self.texts[key].format_map(values)

    def count(self, key: str, number: int, **values: object) -> str:
        """Return the text `key` in the form that `number` asks for; its place ``n`` is the number as it is written.

        Raises
        ------
        KeyError
            As a call.
        """
        forms = self.plurals[key]
        form = forms[0] if _IS_ONE(number) == "one" else forms[-1]
        return form.format_map({"n": self.number(number), **values})

    def number(self, value: float) -> str:
        """Return a number as the language writes it. Raises nothing."""
        return format_decimal(value, locale=self.language)

    def percent(self, share: float, *, digits: int = 1) -> str:
        """Return a share of 0 to 1 as a percentage with `digits` decimals. Raises nothing."""
        mark = "0" if not digits else "0." + "0" * digits
        return format_percent(
            share, format=f"{mark}\u00a0%" if self.language == "id" else f"{mark}%", locale=self.language
        )

    def rupiah(self, amount: int) -> str:
        """Return an amount of rupiah. Raises nothing."""
        return format_currency(amount, "IDR", format="'Rp'#,##0", currency_digits=False, locale=self.language)

    def day(self, at: datetime) -> str:
        """Return the date of an aware instant in Jakarta, the month in words. Raises nothing."""
        return self.date(at.astimezone(JAKARTA).date())

    def date(self, on: date) -> str:
        """Return a date, the month in words. Raises nothing."""
        return format_date(on, "d MMMM y", locale=self.language)

    def clock(self, at: datetime) -> str:
        """Return the time of day of an aware instant in Jakarta. Raises nothing."""
        return format_time(at.astimezone(JAKARTA).time(), "HH:mm", locale=self.language)

    def age(self, at: datetime, now: datetime) -> str:
        """Return how many Jakarta dates ago `at` was: today, yesterday, or a number of days. Raises nothing."""
        days = (now.astimezone(JAKARTA).date() - at.astimezone(JAKARTA).date()).days
        if days <= 0:
            return self("age_today")
        return self("age_yesterday") if days == 1 else self("age_days", days=self.number(days))


@cache
def texts_in(language: Language) -> Texts:
    """Return the catalogue of `language`, read once.

    Notes
    -----
    Raises nothing for a known language: the catalogues are part of the code.
    """
    path = Path(__file__).parent.parent / "catalogues" / f"{language}.po"
    with path.open("rb") as file:
        read: Catalog = read_po(file, locale=language, abort_invalid=True)
    told = {message.id: message.string for message in read if message.id}
    texts = {key: text for key, text in told.items() if isinstance(key, str) and isinstance(text, str)}
    plurals = {key[0]: text for key, text in told.items() if isinstance(key, tuple) and isinstance(text, tuple)}
    return Texts(language, texts, plurals)
