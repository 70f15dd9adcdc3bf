"""Takes a table of counts that came without people, a row a programme; gives its rates with intervals, small ones out.

The denominator is what the file says: everybody who took part, answering or not. Nothing is added up with people.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from matcher.domain.errors import InvalidInput, MatcherError
from matcher.ingest.delimited import read_delimited
from matcher.ingest.raw import RawRow
from matcher.ingest.values import is_blank, line, real, whole
from matcher.measure.disclosure import suppress
from matcher.measure.rates import Rate, wilson_rate

NAMES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "programme": ("programme", "program", "course", "pelatihan"),
        "field": ("field", "kejuruan", "category"),
        "n_people": ("n_people", "participants", "trainees", "peserta"),
        "n_placed": ("n_placed", "placed", "ditempatkan"),
        "rate": ("rate", "placement_rate"),
    }
)
"""Columns read and the headings they may stand under; ``field`` and ``rate`` may be missing."""

ROUNDING = 0.005
"""How far a rate given may lie from the one its counts make."""


@dataclass(frozen=True, slots=True)
class Programme:
    """Counts of one programme (or a field, or all, where the names are ``None``); counts ``None`` where withheld."""

    programme: str | None
    field: str | None
    n_people: int | None
    n_placed: int | None

    @property
    def rate(self) -> Rate | None:
        """Placed of all who took part, with Wilson's interval; ``None`` where withheld or of nobody."""
        if self.n_people is None or self.n_placed is None:
            return None
        return wilson_rate(self.n_placed, self.n_people)


@dataclass(frozen=True, slots=True)
class AggregateOutcomes:
    """All, fields, programmes; and the rows left out: number of the row, the header not counted, and why."""

    total: Programme
    fields: tuple[Programme, ...]
    programmes: tuple[Programme, ...]
    problems: tuple[tuple[int, str], ...]


def read_aggregate(path: Path) -> AggregateOutcomes:
    """Return the outcomes of an aggregate table.

    Parameters
    ----------
    path : Path
        CSV or TSV with a column of each kind in ``NAMES``.

    Raises
    ------
    InvalidInput
        When the file cannot be read, or names, people or placed have no column.

    Notes
    -----
    A row is left out and told when a count is missing or no whole number, more are placed than took part, a programme
    stands twice, or the rate given contradicts the counts by more than ``ROUNDING``. Rows are withheld as
    ``disclosure`` says, over placed and not placed, in programmes, fields and all together.
    """
    if not path.is_file():
        raise InvalidInput(f"{path}: no such file; name a CSV with programme, participants and placed")
    source = read_delimited(path)
    heads = _heads(source.columns or (), path)
    rows: list[Programme] = []
    problems: list[tuple[int, str]] = []
    for raw in source.rows:
        try:
            rows.append(_row(raw, heads, rows))
        except MatcherError as problem:
            problems.append((raw.number, str(problem)))
    return _published(rows, tuple(problems))


def _heads(columns: tuple[str, ...], path: Path) -> dict[str, str]:
    known = {column.strip().lower(): column for column in columns}
    heads = {kind: known[name] for kind, names in NAMES.items() for name in reversed(names) if name in known}
    missing = [kind for kind in ("programme", "n_people", "n_placed") if kind not in heads]
    if missing:
        kind = missing[0]
        raise InvalidInput(f"{path}: no column for {kind}; name one {' or '.join(NAMES[kind])}")
    return heads


def _row(raw: RawRow, heads: Mapping[str, str], before: list[Programme]) -> Programme:
    if raw.problem:
        raise InvalidInput(raw.problem)
    cells = {kind: raw.cells.get(head) for kind, head in heads.items()}
    for kind in ("programme", "n_people", "n_placed"):
        if is_blank(cells[kind]):
            raise InvalidInput(f"column '{heads[kind]}': empty; every row needs one")
    name = line(cells["programme"])
    field = None if is_blank(cells.get("field")) else line(cells["field"])
    n_people, n_placed = whole(cells["n_people"]), whole(cells["n_placed"])
    if not 0 <= n_placed <= n_people:
        raise InvalidInput(f"{n_placed} placed of {n_people} is impossible; count the same people")
    if any((one.programme, one.field) == (name, field) for one in before):
        raise InvalidInput(f"'{name}' stands twice; add the rows up before")
    if not is_blank(cells.get("rate")) and n_people:
        told, counted = real(cells["rate"]), n_placed / n_people
        if min(abs(told - counted), abs(told / 100 - counted)) > ROUNDING:
            raise InvalidInput(f"rate {told:g} is not {n_placed} of {n_people}; say what it is a share of")
    return Programme(name, field, n_people, n_placed)


def _published(rows: list[Programme], problems: tuple[tuple[int, str], ...]) -> AggregateOutcomes:
    fields = sorted({one.field for one in rows if one.field is not None})
    counts = np.array([[one.n_people or 0, one.n_placed or 0] for one in rows], dtype=np.int64).reshape(len(rows), 2)
    inside = [np.array([one.field == field for one in rows], dtype=bool) for field in fields]
    members = np.vstack([np.ones((1, len(rows)), dtype=bool), *inside, np.eye(len(rows), dtype=bool)])
    kinds = np.column_stack([counts, counts[:, 0] - counts[:, 1]])
    is_shown = suppress(kinds, members).is_published if rows else np.ones(1, dtype=bool)
    sums = members.astype(np.int64) @ counts
    names = [(None, None), *((None, field) for field in fields), *((one.programme, one.field) for one in rows)]
    told = [
        Programme(*name, *(map(int, pair) if shown else (None, None)))
        for name, pair, shown in zip(names, sums, is_shown, strict=True)
    ]
    n_fields = 1 + len(fields)
    return AggregateOutcomes(told[0], tuple(told[1:n_fields]), tuple(told[n_fields:]), problems)


def aggregate_lines(told: AggregateOutcomes) -> Iterator[str]:
    """Yield the table in Bahasa Indonesia, withheld rows marked, rows left out below. Raises nothing."""
    yield "Penyebut: semua peserta menurut berkas; yang tidak tercatat ditempatkan dihitung belum bekerja."
    yield f"{'pelatihan':<54}{'peserta':>9}{'kerja':>8}  angka % [95 %]"
    for one in (told.total, *told.fields, *told.programmes):
        label = one.programme or one.field or "Semua"
        yield f"{label[:53]:<54}" + _cells(one)
    for number, reason in told.problems:
        yield f"baris {number} dilewati: {reason}"


def aggregate_record(told: AggregateOutcomes) -> dict[str, Any]:
    """Return the table as plain records; withheld figures are ``None``, ``is_suppressed`` then true. Raises nothing."""
    rows = [
        asdict(one) | {"is_suppressed": one.n_people is None, "rate": asdict(one.rate) if one.rate else None}
        for one in (told.total, *told.fields, *told.programmes)
    ]
    problems = [{"row": number, "reason": reason} for number, reason in told.problems]
    return {"denominator": "everybody who took part, as the file counts them", "rows": rows, "problems": problems}


def _cells(one: Programme) -> str:
    if one.n_people is None or one.n_placed is None:
        return f"{'disembunyikan':>17}"
    rate = one.rate
    share = f"{100 * rate.value:.1f} [{100 * rate.low:.1f}; {100 * rate.high:.1f}]".replace(".", ",") if rate else "-"
    return f"{one.n_people:>9}{one.n_placed:>8}  {share}"
