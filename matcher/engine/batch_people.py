"""Takes the tables of all alumni, certificates and licences; gives them in numbers, in parts of one province each.

What is left of a person is what ranking reads. Ranks nobody.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from matcher.domain.eligibility import is_eligible
from matcher.domain.errors import InvalidInput, MissingFile
from matcher.domain.licences import names_licence, takes_several_papers
from matcher.domain.qualifications import UNKNOWN_EDUCATION, education_rank, evidence_rank
from matcher.domain.records import Alumnus, Certificate, Licence, Vacancy
from matcher.domain.regions import district_index
from matcher.domain.text import normalise, target_occupation
from matcher.engine.batch_occupations import KEYS, held_occupations
from matcher.engine.coded_cells import coded, distinct_rows
from matcher.engine.columns import NO_PROVINCE, VacancyColumns
from matcher.engine.papers import LASTING, Paper, last_days, meets_alone, positions
from matcher.ingest.datasets import empty_table, is_home_form

CONSENT = "recommend"
"""The purpose that who stated any consents must have agreed to; who was never asked is served, as at the counter."""

PEOPLE = pa.schema(
    [
        pa.field("alumnus_id", pa.string(), nullable=False),
        pa.field("province", pa.int8(), nullable=False),
        pa.field("district", pa.int16(), nullable=False),
        pa.field("education_rank", pa.int8(), nullable=False),
        pa.field("field_of_study", pa.string()),
        pa.field("salary_min_idr_month", pa.int64(), nullable=False),
        pa.field("accepts_remote", pa.bool_(), nullable=False),
        pa.field("willing_provinces", pa.list_(pa.int8()), nullable=False),
        pa.field("held", pa.list_(pa.int32()), nullable=False),
        pa.field("grades", pa.list_(pa.int8()), nullable=False),
        pa.field("last_days", pa.list_(pa.uint16()), nullable=False),
        pa.field("met", pa.list_(pa.int32()), nullable=False),
    ]
)
"""People in numbers: ``province`` 0 and ``district`` -1 where unknown; ``held`` rows of ``HeldCourses``, with the grade
of evidence and the last day of each; ``met`` the numbers of ``Demands`` that the person's papers meet."""

_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "alumni": (
        "alumnus_id", "province_code", "district_code", "education", "field_of_study", "willing_province_codes",
        "accepts_remote", "wanted_occupation_codes", "experience_occupation_codes", "salary_min_idr_month", "consents",
    ),
    "certificates": ("alumnus_id", "course_id", "title", "scheme", "evidence", "expires_on"),
    "licences": ("alumnus_id", "kind", "class", "expires_on"),
}  # fmt: skip
_REPEATING = ("province_code", "district_code", "education", "course_id", "title", "scheme", "evidence", "kind")


@dataclass(frozen=True, slots=True)
class HeldCourses:
    """What people hold, each once: ``rows`` int32 (h,), the score row, and ``targets``, the words of the occupation
    that the title of a certificate names. Occupations stand behind the courses. ``unseen`` are the titles that have no
    row of their own; their rows follow the others.
    """

    rows: NDArray[np.int32]
    targets: tuple[frozenset[str], ...]
    unseen: tuple[str, ...] = ()


@dataclass(frozen=True)
class Demands:
    """The distinct demands for papers, ``required[i]`` being what one advert asks for."""

    required: tuple[tuple[str, ...], ...]

    @classmethod
    def of(cls, columns: VacancyColumns) -> Demands:
        """Return the demands of these vacancies that somebody without any paper does not meet. Raises nothing."""
        nobody = Alumnus("", education="S3")
        asked = (names for names in columns.requirements if not _is_open(nobody, names, now=_ANY_INSTANT))
        return cls(tuple(sorted(asked)))

    def met(self, certificates: Sequence[Certificate], licences: Sequence[Licence], *, now: datetime) -> list[int]:
        """Return the numbers of the demands that these papers meet at `now`.

        Raises
        ------
        InvalidInput
            When `now` has no zone or a grade of evidence is outside its scale.
        """
        holder = Alumnus("", education="S3", certificates=tuple(certificates), licences=tuple(licences))
        return [number for number, asked in enumerate(self.required) if _is_open(holder, asked, now=now)]

    def may_help(self, paper: Paper) -> bool:
        """Return whether `paper` could be among those that meet a demand. Raises nothing.

        Notes
        -----
        A paper meets an entry by a word of it, or as a licence, which has several names.
        """
        text = f"{paper.kind} {paper.licence_class}" if isinstance(paper, Licence) else f"{paper.title} {paper.scheme}"
        words = {*normalise(text).split(), *([_LICENCE] if names_licence(text) else [])}
        entries = {entry for word in words for entry in self._entries_by_word.get(word, ())}
        return any(takes_several_papers(entry) or meets_alone(entry, paper) for entry in entries)

    @cached_property
    def _entries_by_word(self) -> Mapping[str, set[str]]:
        found: defaultdict[str, set[str]] = defaultdict(set)
        for entry in {entry for asked in self.required for entry in asked}:
            for word in {*normalise(entry).split(), *([_LICENCE] if names_licence(entry) else [])} - _JOINING:
                found[word].add(entry)
        return found


_LICENCE = "<licence>"
_ANY_INSTANT = datetime(1970, 1, 1, tzinfo=UTC)  # somebody without papers meets a demand at every instant alike
_JOINING = frozenset({"dan", "and", "atau", "or"})


@dataclass(frozen=True)
class PeopleTables:
    """The three tables as they lie in a folder, only what ranking reads of them.

    Who stated consents and not ``CONSENT`` is not among the alumni; ``n_declined`` counts them.
    """

    alumni: pa.Table
    certificates: pa.Table
    licences: pa.Table
    n_declined: int = 0

    @classmethod
    def read(cls, folder: Path) -> PeopleTables:
        """Return the tables of `folder`; certificates and licences may be missing.

        Raises
        ------
        MissingFile
            When there are no alumni.
        InvalidInput
            When a file is not in home form.
        """
        alumni = _read("alumni", folder)
        agreed = alumni.filter(pa.array(_agreed(alumni["consents"].combine_chunks()))).drop_columns("consents")
        return cls(agreed, _read("certificates", folder), _read("licences", folder), len(alumni) - len(agreed))

    def encoded(self, row_of: Mapping[str, int], n_rows: int, demands: Demands, *, now: datetime) -> EncodedPeople:
        """Return everybody in numbers.

        Parameters
        ----------
        row_of : mapping of str to int
            As in ``recommend.ScoreRows``, `n_rows` rows in all.
        demands : Demands
        now : datetime
            Aware instant that decides which papers have lapsed.

        Raises
        ------
        InvalidInput
            When a level, a grade or a place is outside its scale.
        """
        held_of, held = _held_courses(self.certificates, row_of, n_rows)
        ids = self.alumni["alumnus_id"].combine_chunks()
        holders = positions(self.certificates["alumnus_id"], ids)
        grades = coded(self.certificates["evidence"], lambda text: evidence_rank(text or "attended"), np.int8)
        days = last_days(self.certificates["expires_on"])
        people, occupation_of, held = _with_occupations(self.alumni, holders, row_of, held)
        holders, held_of = np.concatenate([holders, people]), np.concatenate([held_of, occupation_of])
        order = np.flatnonzero(holders >= 0)
        order = order[np.argsort(holders[order], kind="stable")]
        starts = np.searchsorted(holders[order], np.arange(len(ids) + 1))
        return EncodedPeople(
            alumni=self.alumni,
            starts=starts,
            held=held_of[order],
            grades=np.concatenate([grades, np.zeros(len(people), dtype=np.int8)])[order],
            last_days=np.concatenate([days, np.full(len(people), LASTING, dtype=np.uint16)])[order],
            met=_met(self, ids, demands, now),
            courses=held,
        )


@dataclass(frozen=True)
class EncodedPeople:
    """Everybody, the certificates of person p being ``starts[p]`` to ``starts[p + 1]`` of ``held``, ``grades`` and
    ``last_days``; ``met`` names the demands met by those who meet any; ``courses`` is what ``held`` counts."""

    alumni: pa.Table
    starts: NDArray[np.int64]
    held: NDArray[np.int32]
    grades: NDArray[np.int8]
    last_days: NDArray[np.uint16]
    met: Mapping[int, list[int]]
    courses: HeldCourses

    @cached_property
    def provinces(self) -> NDArray[np.int8]:
        """Home province of everybody as a number: int8 (n,), 0 where unknown."""
        return coded(self.alumni["province_code"], lambda code: int(code or NO_PROVINCE), np.int8)

    def parts(self, most: int) -> Iterator[tuple[str, pa.Table]]:
        """Yield name and people of parts of at most `most`, each of one province, in order of name.

        Notes
        -----
        Raises what a level or a place outside its scale raises. The tables are of the schema ``PEOPLE``.
        """
        order = np.argsort(self.provinces, kind="stable")
        edges = np.searchsorted(self.provinces[order], np.arange(101))
        for province in np.flatnonzero(np.diff(edges)).tolist():
            for number, start in enumerate(range(int(edges[province]), int(edges[province + 1]), most)):
                stop = min(start + most, int(edges[province + 1]))
                yield f"{province:02d}-{number:04d}", self.take(np.sort(order[start:stop]))

    def take(self, people: NDArray[np.int64]) -> pa.Table:
        """Return these people in the schema ``PEOPLE``.

        Raises
        ------
        InvalidInput
            When a level is outside its scale.
        KeyError
            When a place code is not official: the table is not in home form then.
        """
        rows = self.alumni.take(pa.array(people))
        sizes = self.starts[people + 1] - self.starts[people]
        ends = np.concatenate([[0], np.cumsum(sizes)])
        at = np.repeat(self.starts[people] - ends[:-1], sizes) + np.arange(ends[-1])
        districts = district_index()
        columns = {
            "alumnus_id": rows["alumnus_id"].combine_chunks(),
            "province": pa.array(self.provinces[people]),
            "district": pa.array(coded(rows["district_code"], lambda code: districts[code] if code else -1, np.int16)),
            "education_rank": pa.array(
                coded(rows["education"], lambda level: education_rank(level or UNKNOWN_EDUCATION), np.int8)
            ),
            "field_of_study": rows["field_of_study"].cast(pa.string()).combine_chunks(),
            "salary_min_idr_month": rows["salary_min_idr_month"].fill_null(0).combine_chunks(),
            "accepts_remote": rows["accepts_remote"].fill_null(True).combine_chunks(),
            "willing_provinces": _willing(rows["willing_province_codes"].combine_chunks()),
            "held": _lists(ends, self.held[at]),
            "grades": _lists(ends, self.grades[at]),
            "last_days": _lists(ends, self.last_days[at]),
            "met": pa.array([self.met.get(person, []) for person in people.tolist()], pa.list_(pa.int32()))
            if self.met
            else _lists(np.zeros(len(people) + 1, dtype=np.int64), np.zeros(0, dtype=np.int32)),
        }
        return pa.table(columns, schema=PEOPLE)


def _is_open(holder: Alumnus, asked: tuple[str, ...], *, now: datetime) -> bool:
    return is_eligible(holder, Vacancy("", "", required_certificates=asked), now=now)


def _read(name: str, folder: Path) -> pa.Table:
    path = folder / f"{name}.parquet"
    if not path.is_file():
        if name == "alumni":
            raise MissingFile(f"{path}: no such file; put the alumni into the folder with padan ingest alumni")
        return empty_table(name).select(_COLUMNS[name])
    if not is_home_form(pq.read_schema(path), name):
        raise InvalidInput.at(str(path), f"not a {name} table in home form", f"pass it to padan ingest {name} first")
    columns = list(_COLUMNS[name])
    repeating = [column for column in columns if column in _REPEATING]
    return pq.read_table(path, columns=columns, read_dictionary=repeating).unify_dictionaries()


def _agreed(consents: pa.ListArray) -> NDArray[np.bool_]:
    agreed = np.asarray(consents.is_null()).copy()
    is_purpose = np.asarray(pc.call_function("equal", [consents.flatten(), CONSENT]).fill_null(False))
    agreed[np.asarray(pc.call_function("list_parent_indices", [consents]))[is_purpose]] = True
    return agreed


def _held_courses(
    certificates: pa.Table, row_of: Mapping[str, int], n_rows: int
) -> tuple[NDArray[np.int32], HeldCourses]:
    """Return what each certificate is of, int32 (m,), and the table of that."""
    distinct, inverse = distinct_rows(certificates, ("course_id", "title"))
    unseen: dict[str, int] = {}
    made: dict[tuple[int, frozenset[str]], int] = {}
    held = np.empty(len(distinct), dtype=np.int32)
    for place, (course_id, title) in enumerate(distinct):
        key = course_id if course_id in row_of else normalise(title)
        row = row_of[key] if key in row_of else n_rows + unseen.setdefault(title, len(unseen))
        target = frozenset(normalise(target_occupation(title) or "").split())
        held[place] = made.setdefault((row, target), len(made))
    rows = np.array([row for row, _ in made], dtype=np.int32)
    return held[inverse], HeldCourses(rows, tuple(target for _, target in made), tuple(unseen))


def _with_occupations(
    alumni: pa.Table, holders: NDArray[np.integer], row_of: Mapping[str, int], held: HeldCourses
) -> tuple[NDArray[np.int64], NDArray[np.int32], HeldCourses]:
    """Return who among the holders wants or did what, int64 (m,) and int32 (m,) rows of the table, and that table."""
    is_holder = np.zeros(len(alumni), dtype=bool)
    is_holder[holders[holders >= 0]] = True
    people, places = held_occupations(alumni, is_holder)
    distinct, inverse = np.unique(places, return_inverse=True)
    rows = np.array([row_of[KEYS[place]] for place in distinct.tolist()], dtype=np.int32)
    targets = (*held.targets, *[frozenset[str]()] * len(rows))
    table = replace(held, rows=np.concatenate([held.rows, rows]), targets=targets)
    return people, (len(held.rows) + inverse).astype(np.int32), table


def _met(tables: PeopleTables, ids: pa.Array, demands: Demands, now: datetime) -> dict[int, list[int]]:
    """Return the demands met by each person who meets any."""
    if not demands.required:
        return {}
    papers: dict[int, tuple[list[Certificate], list[Licence]]] = {}
    sources = ((tables.certificates, ("title", "scheme", "evidence")), (tables.licences, ("kind", "class")))
    for which, (table, names) in enumerate(sources):
        distinct, inverse = distinct_rows(table, names)
        helps = np.array([demands.may_help(_paper(cells)) for cells in distinct], dtype=bool)
        rows = np.flatnonzero(helps[inverse]) if len(distinct) else np.zeros(0, dtype=np.int64)
        few = table.take(pa.array(rows))
        holders = positions(few["alumnus_id"], ids)
        for holder, kind, last in zip(
            holders.tolist(), inverse[rows].tolist(), few["expires_on"].to_pylist(), strict=True
        ):
            if holder >= 0:
                papers.setdefault(holder, ([], []))[which].append(_paper(distinct[kind], last))  # type: ignore[arg-type]
    found = {holder: demands.met(*held, now=now) for holder, held in papers.items()}
    return {holder: numbers for holder, numbers in found.items() if numbers}


def _paper(cells: Sequence[Any], expires_on: Any = None) -> Paper:
    if len(cells) == 2:
        return Licence(cells[0], cells[1], expires_on=expires_on)
    title, scheme, evidence = cells
    return Certificate(title, scheme=scheme or "course", evidence=evidence or "attended", expires_on=expires_on)


def _willing(codes: pa.ListArray) -> pa.ListArray:
    filled = codes if codes.null_count == 0 else pc.call_function("coalesce", [codes, pa.scalar([], codes.type)])
    values = coded(filled.flatten(), lambda code: int(code or NO_PROVINCE), np.int8)
    sizes = np.asarray(pc.call_function("list_value_length", [filled]))
    return _lists(np.concatenate([[0], np.cumsum(sizes)]), values)


def _lists(ends: NDArray[np.int64], values: NDArray[Any]) -> pa.ListArray:
    return pa.ListArray.from_arrays(pa.array(ends, pa.int32()), pa.array(values))
