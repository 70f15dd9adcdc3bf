"""Outcomes by cohort: counted by hand, bounded by laws, held against a market whose truth is known."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import product
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.domain.errors import InvalidInput
from matcher.ingest.datasets import write_table
from matcher.measure.cohort_files import CELL, COHORT_COLUMNS, TOLD, write_cohort
from matcher.measure.disclosure_attack import LEAST_PEOPLE
from matcher.measure.outcome_words import records, state_sentence
from matcher.measure.outcomes import Cohort, Figures, OutcomeTable, count_outcomes
from matcher.simulate.market import simulate
from matcher.simulate.parameters import MarketParameters
from tests.world import table

NOW = datetime(2026, 12, 1, tzinfo=UTC)
STATES = ("employed", "self_employed", "not_working", "no_response")


def cohort(*groups: tuple[int, dict[str, Any]]) -> pa.Table:
    """Return a cohort of some people alike by group: not working at entry, answering that they work, clock over."""
    usual = dict.fromkeys(COHORT_COLUMNS) | {
        "state": "employed", "source": "survey", "is_ripe": True, "employment_at_entry": "not_working"
    }  # fmt: skip
    rows = [usual | group for n, group in groups for _ in range(n)]
    columns = {name: pa.array([row[name] for row in rows], pa.string()) for name in usual if name != "is_ripe"}
    people = pa.table(columns | {"is_ripe": pa.array([row["is_ripe"] for row in rows], pa.bool_())})
    with duckdb.connect() as connection:
        return (
            connection.register("people", people)
            .sql(f"SELECT *, {CELL} AS cell, {TOLD} AS told FROM people")
            .to_arrow_table()
        )


def counted(*groups: tuple[int, dict[str, Any]], by: tuple[str, ...] = (), **options: Any) -> OutcomeTable:
    """Return the table of such a cohort."""
    return count_outcomes(cohort(*groups), by, clock="2m", **options)


def shown(one: Cohort) -> Figures:
    """Return figures that must not be withheld."""
    assert one.figures is not None
    return one.figures


HUNDRED = [
    (20, {"wave": "47"}),
    (10, {"wave": "47", "state": "self_employed", "source": "self"}),
    (30, {"wave": "47", "state": "not_working"}),
    (40, {"wave": "47", "state": "no_response", "source": None}),
    (50, {"wave": "47", "employment_at_entry": "employee"}),
]


def test_counts_by_hand() -> None:
    figures = shown(counted(*HUNDRED).total)
    assert (figures.n_completed, figures.n_people, figures.n_answered, figures.n_at_work) == (150, 100, 60, 30)
    assert (figures.response_rate, figures.bounds) == (0.6, (0.3, 0.7))
    assert figures.rate is not None and figures.rate.value == 0.5


def test_base_of_all_takes_those_who_worked_at_entry() -> None:
    figures = shown(counted(*HUNDRED, base="all").total)
    assert (figures.n_people, figures.n_at_work) == (150, 80)


def test_sources_stand_apart_and_few_are_not_named() -> None:
    assert counted(*HUNDRED).sources == {"survey": 50, "self": 10}
    assert counted((30, {}), (4, {"source": "officer"})).sources == {"survey": 30}


def test_running_clock_is_in_no_figure() -> None:
    answer = counted((30, {}), (25, {"is_ripe": False, "state": "not_asked", "source": None}))
    assert (answer.n_unripe, shown(answer.total).n_completed) == (25, 30)


def test_weighting_rests_on_schooling_and_not_on_the_split() -> None:
    """SD answers in full and half works, S1 answers by a fifth and all work: (0.5 + 1) / 2."""
    groups = [
        (50, {"education": "SD", "sex": "male", "wave": "1"}),
        (50, {"education": "SD", "sex": "male", "wave": "2", "state": "not_working"}),
        (20, {"education": "S1", "sex": "male", "wave": "1"}),
        (80, {"education": "S1", "sex": "male", "wave": "2", "state": "no_response", "source": None}),
    ]
    for by in ((), ("wave",), ("education",), ("wave", "education")):
        weighted = shown(counted(*groups, by=by).total).weighted
        assert weighted is not None and weighted.rate.value == pytest.approx(0.75)


def test_small_cell_is_withheld_with_a_neighbour_and_looks_it() -> None:
    groups = [
        (n, {"province_code": code, "state": state})
        for code, n in (("11", 4), ("12", 30), ("13", 60))
        for state in ("employed", "not_working")
    ]
    rows = records(counted(*groups, by=("province_code",)))
    assert [(row["province_code"], row["is_suppressed"]) for row in rows] == [
        (None, False), ("11", True), ("12", True), ("13", False)
    ]  # fmt: skip
    hidden = rows[1]
    figures = hidden.keys() - {"province_code", "totals_over", "is_suppressed"}
    assert {hidden[name] for name in figures} == {None}


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(0, 25), min_size=24, max_size=24))
def test_no_small_count_is_shown_and_bounds_hold_the_rate(numbers: list[int]) -> None:
    cells = product(("11", "12", "13"), ("male", "female"), STATES)
    groups = [
        (n, {"province_code": code, "sex": sex, "state": state, "source": None if state == "no_response" else "self"})
        for n, (code, sex, state) in zip(numbers, cells, strict=True)
    ]
    for row in counted(*groups, by=("province_code", "sex")).cohorts:
        if row.figures is None:
            continue
        one = row.figures
        silent = one.n_people - one.n_answered
        counts = (one.n_people, one.n_employed, one.n_self_employed, one.n_not_working, silent)
        assert all(n == 0 or n >= LEAST_PEOPLE for n in counts)
        if one.weighted and one.bounds:
            assert one.bounds[0] - 1e-9 <= one.weighted.rate.value <= one.bounds[1] + 1e-9


def test_empty_cohort_has_no_rate() -> None:
    answer = count_outcomes(cohort((1, {})).slice(0, 0), ("wave",), clock="2m")
    figures = shown(answer.total)
    assert (figures.n_people, figures.rate, figures.response_rate, figures.bounds) == (0, None, None, None)
    assert "tidak ada angka" in state_sentence(answer.total, clock="2m")


def test_nobody_answering_is_said_and_nothing_divided() -> None:
    answer = counted((40, {"state": "no_response", "source": None}))
    assert shown(answer.total).bounds == (0.0, 1.0)
    assert "nobody answered" in state_sentence(answer.total, clock="2m", language="en")


def test_sentence_says_denominator_clock_interval_bounds_and_goal() -> None:
    _, wave = counted(*HUNDRED, by=("wave",)).cohorts
    assert state_sentence(wave, clock="2m", language="en") == (
        "Of 100 who completed wave 47 and were not working at entry, 60 answered after 2 months (60 %); 50.0 % "
        "[37.7, 62.3] of them work or run a business; for all who completed it lies between 30.0 and 70.0 %, "
        "weighted estimate 50.0 % [37.7, 62.3], above the goal of 30 %."
    )
    assert "60 menjawab setelah 2 bulan (60 %); 50,0 % [37,7; 62,3]" in state_sentence(wave, clock="2m")


def test_withheld_cohort_is_said_to_be() -> None:
    assert "withheld" in state_sentence(Cohort({"wave": "3"}, None), clock="2m", language="en")


@pytest.mark.parametrize(
    ("by", "base", "said"),
    [(("umur",), "all", "unknown"), (("wave", "wave"), "all", "each once"), ((), "working", "base 'working'")],
)
def test_wrong_question_is_refused(by: tuple[str, ...], base: str, said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        counted((20, {}), by=by, base=base)


def _write(folder: Path, **tables: list[dict[str, Any]]) -> None:
    for name, rows in tables.items():
        write_table(table(name, rows), name, folder)


def test_file_holds_first_course_and_state_of_those_who_completed(tmp_path: Path) -> None:
    completed = {"completed_on": date(2026, 1, 15), "employment_at_entry": "not_working"}
    _write(
        tmp_path,
        alumni=[{"alumnus_id": "ani", **completed}, {"alumnus_id": "budi"}, {"alumnus_id": "citra", **completed}],
        courses=[{"course_id": "k1", "title": "Las", "provider": "BLK"}, {"course_id": "k2", "title": "Jahit"}],
        certificates=[
            {"alumnus_id": "ani", "course_id": "k2", "title": "Jahit", "issued_on": date(2026, 5, 1)},
            {"alumnus_id": "ani", "course_id": "k1", "title": "Las", "issued_on": date(2026, 1, 15)},
        ],
        outcomes=[
            {
                "outcome_id": number,
                "alumnus_id": who,
                "kind": "employed",
                "source": "self",
                "observed_on": date(year, 3, 9),
            }
            for number, who, year in (("o1", "ani", 2026), ("o2", "dedi", 2026), ("o3", "ani", 2027))
        ],
    )
    built = write_cohort(tmp_path, tmp_path / "cohort.parquet", clock="2m", now=NOW)
    assert (built.n_alumni, built.n_completed) == (3, 2)
    assert built.reports.set_aside == {"unknown_alumnus": 1, "future": 1}
    answer = count_outcomes(tmp_path / "cohort.parquet", clock="2m")
    assert answer.total.figures is None
    (row,) = pq.read_table(tmp_path / "cohort.parquet").filter(pc.field("state") == "employed").to_pylist()
    assert (row["course_id"], row["provider"], row["is_ripe"]) == ("k1", "BLK", True)


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, float]:
    """Write a market in which those who work answer more often; give the true share at work on a day of the clock."""
    folder = tmp_path_factory.mktemp("market")
    drawn = simulate(MarketParameters(n_alumni=3_000, response_by_work=3.0), rng=np.random.default_rng(4))
    for name in ("alumni", "outcomes", "certificates", "courses"):
        write_table(drawn.tables[name], name, folder)
    truth = drawn.truth["alumni"].select(["alumnus_id", "worked_in_2m"]).to_pylist()
    idle = {
        row["alumnus_id"] for row in drawn.tables["alumni"].to_pylist() if row["employment_at_entry"] == "not_working"
    }
    works = [row["worked_in_2m"] for row in truth if row["alumnus_id"] in idle]
    return folder, float(np.mean(works))


def test_market_that_answers_by_work_misleads_the_weights_and_not_the_bounds(market: tuple[Path, float]) -> None:
    folder, truth = market
    later = datetime(2028, 1, 1, tzinfo=UTC)
    write_cohort(folder, folder / "cohort.parquet", clock="2m", now=later)
    figures = shown(count_outcomes(folder / "cohort.parquet", ("sex",), clock="2m").total)
    assert figures.weighted is not None and figures.bounds is not None
    assert figures.weighted.rate.low > truth
    assert figures.bounds[0] <= truth <= figures.bounds[1]
