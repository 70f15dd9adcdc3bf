"""The judge against the simulated market, whose truth is known: feedback, off-policy estimates, position bias."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
import pytest

from matcher.measure.feedback import Feedback, judge
from matcher.measure.off_policy import ESTIMATORS, Answer, OffPolicyEstimate
from matcher.measure.position_bias import estimate_examination
from matcher.measure.resolve_outcomes import resolve_outcomes
from matcher.simulate.market import Market, simulate
from matcher.simulate.parameters import MarketParameters
from tests.unit.measure.coverage import is_as_stated, is_at_least_as_stated
from tests.unit.measure.market_log import MarketLog, draw_market_log

NOW = datetime(2027, 6, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def market() -> Market:
    """A market of which every hire is logged."""
    return simulate(MarketParameters(n_alumni=3_000, explore=0.4), rng=np.random.default_rng(3))


@pytest.fixture(scope="module")
def feedback(market: Market) -> Feedback:
    """Its judgements."""
    return judge(market.tables, now=NOW)


@pytest.fixture(scope="module")
def log() -> MarketLog:
    """A market's log, and the truth of a challenger."""
    return draw_market_log()


def test_every_hire_of_the_market_is_found_under_its_slate(market: Market, feedback: Feedback) -> None:
    history = market.history
    hired = history.answers.is_hired & (history.applications.entry >= 0)
    assert int(np.sum(feedback.judgements["depth"].to_numpy() >= 6)) == int(hired.sum()) > 50
    applied = feedback.judgements["applied_at"].is_valid().to_numpy()
    assert int(applied.sum()) == int(history.reactions.is_applied.sum())


def test_repeated_events_are_collapsed_and_the_rest_accounted_for(feedback: Feedback) -> None:
    report = feedback.report
    assert {part.reason for part in report.set_aside} <= {"repeated_event"}
    parts = sum(report.attributed.values()), report.n_organic, report.n_set_aside("interactions")
    assert sum(parts) == report.n_interactions


def test_reports_without_a_slate_find_the_slate_that_caused_them(market: Market, feedback: Feedback) -> None:
    events = market.tables["interactions"]
    is_act = [kind in ("viewed", "saved", "hidden", "applied") for kind in events["kind"].to_pylist()]
    named = [name if act else None for name, act in zip(events["impression_id"].to_pylist(), is_act, strict=True)]
    place = events.schema.get_field_index("impression_id")
    stripped = events.set_column(place, "impression_id", pa.array(named, pa.string()))
    found = judge({**market.tables, "interactions": stripped}, now=NOW)
    assert found.judgements.equals(feedback.judgements)


def test_what_was_seen_on_the_day_is_the_true_state_once_corrections_are_made() -> None:
    parameters = MarketParameters(n_alumni=1_500, misreport=0.0, correction=0.2, linkage_error=0.0)
    market = simulate(parameters, rng=np.random.default_rng(5))
    truth = market.truth["alumni"]
    days = truth["asked_on_2m"]
    columns = {"clock": pa.array(["2m"] * len(truth)), "from_on": days, "to_on": days}
    resolution = resolve_outcomes(
        market.tables["outcomes"], pa.table({"alumnus_id": truth["alumnus_id"], **columns}), now=NOW
    )
    true_states = dict(zip(truth["alumnus_id"].to_pylist(), truth["state_2m"].to_pylist(), strict=True))
    seen = [row for row in resolution.states.to_pylist() if row["source"] and not row["is_carried"]]
    assert resolution.report.set_aside["superseded"] > 100
    assert len(seen) > 900
    assert [row["state"] for row in seen] == [true_states[row["alumnus_id"]] for row in seen]


@pytest.mark.parametrize("name", ["ips", "snips", "dr"])
def test_intervals_hold_what_the_challenger_truly_earns(log: MarketLog, name: str, runs: int) -> None:
    assert is_as_stated(_n_covered(log, name, runs), runs)


def test_conservative_interval_holds_it_at_least_as_often(log: MarketLog, runs: int) -> None:
    assert is_at_least_as_stated(_n_covered(log, "dros", runs), runs)


def test_model_that_knows_only_positions_misses(log: MarketLog) -> None:
    assert _n_covered(log, "dm", 50) <= 10


def test_confounded_log_is_refused_or_misses(log: MarketLog) -> None:
    assert all(_n_covered(log, name, 50, is_confounded=True) <= 10 for name in ("ips", "snips", "dr"))


def test_examination_of_the_market_is_found(market: Market, feedback: Feedback) -> None:
    rows = feedback.judgements
    columns = [rows[name].to_numpy() for name in ("alumnus_id", "vacancy_id", "position")]
    is_viewed = rows["viewed_at"].is_valid().to_numpy()
    found = estimate_examination(*columns, is_viewed, rng=np.random.default_rng(1))
    truth = market.truth["positions"]["examination"].to_pylist()
    given = [(each, true) for each, true in zip(found, truth, strict=True) if each.value is not None]
    assert len(given) >= 5
    assert sum(each.low <= true <= each.high for each, true in given) >= len(given) - 1


def _n_covered(log: MarketLog, name: str, runs: int, *, is_confounded: bool = False) -> int:
    logs = (log.draw(np.random.default_rng(seed), is_confounded=is_confounded) for seed in range(runs))
    return sum(_covers(ESTIMATORS[name](slots), log.truth) for slots in logs)


def _covers(answer: Answer, truth: float) -> bool:
    return isinstance(answer, OffPolicyEstimate) and answer.low <= truth <= answer.high
