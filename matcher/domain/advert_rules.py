"""Takes a vacancy and the least lawful pay; gives the phrases that break a rule or smell of fraud, with the remedy.

Rules and their words stand in advert_rules.toml. Decides nothing: a flag goes to a human officer.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

from matcher.domain.advert_text import Folded, fold
from matcher.domain.errors import InvalidInput
from matcher.domain.records import Vacancy

BLOCKS, WARNS = "blocks", "warns"
"""Severities: keeps an advert unpublished until a human has looked at it; is told to the employer and the officer."""

LONGEST_TEXT_CHARACTERS = 50_000
"""What stands further on in a field is not read."""

_READ_FIELDS = ("title", "description", "apply_at")
_PAY_RULE = "pay_below_minimum"
_NO_MONTHLY_WAGE = frozenset({"part_time", "daily", "freelance", "internship"})
_NAME = re.compile(r"<([a-z_]+)>")
_OPENING_MARKS = re.compile(r"[\s*.,;:/|>(-]*(?:(?:\d{1,2}|[a-j])[.)]\s*)?[\s*.,;:/|>(-]*")


@dataclass(frozen=True, slots=True)
class AdvertRule:
    """One rule: its ``code``, what it is called, how grave it is, the law it stems from, and the remedy.

    ``severity`` is one of ``blocks``, ``warns``; ``sources`` is empty where the rule is a sign of fraud, not a law.
    """

    code: str
    severity: str
    sources: tuple[str, ...]
    name_id: str
    name_en: str
    remedy_id: str
    remedy_en: str


@dataclass(frozen=True, slots=True)
class AdvertFlag:
    """One phrase of a vacancy under one rule: characters ``start`` to ``end`` (exclusive) of its field `field`."""

    rule: AdvertRule
    field: str
    start: int
    end: int
    phrase: str


@dataclass(frozen=True, slots=True)
class _Patterns:
    rule: AdvertRule
    triggers: tuple[str, ...]
    finds: re.Pattern[str] | None
    innocents: re.Pattern[str] | None
    unless_title: re.Pattern[str] | None

    def spares(self, title: str) -> bool:
        """Return whether the rule does not hold for adverts of this folded title."""
        return self.unless_title is not None and self.unless_title.search(title) is not None


def advert_rules() -> tuple[AdvertRule, ...]:
    """Return every rule, in the order flags are told.

    Notes
    -----
    Raises nothing.
    """
    return tuple(_rule(told) for told in _book()["rules"])


def check_advert(vacancy: Vacancy, *, least_pay_idr_month: int | None) -> tuple[AdvertFlag, ...]:
    """Return the flags of one vacancy, by field, then by place in it.

    Parameters
    ----------
    vacancy : Vacancy
        Its title, description and address to apply at are read, and its pay.
    least_pay_idr_month : int or None
        Minimum wage, rupiah a month, of the place and date; ``None`` leaves pay unchecked.

    Raises
    ------
    InvalidInput
        When `least_pay_idr_month` is not above 0.

    Notes
    -----
    A phrase counts where a find of a rule touches none of the rule's innocent phrases. Pay counts when the most that
    is offered, or the only figure given, lies under the minimum; not for internships, part-time, daily and freelance
    work, by field or by title, nor abroad: there no monthly minimum of a province holds.

    Examples
    --------
    >>> [flag.phrase for flag in check_advert(Vacancy("v", "Kasir", description="Usia maks. 25 tahun"),
    ...                                       least_pay_idr_month=None)]
    ['Usia maks. 25 tahun']
    """
    title = fold(vacancy.title[:LONGEST_TEXT_CHARACTERS]).text
    holding = [patterns for patterns in _patterns() if not patterns.spares(title)]
    flags = [flag for field in _READ_FIELDS for flag in _flags_of(vacancy, field, holding)]
    return (*flags, *_pay_flags(vacancy, least_pay_idr_month, holding))


def _flags_of(vacancy: Vacancy, field: str, holding: Sequence[_Patterns]) -> list[AdvertFlag]:
    typed = (getattr(vacancy, field) or "")[:LONGEST_TEXT_CHARACTERS]
    folded = fold(typed)
    flags = [
        AdvertFlag(patterns.rule, field, *place, typed[slice(*place)])
        for patterns in holding
        for place in _places(patterns, folded)
    ]
    return sorted(flags, key=lambda flag: (flag.start, flag.end))


def _places(patterns: _Patterns, folded: Folded) -> Iterator[tuple[int, int]]:
    """Yield the spans as typed of what one rule finds in a field."""
    text = folded.text
    if patterns.finds is None or not any(word in text for word in patterns.triggers):
        return
    found = [_tight(text, *match.span(match.lastindex or 0)) for match in patterns.finds.finditer(text)]
    if not found:
        return
    spared = [match.span() for match in patterns.innocents.finditer(text)] if patterns.innocents else []
    for start, end in found:
        if not any(start < spared_end and spared_start < end for spared_start, spared_end in spared):
            yield folded.typed(start, end)


def _tight(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the span without list marks and spaces at its ends; a closing bracket stays with its opening one."""
    opening = _OPENING_MARKS.match(text, start, end)
    start = opening.end() if opening else start
    phrase = text[start:end].rstrip(" \t\n-*.,;:/|&+!(")
    return start, start + len(phrase) - (phrase.endswith(")") and "(" not in phrase)


def _pay_flags(vacancy: Vacancy, least_pay_idr_month: int | None, holding: Sequence[_Patterns]) -> list[AdvertFlag]:
    if least_pay_idr_month is None:
        return []
    if least_pay_idr_month <= 0:
        raise InvalidInput(f"least pay {least_pay_idr_month} is no wage; pass rupiah a month above 0, or None")
    field = "salary_min_idr_month" if vacancy.salary_max_idr_month is None else "salary_max_idr_month"
    offered = getattr(vacancy, field)
    is_waged = vacancy.employment_type not in _NO_MONTHLY_WAGE and not vacancy.is_internship and not vacancy.is_abroad
    if offered is None or not is_waged or offered >= least_pay_idr_month:
        return []
    rules = (patterns.rule for patterns in holding if patterns.rule.code == _PAY_RULE)
    return [AdvertFlag(rule, field, 0, len(str(offered)), str(offered)) for rule in rules]


@lru_cache(maxsize=1)
def _book() -> Mapping[str, Any]:
    return tomllib.loads(resources.files("matcher.domain").joinpath("advert_rules.toml").read_text(encoding="utf-8"))


def _rule(told: Mapping[str, Any]) -> AdvertRule:
    return AdvertRule(
        code=told["code"],
        severity=told["severity"],
        sources=tuple(told["sources"]),
        name_id=told["name_id"],
        name_en=told["name_en"],
        remedy_id=told["remedy_id"],
        remedy_en=told["remedy_en"],
    )


@lru_cache(maxsize=1)
def _patterns() -> tuple[_Patterns, ...]:
    """Return every rule with its patterns compiled, in the order of the book."""
    words: dict[str, str] = {}
    for name, pattern in _book()["words"].items():
        words[name] = _spelled(pattern, words)
    return tuple(
        _Patterns(
            rule=_rule(told),
            triggers=tuple(told["triggers"]),
            finds=_either(told["finds"], words),
            innocents=_either(told["innocents"], words),
            unless_title=re.compile(told["unless_title"]) if "unless_title" in told else None,
        )
        for told in _book()["rules"]
    )


def _either(patterns: Sequence[str], words: Mapping[str, str]) -> re.Pattern[str] | None:
    if not patterns:
        return None
    return re.compile("|".join(f"(?:{_spelled(pattern, words)})" for pattern in patterns), re.MULTILINE)


def _spelled(pattern: str, words: Mapping[str, str]) -> str:
    return _NAME.sub(lambda found: words[found.group(1)], pattern)
