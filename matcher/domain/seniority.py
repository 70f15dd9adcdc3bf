"""Takes a title of a vacancy or a course; gives how far above an entry post it stands. Reads the title alone."""

from __future__ import annotations

from matcher.domain.text import normalise

ENTRY, LEADING, MANAGING = 0, 1, 2
"""An entry post or one that says nothing; one that leads a shift or asks for years; one that runs a department."""

_LEADING_WORDS = frozenset(
    "senior sr lead leader supervisor spv penyelia mandor coordinator koordinator principal ahli expert specialist "
    "spesialis".split()
)
_MANAGING_WORDS = frozenset(
    "manager manajer head kepala director direktur president chief ceo cto cfo coo gm vp".split()
)
_AIDES = frozenset(
    "asisten assistant sekretaris secretary admin staf staff pengasuh magang intern internship trainee junior".split()
)


def seniority(title: str) -> int:
    """Return ``ENTRY``, ``LEADING`` or ``MANAGING`` for the post that `title` names.

    Notes
    -----
    Raises nothing. Who aids somebody is not that somebody: a title that opens with an aide's word ("Sekretaris
    Direktur", "Asisten Manajer Toko") is one step lower.

    Examples
    --------
    >>> [seniority(title) for title in ("Head of Finance", "Senior Barista", "Kasir", "Sekretaris Direktur")]
    [2, 1, 0, 1]
    """
    words = normalise(title).split()
    if _MANAGING_WORDS.intersection(words):
        level = MANAGING
    elif _LEADING_WORDS.intersection(words):
        level = LEADING
    else:
        return ENTRY
    return level - 1 if words[0] in _AIDES else level
