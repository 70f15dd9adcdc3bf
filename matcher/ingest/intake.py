"""Takes raw rows one by one; gives the accepted ones as a table, the others with every reason found. Opens no file."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import pyarrow as pa

from matcher.domain.errors import InvalidInput, MatcherError
from matcher.ingest.datasets import KEYS, SCHEMAS
from matcher.ingest.mapping import Layout
from matcher.ingest.parsers import PARSERS
from matcher.ingest.raw import CELL_CHARACTERS, RawRow
from matcher.ingest.rules import SETTLE, sort_cells
from matcher.ingest.values import is_blank, shown

_BATCH_ROWS = 4096
_KEPT_CHARACTERS = 1_000
_REJECTED = ("reason", "row", "file")
_FLAGGED = ("flag", "row", "file")
_NAMED = re.compile(r"column '([^']+)'")

Fault = Literal["unreadable", "too_long", "empty", "unparsed", "contradictory", "repeated"]
"""What keeps a row out: the row itself, a cell that is too long, empty or no value of its column, two cells that
contradict, or a key that stood before."""


@dataclass(frozen=True, slots=True)
class RowProblem:
    """One reason against a row: ``column`` is ours, ``spelled`` the file's name of it, ``told`` the reason in words."""

    fault: Fault
    told: str
    column: str | None = None
    spelled: str | None = None
    value: str = ""


@dataclass(frozen=True, slots=True)
class Ingested:
    """What came through the door.

    ``table`` holds the accepted rows in home form and file order. ``rejected`` holds the others as text: ``reason``,
    ``row``, ``file``, then every column they had. ``flagged`` names accepted rows of which something was noticed:
    ``flag``, ``row``, ``file``. ``notes`` says what holds for a file as a whole. ``problems`` are the reasons of
    ``rejected`` one by one, each with the number of its row.
    """

    name: str
    table: pa.Table
    rejected: pa.Table
    flagged: pa.Table
    notes: tuple[str, ...] = ()
    problems: tuple[tuple[int, RowProblem], ...] = ()

    @property
    def n_rows(self) -> int:
        """How many rows came in."""
        return self.table.num_rows + self.rejected.num_rows

    def accepted(self) -> pa.Table:
        """Return the accepted rows.

        Raises
        ------
        InvalidInput
            When rows came in and every one was rejected; it tells the place and reason of the first.
        """
        n_rejected = self.rejected.num_rows
        if n_rejected and not self.table.num_rows:
            others = f" (and {n_rejected - 1:,} more rows, none accepted)" if n_rejected > 1 else ""
            raise InvalidInput(f"{listed(self.rejected, limit=1)[0]}{others}")
        return self.table


def listed(rows: pa.Table, *, limit: int) -> list[str]:
    """Return the first rows of ``rejected`` or ``flagged`` as lines: file, row, and what is said of it.

    Notes
    -----
    Raises nothing.
    """
    said, numbers, files = (rows.slice(0, limit).column(place).to_pylist() for place in range(3))
    return [f"{file}, row {number}, {told}" for told, number, file in zip(said, numbers, files, strict=True)]


class Intake:
    """The rows taken in so far: accepted ones as batches, rejected and flagged ones as text."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._schema = SCHEMAS[name]
        self._columns: dict[str, list[Any]] = {column: [] for column in self._schema.names}
        self._batches: list[pa.RecordBatch] = []
        self._first_seen: dict[tuple[Any, ...], str] = {}
        self._rejected: list[dict[str, str]] = []
        self._flagged: list[dict[str, str]] = []
        self._problems: list[tuple[int, RowProblem]] = []

    def take(self, raw: RawRow, layout: Layout, file: str) -> None:
        """Accept a row, or reject it with every reason found."""
        place = f"{file}, row {raw.number}"
        problems = [RowProblem("unreadable", raw.problem)] if raw.problem else _overlong(raw.cells)
        row: dict[str, Any] = {}
        flags: list[str] = []
        if not problems:
            row, problems = self._parse(raw, layout)
        if not problems:
            flags, problems = self._settle(row, place)
        told = {"row": str(raw.number), "file": file}
        if problems:
            self._problems += [(raw.number, one) for one in problems]
            reason = {"reason": _kept("; also ".join(one.told for one in problems))}
            cells = {_kept(column): _kept(value) for column, value in raw.cells.items()}
            self._rejected.append(reason | told | {c: v for c, v in cells.items() if c not in _REJECTED})
            return
        self._flagged += [{"flag": flag} | told for flag in flags]
        self._keep(row)

    def finish(self, notes: tuple[str, ...] = ()) -> Ingested:
        """Return everything that was taken in."""
        self._flush()
        table = pa.Table.from_batches(self._batches, self._schema)
        rejected, flagged = _text_table(self._rejected, _REJECTED), _text_table(self._flagged, _FLAGGED)
        return Ingested(self._name, table, rejected, flagged, notes, tuple(self._problems))

    def _parse(self, raw: RawRow, layout: Layout) -> tuple[dict[str, Any], list[RowProblem]]:
        arranged, spelled = layout.arrange(raw.cells)
        cells = sort_cells(self._name, arranged, spelled)
        row: dict[str, Any] = {}
        problems: list[RowProblem] = []
        for column, parser in PARSERS[self._name].items():
            value = cells.get(column)
            named = spelled.get(column, column)
            try:
                row[column] = None if is_blank(value) else parser(value)
            except MatcherError as problem:
                problems.append(RowProblem("unparsed", f"column '{named}': {problem}", column, named, shown(value)))
            else:
                if row[column] is None and not self._schema.field(column).nullable:
                    problems.append(RowProblem("empty", f"column '{named}': empty; every row needs one", column, named))
        return row, problems

    def _settle(self, row: dict[str, Any], place: str) -> tuple[list[str], list[RowProblem]]:
        try:
            flags = SETTLE[self._name](row)
        except MatcherError as problem:
            return [], [_contradiction(str(problem), row)]
        key = tuple(row[column] for column in KEYS[self._name])
        first = self._first_seen.setdefault(key, place)
        if first is not place:
            column, value = KEYS[self._name][0], ", ".join(str(part) for part in key if part is not None)
            told = f"column '{column}': '{value}' stands already in {first}; keep one of the two"
            return [], [RowProblem("repeated", told, column, column, shown(value))]
        return flags, []

    def _keep(self, row: dict[str, Any]) -> None:
        for column, values in self._columns.items():
            values.append(row[column])
        if len(self._columns[self._schema.names[0]]) == _BATCH_ROWS:
            self._flush()

    def _flush(self) -> None:
        self._batches.append(pa.RecordBatch.from_pydict(self._columns, schema=self._schema))
        self._columns = {column: [] for column in self._schema.names}


def _contradiction(told: str, row: Mapping[str, Any]) -> RowProblem:
    """Return what was found settling a row; a place by name stands where its code is stored."""
    named = _NAMED.match(told)
    column = named[1] if named else None
    value = row.get(column or "", row.get(f"{column}_code"))
    return RowProblem("contradictory", told, column, column, "" if value is None else shown(value))


def _overlong(cells: Mapping[str, object]) -> list[RowProblem]:
    return [
        RowProblem(
            "too_long",
            f"column '{column}': {size:,} characters; shorten it to {CELL_CHARACTERS:,} at most",
            spelled=column,
        )
        for column, value in cells.items()
        if (size := _size(value)) > CELL_CHARACTERS
    ]


def _size(value: object) -> int:
    if isinstance(value, (str, bytes)):
        return len(value)
    return len(str(value)) if isinstance(value, (list, dict)) else 0


def _kept(value: object) -> str:
    """Return a cell as text that can be written again; an overlong one is cut, and says so."""
    if value is None:
        return ""
    if isinstance(value, list):
        value = ";".join(part if isinstance(part, str) else json.dumps(part, default=str) for part in value)
    words = str(value).encode(errors="replace").decode()
    if len(words) <= CELL_CHARACTERS:
        return words
    return f"{words[:_KEPT_CHARACTERS]} ... ({len(words):,} characters)"


def _text_table(rows: list[dict[str, str]], opening: tuple[str, ...]) -> pa.Table:
    names = list(dict.fromkeys((*opening, *(name for row in rows for name in row))))
    return pa.table({name: pa.array([row.get(name, "") for row in rows], pa.string()) for name in names})
