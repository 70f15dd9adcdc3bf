"""Takes the file of a cohort; gives who answered and who works, by any of its columns, with intervals and bounds.

Small cells and what would reveal them are withheld. Resolves no report and says nothing about why people work.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from matcher.domain.errors import InvalidInput
from matcher.measure.cohort_files import COHORT_COLUMNS, IS_IDLE_AT_ENTRY, KINDS, SOURCES
from matcher.measure.disclosure import suppress
from matcher.measure.disclosure_attack import LEAST_PEOPLE
from matcher.measure.event_tables import Limits, Source, count, open_tables, table_of
from matcher.measure.published import ALL, PublishedTables
from matcher.measure.rates import Rate, WeightedRate, silence_bounds, weighted_rates, wilson_rate

BASES = ("not_working", "all")
"""Whom a rate speaks of: those not working at entry, as the goal of the PMO reads, or all who completed."""

MOST_COLUMNS = 3

_OUTSIDE = len(KINDS)
_PLACES = (*enumerate(KINDS[1:], start=1), (_OUTSIDE, "outside"))
_KINDS = tuple(name for _, name in _PLACES)


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
    return count_outcome_tables(cohort, (by,), clock=clock, base=base, limits=limits)[0]


def count_outcome_tables(
    cohort: Source,
    bys: Sequence[Sequence[str]],
    *,
    clock: str,
    base: str = "not_working",
    limits: Limits | None = None,
) -> tuple[OutcomeTable, ...]:
    """Return several tables of one cohort that may be published side by side.

    Parameters
    ----------
    cohort, clock, base, limits
        As for ``count_outcomes``.
    bys : sequence of sequences of str
        The columns of each table, up to three; at least one table.

    Raises
    ------
    InvalidInput, MissingFile
        As ``count_outcomes``; when there is no table.

    Notes
    -----
    Everybody is read once, by all columns together. What is withheld is decided over all rows of all tables at once, so
    that no small count can be worked out from one table with the help of another; a margin that several tables share is
    shown in all of them or in none.
    """
    return publish_outcome_tables(cohort, bys, clock=clock, base=base, limits=limits)[0]


def publish_outcome_tables(
    cohort: Source,
    bys: Sequence[Sequence[str]],
    *,
    clock: str,
    base: str = "not_working",
    before: Sequence[PublishedTables] = (),
    limits: Limits | None = None,
) -> tuple[tuple[OutcomeTable, ...], PublishedTables]:
    """Return the same, withheld with an eye on what was published `before`, and what is to be kept for the next time.

    Parameters
    ----------
    cohort, bys, clock, base, limits
        As for ``count_outcome_tables``.
    before : sequence of PublishedTables
        The same tables at earlier states of the data, in order of time.

    Raises
    ------
    InvalidInput, MissingFile
        As ``count_outcome_tables``.
    """
    if not bys:
        raise InvalidInput("outcomes: no table asked for; name the columns of at least one, or none for the total")
    tables = [_checked(by, base) for by in bys]
    columns = tuple(dict.fromkeys(column for by in tables for column in by))
    with open_tables({"cohort": cohort}, limits=limits) as connection:
        groups, n_unripe = _groups(connection, columns, base)
        sources = _told(connection, base)
    rows, published = _cohorts(groups, columns, tables, before)
    made = (OutcomeTable(clock, base, by, tuple(of), n_unripe, sources) for by, of in zip(tables, rows, strict=True))
    return tuple(made), published


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


def _groups(connection: duckdb.DuckDBPyConnection, by: tuple[str, ...], base: str) -> tuple[pa.Table, int]:
    """Give one row for each cell and stratum: its columns, and the people of every kind; and who is unripe.

    Everybody is read once; all else is done over the groups that this leaves.
    """
    named = ", ".join([*by, "stratum"])
    columns = "".join(f"{column}, " for column in by)
    connection.execute(f"""CREATE TABLE counted AS
        WITH narrow AS (SELECT {columns}cell, count(*) AS n FROM cohort GROUP BY ALL)
        SELECT * EXCLUDE (cell), cell // 8 AS stratum, cell % 8 AS place FROM narrow""")
    kinds = ", ".join(f"coalesce(sum(n) FILTER (kind = {place}), 0)::BIGINT AS n_{name}" for place, name in _PLACES)
    groups = table_of(
        connection,
        f"""WITH kinds AS (SELECT *, CASE WHEN {_in_base(base)} THEN place ELSE {_OUTSIDE} END AS kind FROM counted
            WHERE place > 0)
        SELECT {named}, {kinds} FROM kinds GROUP BY {named} ORDER BY {named}""",
    )
    return groups, count(connection, "SELECT sum(n) FROM counted WHERE place = 0")


def _told(connection: duckdb.DuckDBPyConnection, base: str) -> dict[str, int]:
    """Give the people who answered by the source their state rests on, few together."""
    rows = connection.execute("SELECT told, count(*) FROM cohort WHERE told > 0 GROUP BY ALL").fetchall()
    n_by_source: Counter[str] = Counter()
    for told, n in rows:
        if base == "all" or told % 2:
            n_by_source[("unknown", *SOURCES)[told // 2 - 1]] += n
    shown = {source: n for source, n in sorted(n_by_source.items()) if n >= LEAST_PEOPLE}
    rest = n_by_source.total() - sum(shown.values())
    return shown | ({"other": rest} if rest >= LEAST_PEOPLE else {})


def _cohorts(
    groups: pa.Table, columns: tuple[str, ...], tables: Sequence[tuple[str, ...]], before: Sequence[PublishedTables]
) -> tuple[list[list[Cohort]], PublishedTables]:
    """Give the rows of each table, withheld with an eye on all of them and on earlier ones, and what is published."""
    counts = np.column_stack([groups[f"n_{name}"].to_numpy() for name in _KINDS]).astype(np.int64)
    keys = (
        list(zip(*(groups[column].to_pylist() for column in columns), strict=True)) if columns else [()] * len(groups)
    )
    cells = list(dict.fromkeys([*keys, *(cell for one in before for cell in one.cells)]))
    place = {key: number for number, key in enumerate(cells)}
    cell_of_group = np.array([place[key] for key in keys], dtype=np.intp)
    strata = np.unique(groups["stratum"].to_numpy(), return_inverse=True)[1]
    by_cell = np.zeros((len(cells), len(_KINDS)), dtype=np.int64)
    np.add.at(by_cell, cell_of_group, counts)
    rows = [_rows(cells, columns, by) for by in tables]
    wheres = list({_key(where): where for table in rows for where in table}.values())
    members = _members(cells, columns, wheres)
    totals = np.column_stack([by_cell.sum(axis=1), by_cell])
    names = [tuple(where.get(column, ALL) for column in columns) for where in wheres]
    earlier = [one.as_publication(cells, names, members) for one in before]
    is_published = suppress(totals, members, before=earlier).is_published
    # groups come in the order of their cells, so those of a cell lie side by side
    first = np.searchsorted(cell_of_group, np.arange(len(cells) + 1))
    groups_of = [np.arange(*ends) for ends in pairwise(first)]
    shown = [
        (_key(where), np.concatenate([groups_of[cell] for cell in np.flatnonzero(inside)] or [first[:0]]))
        for where, inside, is_shown in zip(wheres, members, is_published, strict=True)
        if is_shown
    ]
    figures = _figures([(counts[chosen], strata[chosen]) for _, chosen in shown])
    told = {key: one for (key, _), one in zip(shown, figures, strict=True)}
    cohorts = [[Cohort(where, told.get(_key(where))) for where in table] for table in rows]
    return cohorts, PublishedTables(tuple(cells), totals, tuple(names), is_published)


_Where = dict[str, str | None]


def _key(where: _Where) -> frozenset[tuple[str, str | None]]:
    return frozenset(where.items())


def _rows(cells: Sequence[tuple[str | None, ...]], columns: tuple[str, ...], by: tuple[str, ...]) -> list[_Where]:
    """Name the rows shown: everybody, each column alone where there are several, each cell."""
    places = [columns.index(column) for column in by]
    found = list(dict.fromkeys(tuple(cell[place] for place in places) for cell in cells))
    alone: list[_Where] = []
    if len(by) > 1:
        for place, column in enumerate(by):
            alone += [{column: value} for value in dict.fromkeys(cell[place] for cell in found)]
    whole = [dict(zip(by, cell, strict=True)) for cell in found] if by else []
    return [{}, *alone, *whole]


def _members(
    cells: Sequence[tuple[str | None, ...]], columns: tuple[str, ...], wheres: Sequence[_Where]
) -> NDArray[np.bool_]:
    """Tell which cells each row adds up: bool (n_rows, n_cells)."""
    members = np.ones((len(wheres), len(cells)), dtype=bool)
    for place, name in enumerate(columns):
        number = {value: number for number, value in enumerate(dict.fromkeys(cell[place] for cell in cells))}
        numbers = np.array([number[cell[place]] for cell in cells], dtype=np.intp)
        for row, where in zip(members, wheres, strict=True):
            if name in where:
                row &= numbers == number[where[name]]
    return members


def _figures(rows: Sequence[tuple[NDArray[np.int64], NDArray[np.intp]]]) -> list[Figures]:
    """Add up the groups of each row, given as counts (n_groups, n_kinds) and strata (n_groups,)."""
    rates = weighted_rates([_silence_by_stratum(*row) for row in rows])
    return [_added(counts, rate) for (counts, _), rate in zip(rows, rates, strict=True)]


def _silence_by_stratum(counts: NDArray[np.int64], strata: NDArray[np.intp]) -> NDArray[np.int64]:
    """Count people of the base, answers and people at work in each stratum that has any: (3, n_strata)."""
    by_stratum = np.zeros((strata.max(initial=-1) + 1, len(_KINDS)), dtype=np.int64)
    np.add.at(by_stratum, strata, counts)
    by_stratum = by_stratum[by_stratum[:, :4].any(axis=1)]
    return np.stack([by_stratum[:, :upto].sum(axis=1) for upto in (4, 3, 2)])


def _added(counts: NDArray[np.int64], weighted: WeightedRate | None) -> Figures:
    employed, self_employed, not_working, silent, outside = (int(n) for n in counts.sum(axis=0))
    return Figures(
        n_completed=employed + self_employed + not_working + silent + outside,
        n_people=employed + self_employed + not_working + silent,
        n_employed=employed,
        n_self_employed=self_employed,
        n_not_working=not_working,
        weighted=weighted,
    )
