"""A pool holds who agreed, passes whom the records pass, and knows nothing that may not count."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields

import numpy as np
import pyarrow as pa
from hypothesis import given

from matcher.engine.talent_pool import TalentFilters, TalentPool, keyed_tie_breaks
from matcher.ingest.datasets import SCHEMAS
from tests.unit.engine.strategies import NOW
from tests.unit.engine.talent_people import filters, passes, people, pool_of, records_of


def _passing(pool: TalentPool, asked: TalentFilters) -> set[str]:
    return set(pool.alumnus_ids.filter(pa.array(pool.passing(asked, now=NOW))).to_pylist())


@given(people, filters)
def test_the_mask_passes_whom_the_records_pass(tables: Mapping[str, pa.Table], asked: TalentFilters) -> None:
    wanted = {person.alumnus_id for person in records_of(tables) if passes(person, asked)}
    assert _passing(pool_of(tables), asked) == wanted


@given(people)
def test_only_who_agreed_is_held(tables: Mapping[str, pa.Table]) -> None:
    assert set(pool_of(tables).alumnus_ids.to_pylist()) == {one.alumnus_id for one in records_of(tables)}


def test_a_pool_has_no_place_for_what_may_not_count() -> None:
    protected = {"birth_year", "sex", "has_disability", "is_returned_migrant", "employment_at_entry"}
    assert protected <= set(SCHEMAS["alumni"].names)
    assert not any(
        word in field.name for field in fields(TalentPool) for word in ("birth", "age", "sex", "disab", "migrant")
    )


@given(people)
def test_without_takes_out_whom_it_names_and_leaves_the_pool_as_it_was(tables: Mapping[str, pa.Table]) -> None:
    pool = pool_of(tables)
    before = _passing(pool, TalentFilters())
    assert _passing(pool.without(["a1", "a3", "a-nobody"]), TalentFilters()) == before - {"a1", "a3"}
    assert _passing(pool, TalentFilters()) == before


def test_tie_breaks_belong_to_the_person_and_the_key() -> None:
    ids = pa.chunked_array([[f"a{number}" for number in range(1_000)]])
    ties = keyed_tie_breaks(ids, "kunci")
    assert ties.tolist() == keyed_tie_breaks(ids, "kunci").tolist() != keyed_tie_breaks(ids, "lain").tolist()
    assert ties[500:].tolist() == keyed_tie_breaks(ids.slice(500), "kunci").tolist()
    assert len(np.unique(ties)) == 1_000
