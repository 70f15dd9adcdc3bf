"""Takes what the service measures of itself; gives it as Prometheus asks for it. Names no person and no address.

Several workers count together where ``PROMETHEUS_MULTIPROC_DIR`` names an empty folder before they start; without it
each answers for itself.
"""

from __future__ import annotations

from collections.abc import Iterable

from prometheus_client import REGISTRY as OWN
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.values import MutexValue, ValueClass

from matcher.domain.records import Slate

MEDIA_TYPE = CONTENT_TYPE_LATEST
"""Of the text that `exposition` gives."""

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_ITEMS = (0, 1, 2, 3, 5, 7, 10, 20, 50, 100)
_LAG = (0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 30.0)
_EVENT_LAG = (1, 10, 60, 600, 3_600, 86_400, 604_800)

_REQUESTS = Histogram("padan_request_seconds", "Time to answer", ["method", "route", "status"], buckets=_SECONDS)
_SLATES = Counter("padan_slates", "Slates made; exhaustive says whether every open vacancy was scored", ["exhaustive"])
_EMPTY = Counter("padan_empty_slates", "Slates without a vacancy")
_ITEMS_SHOWN = Histogram("padan_slate_items", "Vacancies in a slate", buckets=_ITEMS)
_EVENTS = Histogram("padan_event_lag_seconds", "From what happened to its storing", buckets=_EVENT_LAG)
_FEED = Histogram("padan_feed_lag_seconds", "From a change of a vacancy to its being served", buckets=_LAG)
_BEHIND = Gauge("padan_feed_behind_seconds", "Since the feed was last read", multiprocess_mode="max")


def note_request(method: str, route: str | None, status: object, seconds: float) -> None:
    """Count an answer; ``route`` is the pattern, never the address that was asked for. Raises nothing."""
    _REQUESTS.labels(method, route or "none", "none" if status is None else str(status)).observe(seconds)


def note_slate(slate: Slate) -> None:
    """Count a slate that was made for somebody. Raises nothing."""
    _SLATES.labels("true" if slate.exhaustive else "false").inc()
    _ITEMS_SHOWN.observe(len(slate.items))
    if not slate.items:
        _EMPTY.inc()


def note_event(lag_seconds: float) -> None:
    """Count an event that was stored so long after it happened. Raises nothing."""
    _EVENTS.observe(max(lag_seconds, 0.0))


def note_feed(lags_seconds: Iterable[float]) -> None:
    """Count changes that were taken over so long after they were stored. Raises nothing."""
    for lag in lags_seconds:
        _FEED.observe(max(lag, 0.0))


def exposition(behind_seconds: float) -> bytes:
    """Return all that was counted, by every worker where they count together. Raises nothing."""
    _BEHIND.set(behind_seconds)
    if ValueClass is MutexValue:
        return generate_latest(OWN)
    together = CollectorRegistry()
    MultiProcessCollector(together)
    return generate_latest(together)
