"""Takes certificates and licences as columns; gives who holds a paper that meets a requirement.

Scores nothing and keeps no object a person: a paper is kept once, its holders as numbers.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from functools import lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from matcher.domain.licences import names_licence, requirement_met
from matcher.domain.qualifications import require_zone
from matcher.domain.records import Certificate, Licence
from matcher.domain.text import normalise

LASTING = int(np.iinfo(np.uint16).max)
"""Last day of a paper that does not lapse, in days since 1970; the day before it lies in the year 2149."""

Paper = Certificate | Licence


@dataclass(frozen=True, slots=True)
class Papers:
    """Every distinct paper once, and who holds it until when.

    ``named`` the papers without a date, and ``worded`` which of them bear a word; paper i is held by
    ``holders[starts[i]:starts[i + 1]]``, int32 row numbers of n_people people: first those whose paper does not lapse,
    then the others, each until the day that ``last_days[day_starts[i]:day_starts[i + 1]]``, uint16, says.
    """

    named: tuple[Paper, ...]
    worded: Mapping[str, Sequence[int]]
    starts: NDArray[np.int64]
    holders: NDArray[np.int32]
    day_starts: NDArray[np.int64]
    last_days: NDArray[np.uint16]
    n_people: int

    @classmethod
    def of(cls, alumnus_ids: pa.Array, certificates: pa.Table, licences: pa.Table) -> Papers:
        """Return the papers that the people of `alumnus_ids` hold, from tables in home form.

        Notes
        -----
        Raises nothing. A course that was only attended proves nothing anywhere and is left out; papers of somebody else
        too.
        """
        proofs = certificates.filter(_may_prove(certificates))
        sources = (
            (proofs, ["title", "scheme", "evidence"], _certificate),
            (licences, ["kind", "class"], _licence),
        )
        named: list[Paper] = []
        parts = []
        for table, columns, make in sources:
            codes, distinct = _codes(table.select(columns))
            holders = positions(table["alumnus_id"], alumnus_ids)
            parts.append((codes + len(named), holders, last_days(table["expires_on"])))
            named += [make(row) for row in distinct.to_pylist()]
        numbers, holders, days = (np.concatenate(column) for column in zip(*parts, strict=True))
        return cls.held(named, numbers, holders, days, n_people=len(alumnus_ids))

    @classmethod
    def held(
        cls,
        named: Sequence[Paper],
        numbers: NDArray[np.int64],
        holders: NDArray[np.int32],
        days: NDArray[np.uint16],
        *,
        n_people: int,
    ) -> Papers:
        """Return the papers `named` whose number each of the `holders` holds until its last day, -1 for somebody else.

        Notes
        -----
        Raises nothing.
        """
        order = np.flatnonzero(holders >= 0)
        lapses = days < LASTING
        # in order of person too, so that marking the holders of a paper walks through memory once
        order = order[np.argsort((2 * numbers[order] + lapses[order]) << 32 | holders[order])]
        starts = np.searchsorted(numbers[order], np.arange(len(named) + 1))
        dated = order[lapses[order]]
        day_starts = np.searchsorted(numbers[dated], np.arange(len(named) + 1))
        return cls(tuple(named), papers_by_word(named), starts, holders[order], day_starts, days[dated], n_people)

    def meeting(self, required: Sequence[str], *, now: datetime) -> NDArray[np.bool_]:
        """Return who meets every entry of `required`, each by one current paper: bool (n_people,).

        Raises
        ------
        InvalidInput
            When `now` has no time zone.

        Notes
        -----
        As ``matcher.domain.licences.requirement_met`` for one paper at a time. An entry that asks for two papers at
        once ("SIM A dan SIM C") is met only by one paper that is both; such papers are listed as two entries.
        """
        mask = np.ones(self.n_people, dtype=bool)
        for entry in required:
            if not meets_alone(entry, None):
                mask &= self._holding(entry, now)
        return mask

    def _holding(self, entry: str, now: datetime) -> NDArray[np.bool_]:
        today = day_number(now)
        held = np.zeros(self.n_people, dtype=bool)
        for number in self._meeting_papers(entry):
            holders = self.holders[self.starts[number] : self.starts[number + 1]]
            days = self.last_days[self.day_starts[number] : self.day_starts[number + 1]]
            n_lasting = len(holders) - len(days)
            held[holders[:n_lasting]] = True
            held[holders[n_lasting:][days >= today]] = True
        return held

    def _meeting_papers(self, entry: str) -> Iterator[int]:
        # only licences have several names; any other paper must share a word to meet an entry
        words = {*normalise(entry).split(), _LICENCE}
        alike = {number for word in words for number in self.worded.get(word, ())}
        return (number for number in sorted(alike) if meets_alone(entry, self.named[number]))


@lru_cache(maxsize=65_536)
def meets_alone(entry: str, paper: Paper | None) -> bool:
    """Return whether one undated paper, or none, meets an entry of required certificates. Raises nothing."""
    licences = (paper,) if isinstance(paper, Licence) else ()
    certificates = (paper,) if isinstance(paper, Certificate) else ()
    return requirement_met(entry, certificates=certificates, licences=licences, now=_ANY_INSTANT)


def papers_by_word(named: Sequence[Paper]) -> dict[str, list[int]]:
    """Return the numbers of the papers that bear each normalised word. Raises nothing."""
    found: defaultdict[str, list[int]] = defaultdict(list)
    for number, paper in enumerate(named):
        text = " ".join(_words_on(paper))
        for word in {*normalise(text).split(), *([_LICENCE] if names_licence(text) else [])}:
            found[word].append(number)
    return dict(found)


def positions(values: pa.ChunkedArray | pa.Array, among: pa.Array) -> NDArray[np.int32]:
    """Return where each value first stands in `among`, -1 where it does not: int32 (n,). Raises nothing."""
    found = pc.call_function("index_in", [values], pc.SetLookupOptions(value_set=among))
    return np.asarray(found.fill_null(-1), dtype=np.int32)


def last_days(expires_on: pa.ChunkedArray) -> NDArray[np.uint16]:
    """Return the last day of each paper in days since 1970, ``LASTING`` where it has none: uint16 (n,).

    Notes
    -----
    Raises nothing. Dates outside 1970 to 2149 are taken as the nearest of the two.
    """
    days = np.asarray(expires_on.cast(pa.int32()).fill_null(LASTING), dtype=np.int32)
    return np.clip(days, 0, LASTING).astype(np.uint16)


def day_number(now: datetime) -> int:
    """Return the day that `now` falls on in Western Indonesia Time, in days since 1970.

    Raises
    ------
    InvalidInput
        When `now` has no time zone.

    Notes
    -----
    A paper counts while its last day is not before this one, as in ``matcher.domain.qualifications.is_current``.
    """
    require_zone(now)
    return (now.astimezone(_WESTERN_TIME).date() - _FIRST_DAY).days


def day_of(day: date) -> int:
    """Return `day` in days since 1970, the nearest of 0 and ``LASTING`` where it lies outside. Raises nothing."""
    return min(max((day - _FIRST_DAY).days, 0), LASTING)


_WESTERN_TIME = timezone(timedelta(hours=7))
_FIRST_DAY = date(1970, 1, 1)
_ANY_INSTANT = datetime(1970, 1, 1, tzinfo=UTC)  # undated papers meet an entry at every instant alike
_LICENCE = "<licence>"
"""Stands among the words of every paper that names a licence; no word of a text has brackets."""


def _may_prove(certificates: pa.Table) -> pa.ChunkedArray:
    """Return which certificates are more than a course that was attended."""
    is_scheme = pc.call_function("not_equal", [certificates["scheme"].fill_null("course"), "course"])
    is_graded = pc.call_function("not_equal", [certificates["evidence"].fill_null("attended"), "attended"])
    return pc.call_function("or", [is_scheme, is_graded])


def _certificate(row: Mapping[str, str]) -> Certificate:
    return Certificate(row["title"], scheme=row["scheme"] or "course", evidence=row["evidence"] or "attended")


def _licence(row: Mapping[str, str]) -> Licence:
    return Licence(row["kind"], row["class"])


def _codes(described: pa.Table) -> tuple[NDArray[np.int64], pa.Table]:
    """Return the number of each row's distinct content, and the distinct rows in order of appearance."""
    codes = np.zeros(described.num_rows, dtype=np.int64)
    for column in described.columns:
        encoded = column.combine_chunks().dictionary_encode(null_encoding="encode")
        codes = codes * len(encoded.dictionary) + np.asarray(encoded.indices)
    _, first, inverse = np.unique(codes, return_index=True, return_inverse=True)
    return inverse, described.take(pa.array(first))


def _words_on(paper: Paper) -> tuple[str, str]:
    # a certificate of the national agency counts as naming it, see matcher.domain.licences
    return (paper.kind, paper.licence_class or "") if isinstance(paper, Licence) else (paper.title, paper.scheme)
