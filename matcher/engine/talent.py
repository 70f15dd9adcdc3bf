"""Takes the scores of one vacancy with every course and pools of people; gives the exact k best by the stated score.

Encodes nothing and never reads age, sex or disability: the pool does not hold them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from matcher.domain.errors import InvalidInput
from matcher.domain.regions import distance_matrix_km, district_index, districts, parse_district_code
from matcher.engine.columns import NO_PROVINCE
from matcher.engine.held_certificates import quarter_number, standings_of
from matcher.engine.papers import day_number
from matcher.engine.talent_points import at_most, fit_points, group_points, near_points, person_points, row_at_most
from matcher.engine.talent_pool import TalentFilters, TalentPool

STANDINGS = (None, "attended", "passed", "competence")
"""What a certificate is worth today, least first; ``None`` has lapsed."""


@dataclass(frozen=True, slots=True)
class TalentQuery:
    """What is searched for: ``scores`` float32 (n_rows,) of the vacancy with each score row, larger is better.

    ``district_code`` is where the work is: nearer people have more points. ``salt`` turns the order of those who are
    equal in everything else, so that no person is always first; see ``salt_of``.
    """

    scores: NDArray[np.float32]
    filters: TalentFilters = field(default_factory=TalentFilters)
    district_code: str | None = None
    salt: int = 0


@dataclass(frozen=True, slots=True)
class TalentItem:
    """One person found, and why: the certificate that fits best.

    ``position`` is 1-based; ``score`` counts points, see ``talent_points``; ``score_row`` names the course or title;
    ``standing`` is one of ``STANDINGS``; ``distance_km`` is to the vacancy's district, ``None``
    where either is unknown.
    """

    alumnus_id: str
    position: int
    score: int
    score_row: int
    standing: str | None
    distance_km: float | None
    province_code: str | None
    district_code: str | None


@dataclass(frozen=True, slots=True)
class TalentAnswer:
    """The k best people, best first, with the proof.

    ``eligible`` counts who passes the filters; ``scored`` those of them whose certificates were compared before the k
    were certain; nobody left out scores above ``unseen_at_most`` (minus infinity when nobody was).
    """

    items: tuple[TalentItem, ...]
    eligible: int
    scored: int
    unseen_at_most: float

    @property
    def exact(self) -> bool:
        """Whether nobody left out can score as high as anybody shown."""
        return self.scored == self.eligible or all(item.score > self.unseen_at_most for item in self.items)


def search_talent(pools: Sequence[TalentPool], query: TalentQuery, *, k: int, now: datetime) -> TalentAnswer:
    """Return the exact `k` best people of all `pools` who pass the filters.

    Parameters
    ----------
    pools : sequence of TalentPool
        The pool of the artifact, then those with whoever came since; a person is present in one of them at most.
    query : TalentQuery
    k : int
        1 to 1000.
    now : datetime
        Aware instant that decides which certificates have lapsed.

    Raises
    ------
    InvalidInput
        When `k` is out of range, `now` has no zone, or a filter is outside its scale.
    UnknownIdentifier
        When a place code is not official.

    Notes
    -----
    The score is the sum of points that ``talent_points`` states: fit, standing and recency of the best certificate, a
    share of the fit of a second course, and nearness. Equal scores are in a keyed order that differs from vacancy to
    vacancy. Who may have most is compared first, down to where nobody who was not compared can score as high.
    """
    _check(pools, query, k)
    found = [_search(pool, query, k=k, now=now) for pool in pools]
    ranked = sorted(
        (-int(points), int(mixed), whose, place)
        for whose, one in enumerate(found)
        for place, (points, mixed) in enumerate(zip(one.best.points, one.best.mixed, strict=True))
    )
    return TalentAnswer(
        tuple(
            _item(found[whose], place, position=position) for position, (*_, whose, place) in enumerate(ranked[:k], 1)
        ),
        eligible=sum(one.eligible for one in found),
        scored=sum(one.scored for one in found),
        unseen_at_most=max(one.unseen_at_most for one in found),
    )


def salt_of(text: str) -> int:
    """Return a number for a vacancy id or a query text, equal on every run: 0 to 2^64 - 1. Raises nothing."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big")


_MOST = 1000
_FIRST_STEP = 256
_FEW_PEOPLE = 30_000
_UNKNOWN_KM = np.float32(np.inf)


@dataclass(frozen=True, slots=True)
class _Asked:
    """A query as one pool sees it, in points: ``fits`` and the ``most`` by score row, ``near`` by cell; ``km`` by cell.

    ``most`` is what nobody exceeds whose best certificate is of that row.
    """

    pool: TalentPool
    fits: NDArray[np.int64]
    most: NDArray[np.int64]
    near: NDArray[np.int64]
    km: NDArray[np.float32]
    days: tuple[int, int]
    least_standing: int
    salt: int

    @classmethod
    def of(cls, pool: TalentPool, query: TalentQuery, now: datetime) -> _Asked:
        km = _distances_km(query.district_code)[pool.cells.districts]
        fits, near = fit_points(query.scores), near_points(km)
        return cls(
            pool,
            fits,
            row_at_most(fits) + near.max(initial=0),
            near,
            km,
            (day_number(now), quarter_number(now)),
            query.filters.least_standing,
            query.salt,
        )

    def ranked(self, people: NDArray[np.integer]) -> _Ranked:
        """Return these people with their points, in no order."""
        pool = self.pool
        own = person_points(pool.certificates, people, self.fits, days=self.days, least_standing=self.least_standing)
        points = own.points + self.near[pool.cells.of(people)]
        return _Ranked(points, _mixed(pool.tie_breaks[people], self.salt), people, own.rows, own.standings)


@dataclass(frozen=True, slots=True)
class _Ranked:
    """People with what orders them and what is told of them, all (n,)."""

    points: NDArray[np.int64]
    mixed: NDArray[np.uint64]
    people: NDArray[np.integer]
    rows: NDArray[np.int64]
    standings: NDArray[np.int64]

    def best(self, k: int, *others: _Ranked) -> _Ranked:
        """Return the best `k` of these and the `others`, in order."""
        columns = [np.concatenate(parts) for parts in zip(*map(_columns, (self, *others)), strict=True)]
        points = columns[0]
        if len(points) > k:
            columns = [column[points >= -np.partition(-points, k - 1)[k - 1]] for column in columns]
        order = np.lexsort((columns[2], columns[1], -columns[0]))[:k]
        return _Ranked(*(column[order] for column in columns))


def _columns(ranked: _Ranked) -> tuple[NDArray, ...]:
    return ranked.points, ranked.mixed, ranked.people, ranked.rows, ranked.standings


@dataclass(frozen=True, slots=True)
class _Found:
    """The k best people of one pool, in order."""

    asked: _Asked
    best: _Ranked
    eligible: int
    scored: int
    unseen_at_most: float


def _search(pool: TalentPool, query: TalentQuery, *, k: int, now: datetime) -> _Found:
    asked = _Asked.of(pool, query, now)
    mask = pool.passing(query.filters, now=now)
    eligible = int(np.count_nonzero(mask))
    if eligible <= _FEW_PEOPLE:
        best = asked.ranked(np.flatnonzero(mask).astype(np.uint32)).best(k)
        return _Found(asked, best, eligible, eligible, -np.inf)
    best, scored, unseen_at_most = _walk(asked, mask, k)
    return _Found(asked, best, eligible, scored, unseen_at_most)


def _walk(asked: _Asked, mask: NDArray[np.bool_], k: int) -> tuple[_Ranked, int, float]:
    """Return the best k people of `mask`, how many were compared, and the most that anybody else can have.

    Compares who may have most first, in steps that grow; takes out of `mask` who was compared.
    """
    best, scored, step = asked.ranked(_NOBODY), 0, _FIRST_STEP
    floor, bottom = int(asked.most.max()) + 1, int(asked.fits.min())
    while floor > (needed := int(best.points[-1]) if len(best.points) == k else bottom):
        most_below, floor, step = floor, max(floor - step, needed), 2 * step
        people = np.unique(_reached(asked, mask, floor, most_below))
        mask[people] = False
        scored += len(people)
        best = best.best(k, asked.ranked(people))
    return best, scored, floor - 1


_NOBODY = np.empty(0, dtype=np.uint32)


def _reached(asked: _Asked, mask: NDArray[np.bool_], floor: int, below: int) -> NDArray[np.uint32]:
    """Return who of `mask` holds a certificate that may bring them to `floor` points, but not to `below`."""
    held, nearest = asked.pool.certificates, asked.near.max()
    places = held.groups_of(np.flatnonzero(asked.most >= floor))
    places = places[standings_of(held.groups[places]) >= asked.least_standing]
    most = at_most(group_points(held.groups[places], asked.fits, quarter=asked.days[1]))
    may = (most + nearest >= floor) & (most < below)
    people, sizes = held.holders_of(places[may])
    most = np.repeat(most[may], sizes)
    passing = np.flatnonzero(mask[people])
    people, most = people[passing], most[passing]
    most += asked.near[asked.pool.cells.of(people)]
    return people[(most >= floor) & (most < below)]


def _distances_km(district_code: str | None) -> NDArray[np.float32]:
    """Return the distance to every district, and unknown at the end, where -1 finds it."""
    if district_code is None:
        return np.full(len(district_index()) + 1, _UNKNOWN_KM)
    row = distance_matrix_km()[district_index()[parse_district_code(district_code)]]
    return np.append(row, _UNKNOWN_KM)


def _mixed(numbers: NDArray[np.uint32], salt: int) -> NDArray[np.uint64]:
    """Return the numbers shuffled over 64 bits: the finaliser of SplitMix64 (Steele, Lea and Flood 2014)."""
    mixed = numbers.astype(np.uint64) ^ np.uint64(salt)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    return mixed ^ (mixed >> np.uint64(31))


def _item(found: _Found, place: int, *, position: int) -> TalentItem:
    best, pool = found.best, found.asked.pool
    person = int(best.people[place])
    cell = int(pool.cells.of(best.people[place]))
    province, district, km = (
        int(pool.cells.provinces[cell]), int(pool.cells.districts[cell]), float(found.asked.km[cell])
    )  # fmt: skip
    return TalentItem(
        alumnus_id=pool.alumnus_ids[person].as_py(),
        position=position,
        score=int(best.points[place]),
        score_row=int(best.rows[place]),
        standing=STANDINGS[int(best.standings[place])],
        distance_km=None if np.isinf(km) else km,
        province_code=None if province == NO_PROVINCE else f"{province:02d}",
        district_code=None if district < 0 else tuple(districts())[district],
    )


def _check(pools: Sequence[TalentPool], query: TalentQuery, k: int) -> None:
    if not 1 <= k <= _MOST:
        raise InvalidInput(f"k = {k}: a search returns 1 to {_MOST} people; choose a number in that range")
    rows = {pool.certificates.n_rows for pool in pools}
    if rows != {len(query.scores)}:
        raise InvalidInput(
            f"{len(query.scores)} scores for pools of {sorted(rows)} score rows; take both from one artifact"
        )
