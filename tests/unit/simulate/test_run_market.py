"""A market in motion breaks no law: openings, time, one job at a time, and a log that tells what was shown."""

from __future__ import annotations

import numpy as np
import pytest

from matcher.simulate.history import History
from matcher.simulate.market import Market, simulate
from matcher.simulate.parameters import MarketParameters
from matcher.simulate.policies import FEATURES, RANKED_BY_SCORE, ExploringPolicy

SCARCE = MarketParameters(
    n_alumni=6_000,
    counts={"32.73": 3, "33.74": 2, "91.71": 1},
    openings_per_alumnus=0.05,
    least_vacancies=1,
    effect=0.04,
)


@pytest.fixture(scope="module", params=[MarketParameters(n_alumni=4_000), SCARCE], ids=["plenty", "scarce"])
def history(request: pytest.FixtureRequest) -> History:
    return simulate(request.param, rng=np.random.default_rng(7)).history


def test_hires_never_exceed_openings(history: History) -> None:
    hired = history.applications.vacancy[history.answers.is_hired]
    n_hired = np.bincount(hired, minlength=history.vacancies.n)

    assert (n_hired <= history.vacancies.openings).all() and n_hired.max() >= 1


def test_openings_bind_where_they_are_scarce() -> None:
    market = simulate(SCARCE, rng=np.random.default_rng(7))
    hired = market.history.applications.vacancy[market.history.answers.is_hired]
    n_hired = np.bincount(hired, minlength=market.history.vacancies.n)

    assert (n_hired == market.history.vacancies.openings).mean() > 0.3


def test_nobody_has_two_jobs_on_one_day(history: History) -> None:
    spells = history.spells
    order = np.lexsort((spells.started, spells.person))
    person, started, ended = spells.person[order], spells.started[order], spells.ended[order]

    assert (started[1:] > ended[:-1])[person[1:] == person[:-1]].all() and (started <= ended).all()


def test_slates_come_after_completion_to_people_without_work(history: History) -> None:
    slates, people, spells = history.slates, history.people, history.spells
    assert (slates.day > people.completed[slates.person]).all()

    first = np.full(people.n, np.iinfo(np.int64).max)
    later = ~spells.is_earlier
    np.minimum.at(first, spells.person[later], spells.started[later])
    is_early = people.was_idle[slates.person] & (slates.day < first[slates.person])
    assert is_early[people.was_idle[slates.person]].mean() > 0.7


def test_what_is_shown_is_posted_open_and_asks_no_more_schooling(history: History) -> None:
    entries, vacancies = history.entries, history.vacancies

    assert (vacancies.posted[entries.vacancy] < entries.day).all()
    assert (vacancies.expires[entries.vacancy] > entries.day).all()
    assert (history.people.rank[entries.person] >= vacancies.rank[entries.vacancy]).all()
    assert (history.people.area[entries.person] == vacancies.area[entries.vacancy]).all()


def test_nobody_applies_for_a_vacancy_twice_or_after_its_end(history: History) -> None:
    sent, vacancies = history.applications, history.vacancies
    pairs = sent.person * vacancies.n + sent.vacancy

    assert len(np.unique(pairs)) == len(pairs)
    assert (sent.day < vacancies.expires[sent.vacancy]).all()
    assert (sent.day > history.entries.day[sent.entry]).all()


def test_an_application_points_at_the_entry_it_came_from(history: History) -> None:
    sent, entries = history.applications, history.entries

    assert (entries.person[sent.entry] == sent.person).all() and (entries.vacancy[sent.entry] == sent.vacancy).all()
    assert np.array_equal(np.flatnonzero(history.reactions.is_applied), np.sort(sent.entry))


def test_a_job_found_through_a_slate_is_the_hire_of_its_application(history: History) -> None:
    spells, sent, got = history.spells, history.applications, history.answers
    ours = np.flatnonzero(spells.application >= 0)
    application = spells.application[ours]

    assert (sent.person[application] == spells.person[ours]).all()
    assert (np.floor(got.started[application]) == spells.started[ours]).all()
    assert set(np.flatnonzero(got.is_hired).tolist()) <= set(application.tolist())


def test_places_of_a_slate_count_from_1_without_a_gap(history: History) -> None:
    entries = history.entries
    first = np.diff(entries.slate, prepend=-1) > 0
    starts = np.flatnonzero(first)

    assert (entries.position == np.arange(len(first)) - starts[np.cumsum(first) - 1] + 1).all()
    n_places = np.bincount(entries.slate, minlength=len(history.slates.person))
    assert (n_places == np.minimum(history.slates.n_eligible, 10)).all()


def _at_rank_1(market: Market) -> np.ndarray:
    """Tell the entries that the logged score puts first, from the shortlists."""
    shortlists, logged = market.history.shortlists, market.history.logged
    assert shortlists is not None
    scores = np.where(shortlists.may_show, shortlists.features[:, :, FEATURES.index("score")], -np.inf)
    return scores.argmax(axis=1)[market.history.entries.slate] == logged.column


def test_logged_propensities_are_the_frequencies_of_the_log() -> None:
    market = simulate(
        MarketParameters(n_alumni=20_000, explore=0.3), rng=np.random.default_rng(8), keeps_shortlists=True
    )
    entries, propensity = market.history.entries, market.history.logged.propensity
    is_first = _at_rank_1(market) & (entries.position == 1)
    expected = 0.7 + 0.3 / market.history.slates.n_eligible

    assert is_first.sum() / len(expected) == pytest.approx(expected.mean(), abs=0.01)
    np.testing.assert_allclose(propensity[is_first], expected[entries.slate[is_first]])


def test_confounded_logging_shows_the_best_and_calls_it_a_lot() -> None:
    plain, hidden = (
        simulate(MarketParameters(n_alumni=10_000, is_confounded=is_confounded), rng=np.random.default_rng(9))
        for is_confounded in (False, True)
    )
    history = hidden.history
    np.testing.assert_allclose(history.logged.propensity, 1 / history.slates.n_eligible[history.entries.slate])
    quality = history.qualities.true[history.people.course[history.entries.person], history.entries.vacancy]
    at_top = history.entries.position == 1

    assert quality[at_top].mean() > quality.mean() + 0.5
    assert hidden.value().hires_per_1000_slates > plain.value().hires_per_1000_slates


def test_shortlists_are_kept_only_when_asked_for() -> None:
    policy = ExploringPolicy(RANKED_BY_SCORE, 10, 0.1)
    market = simulate(MarketParameters(), rng=np.random.default_rng(1), policy=policy, keeps_shortlists=True)
    shortlists, entries = market.history.shortlists, market.history.entries

    assert shortlists is not None and market.history.logged.features.shape == (len(entries.slate), len(FEATURES))
    assert (shortlists.vacancy[entries.slate, market.history.logged.column] == entries.vacancy).all()
    assert simulate(MarketParameters(), rng=np.random.default_rng(1)).history.shortlists is None
