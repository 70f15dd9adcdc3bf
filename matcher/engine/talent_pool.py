"""Takes the people who agreed to be found and their certificates; gives them as arrays and the mask of a filter.

Holds no age, sex, disability, name or word of a person. Ranks nobody.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
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
from matcher.engine.held_certificates import HeldCertificates, issue_quarters
from matcher.engine.papers import Papers, day_number, last_days, positions
from matcher.engine.talent_cells import TalentCells, cells_of

CONSENT = "discoverable"
"""The purpose a person must have agreed to; nobody else enters a pool."""


@dataclass(frozen=True, slots=True)
class TalentFilters:
    """Who may be found; what is not named excludes nobody.

    ``province_code``: lives there, would work there, or never said where they live; with ``is_remote`` also whoever
    takes remote work. ``district_code``: lives there. ``education``: has at least this schooling, unknown counting as
    SD. ``evidence``: only certificates of at least this grade that have not lapsed count. ``score_rows``: holds a
    certificate that counts of each of these courses. ``required_certificates``: meets each entry of an advert.
    ``only_available``: looks for work, as far as is known.
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
class TalentPool:
    """n people who agreed to be found and hold a certificate with a score row, in order of cell; only ever replaced.

    ``is_present`` bool (n,). ``busy_people`` uint32 (b,) look for no work up to the day ``busy_until``, uint16 (b,) in
    days since 1970; everybody else looks. ``movers`` holds by province who would move there, uint32. ``tie_breaks``
    uint32 (n,) are random numbers that belong to the person, drawn with ``key`` and ascending within a cell.
    """

    alumnus_ids: pa.Array
    key: str
    cells: TalentCells
    is_present: NDArray[np.bool_]
    busy_people: NDArray[np.uint32]
    busy_until: NDArray[np.uint16]
    movers: Mapping[int, NDArray[np.uint32]]
    tie_breaks: NDArray[np.uint32]
    certificates: HeldCertificates
    papers: Papers
    _best_standings: dict[int, NDArray[np.uint8]] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def of(
        cls,
        alumni: pa.Table,
        certificates: pa.Table,
        licences: pa.Table,
        *,
        row_of: Mapping[str, int],
        key: str,
    ) -> TalentPool:
        """Return the pool of the people of `alumni` who consent to being found and hold a certificate with a score row.

        Everybody counts as looking for work until ``with_busy`` says otherwise.

        Parameters
        ----------
        alumni, certificates, licences : pyarrow.Table
            In home form.
        row_of : mapping of str to int
            Score row by course id and by normalised title. A certificate without one is no way to its holder until the
            next artifact; it still meets a requirement.
        key : str
            Of the order of equals, see ``keyed_tie_breaks``.

        Raises
        ------
        InvalidInput
            When a schooling or a grade of evidence is outside its scale.
        """
        agreed = alumni.select(_READ).filter(pa.array(_has_consent(alumni["consents"]))).combine_chunks()
        holders = positions(certificates["alumnus_id"], agreed["alumnus_id"].combine_chunks())
        rows = _score_rows(certificates, row_of)
        kept = np.flatnonzero((holders >= 0) & (rows >= 0))
        holders, rows = holders[kept], rows[kept]
        cells, ties, order = _ordered(agreed, np.bincount(holders, minlength=agreed.num_rows) > 0, key)
        place = np.zeros(agreed.num_rows, dtype=np.uint32)
        place[order] = np.arange(len(order))
        told = agreed.take(pa.array(order)).combine_chunks()
        ids = told["alumnus_id"].combine_chunks()
        n_rows = max(row_of.values(), default=-1) + 1
        return cls(
            alumnus_ids=ids,
            key=key,
            cells=cells,
            is_present=np.ones(len(ids), dtype=bool),
            busy_people=_NOBODY,
            busy_until=np.empty(0, dtype=np.uint16),
            movers=_movers(told["willing_province_codes"].combine_chunks()),
            tie_breaks=ties,
            certificates=HeldCertificates.of(
                place[holders], rows, _facts(certificates, kept), n_people=len(ids), n_rows=n_rows
            ),
            papers=Papers.of(ids, certificates, licences),
        )

    def __len__(self) -> int:
        return len(self.is_present)

    @property
    def n_bytes(self) -> int:
        """Bytes of all columns, the ids among them."""
        arrays = [array for part in (self, self.cells, self.certificates, self.papers) for array in _arrays(part)]
        return sum(array.nbytes for array in (*arrays, *self.movers.values(), *self._best_standings.values())) + int(
            self.alumnus_ids.nbytes
        )

    def without(self, alumnus_ids: Sequence[str]) -> TalentPool:
        """Return the pool without these people: consent withdrawn, erased, or about to be added again as changed.

        Notes
        -----
        Raises nothing; ids that are not here are passed over. Every other array is shared with this pool.
        """
        is_present = self.is_present.copy()
        is_present[self.places_of(alumnus_ids)] = False
        return replace(self, is_present=is_present)

    def with_busy(self, until: Mapping[str, int]) -> TalentPool:
        """Return the pool where these people look for no work up to their day, ``LASTING`` for ever; all others look.

        Notes
        -----
        Raises nothing; ids that are not here are passed over.
        """
        places = self.places_of(list(until))
        days = [until[name] for name in self.alumnus_ids.take(pa.array(places)).to_pylist()]
        return replace(self, busy_people=places.astype(np.uint32), busy_until=np.array(days, dtype=np.uint16))

    def places_of(self, alumnus_ids: Sequence[str]) -> NDArray[np.int64]:
        """Return the rows of those of `alumnus_ids` who are in the pool, present or not, in order: int64.

        Notes
        -----
        Raises nothing. Each cell is searched for the tie-breaks of all `alumnus_ids` at once.
        """
        asked = pa.array(alumnus_ids, pa.string())
        wanted = keyed_tie_breaks(pa.chunked_array([asked]), self.key)
        found = [_NOBODY]
        for start, stop in itertools.pairwise(self.cells.starts.tolist()):
            ties = self.tie_breaks[start:stop]
            first, after = np.searchsorted(ties, wanted), np.searchsorted(ties, wanted, side="right")
            # two people of one cell may share the 32 bits
            found += [np.arange(start + one, start + end) for one, end in zip(first, after, strict=True) if one < end]
        rows = np.unique(np.concatenate(found)).astype(np.int64)
        is_asked = pc.call_function("is_in", [self.alumnus_ids.take(pa.array(rows))], pc.SetLookupOptions(asked))
        return rows[np.asarray(is_asked)]

    def best_standings(self, today: int) -> NDArray[np.uint8]:
        """Return the best standing of each person on day `today`: uint8 (n,). Raises nothing; one day is kept."""
        kept = self._best_standings.get(today)
        if kept is None:
            kept = self.certificates.best_standings(today=today)
            self._best_standings.clear()
            self._best_standings[today] = kept
        return kept

    def passing(self, filters: TalentFilters, *, now: datetime) -> NDArray[np.bool_]:
        """Return who passes `filters` at the aware instant `now` and holds a certificate that counts: bool (n,).

        Raises
        ------
        InvalidInput
            When a level or grade is outside its scale, or `now` has no time zone.
        UnknownIdentifier
            When a province or district code is not official.
        """
        today, cells = day_number(now), self.cells
        province = None if filters.province_code is None else int(parse_province_code(filters.province_code))
        meets = _meeting(cells, filters)
        near = cells.in_reach(province, is_remote=filters.is_remote)
        mask = np.zeros(len(self), dtype=bool)
        for run in cells.runs(meets & near):
            mask[run] = self._counting(run, filters, today)
        movers = self.movers.get(province or NO_PROVINCE, _NOBODY)
        movers = movers[(meets & ~near)[cells.of(movers)]]
        mask[movers] = self._counting(movers, filters, today)
        if filters.only_available:
            mask[self.busy_people[self.busy_until >= today]] = False
        for row in filters.score_rows:
            mask = self._certified(row, mask, filters, today)
        if filters.required_certificates:
            mask &= self.papers.meeting(filters.required_certificates, now=now)
        return mask

    def _counting(self, people: slice | NDArray[np.uint32], filters: TalentFilters, today: int) -> NDArray[np.bool_]:
        """Return which of `people` are present and hold a certificate that counts."""
        counts = self.is_present[people]
        if filters.least_standing:
            counts = counts & (self.best_standings(today)[people] >= filters.least_standing)
        return counts

    def _certified(self, row: int, among: NDArray[np.bool_], filters: TalentFilters, today: int) -> NDArray[np.bool_]:
        """Return who of `among` holds a certificate of `row` that counts."""
        held = self.certificates
        mask = np.zeros(len(self), dtype=bool)
        mask[held.holders_of(held.groups_of(np.array([row])))[0]] = True
        mask &= among
        if filters.least_standing and mask.any():
            people = np.flatnonzero(mask)
            numbers, begins = held.of_people(people)
            counts = held.standings(numbers, today=today) >= filters.least_standing
            mask[people] = np.logical_or.reduceat(counts & (held.score_rows[numbers] == row), begins)
        return mask


def keyed_tie_breaks(alumnus_ids: pa.ChunkedArray, key: str) -> NDArray[np.uint32]:
    """Return one number a person that nobody can foresee without the key: uint32 (n,), equal on every run.

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
    return np.asarray(hashed, dtype=np.uint64).astype(np.uint32)


_READ = ["alumnus_id", "province_code", "district_code", "education", "accepts_remote", "willing_province_codes"]
_NOBODY = np.empty(0, dtype=np.uint32)


def _has_consent(consents: pa.ChunkedArray) -> NDArray[np.bool_]:
    given = consents.combine_chunks()
    is_asked = pc.call_function("equal", [given.flatten(), CONSENT])
    agreed = np.zeros(len(given), dtype=bool)
    agreed[np.asarray(given.value_parent_indices().filter(is_asked))] = True
    return agreed


def _movers(willing: pa.Array) -> dict[int, NDArray[np.uint32]]:
    people = np.asarray(willing.value_parent_indices()).astype(np.uint32)
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


def _ordered(
    agreed: pa.Table, is_kept: NDArray[np.bool_], key: str
) -> tuple[TalentCells, NDArray[np.uint32], NDArray[np.int64]]:
    """Return the cells of those kept, the tie-break of each in their order, and that order as rows."""
    rows = np.flatnonzero(is_kept)
    told = agreed.take(pa.array(rows))
    places = district_index()
    cells, cell_of = cells_of(
        np.asarray(told["accepts_remote"].combine_chunks().fill_null(True), dtype=bool),
        _looked_up(told["province_code"], lambda code: int(code or NO_PROVINCE)),
        _looked_up(told["district_code"], lambda code: places.get(code or "", -1)),
        _looked_up(told["education"], lambda level: education_rank(level or UNKNOWN_EDUCATION)),
    )
    ties = keyed_tie_breaks(told["alumnus_id"], key)
    order = np.argsort((cell_of.astype(np.uint64) << np.uint64(32)) | ties)
    return cells, ties[order], rows[order]


def _facts(
    certificates: pa.Table, kept: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.uint8], NDArray[np.uint16]]:
    grades = _looked_up(certificates["evidence"], lambda text: evidence_rank(text or "attended"))
    return grades[kept], issue_quarters(certificates["issued_on"])[kept], last_days(certificates["expires_on"])[kept]


def _meeting(cells: TalentCells, filters: TalentFilters) -> NDArray[np.bool_]:
    meets = np.ones(len(cells), dtype=bool)
    if filters.education is not None:
        meets &= cells.education_ranks >= education_rank(filters.education)
    if filters.district_code is not None:
        meets &= cells.districts == district_index()[parse_district_code(filters.district_code)]
    return meets


def _arrays(part: TalentPool | TalentCells | HeldCertificates | Papers) -> list[NDArray]:
    values = (getattr(part, field.name) for field in fields(part))
    return [value for value in values if isinstance(value, np.ndarray)]
