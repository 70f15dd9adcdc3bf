"""Takes the file of a cohort; gives who answered and who works, by any of its columns, with intervals and bounds.

Small cells and what would reveal them are withheld. Resolves no report and says nothing about why people work.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from matcher.domain.errors import InvalidInput
from matcher.measure.cohort_files import COHORT_COLUMNS, IS_IDLE_AT_ENTRY
from matcher.measure.disclosure import suppress
from matcher.measure.disclosure_attack import LEAST_PEOPLE
from matcher.measure.event_tables import Limits, Source, open_tables, table_of
from matcher.measure.rates import Rate, WeightedRate, silence_bounds, weighted_rate, wilson_rate

BASES = ("not_working", "all")
"""Whom a rate speaks of: those not working at entry, as the goal of the PMO reads, or all who completed."""

MOST_COLUMNS = 3

_KINDS = ("employed", "self_employed", "not_working", "silent", "outside")


@dataclass(frozen=True, slots=True)
class Figures:
    """People of one cohort whose clock is over, and what is known of them.

    ``n_people`` are those of the base; the other counts are within it, ``n_completed`` around it.
    """

    n_completed: int
    n_people: int
    n_employed: int
    n_self_employed: int
    n_not_working: int
    weighted: WeightedRate | None

    @property
    def n_at_work(self) -> int:
        """People with a job or a business."""
        return self.n_employed + self.n_self_employed

    @property
    def n_answered(self) -> int:
        """People of whose state somebody told."""
        return self.n_at_work + self.n_not_working

    @property
    def response_rate(self) -> float | None:
        """Share that answered; ``None`` of nobody."""
        return self.n_answered / self.n_people if self.n_people else None

    @property
    def rate(self) -> Rate | None:
        """Share at work of those who answered; ``None`` where nobody did."""
        return wilson_rate(self.n_at_work, self.n_answered)

    @property
    def bounds(self) -> tuple[float, float] | None:
        """Share at work of all, if nobody and if everybody who kept silent works."""
        return silence_bounds(self.n_at_work, self.n_answered, self.n_people)


@dataclass(frozen=True, slots=True)
class Cohort:
    """One row: ``where`` names its columns and values (null is not known, a column left out is all), and its figures.

    ``figures`` is ``None`` where they are withheld.
    """

    where: Mapping[str, str | None]
    figures: Figures | None


@dataclass(frozen=True, slots=True)
class OutcomeTable:
    """Outcomes by `by`: the total first, then margins, then cells.

    ``n_unripe`` people completed but their clock still runs; they are in no other figure. ``sources`` counts the
    people who answered by the source their state rests on, those under ``LEAST_PEOPLE`` together as ``other`` unless
    they are still too few, then nowhere.
    """

    clock: str
    base: str
    by: tuple[str, ...]
    cohorts: tuple[Cohort, ...]
    n_unripe: int
    sources: Mapping[str, int]

    @property
    def total(self) -> Cohort:
        """The row of everybody."""
        return self.cohorts[0]


def count_outcomes(
    cohort: Source, by: Sequence[str] = (), *, clock: str, base: str = "not_working", limits: Limits | None = None
) -> OutcomeTable:
    """Return the outcomes of a cohort by some of its columns.

    Parameters
    ----------
    cohort : pyarrow.Table or Path
        As ``write_cohort`` leaves it.
    by : sequence of str
        Up to three of ``COHORT_COLUMNS``.
    clock : str
        The clock of the file, for the record.
    base : str
        One of ``BASES``.
    limits : Limits, optional
        Memory and threads.

    Raises
    ------
    InvalidInput
        When a column or the base is unknown, a column repeats, or there are more than three.
    MissingFile
        When the file is not there.

    Notes
    -----
    An empty cohort gives one row of zeros without any rate. Counts withheld are those of ``disclosure.suppress`` over
    all rows shown, with the parts employed, self-employed, not working, silent and outside the base.
    """
    columns = _checked(by, base)
    with open_tables({"cohort": cohort}, limits=limits) as connection:
        groups = _groups(connection, columns, base)
        n_unripe, sources = _beside(connection, base)
    return OutcomeTable(clock, base, columns, tuple(_cohorts(groups, columns)), n_unripe, sources)


def _checked(by: Sequence[str], base: str) -> tuple[str, ...]:
    unknown = [column for column in by if column not in COHORT_COLUMNS]
    if unknown:
        raise InvalidInput(f"outcomes by '{unknown[0]}': unknown; choose from {', '.join(COHORT_COLUMNS)}")
    if len(set(by)) < len(by) or len(by) > MOST_COLUMNS:
        raise InvalidInput(f"outcomes by {', '.join(by)}: name up to {MOST_COLUMNS} columns, each once")
    if base not in BASES:
        raise InvalidInput(f"base '{base}': unknown; choose {' or '.join(BASES)}")
    return tuple(by)


def _in_base(base: str) -> str:
    return "true" if base == "all" else IS_IDLE_AT_ENTRY


def _groups(connection: duckdb.DuckDBPyConnection, by: tuple[str, ...], base: str) -> pa.Table:
    """Give one row for each cell and stratum: its columns, and the people of every kind."""
    named = ", ".join([*by, "stratum"])
    kind = f"""CASE WHEN NOT {_in_base(base)} THEN 'outside'
        WHEN state IN ('no_response', 'not_asked') THEN 'silent' ELSE state END"""
    kinds = ", ".join(f"coalesce(sum(n) FILTER (kind = '{name}'), 0)::BIGINT AS n_{name}" for name in _KINDS)
    return table_of(
        connection,
        f"""WITH narrow AS (
            SELECT {named}, {kind} AS kind, count(*) AS n FROM cohort WHERE is_ripe GROUP BY ALL
        ) SELECT {named}, {kinds} FROM narrow GROUP BY {named} ORDER BY {named}""",
    )


def _beside(connection: duckdb.DuckDBPyConnection, base: str) -> tuple[int, dict[str, int]]:
    rows = connection.execute(
        f"""SELECT is_ripe, source, count(*) FROM cohort
        WHERE NOT is_ripe OR (source IS NOT NULL AND {_in_base(base)}) GROUP BY ALL ORDER BY ALL"""
    ).fetchall()
    told = {source: n for is_ripe, source, n in rows if is_ripe}
    shown = {source: n for source, n in told.items() if n >= LEAST_PEOPLE}
    rest = sum(told.values()) - sum(shown.values())
    return sum(n for is_ripe, _, n in rows if not is_ripe), shown | ({"other": rest} if rest >= LEAST_PEOPLE else {})


def _cohorts(groups: pa.Table, by: tuple[str, ...]) -> Iterator[Cohort]:
    counts = np.column_stack([groups[f"n_{name}"].to_numpy() for name in _KINDS]).astype(np.int64)
    keys = list(zip(*(groups[column].to_pylist() for column in by), strict=True)) if by else [()] * len(groups)
    cells = list(dict.fromkeys(keys))
    place = {key: number for number, key in enumerate(cells)}
    cell_of_group = np.array([place[key] for key in keys], dtype=np.intp)
    rows = _rows(cells, by)
    members = np.array([_is_member(cells, by, where) for where in rows], dtype=bool).reshape(len(rows), len(cells))
    by_cell = np.zeros((len(cells), len(_KINDS)), dtype=np.int64)
    np.add.at(by_cell, cell_of_group, counts)
    strata = np.unique(groups["stratum"].to_numpy(), return_inverse=True)[1]
    is_published = suppress(np.column_stack([by_cell.sum(axis=1), by_cell]), members).is_published
    for where, inside, is_shown in zip(rows, members, is_published, strict=True):
        chosen = inside[cell_of_group]
        yield Cohort(where, _figures(counts[chosen], strata[chosen]) if is_shown else None)


def _rows(cells: Sequence[tuple[str | None, ...]], by: tuple[str, ...]) -> list[dict[str, str | None]]:
    """Name the rows shown: everybody, each column alone where there are several, each cell."""
    alone: list[dict[str, str | None]] = []
    if len(by) > 1:
        for place, column in enumerate(by):
            alone += [{column: value} for value in dict.fromkeys(cell[place] for cell in cells)]
    whole = [dict(zip(by, cell, strict=True)) for cell in cells] if by else []
    return [{}, *alone, *whole]


def _is_member(
    cells: Sequence[tuple[str | None, ...]], by: tuple[str, ...], where: Mapping[str, str | None]
) -> list[bool]:
    wanted = [(place, where[column]) for place, column in enumerate(by) if column in where]
    return [all(cell[place] == value for place, value in wanted) for cell in cells]


def _figures(counts: NDArray[np.int64], strata: NDArray[np.intp]) -> Figures:
    employed, self_employed, not_working, silent, outside = (int(n) for n in counts.sum(axis=0))
    by_stratum = np.zeros((strata.max(initial=-1) + 1, len(_KINDS)), dtype=np.int64)
    np.add.at(by_stratum, strata, counts)
    by_stratum = by_stratum[by_stratum[:, :4].any(axis=1)]
    answered = by_stratum[:, :3].sum(axis=1)
    return Figures(
        n_completed=employed + self_employed + not_working + silent + outside,
        n_people=employed + self_employed + not_working + silent,
        n_employed=employed,
        n_self_employed=self_employed,
        n_not_working=not_working,
        weighted=weighted_rate(answered + by_stratum[:, 3], answered, by_stratum[:, :2].sum(axis=1)),
    )
