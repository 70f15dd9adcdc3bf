"""Interactions follow their causes, are logged as completely as stated, and come from those who know."""

from __future__ import annotations

import numpy as np
import pytest

from matcher.simulate.events import KINDS, SOURCES, Events
from matcher.simulate.market import Market, simulate
from matcher.simulate.parameters import MarketParameters


def _market(**given: float) -> Market:
    return simulate(MarketParameters(n_alumni=6_000, **given), rng=np.random.default_rng(1))  # type: ignore[arg-type]


def _first_days(events: Events, kind: str) -> dict[tuple[int, int, int], float]:
    rows = np.flatnonzero(events.kind == KINDS.index(kind))[::-1]
    keys = zip(events.slate[rows].tolist(), events.person[rows].tolist(), events.vacancy[rows].tolist(), strict=True)
    return dict(zip(keys, events.day[rows].tolist(), strict=True))


@pytest.mark.parametrize(
    ("effect", "cause"),
    [
        ("saved", "viewed"),
        ("hidden", "viewed"),
        ("applied", "viewed"),
        ("interviewed", "applied"),
        ("rejected", "applied"),
        ("no_reply", "applied"),
        ("offered", "interviewed"),
        ("hired", "offered"),
        ("retained_90d", "hired"),
    ],
)
def test_no_event_comes_without_or_before_its_cause(effect: str, cause: str) -> None:
    events = _market().part.events
    effects, causes = _first_days(events, effect), _first_days(events, cause)

    assert effects and effects.keys() <= causes.keys()
    assert all(day > causes[key] for key, day in effects.items())


def test_an_event_that_names_a_slate_comes_after_it_was_shown() -> None:
    market = _market()
    events, slates = market.part.events, market.history.slates
    named = events.slate >= 0

    assert (events.day[named] > slates.day[events.slate[named]]).all()
    assert (events.person[named] == slates.person[events.slate[named]]).all()


def test_events_are_in_order_of_time_and_none_comes_after_the_end() -> None:
    market = _market()

    assert (np.diff(market.part.events.day) >= 0).all() and market.part.events.day[-1] < market.months.edges[-1]


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_hires_reach_the_log_as_often_as_stated(share: float) -> None:
    market = _market(hires_logged=share, duplicate=0.0)
    n_logged = int((market.part.events.kind == KINDS.index("hired")).sum())
    n_hired = int(market.history.answers.is_hired.sum())

    assert n_logged == pytest.approx(share * n_hired, abs=4 * np.sqrt(n_hired * share * (1 - share)))


def test_silence_is_as_frequent_as_stated() -> None:
    for silence in (0.0, 1.0):
        events = _market(silence=silence, organic_share=0.0).part.events
        assert (events.kind == KINDS.index("no_reply")).any() == (silence == 1.0)


def test_some_events_come_twice_at_the_same_time() -> None:
    events = _market(duplicate=0.1).part.events
    rows = np.stack([events.slate, events.person, events.vacancy, events.kind, events.day])
    n_distinct = np.unique(rows, axis=1).shape[1]

    assert len(events.day) / n_distinct == pytest.approx(1.1, abs=0.01)


def test_organic_events_name_no_slate_and_lie_in_the_own_province() -> None:
    market = _market(organic_share=0.3)
    events = market.part.events
    organic = events.slate < 0
    people, vacancies = market.history.people, market.history.vacancies

    assert organic.any() and {KINDS[kind] for kind in events.kind[organic]} == {"viewed", "applied"}
    assert (people.area[events.person[organic]] == vacancies.area[events.vacancy[organic]]).all()
    assert (events.day[organic] >= vacancies.posted[events.vacancy[organic]]).all()
    assert not (_market(organic_share=0.0).part.events.slate < 0).any()


def test_each_kind_is_told_by_who_knows_it() -> None:
    events = _market().part.events
    told = {(KINDS[kind], SOURCES[source]) for kind, source in zip(events.kind, events.source, strict=True)}

    assert len(told) == len(KINDS) and ("no_reply", "system") in told and ("hired", "employer") in told
