"""Takes the fixed date of the settings, or none; gives the function that tells the time.

Nothing else here reads the clock.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from api.pages.texts import JAKARTA
from matcher.domain.errors import InvalidInput

Clock = Callable[[], datetime]


def clock(fixed: str | None) -> Clock:
    """Return a clock that stands at `fixed`, or the real one where `fixed` is None.

    Parameters
    ----------
    fixed : str or None
        ISO date (its first moment in Jakarta) or date and time.

    Raises
    ------
    InvalidInput
        When `fixed` is no date.
    """
    if fixed is None:
        return lambda: datetime.now(UTC)
    try:
        at = datetime.fromisoformat(fixed)
    except ValueError:
        raise InvalidInput(
            f"now (--now or PADAN_NOW) is '{fixed}': not a date; write 2026-11-22 or 2026-11-22T08:00:00+07:00"
        ) from None
    instant = at if at.tzinfo else at.replace(tzinfo=JAKARTA)
    return lambda: instant
