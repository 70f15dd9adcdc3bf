"""Takes the columns of a file and a mapping file; gives each row's cells under our column names. Checks no value."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pyarrow as pa

from matcher.domain.errors import InvalidInput, MissingFile
from matcher.ingest.schemas import SCHEMAS
from matcher.ingest.values import is_blank

DOOR_COLUMNS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "vacancies": ("province", "district", "education_level", "education_source"),
        "alumni": ("province", "district", "education_level"),
    }
)
"""Columns that are understood at the door and stored under another name: places by name, schooling with its source."""

ALIASES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "courses": {"price": "price_idr", "id": "course_id"},
        "vacancies": {
            "id": "vacancy_id",
            "company": "employer",
            "kab_kota_code": "district_code",
            "kab_kota": "district",
            "salary_min": "salary_min_idr_month",
            "salary_max": "salary_max_idr_month",
            "quota": "n_openings",
            "applicants": "n_applicants",
            "is_internship_programme": "is_internship",
        },
        "alumni": {"id": "alumnus_id", "kab_kota_code": "district_code", "kab_kota": "district"},
    }
)
"""Table -> name that files use -> our name."""


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """How a file's names and words become ours: file column -> our column, our column -> word -> value, constants."""

    place: str = "mapping"
    columns: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    constants: Mapping[str, Any] = field(default_factory=dict)


NO_MAPPING = ColumnMapping()


def columns_of(name: str) -> tuple[str, ...]:
    """Return the columns that the door understands for the table `name`.

    Notes
    -----
    Raises KeyError for a table that does not exist.
    """
    return (*SCHEMAS[name].names, *DOOR_COLUMNS.get(name, ()))


def read_mapping(path: Path, name: str) -> ColumnMapping:
    """Return the mapping for the table `name` from a TOML file.

    Its sections are ``[columns]`` (the file's name = our name), ``[values.COLUMN]`` (what the file says = our value)
    and ``[constants]`` (our name = a value for every row that has none).

    Raises
    ------
    MissingFile
        When there is no such file.
    InvalidInput
        When it is no TOML, has another section, or names a column that the table does not have.
    """
    if not path.is_file():
        raise MissingFile(f"{path}: no such mapping file; check the path")
    try:
        sections = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as problem:
        raise InvalidInput.at(str(path), f"no TOML ({problem})", "write it as UTF-8 TOML") from problem
    return _checked(sections, str(path), name)


def _checked(sections: dict[str, Any], place: str, name: str) -> ColumnMapping:
    for section, content in sections.items():
        if section not in ("columns", "values", "constants") or not isinstance(content, dict):
            raise InvalidInput.at(place, f"section '{section}'", "use [columns], [values.COLUMN] and [constants]")
    columns, values, constants = (sections.get(section, {}) for section in ("columns", "values", "constants"))
    for target in (*columns.values(), *values, *constants):
        if target not in columns_of(name):
            raise InvalidInput.at(
                place, f"'{target}' is no column of {name}", f"use one of {', '.join(columns_of(name))}"
            )
    for target, words in values.items():
        if not isinstance(words, dict):
            raise InvalidInput.at(place, f"[values] '{target}' is no table", f"write [values.{target}]")
    targets = list(columns.values())
    twice = next((target for target in targets if targets.count(target) > 1), None)
    if twice is not None:
        raise InvalidInput.at(place, f"two columns become '{twice}'", "map one of them")
    folded = {target: {_folded(word): value for word, value in words.items()} for target, words in values.items()}
    return ColumnMapping(place, columns, folded, constants)


class Layout:
    """The way from the cells of one file to the cells of one table, by mapping, our own names, known aliases."""

    def __init__(self, name: str, mapping: ColumnMapping) -> None:
        self._mapping = mapping
        self._ours = columns_of(name)
        self._lists = frozenset(column.name for column in SCHEMAS[name] if pa.types.is_list(column.type))
        self._aliases = ALIASES.get(name, {})
        self._targets: dict[str, tuple[int, str] | None] = {}

    def ignored(self, columns: Iterable[str]) -> list[str]:
        """Return the columns of a file that the table has no place for.

        Notes
        -----
        Raises nothing.
        """
        return [column for column in columns if self._claim(column) is None]

    def missing(self, columns: tuple[str, ...]) -> list[str]:
        """Return the columns that the mapping names and the file does not have.

        Notes
        -----
        Raises nothing.
        """
        return [column for column in self._mapping.columns if column not in columns]

    def reaches(self, target: str, columns: Iterable[str]) -> bool:
        """Return whether one of the columns, or a constant, fills our column `target`.

        Notes
        -----
        Raises nothing.
        """
        return target in self._mapping.constants or any(
            claim[1] == target for claim in map(self._claim, columns) if claim
        )

    def arrange(self, cells: Mapping[str, object]) -> tuple[dict[str, object], dict[str, str]]:
        """Return the cells that say something under our names, and for each our name -> the file's column.

        Of two columns for the same name the one mapped by hand wins, then our own name, then the alias.

        Notes
        -----
        Raises nothing.
        """
        speaking = [column for column, value in cells.items() if not is_blank(value)]
        claims = [(claim, column) for column in speaking if (claim := self._claim(column)) is not None]
        spelled = {target: column for (_, target), column in sorted(claims, reverse=True)}
        arranged = {target: self._value(target, cells[column]) for target, column in spelled.items()}
        return dict(self._mapping.constants) | arranged, spelled

    def _claim(self, column: str) -> tuple[int, str] | None:
        """Return how strong a column's claim is (0 strongest) and to which of our names."""
        if column not in self._targets:
            self._targets[column] = self._decide(column)
        return self._targets[column]

    def _decide(self, column: str) -> tuple[int, str] | None:
        if column in self._mapping.columns:
            return 0, self._mapping.columns[column]
        plain = "_".join(column.strip().casefold().split())
        if plain in self._ours:
            return 1, plain
        return (2, self._aliases[plain]) if plain in self._aliases else None

    def _value(self, target: str, value: object) -> object:
        words = self._mapping.values.get(target)
        if not words:
            return value
        if target in self._lists:
            parts = value if isinstance(value, list) else str(value).split(";")
            return [words.get(_folded(str(part)), part) for part in parts]
        return words.get(_folded(str(value)), value)


def _folded(word: str) -> str:
    return " ".join(word.split()).casefold()
