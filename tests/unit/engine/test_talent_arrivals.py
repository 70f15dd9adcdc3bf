"""Whoever changed is found as a rebuild would find them, in every order of changes, and nobody twice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from matcher.engine.papers import LASTING
from matcher.engine.talent import TalentQuery, search_talent
from matcher.engine.talent_arrivals import LatePerson, TalentArrivals, tables_of
from matcher.engine.talent_pool import TalentFilters, TalentPool
from matcher.ingest.datasets import alumni_of
from tests.unit.engine.strategies import NOW
from tests.unit.engine.talent_people import people, pool_of, queries, twins

Changes = list[tuple[dict[str, pa.Table], set[int]]]


def _made(alumni: pa.Table, certificates: pa.Table, licences: pa.Table) -> TalentPool:
    return pool_of({"alumni": alumni, "certificates": certificates, "licences": licences})


@given(people, st.lists(st.tuples(people, st.sets(st.integers(0, 25), max_size=5)), max_size=4), queries)
def test_changes_equal_a_rebuild(tables: Mapping[str, pa.Table], changes: Changes, query: TalentQuery) -> None:
    arrivals = TalentArrivals(pool_of(tables), _made)
    known = {one.alumnus_id: one for one in alumni_of(*tables.values())}
    for told, numbers in changes:
        gone = [f"a{number}" for number in numbers]
        changed = [one for one in alumni_of(*told.values()) if one.alumnus_id not in gone]
        arrivals = arrivals.changed([LatePerson(one) for one in changed], gone)
        known |= {one.alumnus_id: one for one in changed}
        known = {key: one for key, one in known.items() if key not in gone}
    rebuilt = _made(*tables_of(list(known.values())))
    found = search_talent(arrivals.pools, query, k=9, now=NOW)
    wanted = search_talent([rebuilt], query, k=9, now=NOW)
    assert (found.items, found.eligible) == (wanted.items, wanted.eligible)


@given(people, st.sets(st.integers(0, 25)), queries)
def test_who_looks_for_no_work_is_passed_over_only_where_that_is_asked(
    tables: Mapping[str, pa.Table], numbers: set[int], query: TalentQuery
) -> None:
    everyone = alumni_of(*tables.values())
    late = [LatePerson(one, LASTING if int(one.alumnus_id[1:]) in numbers else 0) for one in everyone]
    pools = TalentArrivals(pool_of(tables), _made).changed(late).pools
    asked = replace(query, filters=replace(query.filters, only_available=True))
    looking = [one for one in everyone if int(one.alumnus_id[1:]) not in numbers]
    assert search_talent(pools, asked, k=9, now=NOW).items == search_talent(
        [_made(*tables_of(looking))], query, k=9, now=NOW
    ).items  # fmt: skip
    assert search_talent(pools, query, k=9, now=NOW).eligible == search_talent(
        [pool_of(tables)], query, k=9, now=NOW
    ).eligible  # fmt: skip


def test_many_single_changes_leave_few_pools() -> None:
    nobody = pool_of({name: table.slice(0, 0) for name, table in twins(1).items()})
    arrivals = TalentArrivals(nobody, _made)
    for one in alumni_of(*twins(60).values()):
        arrivals = arrivals.changed([LatePerson(one)])
    assert len(arrivals.pools) <= 8 and len(arrivals.late_ids) == 60
    assert sum(pool.passing(TalentFilters(), now=NOW).sum() for pool in arrivals.pools) == 60
