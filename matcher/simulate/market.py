"""Takes parameters and a generator; gives a labour market whose truth is known, and the true value of a policy.

It is drawn in parts of whole provinces, which share nothing but the courses. Writes no file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from matcher.simulate.catalogue import Courses, draw_courses
from matcher.simulate.district_counts import draw_sizes, typed_counts
from matcher.simulate.events import draw_events
from matcher.simulate.experiment import assign, draw_effect, without_lost
from matcher.simulate.history import History
from matcher.simulate.home_tables import Numbering, Part, course_table, event_tables
from matcher.simulate.months import Months
from matcher.simulate.outcomes_truth import clock_truths, draw_asked
from matcher.simulate.parameters import MarketParameters
from matcher.simulate.policies import RANKED_BY_SCORE, ExploringPolicy, Policy
from matcher.simulate.population import Certificates, district_areas, draw_certificates, draw_people
from matcher.simulate.reporting import draw_reports
from matcher.simulate.run_market import Arms, MarketRun
from matcher.simulate.shortlists import Sides, draw_qualities
from matcher.simulate.supply import draw_vacancies
from matcher.simulate.truth import Truth, course_truth, part_truth, position_truth

PEOPLE_PER_PART = 50_000
"""People after which a part takes no further province."""


@dataclass(frozen=True, slots=True)
class PolicyValue:
    """What came of slates: how many there were, applications and hires (real ones, whether or not they were logged)."""

    n_slates: int
    n_applications: int
    n_hires: int

    @property
    def hires_per_1000_slates(self) -> float:
        """Hires by slate, times 1,000; 0 where no slate was shown."""
        return 1_000 * self.n_hires / max(self.n_slates, 1)


@dataclass(frozen=True)
class Market:
    """A market in memory, or one part of it.

    ``part`` holds the arrays of what happened and was reported, row numbers referring to each other; ``known`` the
    truth at the clocks and of the effect. Tables are made when they are first asked for.
    """

    parameters: MarketParameters
    months: Months
    courses: Courses
    part: Part
    known: Truth
    rng: np.random.Generator

    @property
    def history(self) -> History:
        """The arrays of everything that happened."""
        return self.part.history

    @cached_property
    def tables(self) -> Mapping[str, pa.Table]:
        """The tables in home form: courses, alumni, certificates, vacancies, the three of the log, outcomes."""
        made = event_tables(self.part, self.months, rng=self.rng)
        return MappingProxyType({"courses": course_table(self.courses)} | made)

    @cached_property
    def truth(self) -> Mapping[str, pa.Table]:
        """The tables of what is true: courses, positions, assignment, alumni, spells, entry_features."""
        made = part_truth(self.part, self.known, self.parameters, self.months)
        shared = {"courses": course_truth(self.courses), "positions": position_truth(self.parameters)}
        return MappingProxyType(shared | made)

    def value(self, *, is_treated: bool | None = None) -> PolicyValue:
        """Return what the slates of everybody led to, or those of one arm.

        Notes
        -----
        Raises nothing.
        """
        arm = self.part.assignment.is_treated
        counts = np.ones(len(arm), dtype=bool) if is_treated is None else arm == is_treated
        sent, is_hired = self.history.applications, self.history.answers.is_hired
        return PolicyValue(
            n_slates=int(counts[self.history.slates.person].sum()),
            n_applications=int(counts[sent.person].sum()),
            n_hires=int((is_hired & counts[sent.person]).sum()),
        )


def simulate(
    parameters: MarketParameters,
    *,
    rng: np.random.Generator,
    policy: Policy | None = None,
    held_out_policy: Policy | None = None,
    keeps_shortlists: bool = False,
) -> Market:
    """Return a whole market in memory.

    Parameters
    ----------
    parameters : MarketParameters
    rng : numpy.random.Generator
        Equal states give equal markets.
    policy : Policy, optional
        Orders the slates; by default the logged score with the parameters' share of exploration.
    held_out_policy : Policy, optional
        Orders the slates of the held out; by default the same, so that ``effect`` is the whole effect of treatment.
    keeps_shortlists : bool
        Whether ``history.shortlists`` keeps what every slate was chosen from.

    Raises
    ------
    InvalidInput
        When the effect is larger than the share at work allows; and whatever a policy raises.

    Notes
    -----
    The same generator state gives the same people, vacancies and qualities under every policy.
    """
    policies = _policies(parameters, policy, held_out_policy)
    drawing = _Drawing.begun(parameters, policies, rng=rng)
    return drawing.market(drawing.sizes, Numbering(), keeps_shortlists=keeps_shortlists)


def run_policy(parameters: MarketParameters, policy: Policy, *, rng: np.random.Generator) -> PolicyValue:
    """Return the true value of a policy: what comes of it when everybody's slates are ordered by it.

    Raises
    ------
    InvalidInput
        As ``simulate``.

    Notes
    -----
    Openings are limited, so the value is that of a market in which this policy serves everybody.
    """
    return simulate(parameters, rng=rng, policy=policy).value()


def draw_parts(
    parameters: MarketParameters, *, rng: np.random.Generator, people_per_part: int = PEOPLE_PER_PART
) -> Iterator[Market]:
    """Yield a market part by part: whole provinces in order, a part ending with the one that brings it to its size.

    A part is drawn when it is asked for, so that memory holds one. Parts share courses and calendar, and no id.

    Raises
    ------
    InvalidInput
        As ``simulate``.
    """
    drawing = _Drawing.begun(parameters, _policies(parameters, None, None), rng=rng)
    numbering = Numbering()
    for sizes in _split(drawing.sizes, people_per_part):
        market = drawing.market(sizes, numbering, keeps_shortlists=False)
        yield market
        numbering = numbering.after(market.part.sizes())


def _split(sizes: NDArray[np.int64], people_per_part: int) -> Iterator[NDArray[np.int64]]:
    """Yield the sizes of the districts of a part, 0 for those of the others."""
    people = np.bincount(district_areas(), weights=sizes)
    before = np.cumsum(people) - people
    part = (before // people_per_part).astype(np.int64)
    for number in np.unique(part[people > 0]):
        yield np.where(part[district_areas()] == number, sizes, 0)


def _policies(parameters: MarketParameters, main: Policy | None, held_out: Policy | None) -> tuple[Policy, Policy]:
    main = main or ExploringPolicy(RANKED_BY_SCORE, parameters.slate_length, parameters.explore)
    return main, held_out or main


@dataclass(frozen=True, slots=True)
class _Drawing:
    """A market in the making: what its parts share, and people by district."""

    parameters: MarketParameters
    policies: tuple[Policy, Policy]
    months: Months
    courses: Courses
    sizes: NDArray[np.int64]
    rng: np.random.Generator

    @classmethod
    def begun(
        cls, parameters: MarketParameters, policies: tuple[Policy, Policy], *, rng: np.random.Generator
    ) -> _Drawing:
        for_courses, for_sizes, for_parts = rng.spawn(3)
        months = Months.of(
            parameters.starts_on,
            intake_months=parameters.intake_months,
            at_least=parameters.months,
            swing=parameters.seasonality,
        )
        sizes = draw_sizes(parameters.counts or typed_counts(), parameters.n_alumni, rng=for_sizes)
        return cls(parameters, policies, months, draw_courses(parameters, rng=for_courses), sizes, for_parts)

    def market(self, sizes: NDArray[np.int64], numbering: Numbering, *, keeps_shortlists: bool) -> Market:
        """Draw one part: people, vacancies, what happens, what is true, what is reported."""
        parameters, months = self.parameters, self.months
        for_people, for_supply, for_arms, for_run, for_truth, for_log, for_tables = self.rng.spawn(7)
        sides, certificates = self._sides(sizes, for_people, for_supply)
        people = sides.people
        assignment = assign(people, parameters, rng=for_arms)
        run = MarketRun(parameters, months, sides, Arms(*self.policies, assignment.is_treated))
        history = run.run(certificates, keeps_shortlists=keeps_shortlists, rng=for_run)
        asked = draw_asked(people, months, rng=for_truth)
        effect = draw_effect(history, assignment, asked["2m"], parameters, rng=for_truth)
        history = without_lost(history, effect)
        clocks = clock_truths(people, history.spells, effect, asked, months)
        events = draw_events(history, parameters, ends=float(months.edges[-1]), rng=for_log)
        reports = draw_reports(history, effect.is_real, clocks, parameters, ends=int(months.edges[-1]), rng=for_log)
        part = Part(history, assignment, events, reports, numbering)
        return Market(parameters, months, self.courses, part, Truth(clocks, effect), for_tables)

    def _sides(
        self, sizes: NDArray[np.int64], for_people: np.random.Generator, for_supply: np.random.Generator
    ) -> tuple[Sides, Certificates]:
        people = draw_people(sizes, self.parameters, self.courses, self.months, rng=for_people)
        certificates = draw_certificates(people, self.courses, rng=for_people)
        vacancies = draw_vacancies(sizes, self.parameters, self.months, rng=for_supply)
        qualities = draw_qualities(self.courses, vacancies, self.parameters.score_noise, rng=for_supply)
        n_applicants = np.zeros(vacancies.n, dtype=np.int64)
        return Sides(people, self.courses, vacancies, qualities, n_applicants), certificates
