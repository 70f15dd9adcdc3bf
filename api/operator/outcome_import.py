"""Takes a survey or a register as a file; gives its outcomes entered for whom they match, and the rest counted.

``matcher.measure.outcome_matching`` says who is meant; the raw identity number is hashed here and never kept.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from api.operator.bodies import ImportAnswer, RefusedRow
from api.pages.texts import JAKARTA
from api.security.keys import KeyRing
from api.storage.events import append_outcomes
from api.storage.finding import alumni_by_certificate, alumni_by_nik, known_alumni
from matcher.domain.errors import InvalidInput, MatcherError
from matcher.domain.records import Outcome
from matcher.ingest.delimited import read_delimited
from matcher.ingest.json_files import read_json_lines
from matcher.ingest.raw import RawRow, Source
from matcher.ingest.values import Parser, day, identity, instant, is_blank, line, one_of, whole
from matcher.ingest.workbook import read_workbook
from matcher.measure.outcome_matching import Claim, Register, count_matches, match_claim

MOST_PROBLEMS = 100
_KINDS = {
    "employed": "employed", "bekerja": "employed", "karyawan": "employed",
    "self_employed": "self_employed", "wirausaha": "self_employed", "wiraswasta": "self_employed",
    "not_working": "not_working", "tidak bekerja": "not_working", "belum bekerja": "not_working",
    "no_response": "no_response", "tidak menjawab": "no_response",
}  # fmt: skip
_PARSERS: Mapping[str, Parser] = {
    "alumnus_id": identity, "nik": line, "certificate_no": line, "birth_year": whole,
    "kind": one_of(_KINDS), "asked_at": instant, "observed_on": day, "started_on": day, "ended_on": day,
    "employer_id": identity, "vacancy_id": identity,
}  # fmt: skip
_TOLD = ("kind", "asked_at", "observed_on", "started_on", "ended_on", "employer_id", "vacancy_id")


@dataclass(frozen=True, slots=True, repr=False)
class _Report:
    """One row, read: who it says it is, and what it tells."""

    row: int
    claim: Claim
    told: Mapping[str, Any]


@dataclass(slots=True)
class _Reading:
    """The rows that could be read, and those that could not."""

    reports: list[_Report] = field(default_factory=list)
    problems: list[RefusedRow] = field(default_factory=list)


def import_outcomes(
    session: Session, keys: KeyRing, path: Path, *, source: str, accept_rest: bool, now: datetime
) -> ImportAnswer:
    """Return what entered. A row that cannot be read keeps all out unless `accept_rest`; one without a match does not.

    Raises
    ------
    InvalidInput
        When the file cannot be read or has no column ``kind``.
    """
    read = _read(path, keys, now)
    register = _register(session, read.reports)
    answers = [match_claim(report.claim, register) for report in read.reports]
    account = count_matches(answers)
    outcomes: dict[str, Outcome] = {}
    problems = list(read.problems)
    for report, (_, found) in zip(read.reports, answers, strict=True):
        if len(found) == 1:
            outcome = _outcome(found[0], report, source)
            outcomes[outcome.outcome_id] = outcome
        else:
            told = f"fits {len(found)} people" if found else "nobody here is meant by it"
            problems.append(
                RefusedRow(row=report.row, reason=f"{told}; add alumnus_id, or certificate_no and birth_year")
            )
    is_whole = accept_rest or not read.problems
    appended = append_outcomes(session, list(outcomes.values()) if is_whole else [], now=now)
    return ImportAnswer(
        table="outcomes",
        rows=len(read.reports) + len(read.problems),
        entered=appended.n_written,
        repeated=(sum(account.matched.values()) - appended.n_written) if is_whole else 0,
        refused=len(read.problems),
        matched=dict(account.matched),
        unmatched=account.n_unmatched,
        ambiguous=account.n_ambiguous,
        problems=sorted(problems, key=lambda one: one.row or 0)[:MOST_PROBLEMS],
    )


def _read(path: Path, keys: KeyRing, now: datetime) -> _Reading:
    read = _Reading()
    source = _opened(path)
    if source.columns is not None and "kind" not in source.columns:
        raise InvalidInput(
            f"outcomes: no column 'kind' among {', '.join(source.columns)}; rename the one that holds it"
        )
    for raw in source.rows:
        try:
            read.reports.append(_report(raw, keys, now))
        except MatcherError as problem:
            read.problems.append(RefusedRow(row=raw.number, reason=str(problem)))
    return read


def _opened(path: Path) -> Source:
    if path.suffix == ".xlsx":
        return read_workbook(path, "outcomes")
    if path.suffix == ".jsonl":
        return read_json_lines(path)
    if path.suffix == ".csv":
        return read_delimited(path)
    raise InvalidInput(f"outcomes: {path.suffix or 'this format'} is not read; send csv, jsonl or xlsx")


def _report(raw: RawRow, keys: KeyRing, now: datetime) -> _Report:
    if raw.problem:
        raise InvalidInput(raw.problem)
    cells = {name: _cell(name, parse, raw.cells.get(name)) for name, parse in _PARSERS.items()}
    if cells["kind"] is None:
        raise InvalidInput("column 'kind': empty; every row needs one")
    _check_days(cells, now)
    digits = re.sub(r"\D", "", cells["nik"] or "")
    niks = keys.hashes("nik", digits) if digits else ()
    claim = Claim(cells["alumnus_id"], niks, cells["certificate_no"], cells["birth_year"])
    return _Report(raw.number, claim, {name: cells[name] for name in _TOLD})


def _cell(name: str, parse: Parser, value: object) -> Any:
    if is_blank(value):
        return None
    try:
        return parse(value)
    except MatcherError as problem:
        raise InvalidInput(f"column '{name}': {problem}") from None


def _check_days(cells: Mapping[str, Any], now: datetime) -> None:
    today: date = now.astimezone(JAKARTA).date()
    for name in ("observed_on", "started_on"):
        if cells[name] is not None and cells[name] > today:
            raise InvalidInput(f"column '{name}': {cells[name]} is in the future; check the day")
    if cells["asked_at"] is not None and cells["asked_at"] > now:
        raise InvalidInput("column 'asked_at': is in the future; check the day")
    if cells["started_on"] and cells["ended_on"] and cells["ended_on"] < cells["started_on"]:
        raise InvalidInput(f"column 'ended_on': {cells['ended_on']} is before the start; check both days")


def _register(session: Session, reports: Sequence[_Report]) -> Register:
    claims = [one.claim for one in reports]
    return Register(
        known_alumni(session, sorted({one.alumnus_id for one in claims if one.alumnus_id})),
        alumni_by_nik(session, sorted({nik for one in claims for nik in one.nik_hashes})),
        alumni_by_certificate(session, sorted({one.certificate_no for one in claims if one.certificate_no})),
    )


def _outcome(alumnus_id: str, report: _Report, source: str) -> Outcome:
    """Return the row as an event whose id its content makes: the same file twice enters once."""
    content = repr([alumnus_id, source, *(str(report.told[name]) for name in _TOLD)])
    outcome_id = f"import-{hashlib.sha256(content.encode()).hexdigest()[:32]}"
    return Outcome(outcome_id, alumnus_id, source=source, **report.told)
