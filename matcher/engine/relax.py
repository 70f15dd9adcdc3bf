"""Takes an alumnus to whom few vacancies are open; gives the binding constraint and the cheapest single changes.

Every change is told with the exact number of vacancies it adds. Ranks no vacancy.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from matcher.domain.licences import names_licence, requirement_met
from matcher.domain.qualifications import EDUCATION_LEVELS, UNKNOWN_EDUCATION, education_rank, require_zone
from matcher.domain.records import Alumnus, Certificate, Licence, Reason
from matcher.domain.regions import distance_matrix_km, districts, provinces
from matcher.engine.columns import VacancyColumns
from matcher.engine.papers import Paper, meets_alone

PROVINCES_TOLD = 3
"""How many provinces are suggested, the nearest first."""

RELAXATION_TEXTS: Mapping[str, tuple[str, str]] = {
    "binding_place": (
        "Yang paling membatasi adalah tempat kerja: tanpa batas itu ada {count} lowongan lagi",
        "The place of work limits most: without that limit {count} more would be open to you",
    ),
    "binding_schooling": (
        "Yang paling membatasi adalah syarat sekolah: tanpa batas itu ada {count} lowongan lagi",
        "The minimum schooling limits most: without that limit {count} more would be open to you",
    ),
    "binding_papers": (
        "Yang paling membatasi adalah SIM atau sertifikat yang diminta: tanpa batas itu ada {count} lowongan lagi",
        "The licences and certificates asked for limit most: without them {count} more would be open to you",
    ),
    "remote": (
        "Jika menerima kerja jarak jauh: +{count} lowongan",
        "If you take remote work: +{count} open to you",
    ),
    "province": (
        "Jika bersedia bekerja di {name}: +{count} lowongan",
        "If you would work in {name}: +{count} open to you",
    ),
    "paper": ("Jika punya {name}: +{count} lowongan", "If you had {name}: +{count} open to you"),
    "schooling": ("Dengan ijazah {name}: +{count} lowongan", "With {name} schooling: +{count} open to you"),
}
"""Code of a relaxation -> text in Bahasa Indonesia and in English."""

_CONSTRAINTS = {"binding_place": "place", "binding_schooling": "schooling", "binding_papers": "papers",
                "remote": "place", "province": "place", "paper": "papers", "schooling": "schooling"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Relaxer:
    """The vacancies by what a change can open: province, remote and least schooling as one cell number each.

    ``cells`` int16 (n,): ``(province * 2 + remote) * 11 + education rank``.
    """

    columns: VacancyColumns
    cells: NDArray[np.int16]

    @classmethod
    def of(cls, columns: VacancyColumns) -> Relaxer:
        """Return the relaxer over `columns`. Raises nothing."""
        place = columns.provinces.astype(np.int16) * 2 + columns.is_remote
        return cls(columns, place * _RANKS + columns.education_ranks)

    def relaxations(self, alumnus: Alumnus, *, now: datetime) -> tuple[Reason, ...]:
        """Return the constraint that binds most, then the changes that add vacancies, the cheapest first.

        Parameters
        ----------
        alumnus : Alumnus
        now : datetime
            Aware instant that decides expiry.

        Returns
        -------
        tuple of Reason
            ``code`` is a key of ``RELAXATION_TEXTS``, ``feature`` the constraint (place, schooling or papers) and
            ``contribution`` the number of vacancies that the one change adds to those open now. In this order: the
            binding constraint (lifting it whole adds most), remote work, the nearest provinces that have something,
            the one licence or certificate that opens most, the next step of schooling that opens something.

        Raises
        ------
        InvalidInput
            When the person's education is outside the ladder, or `now` has no zone.

        Notes
        -----
        A change is one new fact about the person; a vacancy counts when it is eligible with that fact and was not
        before, as ``matcher.domain.eligibility`` decides. Somebody without a place has no limit of place.
        """
        require_zone(now)
        return tuple(_told(*change) for change in self._changes(alumnus, now))

    def _changes(self, alumnus: Alumnus, now: datetime) -> Iterator[tuple[str, str, int]]:
        facts = _Facts.of(self, alumnus, now)
        bound = max(facts.lifted().items(), key=lambda one: one[1])
        if bound[1]:
            yield bound[0], "", bound[1]
        found = [("remote", "", facts.remote()), *facts.nearest_provinces(), facts.best_paper(), facts.next_schooling()]
        yield from (change for change in found if change[2])


_RANKS = education_rank(EDUCATION_LEVELS[-1]) + 1
_PROVINCES = 100


@dataclass(frozen=True, slots=True)
class _Facts:
    """What one person may reach, and the open vacancies counted by cell.

    ``counts`` int64 (_PROVINCES, 2, _RANKS) of those whose papers the person has; ``blocked`` the same for each set of
    required certificates of which the person lacks some, and ``lacked`` which; ``near`` bool (_PROVINCES, 2) the places
    in reach.
    """

    alumnus: Alumnus
    now: datetime
    rank: int
    near: NDArray[np.bool_]
    counts: NDArray[np.int64]
    blocked: Mapping[tuple[str, ...], NDArray[np.int64]]
    lacked: frozenset[str]

    @classmethod
    def of(cls, relaxer: Relaxer, alumnus: Alumnus, now: datetime) -> _Facts:
        columns, is_open = relaxer.columns, relaxer.columns.open_at(now)
        asked = {entry for names in columns.requirements for entry in names}
        lacked = frozenset(entry for entry in asked if not _is_met(entry, alumnus, (), now))
        blocked = {}
        for names, rows in columns.requirements.items():
            if not lacked.isdisjoint(names):
                blocked[names] = _counted(relaxer.cells[rows[is_open[rows]]])
                is_open[rows] = False
        rank = education_rank(alumnus.education or UNKNOWN_EDUCATION)
        return cls(alumnus, now, rank, _in_reach(alumnus), _counted(relaxer.cells[is_open]), blocked, lacked)

    def lifted(self) -> dict[str, int]:
        """Return how many vacancies each constraint keeps away alone."""
        schooled = self.counts[..., : self.rank + 1].sum(axis=-1)
        return {
            "binding_place": int(schooled[~self.near].sum()),
            "binding_schooling": int(self.counts[self.near][:, self.rank + 1 :].sum()),
            "binding_papers": sum(map(self._reached, self.blocked.values())),
        }

    def remote(self) -> int:
        is_added = np.zeros_like(self.near)
        is_added[:, 1] = ~self.near[:, 1]
        return int(self.counts[is_added][:, : self.rank + 1].sum())

    def nearest_provinces(self) -> list[tuple[str, str, int]]:
        counts = np.where(self.near, 0, self.counts[..., : self.rank + 1].sum(axis=-1)).sum(axis=-1)
        codes = [code for code in _by_distance(self.alumnus) if counts[int(code)]]
        return [("province", provinces()[code].name, int(counts[int(code)])) for code in codes[:PROVINCES_TOLD]]

    def best_paper(self) -> tuple[str, str, int]:
        openers = {entry: self._openers(entry) for entry in sorted(self.lacked)}
        gains = dict.fromkeys(openers, 0)
        for names, counts in self.blocked.items():
            for paper in set.intersection(*(openers[entry] for entry in names if entry in self.lacked)):
                gains[paper] += self._reached(counts)
        best = max(gains, key=lambda name: (gains[name], -len(name)), default="")  # of equals the plainer demand
        return "paper", best, gains.get(best, 0)

    def next_schooling(self) -> tuple[str, str, int]:
        by_rank = self.counts[self.near].sum(axis=0)
        steps = [rank for rank in range(self.rank + 1, _RANKS) if by_rank[rank]]
        return ("schooling", _LEVELS[steps[0]], int(by_rank[steps[0]])) if steps else ("schooling", "", 0)

    def _reached(self, counts: NDArray[np.int64]) -> int:
        return int(counts[self.near][:, : self.rank + 1].sum())

    def _openers(self, entry: str) -> set[str]:
        """Return the papers, named as adverts do, of which one more would meet `entry`."""
        papers = {name: paper_named(name) for name in self.lacked - {entry}}
        alone = {name for name, paper in papers.items() if meets_alone(entry, paper)}
        rest = {name: paper for name, paper in papers.items() if name not in alone}
        # an entry may ask for two papers, of which the person has one: seldom, so all the rest are tried at once first
        if _is_met(entry, self.alumnus, rest.values(), self.now):
            alone |= {name for name, paper in rest.items() if _is_met(entry, self.alumnus, (paper,), self.now)}
        return alone | {entry}


_LEVELS = {education_rank(level): level for level in EDUCATION_LEVELS}
_EITHER = re.compile(r"/|\b(?:atau|or)\b", re.IGNORECASE)


@lru_cache(maxsize=8192)
def paper_named(entry: str) -> Paper | None:
    """Return the paper that an entry of required certificates names; ``None`` where it leaves a choice of several.

    Notes
    -----
    Raises nothing. An entry that names a licence gives a licence, any other a certificate of competence.
    """
    if _EITHER.search(entry):
        return None
    return Licence(entry) if names_licence(entry) else Certificate(entry, scheme="bnsp", evidence="competence")


def _is_met(entry: str, alumnus: Alumnus, gained: Collection[Paper | None], now: datetime) -> bool:
    certificates = [*alumnus.certificates, *(paper for paper in gained if isinstance(paper, Certificate))]
    licences = [*alumnus.licences, *(paper for paper in gained if isinstance(paper, Licence))]
    return requirement_met(entry, certificates=certificates, licences=licences, now=now)


def _counted(cells: NDArray[np.int16]) -> NDArray[np.int64]:
    return np.bincount(cells, minlength=_PROVINCES * 2 * _RANKS).reshape(_PROVINCES, 2, _RANKS)


def _in_reach(alumnus: Alumnus) -> NDArray[np.bool_]:
    near = np.zeros((_PROVINCES, 2), dtype=bool)
    if alumnus.province_code is None:
        near[:] = True
        return near
    near[[int(code) for code in (alumnus.province_code, *alumnus.willing_province_codes)]] = True
    near[:, 1] |= alumnus.accepts_remote is not False
    return near


def _by_distance(alumnus: Alumnus) -> Sequence[str]:
    """Return the provinces, the nearest to the person's district or else province first."""
    home = alumnus.district_code or alumnus.province_code
    return () if home is None else _provinces_from(home)


@lru_cache(maxsize=1024)
def _provinces_from(home: str) -> tuple[str, ...]:
    codes = list(districts())
    own = [row for row, code in enumerate(codes) if code.startswith(home)]
    reached = distance_matrix_km()[own].min(axis=0)
    km = {
        code: min(reached[row] for row, one in enumerate(codes) if one.startswith(f"{code}.")) for code in provinces()
    }
    return tuple(sorted(km, key=km.__getitem__))


def _told(code: str, name: str, count: int) -> Reason:
    in_indonesian, in_english = RELAXATION_TEXTS[code]
    thousands = f"{count:,}"
    dotted = thousands.replace(",", ".")
    return Reason(
        code, _CONSTRAINTS[code], float(count),
        in_indonesian.format(name=name, count=dotted), in_english.format(name=name, count=thousands),
    )  # fmt: skip
