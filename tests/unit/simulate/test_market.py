"""A whole market: its tables are in home form, every id resolves, equal seeds give equal markets, values are true."""

from __future__ import annotations

from datetime import date

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import compute

from matcher.ingest.allowed import CONSENTS, EMPLOYMENT_AT_ENTRY, EMPLOYMENT_TYPES, EVIDENCE, MODES, SCHEMES, SEXES
from matcher.ingest.datasets import KEYS, SCHEMAS
from matcher.simulate.market import Market, draw_parts, run_policy, simulate
from matcher.simulate.parameters import MarketParameters
from matcher.simulate.policies import AT_RANDOM, RANKED_BY_SCORE, ExploringPolicy, LinearScore

TABLES = (
    "courses", "alumni", "certificates", "vacancies", "impressions", "impression_entries", "interactions", "outcomes",
)  # fmt: skip
POINTERS = (
    ("certificates", "alumnus_id", "alumni", "alumnus_id"),
    ("certificates", "course_id", "courses", "course_id"),
    ("impressions", "alumnus_id", "alumni", "alumnus_id"),
    ("impression_entries", "impression_id", "impressions", "impression_id"),
    ("impression_entries", "vacancy_id", "vacancies", "vacancy_id"),
    ("interactions", "impression_id", "impressions", "impression_id"),
    ("interactions", "alumnus_id", "alumni", "alumnus_id"),
    ("interactions", "vacancy_id", "vacancies", "vacancy_id"),
    ("outcomes", "alumnus_id", "alumni", "alumnus_id"),
    ("outcomes", "vacancy_id", "vacancies", "vacancy_id"),
    ("outcomes", "corrects_id", "outcomes", "outcome_id"),
)
START = ExploringPolicy(RANKED_BY_SCORE, 10, 0.1)
BETTER = ExploringPolicy(LinearScore({"score": 0.5, "same_district": 1.0, "same_occupation": 0.9}), 10, 0.1)
LOTTERY = ExploringPolicy(AT_RANDOM, 10, 1.0)


@pytest.fixture(scope="module")
def market() -> Market:
    return simulate(MarketParameters(n_alumni=4_000, effect=0.05), rng=np.random.default_rng(1))


@pytest.mark.parametrize("name", TABLES)
def test_a_table_is_in_home_form_with_distinct_keys(market: Market, name: str) -> None:
    table = market.tables[name]
    table.validate(full=True)
    keys = table.select(list(KEYS[name]))

    assert table.schema.equals(SCHEMAS[name]) and table.num_rows > 0
    assert all(not table[field.name].null_count for field in table.schema if not field.nullable)
    assert keys.group_by(keys.column_names).aggregate([]).num_rows == table.num_rows


@pytest.mark.parametrize(("table", "column", "target", "key"), POINTERS)
def test_every_id_resolves(market: Market, table: str, column: str, target: str, key: str) -> None:
    named = market.tables[table][column].drop_null()

    assert (
        len(named)
        and compute.call_function(
            "all", [compute.call_function("is_in", [named], compute.SetLookupOptions(market.tables[target][key]))]
        ).as_py()
    )


@pytest.mark.parametrize(
    ("table", "column", "allowed"),
    [
        ("courses", "mode", set(MODES.values())),
        ("vacancies", "employment_type", set(EMPLOYMENT_TYPES.values())),
        ("alumni", "sex", set(SEXES.values())),
        ("alumni", "employment_at_entry", set(EMPLOYMENT_AT_ENTRY.values())),
        ("certificates", "scheme", set(SCHEMES.values())),
        ("certificates", "evidence", set(EVIDENCE.values())),
        ("impressions", "channel", {"web", "counter", "batch", "message"}),
        ("outcomes", "source", {"employer", "self", "officer", "survey", "administrative"}),
    ],
)
def test_closed_lists_hold_allowed_values(market: Market, table: str, column: str, allowed: set[str]) -> None:
    assert set(market.tables[table][column].drop_null().to_pylist()) <= allowed


def test_who_told_of_a_disability_agreed_to_its_use(market: Market) -> None:
    rows = market.tables["alumni"].select(["has_disability", "consents"]).to_pylist()

    assert all(("disability_use" in row["consents"]) == (row["has_disability"] is not None) for row in rows)
    assert {purpose for row in rows for purpose in row["consents"]} <= set(CONSENTS)


def test_every_column_of_a_cohort_is_filled(market: Market) -> None:
    alumni = market.tables["alumni"]
    for column in ("wave", "province_code", "district_code", "sex", "is_returned_migrant", "employment_at_entry"):
        assert alumni[column].null_count == 0
    assert compute.call_function("min", [alumni["completed_on"]]).as_py() >= date(2025, 1, 1)
    assert 0 < alumni["education"].null_count < 0.03 * len(alumni)


def test_a_vacancy_filled_has_as_many_hires_as_openings(market: Market) -> None:
    history = market.history
    n_hired = np.bincount(history.applications.vacancy[history.answers.is_hired], minlength=history.vacancies.n)
    filled = market.tables["vacancies"]["filled_at"].is_valid().to_numpy(zero_copy_only=False)

    assert filled.any() and (n_hired[filled] == history.vacancies.openings[filled]).all()


def test_truth_stands_beside_under_the_same_ids(market: Market) -> None:
    truth = market.truth
    ids = market.tables["alumni"]["alumnus_id"]

    assert truth["alumni"]["alumnus_id"].equals(pa.chunked_array(ids)) and truth["assignment"].num_rows == len(ids)
    assert truth["entry_features"].num_rows == market.tables["impression_entries"].num_rows
    assert truth["positions"]["examination"][0].as_py() == 1.0
    followed, days = (truth["alumni"][name].to_numpy() for name in ("days_followed", "days_to_first_work"))
    assert np.nanmax(days) <= followed.max() and np.isnan(days).any()


def test_equal_seeds_give_equal_markets_and_others_do_not() -> None:
    parameters = MarketParameters(n_alumni=500)
    first, again, other = (simulate(parameters, rng=np.random.default_rng(seed)) for seed in (3, 3, 4))

    assert all(first.tables[name].equals(again.tables[name]) for name in TABLES)
    assert all(first.truth[name].equals(again.truth[name]) for name in first.truth)
    assert not first.tables["interactions"].equals(other.tables["interactions"])


@pytest.mark.parametrize(
    "given",
    [
        {"n_alumni": 1},
        {"visit_rate": 0.0},
        {"openings_per_alumnus": 0.0, "least_vacancies": 1},
        {"months": 1, "intake_months": 1},
        {"months": 36, "intake_months": 1},
        {"job_finding": 0.0, "business_start": 0.0},
        {"survey_share": 0.0, "employer_reports": 0.0, "register_coverage": 0.0},
    ],
    ids=str,
)
def test_a_market_in_which_little_happens_is_a_market(given: dict) -> None:
    market = simulate(MarketParameters(**{"n_alumni": 300, **given}), rng=np.random.default_rng(1))

    assert all(table.schema.equals(SCHEMAS[name]) for name, table in market.tables.items())
    assert market.truth["alumni"].num_rows == market.parameters.n_alumni


def test_parts_hold_everybody_once() -> None:
    parts = list(draw_parts(MarketParameters(n_alumni=4_000), rng=np.random.default_rng(1), people_per_part=500))
    for name in TABLES[1:]:
        whole = pa.concat_tables([part.tables[name] for part in parts])
        keys = whole.select(list(KEYS[name]))
        assert keys.group_by(keys.column_names).aggregate([]).num_rows == whole.num_rows
    employers = [set(part.tables["vacancies"]["employer_id"].to_pylist()) for part in parts]

    assert len(parts) > 3 and sum(part.history.people.n for part in parts) == 4_000
    assert sum(map(len, employers)) == len(set().union(*employers))


def _values(policy: ExploringPolicy, n_seeds: int = 12, **given: object) -> np.ndarray:
    parameters = MarketParameters(n_alumni=4_000, **given)  # type: ignore[arg-type]
    runs = [run_policy(parameters, policy, rng=np.random.default_rng(seed)) for seed in range(n_seeds)]
    return np.array([run.hires_per_1000_slates for run in runs])


def test_a_policy_is_worth_what_comes_of_running_it() -> None:
    lottery, start, better = (_values(policy) for policy in (LOTTERY, START, BETTER))
    for worse, good in ((lottery, start), (start, better)):
        gain = good - worse
        assert gain.mean() > 3 * gain.std(ddof=1) / np.sqrt(len(gain))


def test_without_signal_no_policy_is_worth_more() -> None:
    gain = _values(BETTER, has_signal=False) - _values(LOTTERY, has_signal=False)

    assert abs(gain.mean()) < 3.5 * gain.std(ddof=1) / np.sqrt(len(gain))


def test_scarce_openings_take_the_gain_away() -> None:
    scarce = {"counts": {"32.73": 1}, "openings_per_alumnus": 0.03, "least_vacancies": 1}
    plenty_gain = _values(BETTER).mean() / _values(LOTTERY).mean() - 1
    scarce_gain = _values(BETTER, **scarce).mean() / _values(LOTTERY, **scarce).mean() - 1

    assert scarce_gain < 0.5 * plenty_gain


def test_arms_may_be_ordered_by_different_policies() -> None:
    market = simulate(
        MarketParameters(n_alumni=20_000, holdout=0.5),
        rng=np.random.default_rng(2),
        policy=BETTER,
        held_out_policy=LOTTERY,
    )
    treated, held_out = market.value(is_treated=True), market.value(is_treated=False)
    together = market.value()

    assert treated.hires_per_1000_slates > held_out.hires_per_1000_slates
    assert treated.n_slates + held_out.n_slates == together.n_slates
    assert treated.n_hires + held_out.n_hires == together.n_hires
