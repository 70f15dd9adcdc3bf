"""Takes the hand-written TOML beside it; gives what courses, adverts, employers and places are made of.

Draws nothing.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from types import MappingProxyType
from typing import Any

SECTORS = (
    "office", "factory", "transport", "building", "food", "selling", "digital", "care", "hospitality", "land_sea",
)  # fmt: skip

Weights = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class CourseText:
    """What the catalogue says of one course."""

    title: str
    about: str
    skills: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class AdvertText:
    """One advert as written by hand, and what goes with its words.

    ``places`` are tags of districts, empty for anywhere. ``education`` holds the weight of each least level, with
    "unstated" among them; ``pay`` the range as a multiple of the province's minimum wage.
    """

    titles: tuple[str, ...]
    text: str
    employers: tuple[str, ...]
    places: frozenset[str]
    education: Weights
    types: Weights
    pay: tuple[float, float]
    fields: tuple[str, ...]
    requires: tuple[str, ...]
    openings: tuple[int, int]
    years: int | None
    is_english: bool
    is_remote: bool
    is_internship: bool
    is_abroad: bool


@dataclass(frozen=True, slots=True)
class Scheme:
    """A certificate gained outside the courses, and for how many years it is valid."""

    title: str
    scheme: str
    years: int


@dataclass(frozen=True, slots=True, eq=False)
class Occupation:
    """A class of jobs with its KBJI code, the courses that lead to it and the adverts that ask for it.

    ``learners`` weighs who takes its courses: with SMP at most, with SMA or SMK, with more.
    """

    key: str
    code: str
    weight: float
    learners: tuple[float, float, float]
    category: str
    course_category: str
    asked: tuple[str, ...]
    licences: tuple[str, ...]
    courses: tuple[CourseText, ...]
    adverts: tuple[AdvertText, ...]
    schemes: tuple[Scheme, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """A province: its minimum wage in rupiah a month, its recipients, and its districts with what work there is."""

    code: str
    minimum_wage: int
    recipients: int
    districts: Mapping[str, frozenset[str]]


@lru_cache(maxsize=1)
def occupations() -> tuple[Occupation, ...]:
    """Return every occupation, sector by sector.

    Notes
    -----
    Raises nothing for the committed files.
    """
    return tuple(_occupation(row) for sector in SECTORS for row in _read(sector)["occupation"])


@lru_cache(maxsize=1)
def places() -> tuple[Place, ...]:
    """Return the 38 provinces with their labour markets, in order of code.

    Notes
    -----
    Raises nothing for the committed file. Its head names the sources of the figures.
    """
    return tuple(
        Place(
            code,
            row["minimum_wage"],
            row["recipients"],
            MappingProxyType({district: frozenset(tags.split()) for district, tags in row["districts"].items()}),
        )
        for code, row in _read("places").items()
    )


@lru_cache(maxsize=1)
def employers() -> Mapping[str, Any]:
    """Return the invented names: ``words``, ``people`` and, by kind of employer, the ``names`` made of them.

    Notes
    -----
    Raises nothing for the committed file.
    """
    return MappingProxyType(_read("employers"))


@lru_cache(maxsize=1)
def phrases() -> Mapping[str, Any]:
    """Return what adverts and the catalogue add to their own words, by the tables of ``content/phrases.toml``.

    Notes
    -----
    Raises nothing for the committed file.
    """
    return MappingProxyType(_read("phrases"))


def _read(name: str) -> dict[str, Any]:
    text = resources.files("matcher.simulate").joinpath("content", f"{name}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def _occupation(row: Mapping[str, Any]) -> Occupation:
    low, mid, high = row["learners"]
    return Occupation(
        key=row["key"],
        code=row["code"],
        weight=row["weight"],
        learners=(low, mid, high),
        category=row["category"],
        course_category=row["course_category"],
        asked=tuple(row["asked"]),
        licences=tuple(row.get("licences", ())),
        courses=tuple(
            CourseText(course["title"], course["about"], tuple(course["skills"])) for course in row["courses"]
        ),
        adverts=tuple(_advert(dict(row) | advert) for advert in row["adverts"]),
        schemes=tuple(Scheme(**scheme) for scheme in row.get("schemes", ())),
    )


def _advert(row: Mapping[str, Any]) -> AdvertText:
    """Build an advert from its own entries laid over those of its occupation."""
    low, high = row["pay"]
    least, most = row.get("openings", (1, 3))
    return AdvertText(
        titles=tuple(row["titles"]),
        text=row["text"],
        employers=tuple(row["employers"].split()),
        places=frozenset(row["places"].split()) - {"any"},
        education=_weights(row["education"]),
        types=_weights(row["types"]),
        pay=(low, high),
        fields=tuple(row["fields"]),
        requires=tuple(row.get("requires", ())),
        openings=(least, most),
        years=row.get("years"),
        is_english=row.get("english", False),
        is_remote=row.get("remote", False),
        is_internship=row.get("internship", False),
        is_abroad=row.get("abroad", False),
    )


def _weights(text: str) -> Weights:
    """Return the weights of "SMP 3, SMA/SMK 8"; a value that stands alone has all of it."""
    parts = [part.split() for part in text.split(",")]
    return MappingProxyType({part[0]: float(part[1]) if len(part) > 1 else 1.0 for part in parts})
