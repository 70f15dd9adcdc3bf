"""Limits: guessing is held back, and nobody can be kept out by a stranger. No test sleeps."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.security.limits import Failures, RateLimit, brake_seconds, seconds_until_heard, verdict

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)


def ago(n: int, *, every_seconds: float = 1) -> list[datetime]:
    """Return `n` instants before NOW, oldest first."""
    return [NOW - timedelta(seconds=every_seconds * back) for back in range(n, 0, -1)]


def test_five_failures_of_a_pair_close_that_pair_until_the_first_is_a_quarter_of_an_hour_old() -> None:
    assert verdict(Failures(own=ago(4)), now=NOW).refused_seconds == 0
    assert verdict(Failures(own=ago(5)), now=NOW).refused_seconds == 15 * 60 - 5
    assert verdict(Failures(own=ago(5)), now=NOW + timedelta(seconds=895)).refused_seconds == 0


def test_a_thousand_failures_from_elsewhere_make_a_stranger_wait_and_never_refuse() -> None:
    told = verdict(Failures(login=ago(1000)), now=NOW)
    assert (told.refused_seconds, told.wait_seconds) == (0, 8)


@pytest.mark.parametrize("known", [{"is_known_device": True}, {"is_known_address": True}])
def test_the_person_on_a_known_device_or_address_does_not_wait(known: dict[str, bool]) -> None:
    told = verdict(Failures(login=ago(1000), **known), now=NOW)
    assert (told.refused_seconds, told.wait_seconds) == (0, 0)


def test_failures_of_neighbours_at_one_address_do_not_reach_a_known_device() -> None:
    failures = Failures(address=ago(500), login=ago(500), is_known_device=True)
    assert verdict(failures, now=NOW).refused_seconds == 0
    assert verdict(Failures(address=ago(500)), now=NOW).refused_seconds > 0


def test_a_known_device_may_not_guess_without_end_either() -> None:
    assert verdict(Failures(own=ago(5), is_known_device=True), now=NOW).refused_seconds > 0


def test_wait_doubles_from_the_tenth_failure_up_to_eight_seconds() -> None:
    waits = [brake_seconds(ago(n), now=NOW) for n in (9, 10, 11, 12, 13, 14, 15, 100_000)]
    assert waits == [0, 0.5, 1, 2, 4, 8, 8, 8]
    assert brake_seconds(ago(100), now=NOW + timedelta(hours=1)) == 0


@given(st.lists(st.integers(0, 2000), max_size=40).map(sorted), st.integers(1, 8))
def test_after_the_told_seconds_the_next_attempt_is_heard_and_not_before(seconds: list[int], most: int) -> None:
    at = [NOW - timedelta(seconds=2000 - second) for second in seconds]
    window = timedelta(minutes=15)
    wait = seconds_until_heard(at, most, window, now=NOW)
    assert seconds_until_heard(at, most, window, now=NOW + timedelta(seconds=wait)) == 0
    if wait > 0:
        assert seconds_until_heard(at, most, window, now=NOW + timedelta(seconds=wait - 0.5)) > 0


class Seconds:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now


def test_a_burst_is_heard_and_then_the_steady_rate() -> None:
    clock = Seconds()
    limit = RateLimit(per_minute=60, burst=3, seconds_now=clock)
    assert [limit.seconds_until_heard("a") for _ in range(4)] == [0, 0, 0, 1]
    assert limit.seconds_until_heard("b") == 0
    clock.now += 1
    assert [limit.seconds_until_heard("a") for _ in range(2)] == [0, 1]


@given(st.lists(st.floats(0, 5), min_size=1, max_size=80), st.integers(1, 600), st.integers(1, 10))
def test_no_more_are_heard_than_burst_and_rate_allow(steps: list[float], per_minute: int, burst: int) -> None:
    clock = Seconds()
    limit = RateLimit(per_minute, burst, seconds_now=clock)
    heard = 0
    for step in steps:
        clock.now += step
        heard += limit.seconds_until_heard("a") == 0
    assert heard <= burst + sum(steps) * per_minute / 60 + 1e-6


def test_names_that_no_longer_count_are_forgotten() -> None:
    clock = Seconds()
    limit = RateLimit(per_minute=60, burst=1, seconds_now=clock)
    for number in range(1000):
        limit.seconds_until_heard(str(number))
    clock.now += 120
    limit.seconds_until_heard("last")
    assert set(limit._due) == {"last"}
