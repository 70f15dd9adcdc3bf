"""Takes the words of a course or a vacancy; gives the normalised form and the passage that is encoded.

Ranks nothing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

DESCRIPTION_CHARACTERS = 600
"""How much of a description enters a passage: adverts open with the duties and end with boilerplate."""

TEXT_RECIPE = "title. category. skills. fields of study. description[:600]"
"""What stands in a passage and in which order; a change makes older artifacts incompatible."""

_WORD = re.compile(r"[^\W_]+(?:[+#]+)?")
_VAGUE_CATEGORIES = frozenset({"lainnya", "other", "others", "lain lain"})
_TARGET = re.compile(
    r"^.*\b(?:bagi|untuk|sebagai|(?<!hingga )menjadi)\s+(?:(?:menjadi|seorang|para|calon)\s+)*(.+)$", re.IGNORECASE
)
_TARGET_END = re.compile(r"\s+(?:profesional|handal|andal|pemula|mahir|yang|di|dengan|dalam)\b.*$|\s*[(:;,.|].*$", re.I)
_ACTIVE_VERB = re.compile(r"me(?:m|n|ng|ny)[a-z]{3}", re.IGNORECASE)
_VAGUE_TARGETS = frozenset({"pemula", "umum", "semua", "bisnis", "profesional", "usaha", "karyawan"})
_TARGET_WORDS = 5


def normalise(text: str) -> str:
    """Return `text` in lower case, compatibility characters folded, words parted by single spaces.

    A ``+`` or ``#`` that ends a word is kept (C++, C#).

    Notes
    -----
    Raises nothing; text without a letter or digit gives the empty string.

    Examples
    --------
    >>> normalise("  Staf Admin/Gudang (Cikarang) - C++ ")
    'staf admin gudang cikarang c++'
    """
    return " ".join(_WORD.findall(unicodedata.normalize("NFKC", text).casefold()))


def passage(
    title: str,
    *,
    category: str | None = None,
    skills: Sequence[str] = (),
    fields_of_study: Sequence[str] = (),
    description: str | None = None,
) -> str:
    """Return the one text of a course or a vacancy that is tokenised and encoded, in the order of ``TEXT_RECIPE``.

    Notes
    -----
    Raises nothing. A category that says nothing ("Lainnya") and empty parts are left out.
    """
    named = category if category and normalise(category) not in _VAGUE_CATEGORIES else None
    opening = " ".join(description.split())[:DESCRIPTION_CHARACTERS] if description else None
    parts = (title.strip(), named, ", ".join(skills), ", ".join(fields_of_study), opening)
    return ". ".join(part for part in parts if part)


def target_occupation(title: str) -> str | None:
    """Return the job a course title says it prepares for, or ``None`` where it names none.

    Many course titles end in their target ("... bagi Canvasser", "... untuk Menjadi Perancang Grafis"); the
    last such phrase counts.

    Notes
    -----
    Raises nothing. A tail of more than five words is a sentence, not a job, and gives ``None``.

    Examples
    --------
    >>> target_occupation("Teknik Menawarkan Produk Bagi Canvasser")
    'Canvasser'
    """
    found = _TARGET.search(title)
    if not found:
        return None
    target = _TARGET_END.sub("", found.group(1)).strip()
    is_job = 0 < len(target.split()) <= _TARGET_WORDS and not _ACTIVE_VERB.match(target)
    return target if is_job and normalise(target) not in _VAGUE_TARGETS else None
