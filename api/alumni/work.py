"""Takes words or a choice of a person; gives occupations by their official names, keeps what is chosen. Ranks none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from sqlalchemy.orm import Session

from api.alumni.bodies import ProfileChange
from api.alumni.profile import change
from api.storage.people import Person
from matcher.domain.errors import InvalidInput
from matcher.domain.occupation_names import occupation_names
from matcher.domain.text import normalise
from matcher.engine.grounds import unit_groups

MOST_HELD = 10
MOST_FOUND = 8

WorkKind = Literal["wanted", "experience"]
NamedWork = tuple[str, str]
"""Code and official name of an occupation."""


def called(words: str) -> list[NamedWork]:
    """Return the unit groups and occupations whose names hold all of `words`, the shortest names first.

    Notes
    -----
    Raises nothing. A word is found inside longer ones, as "jahit" in "Penjahit"; of equal names the first counts.
    """
    asked = normalise(words).split()
    found: dict[str, str] = {}
    for code, name in occupation_names().items():
        if asked and all(word in normalise(name) for word in asked):
            found.setdefault(name, code)
    return [(found[name], name) for name in sorted(found, key=lambda name: (len(name), name))[:MOST_FOUND]]


def named(codes: Sequence[str]) -> list[NamedWork]:
    """Return what a person sees of their codes: each with its official name, the code where it has none.

    Raises nothing.
    """
    return [(code, occupation_names().get(code) or code) for code in codes]


def keep_work(session: Session, person: Person, kind: WorkKind, code: str, *, is_held: bool, version: int) -> None:
    """Add an occupation to those the person wants or worked in, or take it away.

    Raises
    ------
    InvalidInput
        When no unit group holds `code`, or the list is full.
    Conflicting
        When another change was faster.
    """
    name = f"{kind}_occupation_codes"
    others = [one for one in getattr(person.alumnus, name) if one != code]
    if is_held and not unit_groups([code]):
        raise InvalidInput("work_code: no occupation of KBJI; choose one from the list")
    if is_held and len(others) >= MOST_HELD:
        raise InvalidInput(f"work_full: {MOST_HELD} kinds of work are the most; take one away first")
    codes = [*others, code] if is_held else others
    change(session, person, ProfileChange.model_validate({"version": version, name: codes}))
