"""Takes a file that an operator sends; gives its people, papers or outcomes entered, all of it or nothing.

Who was erased does not come back by an import, and no import gives a consent that a person here did not give.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from sqlalchemy.orm import Session

from api.operator.bodies import ImportAnswer, RefusedRow
from api.operator.outcome_import import import_outcomes
from api.security.keys import KeyRing
from api.storage.consents import Consent, note_consents
from api.storage.erasure import erasures_of
from api.storage.finding import known_alumni
from api.storage.people import add_certificates, people_of, put_person
from matcher.domain.errors import InvalidInput
from matcher.domain.records import Alumnus, Certificate
from matcher.ingest.datasets import alumni_of, empty_table
from matcher.ingest.door import load_table
from matcher.ingest.intake import Ingested

ImportedTable = Literal["alumni", "certificates", "outcomes", "courses"]
OutcomeSource = Literal["survey", "administrative", "employer"]
MOST_PROBLEMS = 100
_AT_ONCE = 1000


def import_file(
    session: Session, keys: KeyRing, table: ImportedTable, path: Path,
    *, source: OutcomeSource, accept_rest: bool, now: datetime,
) -> ImportAnswer:  # fmt: skip
    """Return what entered of the file at `path`; a refused row keeps all of it out, unless `accept_rest`.

    Raises
    ------
    InvalidInput
        When the file cannot be read, or the table is not one that is kept here.
    """
    if table == "courses":
        raise InvalidInput("table courses: is part of the artifact; use padan ingest courses, then padan build")
    try:
        if table == "outcomes":
            return import_outcomes(session, keys, path, source=source, accept_rest=accept_rest, now=now)
        ingested = load_table(table, [path])
    except InvalidInput as problem:
        # Nobody who sent a file knows the place it was put down at.
        raise InvalidInput(_without(path, str(problem))) from None
    problems = _rejected(ingested, path)
    if table == "alumni":
        return _alumni(session, keys, ingested, problems, accept_rest=accept_rest, now=now)
    return _certificates(session, ingested, problems, accept_rest=accept_rest)


def _alumni(
    session: Session, keys: KeyRing, ingested: Ingested, problems: list[RefusedRow], *, accept_rest: bool, now: datetime
) -> ImportAnswer:
    people = alumni_of(ingested.table, empty_table("certificates"), empty_table("licences"))
    erased = {one.erased_id_hash for one in erasures_of(session)}
    gone = {
        one.alumnus_id for one in people if erased and not erased.isdisjoint(keys.hashes("erasure", one.alumnus_id))
    }
    problems = [*problems, *(_of(one, "was erased and stays so") for one in sorted(gone))]
    kept = [one for one in people if one.alumnus_id not in gone] if accept_rest or not problems else []
    entered = sum(_put_all(session, kept[at : at + _AT_ONCE], now=now) for at in range(0, len(kept), _AT_ONCE))
    return _answer(ingested, problems, entered, len(kept) - entered)


def _put_all(session: Session, given: Sequence[Alumnus], *, now: datetime) -> int:
    """Store people; return how many of them were not here in just that form."""
    known = people_of(session, [one.alumnus_id for one in given])
    entered = 0
    for one in given:
        held = known.get(one.alumnus_id)
        merged = one if held is None else _merged(one, held.alumnus)
        if held is None or merged != held.alumnus:
            put_person(session, merged)
            entered += 1
        if held is None:
            note_consents(session, [Consent(one.alumnus_id, it, True, now, "import") for it in one.consents])
    return entered


def _merged(given: Alumnus, held: Alumnus) -> Alumnus:
    """Return the row of the file with the papers and consents that the person has here."""
    return replace(given, certificates=held.certificates, licences=held.licences, consents=held.consents)


def _certificates(
    session: Session, ingested: Ingested, problems: list[RefusedRow], *, accept_rest: bool
) -> ImportAnswer:
    given: dict[str, list[Certificate]] = {}
    for row in ingested.table.to_pylist():
        given.setdefault(row["alumnus_id"], []).append(_certificate(row))
    ids = list(given)
    strangers = set(ids) - known_alumni(session, ids)
    problems = [*problems, *(_of(one, "is not here; import the alumni first") for one in sorted(strangers))]
    kept = [one for one in ids if one not in strangers] if accept_rest or not problems else []
    entered = sum(_add_all(session, given, kept[at : at + _AT_ONCE]) for at in range(0, len(kept), _AT_ONCE))
    return _answer(ingested, problems, entered, sum(len(given[one]) for one in kept) - entered)


def _add_all(session: Session, given: dict[str, list[Certificate]], ids: Sequence[str]) -> int:
    """Store the certificates of these people that they do not hold here; return how many those were."""
    entered = 0
    for alumnus_id, known in people_of(session, ids).items():
        held = {_key(one) for one in known.alumnus.certificates}
        fresh = [one for one in given[alumnus_id] if _key(one) not in held]
        add_certificates(session, alumnus_id, fresh)
        entered += len(fresh)
    return entered


def _certificate(row: dict[str, Any]) -> Certificate:
    return Certificate(**{name: cell for name, cell in row.items() if name != "alumnus_id" and cell is not None})


def _key(one: Certificate) -> tuple[str | None, ...]:
    return one.course_id, one.title, one.certificate_no


def _rejected(ingested: Ingested, path: Path) -> list[RefusedRow]:
    rows = ingested.rejected.select(["row", "reason"]).to_pylist()
    return [RefusedRow(row=int(row["row"]), reason=_without(path, row["reason"])) for row in rows]


def _without(path: Path, told: str) -> str:
    return told.replace(str(path), "file")


def _of(alumnus_id: str, reason: str) -> RefusedRow:
    return RefusedRow(row=None, reason=f"alumnus '{alumnus_id}': {reason}")


def _answer(ingested: Ingested, problems: list[RefusedRow], n_entered: int, n_repeated: int) -> ImportAnswer:
    return ImportAnswer(
        table=ingested.name,
        rows=ingested.n_rows,
        entered=n_entered,
        repeated=n_repeated,
        refused=len(problems),
        problems=problems[:MOST_PROBLEMS],
    )
