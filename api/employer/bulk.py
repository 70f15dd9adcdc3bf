"""Takes a file of adverts that an employer sends; gives each row posted, edited, known already or refused with why.

Every row is checked like an advert typed in. The ids of a file are its employer's own: the same file twice changes
nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal
from zipfile import ZipFile, is_zipfile

from pydantic import ValidationError
from sqlalchemy.orm import Session

from api.employer.bodies import AdvertBody, ImportedAdvert, ImportedAdverts, PostedAdvert, RefusedAdvert
from api.employer.posting import ENDED, doubles_among, own_employer, put, shown, vacancy_as_sent
from api.employer.refused_rows import RefusalDesk
from api.pages.texts import Language, texts_in
from api.security.accounts import SignedIn
from api.storage.employers import Employer
from api.storage.vacancies import PostedVacancy, vacancies_of
from matcher.domain.errors import InvalidInput
from matcher.domain.records import Vacancy
from matcher.ingest.door import load_table
from matcher.ingest.intake import Ingested
from matcher.ingest.raw import RawRow

MOST_ROWS = 1000
"""Rows of one file."""

MOST_UNPACKED_BYTES = 100 << 20
"""Bytes that a workbook may unpack to."""


@dataclass(frozen=True, slots=True)
class _Row:
    """A row that the door let in: its number in the file, its cells in home form, and the id it gets here."""

    number: int
    cells: Mapping[str, Any]
    vacancy_id: str

    def told(self, outcome: Literal["posted", "edited", "repeated"], posted: PostedAdvert) -> ImportedAdvert:
        """Return what became of it."""
        return ImportedAdvert(
            row=self.number, reference=self.cells["vacancy_id"], outcome=outcome,
            **posted.model_dump(exclude={"vacancy"}),
        )  # fmt: skip


def import_adverts(
    session: Session, account: SignedIn, path: Path, *, language: Language, now: datetime
) -> ImportedAdverts:
    """Return what became of each row of the file at `path`; the accepted rows are stored together or not at all.

    Why a row is refused is told in `language`.

    Raises
    ------
    InvalidInput
        When the file cannot be read, lacks a column that every row needs, or is too large.
    NotAllowed
        When the account may not post.
    """
    employer = own_employer(session, account)
    numbers: list[int] = []
    try:
        _check_file(path)
        ingested = load_table("vacancies", [path], watch=lambda rows: _counted(rows, numbers))
    except InvalidInput as problem:
        # Nobody who sent a file knows the place it was put down at.
        raise InvalidInput(str(problem).replace(str(path), "file")) from None
    desk = RefusalDesk(texts_in(language))
    refused = [desk.at_the_door(number, problem) for number, problem in ingested.problems]
    rows = [_Row(number, cells, _id_here(employer.employer_id, cells["vacancy_id"]))
            for number, cells in _accepted(ingested, numbers)]  # fmt: skip
    held = vacancies_of(session, [row.vacancy_id for row in rows])
    kept: list[tuple[_Row, Vacancy]] = []
    for row in rows:
        told = _read(row, employer, held.get(row.vacancy_id), desk, now)
        if isinstance(told, Vacancy):
            kept.append((row, told))
        else:
            refused += told
    items = _put_all(session, employer, kept, held, now)
    return _answer(ingested.n_rows, items, refused)


def _read(
    row: _Row, employer: Employer, held: PostedVacancy | None, desk: RefusalDesk, now: datetime
) -> Vacancy | list[RefusedAdvert]:
    """Return the row as a vacancy, or why it cannot be one."""
    if held is not None and held.state in ENDED:
        return [desk.refused(row.number, "ended", "vacancy_id", row.cells["vacancy_id"])]
    posted_at = now if held is None else held.vacancy.posted_at or now
    stated = {name: row.cells[name] for name in AdvertBody.model_fields if row.cells[name] is not None}
    try:
        sent = AdvertBody.model_validate(stated)
        return vacancy_as_sent(sent, employer, vacancy_id=row.vacancy_id, posted_at=posted_at, now=now)
    except ValidationError as problem:
        return [desk.as_an_advert(row.number, one) for one in problem.errors()]
    except InvalidInput as problem:
        column = str(problem).partition(":")[0].split(" ")[0]
        return [desk.as_a_whole(row.number, column, row.cells.get(column))]


def _put_all(
    session: Session,
    employer: Employer,
    kept: Sequence[tuple[_Row, Vacancy]],
    held: Mapping[str, PostedVacancy],
    now: datetime,
) -> list[ImportedAdvert]:
    """Store the rows; one that stands here already word for word is left as it is."""
    stored = {key: one.vacancy for key, one in held.items()}
    changed = [vacancy for _, vacancy in kept if stored.get(vacancy.vacancy_id) != vacancy]
    doubles = doubles_among(session, employer, changed, now)
    fresh = {vacancy.vacancy_id for vacancy in changed}
    items: list[ImportedAdvert] = []
    for row, vacancy in kept:
        before = held.get(row.vacancy_id)
        if before is not None and row.vacancy_id not in fresh:
            items.append(row.told("repeated", shown(before, now)))
            continue
        version = None if before is None else before.version
        posted = put(session, employer, vacancy, doubles, version=version, now=now)
        items.append(row.told("posted" if before is None else "edited", posted))
    return items


def _answer(n_rows: int, items: list[ImportedAdvert], refused: list[RefusedAdvert]) -> ImportedAdverts:
    outcomes = [one.outcome for one in items]
    return ImportedAdverts(
        rows=n_rows,
        posted=outcomes.count("posted"),
        edited=outcomes.count("edited"),
        repeated=outcomes.count("repeated"),
        refused=len({one.row for one in refused}),
        items=items,
        problems=sorted(refused, key=lambda one: one.row),
    )


def _check_file(path: Path) -> None:
    if path.suffix == ".parquet":
        raise InvalidInput("format parquet: is not read here; send csv, xlsx, jsonl or jsonld")
    if path.suffix == ".xlsx" and is_zipfile(path):
        with ZipFile(path) as archive:
            if sum(member.file_size for member in archive.infolist()) > MOST_UNPACKED_BYTES:
                raise InvalidInput(f"file: unpacks to more than {MOST_UNPACKED_BYTES >> 20} MiB; save it as CSV")


def _counted(rows: Iterable[RawRow], numbers: list[int]) -> Iterator[RawRow]:
    """Hand the rows on and note the number of each; end a file that is too long before the rest of it is read."""
    for row in rows:
        if len(numbers) == MOST_ROWS:
            raise InvalidInput(f"file: has more than {MOST_ROWS:,} rows; send it in parts")
        numbers.append(row.number)
        yield row


def _accepted(ingested: Ingested, numbers: list[int]) -> Iterator[tuple[int, dict[str, Any]]]:
    gone = {int(number) for number in ingested.rejected["row"].to_pylist()}
    return zip((one for one in numbers if one not in gone), ingested.table.to_pylist(), strict=True)


def _id_here(employer_id: str, reference: str) -> str:
    """Return the id here of an employer's own id: the same one each time, and never another employer's."""
    return f"v-{hashlib.sha256(f'{employer_id} {reference}'.encode()).hexdigest()[:32]}"
