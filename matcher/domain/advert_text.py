"""Takes the words of an advert as typed; gives the folded text that rules read, and the way back to each character.

Knows no rule.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

_GLUED = r"(?<=[a-z0-9)])(?=[A-Z](?:[a-z]|[A-Z]{2}))|(?<=[A-Z]{2})(?=[A-Z][a-z]{2})"
_SPECIAL = re.compile(rf"[^\x00-\x7f]|\s\s+|{_GLUED}", re.ASCII)
_DASHES = frozenset("‐‑‒–—―−﹘－")
_QUOTES = frozenset("‘’ʼ`´")
_ITEM_MARKS = frozenset({"So", "Po", "Cn", "Co"})
_WITHOUT_WIDTH = frozenset({"Cf", "Mn"})


class _Run(NamedTuple):
    """Characters from `start` on in the folded text stem from `origin` on in the typed one.

    A plain run has one typed character for each folded one; any other stems as a whole from one typed character.
    """

    start: int
    origin: int
    is_plain: bool


@dataclass(frozen=True, slots=True)
class Folded:
    """A text in the form that rules read, and the runs that lead back to it as typed."""

    text: str
    runs: tuple[_Run, ...]

    def typed(self, start: int, end: int) -> tuple[int, int]:
        """Return the span as typed, end exclusive, that the non-empty folded span ``start:end`` came from.

        Notes
        -----
        Raises nothing for ``0 <= start < end <= len(text)``.
        """
        return self._origin(start), self._origin(end - 1) + 1

    def _origin(self, place: int) -> int:
        run = self.runs[bisect_right(self.runs, place, key=lambda run: run.start) - 1]
        return run.origin + (place - run.start if run.is_plain else 0)


def fold(text: str) -> Folded:
    """Return `text` in lower case with look-alikes folded, list marks as line ends, and glued lines parted.

    Portals lose line ends ("sederajatUsia maksimal"): a small letter before a capital one opens a new line. Styled
    letters fold to plain ones, dashes and quotes to one form, bullets and pictures to a line end; marks without width
    vanish. Spaces and line ends in a row become one, so that no pattern can be made slow by them.

    Notes
    -----
    Raises nothing.

    Examples
    --------
    >>> fold("SMA sederajatUsia").text
    'sma sederajat\\nusia'
    """
    pieces: list[str] = []
    runs: list[_Run] = []
    length, is_parted = 0, False
    for piece, origin, is_plain in _pieces(text):
        if not piece or (is_parted and piece.isspace()):
            continue
        pieces.append(piece)
        runs.append(_Run(length, origin, is_plain))
        length += len(piece)
        is_parted = piece[-1].isspace()
    return Folded("".join(pieces), tuple(runs))


def _pieces(text: str) -> Iterator[tuple[str, int, bool]]:
    """Yield what the text is read as, where each piece was typed, and whether it is plain."""
    read = 0
    for found in _SPECIAL.finditer(text):
        place, after = found.span()
        yield text[read:place].lower(), read, True
        following = text[after : after + 1]
        yield _folded(found.group(), following.isupper() or following.isdigit()), place, False
        read = after
    yield text[read:].lower(), read, True


@lru_cache(maxsize=4096)
def _folded(mark: str, is_before_opening: bool) -> str:
    """Return what one special character, a row of spaces, or the empty seam of two glued words is read as."""
    if not mark.strip():
        return " " if mark and "\n" not in mark else "\n"
    if mark in _DASHES:
        return "-"
    if mark in _QUOTES:
        return "'"
    kind = unicodedata.category(mark)
    if kind in _ITEM_MARKS:
        return "\n"
    if kind in _WITHOUT_WIDTH:
        return "\n" if is_before_opening else ""
    return unicodedata.normalize("NFKC", mark).casefold()
