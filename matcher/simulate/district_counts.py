"""Takes a file of official counts; gives people by district. Draws nobody."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from matcher.domain.errors import InvalidInput, MissingFile
from matcher.domain.regions import districts
from matcher.simulate.content import places

CODE_COLUMN = "kab_kota_code"
COUNT_COLUMN = "alumni_total"


def read_counts(path: Path) -> dict[str, int]:
    """Return people by district code from a CSV file with the columns ``kab_kota_code`` and ``alumni_total``.

    Further columns are ignored.

    Raises
    ------
    MissingFile
        When `path` is no file.
    InvalidInput
        When a column is missing, a code is unknown or comes twice, a count is no whole number from 0, or all are 0.
    """
    if not path.is_file():
        raise MissingFile(f"{path}: no such file; give a CSV file with {CODE_COLUMN} and {COUNT_COLUMN}")
    counts: dict[str, int] = {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file)
            _check_header(str(path), rows.fieldnames or ())
            for number, row in enumerate(rows, start=1):
                _add(counts, row, str(path), number)
    except (UnicodeDecodeError, csv.Error) as problem:
        raise InvalidInput.at(str(path), f"no CSV file in UTF-8 ({problem})", "save it as CSV, UTF-8") from problem
    if not sum(counts.values()):
        raise InvalidInput.at(str(path), "it counts nobody", f"give people in {COUNT_COLUMN}")
    return counts


@lru_cache(maxsize=1)
def typed_counts() -> Mapping[str, float]:
    """Return the typed counts by province, spread evenly over the districts of each.

    Notes
    -----
    Raises nothing. Source: Manajemen Pelaksana Program Kartu Prakerja, recipients 2020-2024 by province.
    """
    codes = list(districts())
    n_districts = {place.code: sum(code.startswith(f"{place.code}.") for code in codes) for place in places()}
    people = {place.code: place.recipients for place in places()}
    return MappingProxyType({code: people[code[:2]] / n_districts[code[:2]] for code in codes})


def draw_sizes(counts: Mapping[str, float], n: int, *, rng: np.random.Generator) -> NDArray[np.int64]:
    """Return how many of `n` people live in each district, int64 (514,) in the order of ``districts()``.

    Notes
    -----
    One multinomial draw, so that every district lies within sampling error of its share. Raises nothing for counts
    that ``MarketParameters`` accepts.
    """
    weights = np.array([counts.get(code, 0) for code in districts()], dtype=np.float64)
    return rng.multinomial(n, weights / weights.sum())


def _check_header(place: str, names: object) -> None:
    missing = [name for name in (CODE_COLUMN, COUNT_COLUMN) if name not in list(names)]  # type: ignore[call-overload]
    if missing:
        raise InvalidInput.at(
            place, f"column {', '.join(missing)} missing", "add it, or rename the column that holds it"
        )


def _add(counts: dict[str, int], row: Mapping[str, str | None], place: str, number: int) -> None:
    code, count = (row[CODE_COLUMN] or "").strip(), (row[COUNT_COLUMN] or "").strip()
    if code not in districts():
        raise InvalidInput.at(place, f"'{code}' is no district", "write 32.73", row=number, column=CODE_COLUMN)
    if code in counts:
        raise InvalidInput.at(place, f"'{code}' comes twice", "keep one row", row=number, column=CODE_COLUMN)
    if not (count.isascii() and count.isdigit()):
        raise InvalidInput.at(
            place, f"'{count}' is no whole number from 0", "write digits only", row=number, column=COUNT_COLUMN
        )
    counts[code] = int(count)
