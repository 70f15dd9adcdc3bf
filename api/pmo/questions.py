"""Takes what the office chose; gives the question as it is asked of the figures. Answers none."""

from __future__ import annotations

from datetime import date

from api.pmo.figures import Asked
from matcher.domain.errors import InvalidInput
from matcher.domain.regions import parse_province_code

_MOST_COLUMNS = 3


def outcomes(by: str = "", clock: str = "2m", base: str = "not_working") -> Asked:
    """Return the question who works after the course, parted by columns separated by commas.

    Raises
    ------
    InvalidInput
        When more than three columns part people.
    """
    columns = tuple(name for name in by.split(",") if name)
    if len(columns) > _MOST_COLUMNS:
        raise InvalidInput(f"by: {len(columns)} columns part people too finely to show anyone; three at most")
    return Asked("outcomes", (("by", columns), ("clock", clock), ("base", base)))


def net_effect(clock: str = "2m", base: str = "not_working", since: date | None = None) -> Asked:
    """Return the question what the ranking adds to work. Raises nothing."""
    return Asked("net-effect", (("clock", clock), ("base", base), ("since", since)))


def course_value(clock: str = "2m", base: str = "not_working") -> Asked:
    """Return the question what became of the takers of each course. Raises nothing."""
    return Asked("course-value", (("clock", clock), ("base", base)))


def demand_gap(province: str | None = None, most: int = 1_000) -> Asked:
    """Return the question of open places against certified people, of one province or all.

    Raises
    ------
    InvalidInput, UnknownIdentifier
        As ``parse_province_code``.
    """
    code = None if province is None else parse_province_code(province)
    return Asked("demand-gap", (("province", code), ("most", most)))


def funnel(by: str | None = None, period: str = "month") -> Asked:
    """Return the question how many people came how far. Raises nothing."""
    return Asked("funnel", (("by", by), ("period", period)))


def fairness(days: int = 365) -> Asked:
    """Return the question how groups fare. Raises nothing."""
    return Asked("fairness", (("days", days),))


def policies() -> Asked:
    """Return the question which policies ran. Raises nothing."""
    return Asked("policies")


def time_to_work() -> Asked:
    """Return the question how soon people found work. Raises nothing."""
    return Asked("time-to-work")


def drift() -> Asked:
    """Return the question what changed since the artifact was built. Raises nothing."""
    return Asked("drift")
