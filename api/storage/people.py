"""Takes a session and alumni; gives people with what they hold and agreed to, added and changed. Knows no name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, TypeVar

from sqlalchemy import Row, Table, bindparam, delete, insert, select, update
from sqlalchemy.orm import Session

from api.refusals import Conflicting
from api.storage.consents import consents_of
from api.storage.schema.people import certificates, licences, people
from api.storage.statements import insert_where_missing, known_cells, n_rows, upsert
from api.storage.talent_feed import note_changed
from matcher.domain.errors import InvalidInput, UnknownIdentifier
from matcher.domain.records import Alumnus, Certificate, Licence

_OWN = tuple(column.name for column in people.columns if column.name not in {"alumnus_id", "version"})
_CERTIFICATE = tuple(field.name for field in fields(Certificate))
_ALUMNUS_IDS = bindparam("alumnus_ids", expanding=True)
_PEOPLE = select(people).where(people.c.alumnus_id.in_(_ALUMNUS_IDS))
_HELD = {
    table: select(table).where(table.c.alumnus_id.in_(_ALUMNUS_IDS)).order_by(table.c.seq)
    for table in (certificates, licences)
}
_Held = TypeVar("_Held")


@dataclass(frozen=True, slots=True)
class Person:
    """An alumnus as stored; ``version`` counts the changes, and names the one that a change starts from."""

    alumnus: Alumnus
    version: int


def add_person(session: Session, alumnus: Alumnus) -> None:
    """Store a person with certificates and licences; consents have a way of their own and are not read here.

    Raises
    ------
    Conflicting
        When the id is taken.
    """
    if not insert_where_missing(session, people, _person_row(alumnus)):
        raise Conflicting(f"alumnus '{alumnus.alumnus_id}': is here already; change it instead")
    _add_holdings(session, alumnus)


def put_person(session: Session, alumnus: Alumnus) -> None:
    """Store a person as `alumnus` says, in place of what was there: for imports. Consents stay as they are.

    Notes
    -----
    Raises nothing.
    """
    upsert(session, people, _person_row(alumnus), counted="version")
    session.execute(delete(certificates).where(certificates.c.alumnus_id == alumnus.alumnus_id))
    _add_holdings(session, alumnus)


def change_person(session: Session, alumnus_id: str, changes: Mapping[str, Any], *, version: int) -> int:
    """Change columns of a person and return the version after it.

    Raises
    ------
    InvalidInput
        When `changes` names a column that a person does not have.
    UnknownIdentifier
        When there is no such person.
    Conflicting
        When another change was faster than the one from `version`.
    """
    unknown = sorted(changes.keys() - set(_OWN))
    if unknown:
        raise InvalidInput(f"column '{unknown[0]}': not one of a person; use {', '.join(_OWN)}")
    is_asked = (people.c.alumnus_id == alumnus_id) & (people.c.version == version)
    values = {name: _plain(value) for name, value in changes.items()}
    if not n_rows(session, update(people).where(is_asked).values(version=version + 1, **values)):
        _refuse_change(session, alumnus_id, version)
    note_changed(session, [alumnus_id])
    return version + 1


def person_of(session: Session, alumnus_id: str) -> Person | None:
    """Return a person with certificates, licences and consents. Raises nothing."""
    return people_of(session, [alumnus_id]).get(alumnus_id)


def people_of(session: Session, alumnus_ids: Sequence[str]) -> dict[str, Person]:
    """Return those of `alumnus_ids` that are stored, by id. Raises nothing."""
    rows = session.execute(_PEOPLE, {"alumnus_ids": alumnus_ids}).all()
    held = {
        "certificates": _held(session, certificates, alumnus_ids, _certificate),
        "licences": _held(session, licences, alumnus_ids, _licence),
        "consents": consents_of(session, alumnus_ids),
    }
    return {
        row.alumnus_id: Person(
            _alumnus(row, **{name: of.get(row.alumnus_id, ()) for name, of in held.items()}), row.version
        )
        for row in rows
    }


def certificates_of(session: Session, alumnus_id: str) -> dict[int, Certificate]:
    """Return a person's certificates by the number of their row, in the order they were stored. Raises nothing."""
    rows = session.execute(_HELD[certificates], {"alumnus_ids": [alumnus_id]})
    return {row.seq: _certificate(row) for row in rows}


def add_certificates(session: Session, alumnus_id: str, held: Iterable[Certificate]) -> None:
    """Store more certificates of a person.

    Raises
    ------
    sqlalchemy.exc.IntegrityError
        When there is no such person: a fault of the caller.
    """
    rows = [{"alumnus_id": alumnus_id, **asdict(one)} for one in held]
    if rows:
        session.execute(insert(certificates), rows)
        note_changed(session, [alumnus_id])


def remove_certificate(session: Session, alumnus_id: str, seq: int) -> bool:
    """Delete one certificate of a person; False where they have no such row. Raises nothing."""
    is_asked = (certificates.c.seq == seq) & (certificates.c.alumnus_id == alumnus_id)
    note_changed(session, [alumnus_id])
    return bool(n_rows(session, delete(certificates).where(is_asked)))


def replace_licences(session: Session, alumnus_id: str, held: Iterable[Licence]) -> None:
    """Store `held` as all the licences of a person.

    Raises
    ------
    sqlalchemy.exc.IntegrityError
        When there is no such person: a fault of the caller.
    """
    session.execute(delete(licences).where(licences.c.alumnus_id == alumnus_id))
    note_changed(session, [alumnus_id])
    rows = [
        {"alumnus_id": alumnus_id, "kind": one.kind, "class": one.licence_class, "expires_on": one.expires_on}
        for one in held
    ]
    if rows:
        session.execute(insert(licences), rows)


def _person_row(alumnus: Alumnus) -> dict[str, Any]:
    return {"alumnus_id": alumnus.alumnus_id, **{name: _plain(getattr(alumnus, name)) for name in _OWN}}


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


def _add_holdings(session: Session, alumnus: Alumnus) -> None:
    add_certificates(session, alumnus.alumnus_id, alumnus.certificates)
    replace_licences(session, alumnus.alumnus_id, alumnus.licences)


def _refuse_change(session: Session, alumnus_id: str, version: int) -> None:
    found = session.scalar(select(people.c.version).where(people.c.alumnus_id == alumnus_id))
    if found is None:
        raise UnknownIdentifier(f"alumnus '{alumnus_id}': not here; check the id")
    raise Conflicting(f"version {version}: the person is at version {found} already; read again, then change")


def _held(
    session: Session, table: Table, alumnus_ids: Sequence[str], convert: Callable[[Row[Any]], _Held]
) -> dict[str, list[_Held]]:
    held: defaultdict[str, list[_Held]] = defaultdict(list)
    for row in session.execute(_HELD[table], {"alumnus_ids": alumnus_ids}):
        held[row.alumnus_id].append(convert(row))
    return held


def _certificate(row: Row[Any]) -> Certificate:
    return Certificate(**known_cells({name: row._mapping[name] for name in _CERTIFICATE}))


def _licence(row: Row[Any]) -> Licence:
    return Licence(row.kind, row._mapping["class"], row.expires_on)


def _alumnus(row: Row[Any], **held: Sequence[Any]) -> Alumnus:
    cells = {name: row._mapping[name] for name in ("alumnus_id", *_OWN)}
    return Alumnus(**known_cells(cells | held))
