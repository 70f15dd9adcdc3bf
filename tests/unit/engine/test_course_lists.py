"""The lists of courses against brute force over every vacancy."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from matcher.domain.errors import InvalidInput
from matcher.domain.records import Alumnus
from matcher.engine.columns import VacancyColumns
from matcher.engine.course_lists import ALL_REMOTE, NOWHERE, CourseLists, areas_in_reach, areas_of
from matcher.engine.index import VacancyIndex
from matcher.ingest.schemas import SCHEMAS

NOW = datetime(2026, 11, 22, tzinfo=UTC)
PROVINCES = (None, "11", "32", "91")
LEVELS = (None, "none", "SD", "SMP", "SMA/SMK", "D3", "S3")

_VACANCY = st.fixed_dictionaries(
    {
        "province_code": st.sampled_from(PROVINCES),
        "is_remote": st.sampled_from((None, False, True)),
        "education_min": st.sampled_from(LEVELS),
        "required_certificates": st.sampled_from((None, ["SIM B1"])),
        "expires_at": st.sampled_from((None, NOW - timedelta(days=1), NOW + timedelta(days=1))),
    }
)
_VACANCIES = st.lists(_VACANCY, min_size=1, max_size=40)
_SCORES = st.integers(0, 2**32 - 1)
_PERSON = st.builds(
    Alumnus,
    st.just("a"),
    province_code=st.sampled_from(PROVINCES),
    education=st.sampled_from((None, *LEVELS[1:])),
    willing_province_codes=st.sampled_from(((), ("91",), ("91", "32"))),
    accepts_remote=st.sampled_from((None, False, True)),
)


def _columns(vacancies: list[dict]) -> VacancyColumns:
    rows = [{"vacancy_id": f"v{number}", "title": "Juru Las", **row} for number, row in enumerate(vacancies)]
    return VacancyColumns.of(pa.Table.from_pylist(rows, schema=SCHEMAS["vacancies"]))


def _scores(seed: int, n_rows: int, n: int) -> NDArray[np.float32]:
    """Draw scores with many ties, both zeros and negative ones."""
    drawn = np.random.default_rng(seed).integers(-4, 5, size=(n_rows, n)) / 2
    return np.where(drawn == 0, -0.0, drawn).astype(np.float32)


def _blocks(scores: NDArray[np.float32]) -> list[NDArray[np.float32]]:
    return [scores[start : start + 2] for start in range(0, len(scores), 2)]


def _brute_force(scores: NDArray[np.float32], mask: NDArray[np.bool_], k: int) -> list[list[tuple[int, float]]]:
    """Return the k best (place, score) of each row among the places of `mask`, of equals the first."""
    places = np.flatnonzero(mask).tolist()
    return [[(p, float(row[p])) for p in sorted(places, key=lambda p: (-row[p], p))[:k]] for row in scores]


def _lists(lists: CourseLists, person: Alumnus) -> list[list[tuple[int, float]]]:
    home = None if person.province_code is None else (person.province_code, *person.willing_province_codes)
    reach = areas_in_reach(lists.areas, home, accepts_remote=person.accepts_remote is not False)
    rank = {None: 1, "none": 0, "SD": 1, "SMP": 2, "SMA/SMK": 3, "D3": 6, "S3": 10}[person.education]
    places, scores = lists.best(np.arange(lists.n_rows), reach, education_rank=rank)
    return [
        [(p, s) for p, s in zip(*pair, strict=True) if p != NOWHERE]
        for pair in zip(places.tolist(), scores.tolist(), strict=True)
    ]


@given(_VACANCIES, _SCORES, _PERSON, st.integers(1, 6))
def test_lists_equal_brute_force(vacancies: list[dict], seed: int, person: Alumnus, k: int) -> None:
    columns = _columns(vacancies)
    layout = VacancyIndex.build(columns).layout
    scores = _scores(seed, 5, len(columns))
    lists = CourseLists.fit(_blocks(scores), areas_of(columns, layout, now=NOW), k=k)
    assert _lists(lists, person) == _brute_force(scores, columns.eligible(person, now=NOW)[layout], k)


@given(_VACANCIES, _SCORES, _PERSON, st.integers(1, 6))
def test_lists_equal_the_index_asked_for_one_course(vacancies: list[dict], seed: int, person: Alumnus, k: int) -> None:
    columns = _columns(vacancies)
    index = VacancyIndex.build(columns)
    scores = _scores(seed, 1, len(columns))
    lists = CourseLists.fit([scores], areas_of(columns, index.layout, now=NOW), k=k)
    runs = [slice(0, len(columns))]
    hits = index.top(scores[0], runs, allowed=columns.eligible(person, now=NOW)[index.layout], k=k)
    assert _lists(lists, person) == [list(zip(hits.layout_indices.tolist(), hits.scores.tolist(), strict=True))]


@given(_VACANCIES, _VACANCIES, _SCORES, st.integers(1, 6))
def test_changed_lists_equal_a_build(before: list[dict], later: list[dict], seed: int, k: int) -> None:
    """What came stands behind the layout; some of what was there is closed."""
    first = _columns(before)
    layout = VacancyIndex.build(first).layout
    closed = np.flatnonzero(np.random.default_rng(seed).random(len(first)) < 0.3)
    then = first.closed(closed.tolist()).followed_by(_columns(later))
    scores, whole = _scores(seed, 5, len(then)), np.concatenate([layout, np.arange(len(first), len(then))])
    lists = CourseLists.fit(_blocks(scores[:, : len(first)]), areas_of(first, layout, now=NOW), k=k)
    areas = areas_of(then, whole, now=NOW)
    changed = lists.changed(areas, lambda rows, places: scores[np.ix_(rows, places)])
    assert _arrays(changed) == _arrays(CourseLists.fit(_blocks(scores), areas, k=k))


def test_unchanged_lists_ask_for_no_score() -> None:
    columns = _columns([{"province_code": "32"}, {"province_code": "32", "is_remote": True}])
    areas = areas_of(columns, np.arange(2), now=NOW)
    lists = CourseLists.fit([np.ones((1, 2), dtype=np.float32)], areas, k=1)
    asked = []
    assert _arrays(lists.changed(areas, lambda rows, places: asked.append((rows, places)))) == _arrays(lists)  # type: ignore[arg-type, return-value]
    assert asked == []


def test_saved_lists_load_as_they_were(tmp_path: Path) -> None:
    columns = _columns([{"province_code": "32", "education_min": level} for level in LEVELS])
    scores = _scores(1, 3, len(columns))
    lists = CourseLists.fit([scores], areas_of(columns, np.arange(len(columns)), now=NOW), k=2)
    lists.save(tmp_path)
    assert _arrays(CourseLists.load(tmp_path)) == _arrays(lists)


@given(_VACANCIES, _PERSON)
def test_areas_in_reach_hold_no_vacancy_twice(vacancies: list[dict], person: Alumnus) -> None:
    columns = _columns(vacancies)
    areas = areas_of(columns, np.arange(len(columns)), now=NOW)
    home = None if person.province_code is None else (person.province_code,)
    reach = areas_in_reach(areas, home, accepts_remote=person.accepts_remote is not False)
    places = [place for area in reach for place in areas[area].places.tolist()]
    assert len(places) == len(set(places))


def test_a_remote_vacancy_stands_in_its_province_and_among_all_remote() -> None:
    areas = areas_of(_columns([{"province_code": "32", "is_remote": True}]), np.arange(1), now=NOW)
    assert set(areas) == {(32, True), ALL_REMOTE}


def test_lists_refuse_what_they_cannot_hold() -> None:
    with pytest.raises(InvalidInput, match="k = 0"):
        CourseLists.fit([], {}, k=0)
    with pytest.raises(InvalidInput, match="257 score rows"):
        CourseLists.fit([np.zeros((257, 1), dtype=np.float32)], {}, k=1)


def _arrays(lists: CourseLists) -> Mapping[tuple[int, bool], list[list]]:
    return {
        area: [own.starts.tolist(), own.places.tolist(), own.scores.tolist()] for area, own in lists.entries.items()
    }
