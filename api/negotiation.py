"""Takes an Accept header and the media types on offer; gives the one to answer with. Refuses nothing."""

from __future__ import annotations

from collections.abc import Sequence


def preferred(accept: str, offers: Sequence[str]) -> str:
    """Return the offer the header likes best; among equals, and where it likes none, the first.

    Notes
    -----
    Raises nothing: an unreadable quality counts as 0. Of the ranges that match an offer the most specific decides, as
    in RFC 9110 section 12.5.1.

    Examples
    --------
    >>> preferred("application/ld+json, */*;q=0.1", ["application/json", "application/ld+json"])
    'application/ld+json'
    """
    liked = dict(_range(part) for part in accept.split(","))

    def liking(offer: str) -> float:
        matching = (offer, offer.split("/")[0] + "/*", "*/*")
        return next((liked[name] for name in matching if name in liked), 0.0)

    return max(offers, key=liking)


def _range(part: str) -> tuple[str, float]:
    name, *parameters = (word.strip().lower() for word in part.split(";"))
    stated = [word.removeprefix("q=") for word in parameters if word.startswith("q=")]
    return name, _quality(stated[0]) if stated else 1.0


def _quality(text: str) -> float:
    try:
        return min(max(float(text), 0.0), 1.0)
    except ValueError:
        return 0.0
