"""Takes people and vacancies; runs their market month by month and gives its history. Reports and writes nothing.

In each month those without work may find a job or start a business by themselves; those who look at slates may apply;
employers answer within the openings that are left.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from matcher.domain.regions import provinces
from matcher.simulate.behaviour import MEAN_QUALITY, Entries, Reactions, react
from matcher.simulate.catalogue import trades
from matcher.simulate.hiring import Answers, Applications, answer, draw_job_days, job_days
from matcher.simulate.history import (
    EMPLOYED,
    SELF_EMPLOYED,
    History,
    Logged,
    Shortlists,
    Slates,
    Spells,
    joined,
)
from matcher.simulate.months import Months
from matcher.simulate.parameters import MarketParameters
from matcher.simulate.policies import FEATURES, Choice, Policy, choose_by_arm
from matcher.simulate.population import ENTRIES, Certificates, People
from matcher.simulate.shortlists import (
    Sides,
    draw_pools,
    draw_shortlists,
    is_schooled,
    read_features,
)

CHANNEL_SHARES = {"web": 0.70, "counter": 0.10, "batch": 0.05, "message": 0.15}

ABILITY_RATE = 0.35
"""What one standard deviation of ability adds to the log rate of finding a job without the slates."""

_BUSINESS_MEAN_DAYS = 500.0
_EARLIER_DAYS = (60, 1_500)
_NEVER = np.inf

Rows = NDArray[np.int64]
Reals = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Arms:
    """Who is treated, bool (n_people,), and which policy orders the slates of the treated and of the held out."""

    main: Policy
    held_out: Policy
    is_treated: NDArray[np.bool_]


class MarketRun:
    """A market in motion: who is free from when, which openings are left, and what has happened so far."""

    def __init__(self, parameters: MarketParameters, months: Months, sides: Sides, arms: Arms) -> None:
        self._parameters = parameters
        self._months = months
        self._sides = sides
        self._arms = arms
        self._free_from = sides.people.free_from.copy()
        self._openings = sides.vacancies.openings.copy()
        self._applied = np.zeros(0, dtype=np.int64)
        self._n_slates, self._n_entries, self._n_applications = 0, 0, 0
        self._shown: list[tuple[Slates, Entries, Logged, Reactions]] = []
        self._shortlists: list[Shortlists] = []
        self._answered: list[tuple[Applications, Answers]] = []
        self._spells: list[Spells] = []

    def run(self, certificates: Certificates, *, keeps_shortlists: bool = False, rng: np.random.Generator) -> History:
        """Return what happens in all months, with what every slate was chosen from where `keeps_shortlists`.

        Notes
        -----
        Raises what a policy raises.
        """
        self._spells.append(_earlier_spells(self._sides.people, rng))
        for month in range(self._months.n):
            found_on = self._find_alone(month, rng)
            if month < self._parameters.months:
                shortlists = self._look(month, found_on, rng)
                self._shortlists += [shortlists] if keeps_shortlists else []
        return self._history(certificates)

    def _find_alone(self, month: int, rng: np.random.Generator) -> Reals:
        """Let people find work without the slates; give the day for everybody, infinite for who finds none."""
        people, begins, ends = self._sides.people, self._months.edges[month], self._months.edges[month + 1]
        person = np.flatnonzero(
            (people.completed + 1 < ends) & (self._free_from <= np.maximum(begins, people.completed))
        )
        since = np.maximum(begins, people.completed[person] + 1)
        waits = (ends - since) / (ends - begins)
        finds_job = rng.random(len(person)) < 1 - np.exp(-waits * self._months.season[month] * self._rates(person))
        finds_work = finds_job | (rng.random(len(person)) < 1 - np.exp(-waits * self._parameters.business_start))
        person, is_job = person[finds_work], finds_job[finds_work]
        day = (since + rng.random(len(since)) * (ends - since))[finds_work]
        job_days = draw_job_days(self._parameters, np.full(len(person), MEAN_QUALITY), rng=rng)
        lasts = np.where(is_job, job_days, rng.exponential(_BUSINESS_MEAN_DAYS, len(person)))
        kind = np.where(is_job, EMPLOYED, SELF_EMPLOYED).astype(np.int8)
        self._begin(person, kind, day, lasts, np.full(len(person), -1))
        found_on = np.full(people.n, _NEVER)
        found_on[person] = day
        return found_on

    def _rates(self, person: Rows) -> Reals:
        people = self._sides.people
        log_factor = ABILITY_RATE * people.ability[person] + self._sides.courses.value[people.course[person]]
        return self._parameters.job_finding * np.exp(log_factor)

    def _begin(self, person: Rows, kind: NDArray[np.int8], day: Reals, lasts: Reals, application: Rows) -> None:
        started, ended = job_days(day, lasts)
        self._free_from[person] = day + lasts
        self._spells.append(Spells(person, kind, started, ended, application, np.zeros(len(person), dtype=bool)))

    def _look(self, month: int, found_on: Reals, rng: np.random.Generator) -> Shortlists:
        """Show slates to those who look in a month, follow what comes of them, and give what they were chosen from."""
        vacancies, edges = self._sides.vacancies, self._months.edges
        is_open = (vacancies.posted < edges[month]) & (vacancies.expires > edges[month + 1]) & (self._openings > 0)
        person, day = self._visitors(month, found_on, rng)
        if not is_open.any():
            person, day = person[:0], day[:0]
        slates, shortlists = self._draw_slates(person, day, is_open, rng)
        entries, logged = self._show(slates, shortlists, rng)
        reactions = react(self._parameters, self._sides, entries, rng=rng)
        reactions = self._follow(entries, reactions, found_on, rng)
        self._shown.append((slates, entries, logged, reactions))
        self._n_slates += len(slates.person)
        self._n_entries += len(entries.slate)
        return shortlists

    def _visitors(self, month: int, found_on: Reals, rng: np.random.Generator) -> tuple[Rows, Reals]:
        """Draw who looks and when: those without work, before they find some by themselves."""
        edges, people = self._months.edges, self._sides.people
        person = np.flatnonzero(
            (people.completed < edges[month]) & ((self._free_from <= edges[month]) | (found_on < _NEVER))
        )
        waited = np.searchsorted(edges, people.completed[person], side="right")
        chance = self._parameters.visit_rate * self._parameters.visit_decay ** (month - waited)
        person = person[rng.random(len(person)) < chance]
        day = edges[month] + rng.integers(edges[month + 1] - edges[month], size=len(person)) + _hours(rng, len(person))
        is_before = day < found_on[person]
        return person[is_before], day[is_before]

    def _draw_slates(
        self, person: Rows, day: Reals, is_open: NDArray[np.bool_], rng: np.random.Generator
    ) -> tuple[Slates, Shortlists]:
        """Draw what each visitor may be shown; who may be shown nothing gets no slate."""
        sides = self._sides
        shape = (len(provinces()), len(trades().sectors))
        pools = draw_pools(is_open, sides.vacancies, shape, rng=rng)
        area, sector = sides.people.area[person], sides.people.sector[person]
        vacancy, is_there = draw_shortlists(pools, area, sector, self._parameters.shortlist, rng=rng)
        may_show = is_there & is_schooled(sides, person, vacancy)
        is_slate = may_show.any(axis=1)
        person, day, vacancy, may_show = person[is_slate], day[is_slate], vacancy[is_slate], may_show[is_slate]
        channel = rng.choice(4, size=len(person), p=list(CHANNEL_SHARES.values())).astype(np.int8)
        features = read_features(sides, person, vacancy, day)
        return Slates(person, day, may_show.sum(axis=1), channel), Shortlists(vacancy, may_show, features)

    def _show(self, slates: Slates, shortlists: Shortlists, rng: np.random.Generator) -> tuple[Entries, Logged]:
        choice = self._choose(slates, shortlists, rng)
        slate, place = np.nonzero(choice.columns >= 0)
        column = choice.columns[slate, place]
        entries = Entries(
            slate=slate + self._n_slates,
            person=slates.person[slate],
            vacancy=shortlists.vacancy[slate, column],
            position=place + 1,
            day=slates.day[slate],
        )
        return entries, Logged(shortlists.features[slate, column], choice.propensities[slate, place], column)

    def _choose(self, slates: Slates, shortlists: Shortlists, rng: np.random.Generator) -> Choice:
        """Choose by what is known; confounded, by the true quality, logged as if the shortlist had been shuffled."""
        features = shortlists.features
        if self._parameters.is_confounded:
            features = features.copy()
            course = self._sides.people.course[slates.person][:, None]
            features[:, :, FEATURES.index("score")] = self._sides.qualities.true[course, shortlists.vacancy]
        is_treated = self._arms.is_treated[slates.person]
        policies = (self._arms.main, self._arms.held_out)
        choice = choose_by_arm(policies, is_treated, features, shortlists.may_show, rng=rng)
        if not self._parameters.is_confounded:
            return choice
        return Choice(choice.columns, np.broadcast_to(1 / slates.n_eligible[:, None], choice.columns.shape))

    def _follow(self, entries: Entries, reactions: Reactions, found_on: Reals, rng: np.random.Generator) -> Reactions:
        """Send the applications that can be sent, take on who is hired, and give the reactions as they then stand."""
        sent = np.flatnonzero(reactions.is_applied)
        sent = sent[self._can_send(entries.person[sent], entries.vacancy[sent], reactions.applied[sent], found_on)]
        person, vacancy = entries.person[sent], entries.vacancy[sent]
        is_withdrawn = found_on[person] < _NEVER
        sending = Applications(sent + self._n_entries, person, vacancy, reactions.applied[sent], is_withdrawn)
        answers = answer(self._parameters, self._sides, sending, self._openings, rng=rng)
        hired = np.flatnonzero(answers.is_hired)
        kind = np.full(len(hired), EMPLOYED, dtype=np.int8)
        self._begin(person[hired], kind, answers.started[hired], answers.lasts[hired], hired + self._n_applications)
        np.subtract.at(self._openings, vacancy[hired], 1)
        np.add.at(self._sides.n_applicants, vacancy, 1)
        self._answered.append((sending, answers))
        self._n_applications += len(sent)
        is_applied = np.zeros(len(entries.slate), dtype=bool)
        is_applied[sent] = True
        return replace(reactions, is_applied=is_applied)

    def _can_send(self, person: Rows, vacancy: Rows, day: Reals, found_on: Reals) -> NDArray[np.bool_]:
        """Tell the applications before the advert ends and before other work is found, each vacancy once a person."""
        key = person * self._sides.vacancies.n + vacancy
        can = (day < self._sides.vacancies.expires[vacancy]) & (day < found_on[person]) & ~np.isin(key, self._applied)
        self._applied = np.concatenate([self._applied, key[can]])
        return can

    def _history(self, certificates: Certificates) -> History:
        sides = self._sides
        slates, entries, logged, reactions = zip(*self._shown, strict=True)
        applications, answers = zip(*self._answered, strict=True)
        return History(
            people=sides.people,
            certificates=certificates,
            vacancies=sides.vacancies,
            qualities=sides.qualities,
            slates=joined(slates),
            entries=joined(entries),
            logged=joined(logged),
            reactions=joined(reactions),
            applications=joined(applications),
            answers=joined(answers),
            spells=joined(self._spells),
            shortlists=joined(self._shortlists) if self._shortlists else None,
        )


def _earlier_spells(people: People, rng: np.random.Generator) -> Spells:
    """Give the jobs and businesses that people held when they completed the course."""
    person = np.flatnonzero(~people.was_idle)
    started = people.completed[person] - rng.integers(*_EARLIER_DAYS, size=len(person))
    ended = np.ceil(people.free_from[person]).astype(np.int64) - 1
    kind = np.where(people.entry[person] == ENTRIES.index("employee"), EMPLOYED, SELF_EMPLOYED).astype(np.int8)
    return Spells(person, kind, started, ended, np.full(len(person), -1), np.ones(len(person), dtype=bool))


def _hours(rng: np.random.Generator, n: int) -> Reals:
    """Draw a time of day between morning and night in Indonesia, as a share of the day in UTC."""
    return 0.05 + 0.55 * rng.random(n)
