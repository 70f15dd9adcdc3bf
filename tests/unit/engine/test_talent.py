"""Talent search is exact, blind to age, sex and disability, and forgets a person at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.domain.eligibility import is_eligible
from matcher.domain.errors import InvalidInput, UnknownIdentifier
from matcher.domain.records import Vacancy
from matcher.engine import talent
from matcher.engine.papers import LASTING, day_number
from matcher.engine.talent import TalentAnswer, TalentQuery, salt_of, search_talent
from matcher.engine.talent_pool import TalentFilters, demands_of
from tests.unit.engine.strategies import NOW
from tests.unit.engine.talent_people import (
    N_ROWS,
    by_brute_force,
    filters,
    people,
    pool_of,
    queries,
    records_of,
    score,
    twins,
)


@pytest.fixture(params=["by person", "by course"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both ways to reach people: few are taken one by one, many from who may have most down."""
    if request.param == "by course":
        monkeypatch.setattr(talent, "_FEW_PEOPLE", 0)
        monkeypatch.setattr(talent, "_FIRST_STEP", 2)


def _ids(answer: TalentAnswer) -> list[str]:
    return [item.alumnus_id for item in answer.items]


@pytest.mark.usefixtures("way")
@given(people, queries, st.integers(1, 12))
def test_search_equals_brute_force(tables: Mapping[str, pa.Table], query: TalentQuery, k: int) -> None:
    found = search_talent([pool_of(tables)], query, k=k, now=NOW)
    persons = {one.alumnus_id: one for one in records_of(tables)}
    wanted = by_brute_force(list(persons.values()), query)
    assert [item.score for item in found.items] == [points for points, _ in wanted[:k]]
    assert all(score(persons[item.alumnus_id], query) == item.score for item in found.items)
    assert len(set(_ids(found))) == len(found.items) and set(_ids(found)) <= {person for _, person in wanted}
    assert found.eligible == len(wanted) >= found.scored and found.exact


@pytest.mark.usefixtures("way")
@given(people, queries, st.integers(1, 12))
def test_a_longer_answer_begins_with_the_shorter(tables: Mapping[str, pa.Table], query: TalentQuery, k: int) -> None:
    pool = pool_of(tables)
    short, long = (search_talent([pool], query, k=length, now=NOW) for length in (k, k + 5))
    assert long.items[:k] == short.items


@given(people, st.sampled_from(("32", "33", "91")), filters)
def test_the_demands_of_a_vacancy_leave_whom_it_is_open_to(
    tables: Mapping[str, pa.Table], province_code: str, asked: TalentFilters
) -> None:
    vacancy = Vacancy(
        "v", "Juru Masak", province_code=province_code, is_remote=asked.is_remote, education_min=asked.education,
        required_certificates=asked.required_certificates,
    )  # fmt: skip
    query = TalentQuery(np.zeros(N_ROWS, np.float32), demands_of(vacancy))
    found = search_talent([pool_of(tables)], query, k=1000, now=NOW)
    wanted = {one.alumnus_id for one in records_of(tables) if is_eligible(one, vacancy, now=NOW)}
    assert set(_ids(found)) == wanted and found.eligible == found.scored == len(wanted)


@given(people, queries, st.data())
def test_age_sex_and_disability_change_no_byte(
    tables: Mapping[str, pa.Table], query: TalentQuery, data: st.DataObject
) -> None:
    n = tables["alumni"].num_rows
    protected = {
        "birth_year": st.integers(1950, 2008),
        "sex": st.sampled_from(("female", "male")),
        "has_disability": st.booleans(),
        "is_returned_migrant": st.booleans(),
    }
    other = tables["alumni"]
    for name, values in protected.items():
        drawn = data.draw(st.lists(st.none() | values, min_size=n, max_size=n))
        place = other.column_names.index(name)
        other = other.set_column(place, other.schema.field(name), pa.array(drawn, other.schema.field(name).type))
    answers = [
        search_talent([pool_of({**tables, "alumni": a})], query, k=9, now=NOW) for a in (tables["alumni"], other)
    ]
    assert repr(answers[0]) == repr(answers[1])


@given(people, queries, st.randoms(use_true_random=False))
def test_the_order_of_the_tables_changes_nothing(
    tables: Mapping[str, pa.Table], query: TalentQuery, random: Any
) -> None:
    shuffled = {}
    for name, given_table in tables.items():
        rows = random.sample(range(given_table.num_rows), given_table.num_rows)
        shuffled[name] = given_table.take(pa.array(rows, pa.int64()))
    answers = [search_talent([pool_of(one)], query, k=9, now=NOW) for one in (tables, shuffled)]
    assert answers[0] == answers[1]


@pytest.mark.usefixtures("way")
@given(people, queries, st.sets(st.integers(0, 25)))
def test_whoever_withdrew_is_gone_at_once(tables: Mapping[str, pa.Table], query: TalentQuery, gone: set[int]) -> None:
    ids = [f"a{number}" for number in gone]
    is_left = [name not in ids for name in tables["alumni"]["alumnus_id"].to_pylist()]
    left = tables["alumni"].filter(pa.array(is_left, pa.bool_()))
    overlaid = search_talent([pool_of(tables).without(ids)], query, k=9, now=NOW)
    rebuilt = search_talent([pool_of({**tables, "alumni": left})], query, k=9, now=NOW)
    assert (overlaid.items, overlaid.eligible) == (rebuilt.items, rebuilt.eligible)


@pytest.mark.usefixtures("way")
@given(people, queries, st.integers(0, 25), st.integers(1, 9))
def test_people_added_stand_where_a_rebuild_would_put_them(
    tables: Mapping[str, pa.Table], query: TalentQuery, cut: int, k: int
) -> None:
    parts = [tables["alumni"].slice(0, cut), tables["alumni"].slice(cut)]
    added = search_talent([pool_of({**tables, "alumni": part}) for part in parts], query, k=k, now=NOW)
    whole = search_talent([pool_of(tables)], query, k=k, now=NOW)
    assert added.items == whole.items and added.eligible == whole.eligible and added.exact


def test_equals_take_turns_from_vacancy_to_vacancy() -> None:
    pool = pool_of(twins(40))
    firsts: Counter[str] = Counter()
    for number in range(400):
        query = TalentQuery(np.zeros(N_ROWS, np.float32), salt=salt_of(f"v{number}"))
        firsts[_ids(search_talent([pool], query, k=1, now=NOW))[0]] += 1
    assert len(firsts) >= 35 and max(firsts.values()) <= 30


def test_only_available_people_are_found_when_asked() -> None:
    pool = pool_of(twins(3)).with_busy({"a0000": LASTING, "a0002": day_number(NOW)})
    query = TalentQuery(np.zeros(N_ROWS, np.float32), TalentFilters(only_available=True))
    assert _ids(search_talent([pool], query, k=9, now=NOW)) == ["a0001"]
    assert search_talent([pool], replace(query, filters=TalentFilters()), k=9, now=NOW).eligible == 3


@pytest.mark.parametrize(
    ("query", "k", "told"),
    [
        (TalentQuery(np.zeros(N_ROWS, np.float32)), 0, "1 to 1000"),
        (TalentQuery(np.zeros(2, np.float32)), 1, "take both from one artifact"),
        (TalentQuery(np.zeros(N_ROWS, np.float32), TalentFilters(education="SMU")), 1, "no schooling"),
        (TalentQuery(np.zeros(N_ROWS, np.float32), TalentFilters(evidence="good")), 1, "evidence"),
    ],
)
def test_what_cannot_be_searched_is_refused(query: TalentQuery, k: int, told: str) -> None:
    with pytest.raises(InvalidInput, match=told):
        search_talent([pool_of(twins(2))], query, k=k, now=NOW)


@pytest.mark.parametrize("asked", [TalentFilters(province_code="07"), TalentFilters(district_code="32.99")])
def test_an_unknown_place_is_refused(asked: TalentFilters) -> None:
    with pytest.raises(UnknownIdentifier, match="unknown"):
        search_talent([pool_of(twins(2))], TalentQuery(np.zeros(N_ROWS, np.float32), asked), k=1, now=NOW)
