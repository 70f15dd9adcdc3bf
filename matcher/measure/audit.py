"""Takes the event tables and the people; gives who is shown, applies, is hired and is served well, group by group.

Says where groups differ beyond chance, who is starved of suitable vacancies, and which course graduates find nothing.
Explains no gap: it compares groups as they are, not people alike in everything else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from matcher.domain.errors import InvalidInput
from matcher.ingest.datasets import empty_table
from matcher.measure.audit_tables import ATTRIBUTES, AuditTables, build_tables
from matcher.measure.course_findings import CourseFinding, judge_courses
from matcher.measure.disclosure import suppress
from matcher.measure.disclosure_attack import LEAST_PEOPLE
from matcher.measure.event_tables import Limits, Source, open_tables
from matcher.measure.feedback import EVENT_TABLES, Feedback, judge
from matcher.measure.group_gaps import UNKNOWN, GroupFigure, compare_groups, control_false_alarms
from matcher.measure.parity import Parity, measure_parity
from matcher.measure.position_bias import estimate_examination
from matcher.measure.rates import Rate, wilson_rate

_Ratios = Mapping[str, tuple[str, str]]

MEASURES: _Ratios = MappingProxyType(
    {
        "reach": ("was_shown", "one"),
        "suitable": ("saw_suitable", "one"),
        "exposure": ("suitable_looks", "n_slates"),
        "application": ("n_applied", "looks_act"),
        "hire": ("n_hired", "n_asked"),
        "quality": ("ndcg", "n_measured"),
    }
)
"""What people are compared in, as a ratio: share shown any slate, share shown a suitable vacancy, suitable
vacancies looked at a slate, applications a look, hires an application whose time is up, and nDCG@10 a slate."""

EMPLOYER_MEASURES: _Ratios = MappingProxyType(
    {
        "exposure": ("looks", "n_openings"),
        "application": ("n_applied", "n_openings"),
        "hire": ("n_hired", "n_openings"),
    }
)
"""What employers of different size are compared in: looks, applications and hires an opening advertised."""


@dataclass(frozen=True, slots=True)
class GroupTable:
    """One attribute: people (or employers) of each group, ``None`` where it is withheld, and figures by measure.

    ``parity`` tells how unevenly the groups shown were given a suitable vacancy; of people only.
    """

    attribute: str
    n: Mapping[str, int | None]
    figures: Mapping[str, tuple[GroupFigure, ...]]
    parity: Parity | None = None


@dataclass(frozen=True, slots=True)
class Starved:
    """People who saw no suitable vacancy in the period: never shown a slate, or shown none that suits.

    ``n_without_supply`` of them had none open to them at all.
    """

    n_people: int
    n_starved: int
    n_never_shown: int
    n_without_supply: int

    @property
    def rate(self) -> Rate | None:
        """Share starved of all people; ``None`` of nobody."""
        return wilson_rate(self.n_starved, self.n_people)


@dataclass(frozen=True, slots=True)
class Audit:
    """The whole: groups of people, employers by size, the starved, the courses, and how positions were weighed."""

    since: datetime
    now: datetime
    people: tuple[GroupTable, ...]
    employers: GroupTable
    starved: Starved | None
    courses: tuple[CourseFinding, ...]
    examination: tuple[float, ...]
    is_measured: bool
    n_slates: int
    n_set_aside: int
    is_relevance_judged: bool


def audit(tables: Mapping[str, Source], *, since: datetime, now: datetime, limits: Limits | None = None) -> Audit:
    """Return the audit of the slates shown from `since` to `now`.

    Parameters
    ----------
    tables : mapping of str to (pyarrow.Table or Path)
        ``EVENT_TABLES``, ``alumni`` and ``vacancies`` in home form; ``certificates``, ``courses`` and ``outcomes``
        where there are any; ``relevance`` (``course_id, vacancy_id, grade`` 0 to 3) where somebody judged.
    since, now : datetime
        Aware instants, the first before the second.
    limits : Limits, optional
        Memory and threads.

    Raises
    ------
    InvalidInput
        When an instant is naive, the period is empty, or a table is missing or lacks a column.
    MissingFile
        When a file is not there.

    Notes
    -----
    Everybody who completed counts, shown anything or not. Applications and hires are those that a slate led to
    (``feedback``), over slates whose time is up. Positions weigh as they were measured (``position_bias``), or, where
    too few were explored, as 1 / log2(position + 1). Groups are compared by ``group_gaps``, all comparisons of people
    and employers together under one share of false alarms. A group is withheld as ``disclosure`` says, over the people
    never shown, shown, applying and hired, and over those starved or not.
    """
    _check(tables, since, now)
    feedback = judge({name: tables[name] for name in (*EVENT_TABLES, "alumni", "vacancies")}, now=now)
    weights, is_measured = examination_of(feedback.judgements)
    built = _build(tables, feedback, weights, (since, now), limits)
    groups, employers = _compare(built)
    relevance = tables.get("relevance")
    return Audit(
        since=since,
        now=now,
        people=groups,
        employers=employers,
        starved=_starved(built),
        courses=judge_courses(built.courses),
        examination=tuple(float(weight) for weight in weights),
        is_measured=is_measured,
        n_slates=int(built.people["n_slates"].to_numpy().sum()),
        n_set_aside=sum(part.n for part in feedback.report.set_aside),
        is_relevance_judged=relevance is not None,
    )


def examination_of(judgements: pa.Table) -> tuple[NDArray[np.float64], bool]:
    """Return the weight of each position, float64 (n_positions,), and whether it was measured.

    Notes
    -----
    Measured only where every position was; a mixture of both scales would tilt the exposure. Raises nothing.
    """
    if not judgements.num_rows:
        return np.ones(1), False
    position = judgements["position"].to_numpy()
    n_positions = int(position.max())
    usual = 1 / np.log2(np.arange(2, n_positions + 2))
    if position.min() < 1:
        return usual, False
    is_viewed = judgements["viewed_at"].is_valid().to_numpy()
    who, what = (judgements[name].to_numpy() for name in ("alumnus_id", "vacancy_id"))
    found = estimate_examination(who, what, position, is_viewed, rng=np.random.default_rng(0), n_resamples=100)
    values = {one.position: one.value for one in found}
    if len(values) < n_positions or None in values.values():
        return usual, False
    return np.array([values[place] for place in range(1, n_positions + 1)], dtype=np.float64), True


def _check(tables: Mapping[str, Source], since: datetime, now: datetime) -> None:
    missing = [name for name in (*EVENT_TABLES, "alumni", "vacancies") if name not in tables]
    if missing:
        raise InvalidInput(f"tables: {', '.join(missing)} missing; an audit needs slates, people and vacancies")
    if since.tzinfo is None or now.tzinfo is None:
        raise InvalidInput(f"period {since} to {now}: has no time zone; pass aware instants")
    if since >= now:
        raise InvalidInput(f"period {since:%Y-%m-%d} to {now:%Y-%m-%d}: is empty; begin it before it ends")


def _build(
    tables: Mapping[str, Source],
    feedback: Feedback,
    weights: NDArray[np.float64],
    period: tuple[datetime, datetime],
    limits: Limits | None,
) -> AuditTables:
    given: dict[str, Source] = {name: tables[name] for name in ("alumni", "vacancies")}
    given |= {name: tables.get(name, empty_table(name)) for name in ("certificates", "courses", "outcomes")}
    given |= {"relevance": tables.get("relevance", _NO_RELEVANCE), "judgements": feedback.judgements}
    given["organic"] = feedback.organic
    with open_tables(given, limits=limits) as connection:
        return build_tables(connection, since=period[0], now=period[1], examination=weights)


_Columns = dict[str, NDArray[np.float64]]
_NAMES = (*ATTRIBUTES, "alumnus_id", "size")

_NO_RELEVANCE = pa.table(
    {"course_id": pa.array([], pa.string()), "vacancy_id": pa.array([], pa.string()), "grade": pa.array([], pa.int64())}
)


def _compare(built: AuditTables) -> tuple[tuple[GroupTable, ...], GroupTable]:
    """Compare everybody in everything, and judge all comparisons together."""
    people, employers = _people_columns(built), _columns(built.employers)
    groups = {name: built.people[name].to_numpy().astype(str) for name in ATTRIBUTES}
    groups["employer_size"] = built.employers["size"].to_numpy().astype(str)
    asked = [(name, key) for name in ATTRIBUTES for key in MEASURES]
    raw = [compare_groups(groups[name], *(people[column] for column in MEASURES[key])) for name, key in asked]
    raw += [
        compare_groups(groups["employer_size"], *(employers[column] for column in pair))
        for pair in EMPLOYER_MEASURES.values()
    ]
    asked += [("employer_size", key) for key in EMPLOYER_MEASURES]
    judged = dict(zip(asked, control_false_alarms(raw), strict=True))
    tables = []
    for name, group in groups.items():
        units = employers if name == "employer_size" else people
        splits = _splits_of_employers(units) if name == "employer_size" else _splits_of_people(units)
        figures = {key: family for (attribute, key), family in judged.items() if attribute == name}
        tables.append(_withhold(name, group, figures, splits))
    return tuple(_with_parity(table, groups[table.attribute], people) for table in tables[:-1]), tables[-1]


def _with_parity(table: GroupTable, group: NDArray[np.str_], people: _Columns) -> GroupTable:
    shown = [name for name, n in table.n.items() if n is not None and name != UNKNOWN]
    rows = np.isin(group, shown)
    return replace(
        table, parity=measure_parity(group[rows], people["saw_suitable"][rows] > 0, people["has_supply"][rows] > 0)
    )


def _withhold(
    name: str, group: NDArray[np.str_], figures: Mapping[str, tuple[GroupFigure, ...]], splits: list[NDArray[np.int64]]
) -> GroupTable:
    """Leave out the figures of groups whose counts, or those of others by subtraction, would be small."""
    names, index = np.unique(group, return_inverse=True)
    is_shown = np.logical_and.reduce([_is_shown(index, len(names), split) for split in splits])
    shown = set(names[is_shown].tolist())
    sizes = np.bincount(index, minlength=len(names))
    n = {str(one): int(size) if one in shown else None for one, size in zip(names, sizes, strict=True)}
    return GroupTable(
        name, n, {key: tuple(one for one in family if one.group in shown) for key, family in figures.items()}
    )


def _is_shown(index: NDArray[np.intp], n_groups: int, split: NDArray[np.int64]) -> NDArray[np.bool_]:
    counts = np.zeros((n_groups, split.shape[1]), dtype=np.int64)
    np.add.at(counts, index, split)
    rows = np.vstack([np.ones(n_groups, dtype=bool), np.eye(n_groups, dtype=bool)])
    return suppress(np.column_stack([counts.sum(axis=1), counts]), rows).is_published[1:]


def _splits_of_people(people: _Columns) -> list[NDArray[np.int64]]:
    """Part people by how far they came, and by whether they saw anything suitable: (n, n_parts) each."""
    depth = np.select([people["n_hired"] > 0, people["n_applied"] > 0, people["was_shown"] > 0], [3, 2, 1], 0)
    return [_one_hot(depth, 4), _one_hot(people["saw_suitable"].astype(np.int64), 2)]


def _splits_of_employers(employers: _Columns) -> list[NDArray[np.int64]]:
    hired = employers["n_hired"].astype(np.int64)
    return [np.column_stack([hired, np.maximum(employers["n_applied"].astype(np.int64) - hired, 0)])]


def _one_hot(part: NDArray[np.int64], n_parts: int) -> NDArray[np.int64]:
    return np.eye(n_parts, dtype=np.int64)[part]


def _columns(table: pa.Table) -> _Columns:
    return {name: table[name].to_numpy().astype(np.float64) for name in table.column_names if name not in _NAMES}


def _people_columns(built: AuditTables) -> _Columns:
    """Give the numbers of everybody, with the quality of their slates."""
    people = _columns(built.people)
    place = {who: index for index, who in enumerate(built.people["alumnus_id"].to_pylist())}
    who = built.quality["alumnus_id"].to_pylist()
    rows = np.array([place.get(one, -1) for one in who], dtype=np.int64)
    ndcg, is_there = built.quality["ndcg"].to_numpy(), rows >= 0
    n = len(place)
    people["ndcg"] = np.bincount(rows[is_there], ndcg[is_there], minlength=n).astype(np.float64)
    people["n_measured"] = np.bincount(rows[is_there], minlength=n).astype(np.float64)
    people["one"] = np.ones(n)
    people["was_shown"] = (people["n_slates"] > 0).astype(np.float64)
    people["saw_suitable"] = (people["suitable_looks"] > 0).astype(np.float64)
    return people


def _starved(built: AuditTables) -> Starved | None:
    """Count who saw nothing suitable; ``None`` where a count would be small."""
    people = _people_columns(built)
    is_starved = people["saw_suitable"] == 0
    n, n_starved = len(is_starved), int(is_starved.sum())
    inside = [int((is_starved & (people[name] == 0)).sum()) for name in ("was_shown", "has_supply")]
    counts = (n, n_starved, n - n_starved, *inside, *(n_starved - part for part in inside))
    return None if any(0 < count < LEAST_PEOPLE for count in counts) else Starved(n, n_starved, *inside)
