"""Takes a level of schooling; gives it as people say it, and the choices of a form. Compares none."""

from __future__ import annotations

from api.pages.texts import Texts
from matcher.domain.qualifications import EDUCATION_LEVELS


def schooling_choices(texts: Texts, own: str | None = None) -> tuple[tuple[str, str], ...]:
    """Return every level of schooling with its name, lowest first; one that names two only for who has it already.

    Notes
    -----
    Raises nothing.
    """
    return tuple((one, schooling(one, texts)) for one in EDUCATION_LEVELS if "/" not in one or one == own)


def schooling(level: str | None, texts: Texts) -> str:
    """Return a level of schooling as people say it. Raises nothing."""
    return texts("group_education_none") if level == "none" else level or texts("unknown")
