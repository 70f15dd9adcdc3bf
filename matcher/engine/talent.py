"""Takes the scores of one vacancy with every course and a pool of people; gives them ranked by their best certificate.

Encodes nothing and never reads age, sex or disability: the pool does not hold them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from matcher.domain.errors import InvalidInput
from matcher.domain.regions import distance_matrix_km, district_index, districts, parse_district_code
from matcher.engine.columns import NO_PROVINCE
from matcher.engine.papers import day_number
from matcher.engine.talent_pool import HeldCertificates, TalentFilters, TalentPool

STANDINGS = (None, "attended", "passed", "competence")
"""What a certificate is worth today, least first; ``None`` has lapsed."""


@dataclass(frozen=True, slots=True)
class TalentQuery:
    """What is searched for: ``scores`` float32 (n_rows,) of the vacancy with each score row, larger is better.

    ``district_code`` is where the work is: of equals, the nearer come first. ``salt`` turns the order of those who are
    equal in everything else, so that no person is always first; see ``salt_of``.
    """

    scores: NDArray[np.float32]
    filters: TalentFilters = field(default_factory=TalentFilters)
    district_code: str | None = None
    salt: int = 0


@dataclass(frozen=True, slots=True)
class TalentItem:
    """One person found, and why: the certificate that fits best.

    ``position`` is 1-based; ``score_row`` names the course or title; ``standing`` is one of ``STANDINGS``;
    ``distance_km`` is to the vacancy's district, ``None`` where either is unknown.
    """

    alumnus_id: str
    position: int
    score: float
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
    A person scores by the best certificate that counts. Equal scores are ordered by distance (unknown last), by the
    standing of the certificate, then by a keyed order that differs from vacancy to vacancy. Courses are walked from the
    best score down until k people are certain; whoever was not reached scores less than all that were.
    """
    _check(pools, query, k)
    found = [_search(pool, query, k=k, now=now) for pool in pools]
    ranked = sorted(
        (tuple(key[place] for key in one.keys), whose, place)
        for whose, one in enumerate(found)
        for place in range(len(one.keys[0]))
    )
    return TalentAnswer(
        tuple(
            _item(found[whose], place, position=position) for position, (_, whose, place) in enumerate(ranked[:k], 1)
        ),
        eligible=sum(one.eligible for one in found),
        scored=sum(one.scored for one in found),
        unseen_at_most=max(one.unseen_at_most for one in found),
    )


def salt_of(text: str) -> int:
    """Return a number for a vacancy id or a query text, equal on every run: 0 to 2^64 - 1. Raises nothing."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big")


_MOST = 1000
_FIRST_WALK = 4096
_FEW_PEOPLE = 20_000
_UNKNOWN_KM = np.float32(np.inf)


@dataclass(frozen=True, slots=True)
class _Found:
    """The k best people of one pool, in order: ``keys`` are the sort keys of the best certificate of each."""

    pool: TalentPool
    keys: tuple[NDArray, ...]
    eligible: int
    scored: int
    unseen_at_most: float


def _search(pool: TalentPool, query: TalentQuery, *, k: int, now: datetime) -> _Found:
    held, today = pool.certificates, day_number(now)
    mask = pool.passing(query.filters, now=now)
    eligible = int(np.count_nonzero(mask))
    # one person's certificates may take all but one of the places, so this many hold k people
    enough = (k - 1) * held.most_of_one + 1

    def counting(numbers: NDArray[np.integer]) -> NDArray[np.integer]:
        passing = numbers[mask[held.holders[numbers]]]
        least = query.filters.least_standing
        return passing[held.standings(passing, today=today) >= least] if least else passing

    if eligible <= _FEW_PEOPLE:
        numbers, unseen_at_most = counting(held.of_people(np.flatnonzero(mask))), -np.inf
    else:
        numbers, unseen_at_most = _walk(held, query.scores, counting, enough)
    keys = _keys(pool, query, numbers, today)
    best = _firsts_of_people(_first(keys, enough), keys, held.holders[numbers])[:k]
    seen = np.zeros(len(pool), dtype=bool)
    seen[held.holders[numbers]] = True
    return _Found(pool, tuple(key[best] for key in keys), eligible, int(np.count_nonzero(seen)), unseen_at_most)


def _walk(
    held: HeldCertificates,
    scores: NDArray[np.float32],
    counting: Callable[[NDArray[np.integer]], NDArray[np.integer]],
    enough: int,
) -> tuple[NDArray[np.integer], float]:
    """Return certificates that count, the best courses first, at least `enough` where there are, and the next score."""
    sizes = np.diff(held.row_starts)
    rows = np.flatnonzero(sizes)
    rows = rows[np.argsort(-scores[rows], kind="stable")]
    falling, ends = -scores[rows], np.cumsum(sizes[rows])
    found: list[NDArray[np.integer]] = []
    start, budget = 0, _FIRST_WALK
    while start < len(rows) and sum(map(len, found)) < enough:
        last = min(int(np.searchsorted(ends, budget)), len(rows) - 1)
        stop = int(np.searchsorted(falling, falling[max(last, start)], side="right"))  # equals are walked together
        walked = [held.by_row[held.row_starts[row] : held.row_starts[row + 1]] for row in rows[start:stop].tolist()]
        found.append(counting(np.concatenate(walked)))
        start, budget = stop, 4 * int(ends[stop - 1])
    return np.concatenate(found), float(-falling[start]) if start < len(rows) else -np.inf


def _keys(pool: TalentPool, query: TalentQuery, numbers: NDArray[np.integer], today: int) -> tuple[NDArray, ...]:
    """Return what orders the certificates, the first first, smaller before larger."""
    held = pool.certificates
    people = held.holders[numbers]
    return (
        -query.scores[held.score_rows[numbers]],
        _distances_km(query.district_code)[pool.districts[people]],
        -held.standings(numbers, today=today),
        _mixed(pool.tie_breaks[people], query.salt),
        people,
        held.score_rows[numbers],
    )


def _distances_km(district_code: str | None) -> NDArray[np.float32]:
    """Return the distance to every district, and unknown at the end, where -1 finds it."""
    if district_code is None:
        return np.full(len(district_index()) + 1, _UNKNOWN_KM)
    row = distance_matrix_km()[district_index()[parse_district_code(district_code)]]
    return np.append(row, _UNKNOWN_KM)


def _mixed(numbers: NDArray[np.int64], salt: int) -> NDArray[np.uint64]:
    """Return the numbers shuffled over 64 bits: the finaliser of SplitMix64 (Steele, Lea and Flood 2014)."""
    mixed = numbers.view(np.uint64) ^ np.uint64(salt)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    return mixed ^ (mixed >> np.uint64(31))


def _first(keys: Sequence[NDArray], n: int) -> NDArray[np.intp]:
    """Return the places of the `n` smallest by all keys, in no order: equals of the n-th by one key go to the next."""
    sure: list[NDArray[np.intp]] = []
    open_places = np.arange(len(keys[0]))
    for key in keys:
        if len(open_places) <= n:
            break
        values = key[open_places]
        cut = np.partition(values, n - 1)[n - 1]
        sure.append(open_places[values < cut])
        open_places = open_places[values == cut]
        n -= len(sure[-1])
    return np.concatenate([*sure, open_places])


def _firsts_of_people(
    places: NDArray[np.intp], keys: Sequence[NDArray], holders: NDArray[np.int32]
) -> NDArray[np.intp]:
    """Return `places` in order of the keys, each person's first only."""
    ordered = places[np.lexsort([key[places] for key in reversed(keys)])]
    _, firsts = np.unique(holders[ordered], return_index=True)
    return ordered[np.sort(firsts)]


def _item(found: _Found, place: int, *, position: int) -> TalentItem:
    score, km, standing, _, person, score_row = (key[place] for key in found.keys)
    province, district = int(found.pool.provinces[person]), int(found.pool.districts[person])
    return TalentItem(
        alumnus_id=found.pool.alumnus_ids[int(person)].as_py(),
        position=position,
        score=-float(score),
        score_row=int(score_row),
        standing=STANDINGS[-int(standing)],
        distance_km=None if np.isinf(km) else float(km),
        province_code=None if province == NO_PROVINCE else f"{province:02d}",
        district_code=None if district < 0 else tuple(districts())[district],
    )


def _check(pools: Sequence[TalentPool], query: TalentQuery, k: int) -> None:
    if not 1 <= k <= _MOST:
        raise InvalidInput(f"k = {k}: a search returns 1 to {_MOST} people; choose a number in that range")
    rows = {len(pool.certificates.row_starts) - 1 for pool in pools}
    if rows != {len(query.scores)}:
        raise InvalidInput(
            f"{len(query.scores)} scores for pools of {sorted(rows)} score rows; take both from one artifact"
        )
