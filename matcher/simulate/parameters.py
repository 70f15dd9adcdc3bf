"""Takes nothing; gives the parameters of the labour market, each with its range and meaning. Draws nothing."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any

from matcher.domain.errors import InvalidInput
from matcher.domain.regions import districts


def _within(default: float, low: float, high: float, note: str) -> Any:
    return field(default=default, metadata={"low": low, "high": high, "note": note})


def _choice(default: Any, note: str) -> Any:
    return field(default=default, metadata={"note": note})


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketParameters:
    """Everything that a market is drawn by; ``docs/simulation.md`` has the formulas and the table of these fields.

    Ranges stand in the metadata of each field, both ends included.

    Raises
    ------
    InvalidInput
        When a value is outside its range, or two values contradict each other.
    """

    n_alumni: int = _within(2_000, 1, 25_000_000, "People who complete a course")
    months: int = _within(12, 1, 36, "Calendar months in which slates are shown")
    intake_months: int = _within(6, 1, 24, "First months, in which everybody completes; two waves a month")
    starts_on: date = field(default=date(2025, 1, 1), metadata={"note": "First day, the first of a month"})
    counts: Mapping[str, int] | None = _choice(None, "People by district code; none: typed counts by province")

    openings_per_alumnus: float = _within(0.35, 0.0, 100.0, "Openings advertised in all months, by alumnus")
    least_vacancies: int = _within(120, 1, 1_000_000, "Fewest vacancies of a province that has people")
    seasonality: float = _within(0.2, 0.0, 0.9, "Swing of adverts and of job finding over the year; the top is in May")
    course_value_sd: float = _within(0.2, 0.0, 2.0, "Spread of what a course adds to job finding, log rate")

    slate_length: int = _within(10, 1, 50, "Places of a slate")
    shortlist: int = _within(20, 1, 200, "Vacancies that the policy ranks for one slate, not below its length")
    explore: float = _within(0.1, 0.0, 1.0, "Share of slates shown in random order")
    score_noise: float = _within(1.0, 0.0, 10.0, "Noise of the logged score about the true quality, standard deviation")
    visit_rate: float = _within(0.5, 0.0, 1.0, "Chance that one without work looks at a slate in the first month")
    visit_decay: float = _within(0.9, 0.0, 1.0, "Factor on that chance with each further month")
    position_bias: float = _within(0.8, 0.0, 3.0, "Power by which examination falls with the position")
    has_signal: bool = _choice(True, "Whether the features have anything to do with what people and employers do")
    is_confounded: bool = _choice(
        False, "Whether slates are ranked by the unseen quality and logged as if drawn by lot"
    )

    bar: float = _within(1.5, -5.0, 5.0, "What an applicant must surpass; stands for competition from outside")
    silence: float = _within(0.5, 0.0, 1.0, "Share of the applications not taken that are never answered")
    retention: float = _within(0.75, 0.05, 0.99, "Share of jobs that last 90 days, at average quality")
    female_gap: float = _within(0.0, -3.0, 3.0, "What employers add to the appraisal of women")
    disability_gap: float = _within(0.0, -3.0, 3.0, "What employers add to the appraisal of people with a disability")
    job_finding: float = _within(0.10, 0.0, 2.0, "Rate a month of finding a job without the slates")
    business_start: float = _within(0.03, 0.0, 2.0, "Rate a month of starting a business")

    holdout: float = _within(0.1, 0.0, 1.0, "Share held out")
    district_shares: tuple[float, ...] = _choice((), "Shares treated, dealt evenly to the districts; none: one share")
    effect: float = _within(
        0.0, -0.5, 0.5, "What treatment adds to the share at work after 2 months, not working before"
    )
    displacement: float = _within(0.0, 0.0, 1.0, "Share of the jobs so gained that somebody of the district loses")

    response_rate: float = _within(0.7, 0.01, 0.99, "Chance of an answer after 2 months: no work, average in all else")
    response_by_work: float = _within(0.4, -5.0, 5.0, "What work adds to the log odds of an answer (not at random)")
    response_by_person: float = _within(0.4, -5.0, 5.0, "What schooling and sex add to them (at random given both)")
    misreport: float = _within(0.01, 0.0, 0.5, "Share of answers that are wrong and stay so")
    correction: float = _within(0.02, 0.0, 1.0, "Share of answers that are wrong and put right a week later")
    duplicate: float = _within(0.01, 0.0, 1.0, "Share of reports and events that come twice, each with an id")
    survey_share: float = _within(0.1, 0.0, 1.0, "Share asked by a survey in quarters 2 and 4")
    employer_reports: float = _within(0.6, 0.0, 1.0, "Share of hires that the employer reports")
    register_coverage: float = _within(0.4, 0.0, 1.0, "Share of jobs that the register knows")
    linkage_error: float = _within(0.02, 0.0, 1.0, "Share of the register's rows that are laid to another person")
    hires_logged: float = _within(1.0, 0.0, 1.0, "Share of hires that reach the log of interactions")
    organic_share: float = _within(0.05, 0.0, 1.0, "Applications without a slate, by application with one")

    def __post_init__(self) -> None:
        for each in fields(self):
            if "low" in each.metadata:
                _check_range(each.name, getattr(self, each.name), each.metadata["low"], each.metadata["high"])
        self._check_whole()
        self._check_together()

    def _check_whole(self) -> None:
        for each in fields(self):
            value = getattr(self, each.name)
            if each.type == "int" and (isinstance(value, bool) or int(value) != value):
                raise InvalidInput(f"{each.name} = {value}: give a whole number")
            if each.type == "bool" and not isinstance(value, bool):
                raise InvalidInput(f"{each.name} = {value}: give True or False")

    def _check_together(self) -> None:
        if self.shortlist < self.slate_length:
            raise InvalidInput(
                f"shortlist = {self.shortlist} is below slate_length {self.slate_length}; rank at least a slate"
            )
        if self.starts_on.day != 1:
            raise InvalidInput(f"starts_on = {self.starts_on}: give the first day of a month")
        if any(not 0 <= share <= 1 for share in self.district_shares):
            raise InvalidInput(f"district_shares = {self.district_shares}: give shares from 0 to 1")
        if self.counts is not None:
            _check_counts(self.counts)


def parameters_as_json(parameters: MarketParameters) -> dict[str, Any]:
    """Return the parameters as a manifest holds them; of the counts their sum and number only.

    Notes
    -----
    Raises nothing.
    """
    told = {each.name: getattr(parameters, each.name) for each in fields(parameters)}
    counts = parameters.counts
    told["counts"] = None if counts is None else {"n_districts": len(counts), "sum": sum(counts.values())}
    return told | {"starts_on": parameters.starts_on.isoformat(), "district_shares": list(parameters.district_shares)}


def _check_range(name: str, value: float, low: float, high: float) -> None:
    if not math.isfinite(value) or not low <= value <= high:
        raise InvalidInput(f"{name} = {value}: give a number from {low} to {high}")


def _check_counts(counts: Mapping[str, int]) -> None:
    unknown = sorted(set(counts) - set(districts()))
    if unknown:
        raise InvalidInput(f"counts: '{unknown[0]}' is no district code; write a Kemendagri code, as 32.73")
    if any(count < 0 for count in counts.values()) or not sum(counts.values()):
        raise InvalidInput("counts: one is below 0 or all are 0; give people by district")
