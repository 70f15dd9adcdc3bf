"""Reports are partial and biased as stated, and say what was asked and seen before they are made."""

from __future__ import annotations

import numpy as np
import pytest

from matcher.simulate.market import Market, simulate
from matcher.simulate.parameters import MarketParameters
from matcher.simulate.reporting import KINDS, NO_DAY, NO_RESPONSE, SOURCES, response_chances

QUIET = {"misreport": 0.0, "correction": 0.0, "duplicate": 0.0, "linkage_error": 0.0}
N = 10_000


def _market(seed: int = 1, n: int = N, **given: float) -> Market:
    return simulate(MarketParameters(n_alumni=n, **given), rng=np.random.default_rng(seed))  # type: ignore[arg-type]


def _answers(market: Market) -> np.ndarray:
    """Tell who answered: the first n reports are the self-reports of everybody, in their order."""
    return market.part.reports.kind[: market.history.people.n] != NO_RESPONSE


@pytest.mark.parametrize(("by_work", "differs"), [(0.0, False), (1.0, True), (-1.0, True)])
def test_response_depends_on_work_as_strongly_as_stated(by_work: float, differs: bool) -> None:
    market = _market(response_by_work=by_work, response_by_person=0.0)
    works, answers = market.known.clocks["2m"].state > 0, _answers(market)
    gap = answers[works].mean() - answers[~works].mean()

    expected = 1 / (1 + np.exp(-(np.log(0.7 / 0.3) + by_work))) - 0.7
    assert gap == pytest.approx(expected, abs=0.04) and (abs(gap) > 0.08) == differs


def test_response_depends_on_schooling_and_sex_where_it_is_told_to() -> None:
    answers = {by: _answers(_market(response_by_work=0.0, response_by_person=by)) for by in (0.0, 1.0)}
    rank = _market().history.people.rank
    gaps = {by: answered[rank >= 3].mean() - answered[rank <= 1].mean() for by, answered in answers.items()}

    assert gaps[0.0] == pytest.approx(0, abs=0.03) and gaps[1.0] > 0.15


def test_the_true_chance_of_an_answer_is_its_frequency() -> None:
    market = _market()
    chances = response_chances(market.history.people, market.known.clocks["2m"].state > 0, market.parameters)
    answers = _answers(market)
    for low, high in ((0.0, 0.65), (0.65, 0.75), (0.75, 1.0)):
        there = (chances >= low) & (chances < high)
        assert answers[there].mean() == pytest.approx(chances[there].mean(), abs=4 * np.sqrt(0.25 / there.sum()))


def test_answers_are_true_where_nobody_errs() -> None:
    market = _market(**QUIET)
    answers, own = _answers(market), market.part.reports

    assert (own.kind[:N] == market.known.clocks["2m"].state)[answers].all()
    assert (own.observed[:N] == NO_DAY)[~answers].all() and (own.observed[:N] == own.asked[:N])[answers].all()


def test_wrong_answers_are_as_many_as_stated_and_some_are_put_right() -> None:
    market = _market(misreport=0.05, correction=0.10, duplicate=0.0)
    answers, reports = _answers(market), market.part.reports
    is_wrong = answers & (reports.kind[:N] != market.known.clocks["2m"].state)
    rows = np.flatnonzero(reports.corrects >= 0)
    righted = reports.corrects[rows]

    assert is_wrong.sum() / answers.sum() == pytest.approx(0.15, abs=0.02) and is_wrong[righted].all()
    assert len(righted) / answers.sum() == pytest.approx(0.10, abs=0.02)
    assert (reports.kind[rows] == market.known.clocks["2m"].state[righted]).all()
    assert (reports.asked[rows] > reports.asked[righted]).all()


def test_duplicates_repeat_a_report_that_is_final() -> None:
    market = _market(duplicate=0.2)
    reports = market.part.reports
    final = np.setdiff1d(np.flatnonzero(reports.corrects < 0), reports.corrects)
    _, counts = np.unique(
        np.stack([reports.person, reports.kind, reports.source, reports.observed])[:, final], axis=1, return_counts=True
    )

    assert counts.max() >= 2 and (counts == 2).mean() == pytest.approx(0.2, abs=0.03)


@pytest.mark.parametrize(
    ("source", "parameter"), [("employer", "employer_reports"), ("administrative", "register_coverage")]
)
def test_a_source_knows_the_stated_share_of_jobs(source: str, parameter: str) -> None:
    n_reports = [
        int((_market(**QUIET, **{parameter: share}).part.reports.source == SOURCES.index(source)).sum())
        for share in (0.0, 0.5, 1.0)
    ]

    assert n_reports[0] == 0 and n_reports[1] / n_reports[2] == pytest.approx(0.5, abs=0.05)


def test_registers_are_right_but_for_linkage() -> None:
    shares = []
    for error in (0.0, 0.3):
        market = _market(**(QUIET | {"linkage_error": error}), register_coverage=1.0)
        reports = market.part.reports
        rows = np.flatnonzero(reports.source == SOURCES.index("administrative"))
        owner = market.history.spells.person[reports.spell[rows]]
        shares.append((owner != reports.person[rows]).mean())

    assert shares[0] == 0 and shares[1] == pytest.approx(0.3, abs=0.03)


def test_nothing_is_seen_before_it_began_or_after_the_market_ended() -> None:
    market = _market()
    reports = market.part.reports
    seen, told = reports.observed != NO_DAY, reports.started != NO_DAY

    assert (reports.observed[seen] < market.months.edges[-1]).all()
    assert (reports.started[told] <= reports.observed[told]).all()
    ended = reports.ended != NO_DAY
    assert (reports.started[ended] <= reports.ended[ended]).all() and (
        reports.ended[ended] < reports.observed[ended]
    ).all()


def test_every_source_and_kind_occurs() -> None:
    reports = _market().part.reports

    assert set(reports.source.tolist()) == set(range(len(SOURCES)))
    assert set(reports.kind.tolist()) == set(range(len(KINDS)))
