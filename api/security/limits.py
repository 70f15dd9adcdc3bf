"""Takes when earlier attempts failed; gives whether the next one is heard, waits or is refused. Keeps no table itself.

Guessing is held back without giving a stranger the means to lock a person out:

* A failure counts against the pair of login and address. After five in a quarter of an hour that pair is refused until
  the first of them is a quarter of an hour old. A stranger elsewhere fills only pairs of their own.
* Failures on one login from every unknown place together slow down further attempts from unknown places: the answer
  waits, up to eight seconds, and is then given. It is never refused for this, so nobody can be kept out by it. Against
  a botnet the wait alone is no wall: it multiplies the price, while weak PINs are refused at the start.
* A device that signed in before carries a signed proof of it. Its failures count in a bucket of its own, and neither
  the pair, nor the wait, nor the address concerns it: at a shared address (a counter, a village hotspot, a carrier's
  NAT) a neighbour's failures do not reach the person. An address from which the person signed in lately does not wait.
* Failures of one address over all logins: thirty in a quarter of an hour, then its unknown devices are refused. That is
  for one PIN tried on many numbers.

An unknown login is counted like a known one, so limits tell nobody whether a number is registered. Buckets are named by
keyed hashes: no address and no login stands in the table.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

WINDOW = timedelta(minutes=15)
MOST_FAILURES_OF_A_PAIR = 5
MOST_FAILURES_OF_AN_ADDRESS = 30
MOST_CODES_OF_A_PAIR = 3
MOST_CODES_OF_A_LOGIN = 10
MOST_CODES_OF_AN_ADDRESS = 20
"""Codes sent within `CODE_WINDOW`: to one telephone from one address, to one telephone, from one address."""

MOST_TRIES_OF_A_CODE = 5
CODE_WINDOW = timedelta(hours=1)

BRAKE_WINDOW = timedelta(hours=1)
BRAKE_FROM = 10
"""Failures on one login from unknown places before the next ones wait."""

BRAKE_FIRST_SECONDS = 0.5
BRAKE_MOST_SECONDS = 8.0


@dataclass(frozen=True, slots=True)
class Verdict:
    """Refused for so long (0: heard), after waiting so long."""

    refused_seconds: float = 0.0
    wait_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Failures:
    """Instants of failures that still count, oldest first: of this pair or device, of the login, of the address.

    ``is_known_device`` and ``is_known_address`` say that the person signed in from there before.
    """

    own: Sequence[datetime] = ()
    login: Sequence[datetime] = ()
    address: Sequence[datetime] = ()
    is_known_device: bool = False
    is_known_address: bool = False


def verdict(failures: Failures, *, now: datetime) -> Verdict:
    """Return what happens to a sign-in attempt at `now`; the module's text gives the rules. Raises nothing."""
    refused = seconds_until_heard(failures.own, MOST_FAILURES_OF_A_PAIR, WINDOW, now=now)
    if not failures.is_known_device:
        from_address = seconds_until_heard(failures.address, MOST_FAILURES_OF_AN_ADDRESS, WINDOW, now=now)
        refused = max(refused, from_address)
    if refused:
        return Verdict(refused_seconds=refused)
    is_known = failures.is_known_device or failures.is_known_address
    return Verdict(wait_seconds=0.0 if is_known else brake_seconds(failures.login, now=now))


def seconds_until_heard(at: Sequence[datetime], most: int, window: timedelta, *, now: datetime) -> float:
    """Return in how many seconds fewer than `most` of the instants `at` (oldest first) lie within `window`; 0 is now.

    Notes
    -----
    Raises nothing.
    """
    counted = [one for one in at if one > now - window]
    if len(counted) < most:
        return 0.0
    return (counted[-most] + window - now).total_seconds()


def brake_seconds(at: Sequence[datetime], *, now: datetime) -> float:
    """Return how long an attempt from an unknown place waits, given the login's failures `at`. Raises nothing.

    Notes
    -----
    The wait doubles with each failure from the tenth within an hour on, from half a second up to eight.
    """
    n_failures = sum(one > now - BRAKE_WINDOW for one in at)
    if n_failures < BRAKE_FROM:
        return 0.0
    return min(BRAKE_FIRST_SECONDS * 2.0 ** min(n_failures - BRAKE_FROM, 16), BRAKE_MOST_SECONDS)


class RateLimit:
    """A steady rate with a burst for each name, kept in this process only (GCRA, ATM Forum TM 4.0).

    Parameters
    ----------
    per_minute : int
        Requests a minute in the long run, >= 1.
    burst : int
        Requests at once, >= 1.
    seconds_now : callable
        A steady clock in seconds.
    """

    def __init__(self, per_minute: int, burst: int, *, seconds_now: Callable[[], float]) -> None:
        self._interval_seconds = 60.0 / per_minute
        self._tolerance_seconds = self._interval_seconds * (burst - 1)
        self._seconds_now = seconds_now
        self._due: dict[str, float] = {}
        self._swept_at = seconds_now()
        self._lock = threading.Lock()

    def seconds_until_heard(self, name: str) -> float:
        """Count one request of `name`; return 0 where it is heard, otherwise in how many seconds the next is.

        Notes
        -----
        Raises nothing. A request that is not heard is not counted.
        """
        with self._lock:
            now = self._seconds_now()
            due = max(self._due.get(name, now), now)
            if due - now > self._tolerance_seconds + 1e-9:
                return due - now - self._tolerance_seconds
            self._due[name] = due + self._interval_seconds
            self._forget(now)
            return 0.0

    def _forget(self, now: float) -> None:
        """Keep memory bounded: once a minute the names whose requests no longer count are dropped."""
        if now - self._swept_at > 60.0:
            self._due = {name: due for name, due in self._due.items() if due > now}
            self._swept_at = now
