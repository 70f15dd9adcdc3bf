"""Takes figures; gives what charts are drawn from: places on a track or in a frame, and words. Draws nothing.

Every chart is part of a table or stands over one, so its words are text and not picture.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from api.pages.texts import Texts
from api.pages.tile_map import TILES
from matcher.domain.regions import provinces

TRACK = 1000
"""Length of a track and width of a frame, in units of the drawing."""

FRAME_HEIGHT = 400


@dataclass(frozen=True, slots=True)
class Span:
    """A value on a track, 0 to `TRACK`: its interval and, where known, the bounds of what silence could hide."""

    at: float
    low: float
    high: float
    bound_low: float | None = None
    bound_high: float | None = None


@dataclass(frozen=True, slots=True)
class RateLine:
    """One line of a table of rates; ``span`` is None where the line is withheld or nobody answered."""

    label: str
    rate: str
    interval: str
    people: str
    verdict: str
    span: Span | None
    is_suppressed: bool = False


@dataclass(frozen=True, slots=True)
class PlacedTile:
    """One province on the map: place in tiles, short and full name, its rate in words, and how it stands."""

    column: int
    row: int
    short: str
    name: str
    rate: str
    verdict: str


@dataclass(frozen=True, slots=True)
class Curve:
    """A stepped line and the band around it, as the path data of a frame of `TRACK` by `FRAME_HEIGHT`."""

    line: str
    band: str
    top: str
    days: int


def percent(share: float | None, texts: Texts, *, digits: int = 1) -> str:
    """Return a share of 0 to 1 as a percentage of the language, a dash for None. Raises nothing."""
    return "-" if share is None else texts.percent(share, digits=digits)


def span(value: Mapping[str, Any], *, most: float, of: str = "rate") -> Span | None:
    """Return a rate and its interval on a track that ends at the share `most`. Raises nothing.

    Parameters
    ----------
    value : mapping
        ``{of}``, ``{of}_low``, ``{of}_high`` and perhaps ``bound_low``, ``bound_high``: shares of 0 to 1 or None.
    most : float
        The share at the end of the track, above 0.
    of : str
        What the figures are called.
    """
    found = [value.get(name) for name in (of, f"{of}_low", f"{of}_high", "bound_low", "bound_high")]
    at, low, high, bound_low, bound_high = (None if one is None else _on_track(one, most) for one in found)
    return None if at is None or low is None or high is None else Span(at, low, high, bound_low, bound_high)


def track_end(rows: Sequence[Mapping[str, Any]], *, of: str = "rate", least: float = 0.5) -> float:
    """Return the share at which a track for all of `rows` ends: the next tenth after the highest. Raises nothing."""
    highest = max((row.get(f"{of}_high") or 0.0 for row in rows), default=0.0)
    return max(least, min(1.0, int(highest * 10 + 1) / 10))


def tiles(rows: Sequence[Mapping[str, Any]], texts: Texts) -> list[PlacedTile]:
    """Return the map of the provinces from outcomes by province; one that no row speaks of has no people.

    Notes
    -----
    Raises nothing.
    """
    told = {row["province_code"]: row for row in rows if row["province_code"]}
    return [_tile(code, told.get(code), texts) for code in TILES]


def verdict_of(row: Mapping[str, Any] | None) -> str:
    """Return how a row stands against the goal: above, undecided, below, hidden or none. Raises nothing."""
    if row is None or row.get("n_people") == 0:
        return "none"
    if row.get("is_suppressed"):
        return "hidden"
    return row.get("against_goal") or "none"


def curve(rows: Sequence[Mapping[str, Any]], texts: Texts) -> Curve | None:
    """Return the stepped line of ``day``, ``share``, ``low``, ``high``; None without two points. Raises nothing."""
    if len(rows) < 2:
        return None
    most, days = track_end([{"rate_high": row["high"]} for row in rows], least=0.2), rows[-1]["day"]

    def at(row: Mapping[str, Any], name: str) -> tuple[float, float]:
        return round(row["day"] / days * TRACK, 1), round(FRAME_HEIGHT * (1 - row[name] / most), 1)

    upper = _steps([at(row, "high") for row in rows])
    lower = _steps([at(row, "low") for row in rows])
    return Curve(
        line="M" + " L".join(_steps([at(row, "share") for row in rows])),
        band="M" + " L".join([*upper, *reversed(lower)]) + "Z",
        top=percent(most, texts, digits=0),
        days=days,
    )


def _steps(points: Sequence[tuple[float, float]]) -> list[str]:
    told = [f"{points[0][0]},{points[0][1]}"]
    for (_, before), (x, y) in pairwise(points):
        told += [f"{x},{before}", f"{x},{y}"]
    return told


def _tile(code: str, row: Mapping[str, Any] | None, texts: Texts) -> PlacedTile:
    place, verdict = TILES[code], verdict_of(row)
    rate = (
        texts("figure_few") if verdict == "hidden" else percent(None if row is None else row["rate"], texts, digits=0)
    )
    return PlacedTile(place.column, place.row, place.name, provinces()[code].name, rate, verdict)


def _on_track(share: float, most: float) -> float:
    return round(min(max(share / most, 0.0), 1.0) * TRACK, 1)
