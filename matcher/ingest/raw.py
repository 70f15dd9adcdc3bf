"""Takes nothing; gives the form in which every reader hands rows on: a number and cells. Interprets no cell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from matcher.domain.errors import InvalidInput

CELL_CHARACTERS = 100_000
"""Most characters of one cell; the longest advert known has 21,000, and a longer cell is a broken file."""


class RawRow(NamedTuple):
    """One row as the file has it.

    ``number`` is 1-based, the header not counted; ``problem`` says why the row cannot be read.
    """

    number: int
    cells: Mapping[str, object]
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """One opened file: its rows in file order, its columns (``None`` where each row names its own), what to tell."""

    rows: Iterator[RawRow]
    columns: tuple[str, ...] | None
    notes: tuple[str, ...] = ()


def header_names(cells: Sequence[str], place: str) -> tuple[str, ...]:
    """Return the column names of a header row, trimmed; a cell without a name becomes "unnamed 7".

    Raises
    ------
    InvalidInput
        When there is no cell, or a name stands twice.
    """
    names = tuple(name.strip() or f"unnamed {number}" for number, name in enumerate(cells, start=1))
    if not names:
        raise InvalidInput.at(place, "the file is empty", "give it a header row and data")
    repeated = next((name for name in names if names.count(name) > 1), None)
    if repeated is not None:
        raise InvalidInput.at(place, "the header has this column twice", "rename one", column=repeated)
    return names
