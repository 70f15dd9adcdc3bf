"""Takes a language; gives the words of the pages in it. Chooses no language and holds no text itself."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from functools import cache
from pathlib import Path
from typing import Literal

Language = Literal["id", "en"]
LANGUAGES: tuple[Language, ...] = ("id", "en")

JAKARTA = timezone(timedelta(hours=7), "WIB")
"""The zone in which pages tell dates."""


@dataclass(frozen=True)
class Texts:
    """The catalogue of one language."""

    texts: Mapping[str, str]

    def __call__(self, key: str, **values: object) -> str:
        """Return the text `key` with `values` in their places.

        Raises
        ------
        KeyError
            When the catalogue has no such key, or the text a place without a value: a fault of the page.
        """
        return self.texts[key].format_map(values)

    def number(self, value: int) -> str:
        """Return a whole number with thousands parted as the language parts them. Raises nothing."""
        return f"{value:,}".replace(",", self("thousands"))

    def rupiah(self, amount: int) -> str:
        """Return an amount of rupiah. Raises nothing."""
        return self("currency") + self.number(amount)

    def day(self, at: datetime) -> str:
        """Return the date of an aware instant in Jakarta, the month in words. Raises nothing."""
        local = at.astimezone(JAKARTA)
        return self("date", day=local.day, month=self("months").split()[local.month - 1], year=local.year)

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
    path = Path(__file__).parent.parent / "catalogues" / f"{language}.toml"
    return Texts(tomllib.loads(path.read_text(encoding="utf-8")))
