"""Takes what the office chose; gives the question as it is asked of the figures. Answers none."""

from __future__ import annotations

from datetime import date

from api.pmo.figures import Asked
from matcher.domain.errors import InvalidInput
from matcher.domain.regions import parse_province_code


def outcomes(by: str = "", clock: str = "2m") -> Asked:
    """Return the question who of those not working at entry works after the course, parted by a column or by none.

    Raises
    ------
    InvalidInput
        When several columns part people: beside the tables by one of them they would give small counts away.
    """
    if "," in by:
        raise InvalidInput(
            f"by '{by}': ask for one column; tables of several are made together by padan outcomes --by ... --by ... "
            "--register FILE, which sees to it that none gives a small count of another away"
        )
    return Asked("outcomes", (("by", by or None), ("clock", clock)))


def net_effect(clock: str = "2m", base: str = "not_working", since: date | None = None) -> Asked:
    """Return the question what the ranking adds to work. Raises nothing."""
    return Asked("net-effect", (("clock", clock), ("base", base), ("since", since)))


def course_value(clock: str = "2m") -> Asked:
    """Return the question what became of the takers of each course who were not working at entry. Raises nothing."""
    return Asked("course-value", (("clock", clock),))


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
