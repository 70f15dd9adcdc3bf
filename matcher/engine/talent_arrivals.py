"""Takes an artifact's pool and who changed since; gives the pools to search, nobody in two of them.

Reads no database: whoever follows the changes tells them. Rebuilds little: late people stand in a few small pools.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace

import pyarrow as pa

from matcher.domain.records import Alumnus
from matcher.engine.talent_pool import TalentPool
from matcher.ingest.datasets import SCHEMAS

PoolOf = Callable[[pa.Table, pa.Table, pa.Table], TalentPool]


@dataclass(frozen=True, slots=True)
class LatePerson:
    """Somebody as they stand now; ``busy_until`` as in ``TalentPool``."""

    alumnus: Alumnus
    busy_until: int = 0


@dataclass(frozen=True, slots=True)
class TalentArrivals:
    """The pool of an artifact with what changed since; read-only, so a reader sees all of a change or nothing of it.

    ``pool_of`` makes a pool that can be searched beside ``stored``.
    """

    stored: TalentPool
    pool_of: PoolOf
    _parts: tuple[_Part, ...] = ()

    @property
    def pools(self) -> tuple[TalentPool, ...]:
        """What ``talent.search_talent`` takes."""
        return (self.stored, *(part.pool for part in self._parts))

    @property
    def late_ids(self) -> list[str]:
        """Whoever stands in no artifact as they stand now, by id."""
        return [alumnus_id for part in self._parts for alumnus_id in part.people]

    def changed(self, people: Sequence[LatePerson], gone: Sequence[str] = ()) -> TalentArrivals:
        """Return the pools after `people` changed and those of the ids `gone` left.

        Raises
        ------
        InvalidInput
            When a schooling or a grade of evidence is outside its scale.

        Notes
        -----
        Small pools are merged when one has grown half as large as the one before it, so a person is built anew a
        logarithmic number of times and a search meets few pools.
        """
        ids = [*(one.alumnus.alumnus_id for one in people), *gone]
        if not ids:
            return self
        parts = [part for part in (part.without(ids) for part in self._parts) if part.people]
        if people:
            parts.append(self._part({one.alumnus.alumnus_id: one for one in people}))
        while len(parts) > 1 and 2 * len(parts[-1].people) >= len(parts[-2].people):
            last = parts.pop()
            parts[-1] = self._part({**parts[-1].people, **last.people})
        return replace(self, stored=self.stored.without(ids), _parts=tuple(parts))

    def _part(self, people: Mapping[str, LatePerson]) -> _Part:
        pool = self.pool_of(*tables_of([one.alumnus for one in people.values()]))
        return _Part(people, pool.with_busy({key: one.busy_until for key, one in people.items() if one.busy_until}))


@dataclass(frozen=True, slots=True)
class _Part:
    people: Mapping[str, LatePerson]
    pool: TalentPool

    def without(self, ids: Sequence[str]) -> _Part:
        left = {key: one for key, one in self.people.items() if key not in set(ids)}
        return self if len(left) == len(self.people) else _Part(left, self.pool.without(ids))


def tables_of(people: Sequence[Alumnus]) -> tuple[pa.Table, pa.Table, pa.Table]:
    """Return the tables of alumni, certificates and licences of `people`, in home form. Raises nothing."""
    alumni, certificates, licences = [], [], []
    for one in people:
        alumni.append(asdict(one))
        certificates += [{"alumnus_id": one.alumnus_id, **asdict(held)} for held in one.certificates]
        licences += [
            {
                "alumnus_id": one.alumnus_id,
                "kind": held.kind,
                "class": held.licence_class,
                "expires_on": held.expires_on,
            }
            for held in one.licences
        ]
    rows = {"alumni": alumni, "certificates": certificates, "licences": licences}
    told = {name: pa.Table.from_pylist(cells, schema=SCHEMAS[name]) for name, cells in rows.items()}
    return told["alumni"], told["certificates"], told["licences"]
