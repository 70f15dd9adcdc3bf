"""Takes the people who agreed to be found and their certificates; gives them as arrays and the mask of a filter.

Holds no age, sex, disability, name or word of a person. Ranks nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from pandas.util import hash_array

from matcher.domain.qualifications import UNKNOWN_EDUCATION, education_rank, evidence_rank
from matcher.domain.records import Vacancy
from matcher.domain.regions import district_index, parse_district_code, parse_province_code
from matcher.domain.text import normalise
from matcher.engine.columns import NO_PROVINCE
from matcher.engine.papers import Papers, day_number, last_days, positions

CONSENT = "discoverable"
"""The purpose a person must have agreed to; nobody else enters a pool."""


@dataclass(frozen=True, slots=True)
class TalentFilters:
    """Who may be found; what is not named excludes nobody.

    ``province_code``: lives there, would work there, or never said where they live; with ``is_remote`` also whoever
    takes remote work. ``district_code``: lives there. ``education``: has at least this schooling, unknown counting as
    SD. ``evidence``: only certificates of at least this grade that have not lapsed count. ``score_rows``: holds a
    certificate that counts of each of these courses. ``required_certificates``: meets each entry of an advert.
    ``only_available``: looks for work.
    """

    province_code: str | None = None
    is_remote: bool = False
    district_code: str | None = None
    education: str | None = None
    evidence: str | None = None
    score_rows: tuple[int, ...] = ()
    required_certificates: tuple[str, ...] = ()
    only_available: bool = False

    @property
    def least_standing(self) -> int:
        """Least standing of a certificate that counts; see ``HeldCertificates.standings``."""
        return 0 if self.evidence is None else evidence_rank(self.evidence) + 1


def demands_of(vacancy: Vacancy) -> TalentFilters:
    """Return the filters that leave the people `vacancy` is open to, its dates apart.

    Notes
    -----
    Raises nothing. As ``matcher.domain.eligibility`` sees it from the other side; a vacancy that names no place and is
    not remote sets no place.
    """
    return TalentFilters(
        province_code=vacancy.province_code,
        is_remote=bool(vacancy.is_remote),
        education=vacancy.education_min,
        required_certificates=vacancy.required_certificates,
    )


@dataclass(frozen=True, slots=True)
class HeldCertificates:
    """The m certificates that have a score row, sorted by holder.

    Those of person p are rows ``offsets[p]:offsets[p + 1]``. ``holders`` int32, ``score_rows`` int32, ``grades`` int8
    0 to 2 and ``last_days`` uint16, all (m,). ``by_row`` int32 (m,) lists them by score row, those of row r at
    ``row_starts[r]:row_starts[r + 1]``.
    """

    holders: NDArray[np.int32]
    score_rows: NDArray[np.int32]
    grades: NDArray[np.int8]
    last_days: NDArray[np.uint16]
    offsets: NDArray[np.int32]
    by_row: NDArray[np.int32]
    row_starts: NDArray[np.int64]

    @classmethod
    def of(cls, alumnus_ids: pa.Array, certificates: pa.Table, row_of: Mapping[str, int]) -> HeldCertificates:
        """Return the certificates of these people; `row_of` as in ``recommend.ScoreRows``.

        Raises
        ------
        InvalidInput
            When a grade of evidence is outside its scale.
        """
        holders = positions(certificates["alumnus_id"], alumnus_ids)
        rows = _score_rows(certificates, row_of)
        grades = _looked_up(certificates["evidence"], lambda text: evidence_rank(text or "attended"))
        kept = np.flatnonzero((holders >= 0) & (rows >= 0))
        kept = kept[np.argsort(holders[kept], kind="stable")]
        rows, holders = rows[kept], holders[kept]
        by_row = np.argsort(rows, kind="stable")
        return cls(
            holders=holders,
            score_rows=rows,
            grades=grades[kept].astype(np.int8),
            last_days=last_days(certificates["expires_on"])[kept],
            offsets=np.searchsorted(holders, np.arange(len(alumnus_ids) + 1)).astype(np.int32),
            by_row=by_row.astype(np.int32),
            row_starts=np.searchsorted(rows[by_row], np.arange(max(row_of.values(), default=-1) + 2)),
        )

    @property
    def most_of_one(self) -> int:
        """The most certificates that one person holds."""
        return int(np.diff(self.offsets).max(initial=0))

    def standings(self, numbers: NDArray[np.integer], *, today: int) -> NDArray[np.int8]:
        """Return what each certificate is worth on day `today`: 0 lapsed, 1 attended, 2 passed, 3 competence.

        Notes
        -----
        Raises nothing.
        """
        return np.where(self.last_days[numbers] >= today, self.grades[numbers] + 1, 0).astype(np.int8)

    def of_people(self, people: NDArray[np.integer]) -> NDArray[np.int64]:
        """Return the numbers of all certificates of `people`: int64. Raises nothing."""
        starts, stops = self.offsets[people], self.offsets[people + 1]
        counts = stops - starts
        return np.arange(counts.sum()) + np.repeat(starts - (np.cumsum(counts) - counts), counts)


@dataclass(frozen=True, slots=True)
class TalentPool:
    """n people who agreed to be found, row for row; never changed, only replaced.

    ``provinces`` int8 (``NO_PROVINCE`` unknown); ``districts`` int16 in the order of ``district_index``, -1 unknown;
    ``education_ranks`` int8; ``takes_remote``, ``is_available`` and ``is_present`` bool, all (n,). ``movers`` holds by
    province who would move there, int32. ``tie_breaks`` int64 (n,) are random numbers that belong to the person.
    ``valid_until`` uint16 (3, n) is the last day on which the person holds a certificate of at least grade 0, 1 and 2;
    0 where there is none.
    """

    alumnus_ids: pa.Array
    provinces: NDArray[np.int8]
    districts: NDArray[np.int16]
    education_ranks: NDArray[np.int8]
    takes_remote: NDArray[np.bool_]
    is_available: NDArray[np.bool_]
    is_present: NDArray[np.bool_]
    movers: Mapping[int, NDArray[np.int32]]
    tie_breaks: NDArray[np.int64]
    valid_until: NDArray[np.uint16]
    certificates: HeldCertificates
    papers: Papers

    @classmethod
    def of(
        cls,
        alumni: pa.Table,
        certificates: pa.Table,
        licences: pa.Table,
        *,
        row_of: Mapping[str, int],
        tie_breaks: NDArray[np.int64],
    ) -> TalentPool:
        """Return the pool of the people of `alumni` who consent to being found and hold a certificate with a score row.

        Parameters
        ----------
        alumni, certificates, licences : pyarrow.Table
            In home form.
        row_of : mapping of str to int
            Score row by course id and by normalised title. A certificate without one is no way to its holder until the
            next artifact; it still meets a requirement.
        tie_breaks : ndarray of int64, shape (n_alumni,)
            One number a person, as ``keyed_tie_breaks`` draws.

        Raises
        ------
        InvalidInput
            When a schooling or a grade of evidence is outside its scale.
        """
        agreed = np.flatnonzero(_has_consent(alumni["consents"]))
        told = alumni.select(_READ).take(pa.array(agreed)).combine_chunks()
        ids = told["alumnus_id"].combine_chunks()
        held = HeldCertificates.of(ids, certificates, row_of)
        districts = district_index()
        return cls(
            alumnus_ids=ids,
            provinces=_looked_up(told["province_code"], lambda code: int(code or NO_PROVINCE)).astype(np.int8),
            districts=_looked_up(told["district_code"], lambda code: districts.get(code or "", -1)).astype(np.int16),
            education_ranks=_looked_up(
                told["education"], lambda level: education_rank(level or UNKNOWN_EDUCATION)
            ).astype(np.int8),
            takes_remote=np.asarray(told["accepts_remote"].fill_null(True), dtype=bool),
            is_available=np.ones(len(ids), dtype=bool),
            is_present=np.diff(held.offsets) > 0,
            movers=_movers(told["willing_province_codes"].combine_chunks()),
            tie_breaks=tie_breaks[agreed],
            valid_until=_valid_until(held, len(ids)),
            certificates=held,
            papers=Papers.of(ids, certificates, licences),
        )

    def __len__(self) -> int:
        return len(self.provinces)

    @property
    def n_bytes(self) -> int:
        """Bytes of all arrays, the ids apart."""
        return sum(array.nbytes for part in (self, self.certificates, self.papers) for array in _arrays(part)) + sum(
            people.nbytes for people in self.movers.values()
        )

    def without(self, alumnus_ids: Sequence[str]) -> TalentPool:
        """Return the pool without these people: consent withdrawn, erased, or about to be added again as changed.

        Notes
        -----
        Raises nothing; ids that are not here are passed over. Every other array is shared with this pool.
        """
        is_here = positions(self.alumnus_ids, pa.array(alumnus_ids, pa.string())) < 0
        return replace(self, is_present=self.is_present & is_here)

    def with_availability(self, is_available: NDArray[np.bool_]) -> TalentPool:
        """Return the pool with the state of each person's search for work, bool (n,). Raises nothing."""
        return replace(self, is_available=is_available)

    def passing(self, filters: TalentFilters, *, now: datetime) -> NDArray[np.bool_]:
        """Return who passes `filters` at the aware instant `now` and holds a certificate that counts: bool (n,).

        Raises
        ------
        InvalidInput
            When a level or grade is outside its scale, or `now` has no time zone.
        UnknownIdentifier
            When a province or district code is not official.
        """
        mask = self.is_present & self.is_available if filters.only_available else self.is_present.copy()
        if filters.education is not None:
            mask &= self.education_ranks >= education_rank(filters.education)
        if filters.province_code is not None or filters.is_remote:
            mask &= self._in_reach(filters)
        if filters.district_code is not None:
            mask &= self.districts == district_index()[parse_district_code(filters.district_code)]
        if filters.evidence is not None:
            mask &= self.valid_until[evidence_rank(filters.evidence)] >= day_number(now)
        for row in filters.score_rows:
            mask &= self._certified(row, filters, now)
        if filters.required_certificates:
            mask &= self.papers.meeting(filters.required_certificates, now=now)
        return mask

    def _in_reach(self, filters: TalentFilters) -> NDArray[np.bool_]:
        near = self.provinces == NO_PROVINCE
        if filters.is_remote:
            near |= self.takes_remote
        if filters.province_code is not None:
            code = int(parse_province_code(filters.province_code))
            near |= self.provinces == code
            near[self.movers.get(code, _NOBODY)] = True
        return near

    def _certified(self, row: int, filters: TalentFilters, now: datetime) -> NDArray[np.bool_]:
        held = self.certificates
        numbers = held.by_row[held.row_starts[row] : held.row_starts[row + 1]]
        counts = held.standings(numbers, today=day_number(now)) >= filters.least_standing
        mask = np.zeros(len(self), dtype=bool)
        mask[held.holders[numbers[counts]]] = True
        return mask


def keyed_tie_breaks(alumnus_ids: pa.ChunkedArray, key: str) -> NDArray[np.int64]:
    """Return one number a person that nobody can foresee without the key: int64 (n,), equal on every run.

    Parameters
    ----------
    alumnus_ids : pyarrow.ChunkedArray of string
    key : str
        Its first 16 bytes count.

    Notes
    -----
    Raises nothing. SipHash (Aumasson and Bernstein 2012) of the id as pandas computes it.
    """
    sixteen = f"{key:0<16}".encode()[:16].decode(errors="replace")
    hashed = hash_array(alumnus_ids.to_numpy(), hash_key=sixteen, categorize=False)  # pyright: ignore[reportCallIssue]
    return np.asarray(hashed).view(np.int64)


_READ = ["alumnus_id", "province_code", "district_code", "education", "accepts_remote", "willing_province_codes"]
_NOBODY = np.empty(0, dtype=np.int32)


def _has_consent(consents: pa.ChunkedArray) -> NDArray[np.bool_]:
    given = consents.combine_chunks()
    is_asked = pc.call_function("equal", [given.flatten(), CONSENT])
    agreed = np.zeros(len(given), dtype=bool)
    agreed[np.asarray(given.value_parent_indices().filter(is_asked))] = True
    return agreed


def _movers(willing: pa.Array) -> dict[int, NDArray[np.int32]]:
    people = np.asarray(willing.value_parent_indices()).astype(np.int32)
    codes = _looked_up(pa.chunked_array([willing.flatten()]), lambda code: int(code or NO_PROVINCE))
    return {int(code): people[codes == code] for code in np.unique(codes)}


def _looked_up(column: pa.ChunkedArray, number_of: Callable[[str | None], int]) -> NDArray[np.int64]:
    """Return ``number_of(value)`` for every cell, asked once per distinct value."""
    encoded = column.combine_chunks().dictionary_encode(null_encoding="encode")
    numbers = np.array([number_of(value) for value in encoded.dictionary.to_pylist()], dtype=np.int64)
    return numbers[np.asarray(encoded.indices)]


def _score_rows(certificates: pa.Table, row_of: Mapping[str, int]) -> NDArray[np.int32]:
    by_course = _looked_up(certificates["course_id"], lambda course_id: row_of.get(course_id or "", -1))
    by_title = _looked_up(certificates["title"], lambda title: row_of.get(normalise(title or ""), -1))
    return np.where(by_course >= 0, by_course, by_title).astype(np.int32)


def _valid_until(held: HeldCertificates, n_people: int) -> NDArray[np.uint16]:
    until = np.zeros((3, n_people), dtype=np.uint16)
    for grade, days in enumerate(until):
        numbers = np.flatnonzero(held.grades >= grade)
        np.maximum.at(days, held.holders[numbers], held.last_days[numbers])
    return until


def _arrays(part: TalentPool | HeldCertificates | Papers) -> list[NDArray]:
    values = (getattr(part, field.name) for field in fields(part))
    return [value for value in values if isinstance(value, np.ndarray)]
