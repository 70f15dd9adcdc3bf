"""Takes the people of a randomised holdout; gives what the ranking adds to work, or why none is told.

By intention to treat: everybody counts in the arm they were assigned. Reads no file and writes no sentence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from matcher.domain.errors import InvalidInput
from matcher.measure.arm_difference import (
    Difference,
    LeeBounds,
    adjusted_outcome,
    join_strata,
    lee_bounds,
    stratified_difference,
)
from matcher.measure.disclosure_attack import LEAST_PEOPLE
from matcher.measure.holdout_audit import Audit, audit
from matcher.measure.holdout_people import HoldoutPeople
from matcher.measure.sequential_looks import critical_values
from matcher.measure.spillover import Spillover, spillover

COVARIATES = ("is_female", "is_disabled", "is_returned", "schooling")
"""What the estimate is adjusted for: all known at entry."""

ONE_LOOK = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Looks:
    """The plan of a holdout that is looked at while it runs: people to answer in all, and how many had before.

    Raises
    ------
    InvalidInput
        When fewer than one is planned, or the earlier looks do not rise below the plan.
    """

    planned: int
    earlier: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        ends = [0, *self.earlier, self.planned]
        if any(a >= b for a, b in pairwise(ends)):
            raise InvalidInput(
                f"looks at {self.earlier} of {self.planned} planned: give rising numbers of answers below the plan"
            )

    def critical(self, n_answered: int) -> float:
        """Return the critical value of the look at which `n_answered` people answered.

        Raises
        ------
        InvalidInput
            When that is no more than at the look before.

        Notes
        -----
        A look beyond the plan is the last, with all that is left to spend.
        """
        if self.earlier and n_answered <= self.earlier[-1]:
            raise InvalidInput(
                f"look at {n_answered} answers after one at {self.earlier[-1]}: name only the looks before this one"
            )
        return critical_values([n / self.planned for n in (*self.earlier, min(n_answered, self.planned))])[-1]


@dataclass(frozen=True, slots=True)
class Arm:
    """People of one arm: at work, not at work, silent."""

    n_at_work: int
    n_not_working: int
    n_silent: int

    @property
    def response_rate(self) -> float | None:
        """Share that answered; ``None`` of nobody."""
        n = self.n_at_work + self.n_not_working + self.n_silent
        return (n - self.n_silent) / n if n else None


@dataclass(frozen=True, slots=True)
class NetEffect:
    """The effect of being shown the ranking and not the plain order, on the share at work.

    ``difference`` is adjusted for strata and covariates and ``interval`` its 95 % interval at this look; ``unadjusted``
    is within strata alone. ``attrition`` is the difference in answering; ``lee`` bounds the effect whatever it does.
    All are ``None`` where ``refusals`` (keys of ``holdout_audit.REFUSALS``) says why; arms too, where a count is under
    ``LEAST_PEOPLE``. ``spillover`` is there where the share treated varies by district.
    """

    clock: str
    base: str
    audit: Audit
    refusals: tuple[str, ...]
    treated: Arm | None
    held_out: Arm | None
    difference: Difference | None
    interval: tuple[float, float] | None
    critical: float
    unadjusted: Difference | None
    attrition: Difference | None
    lee: LeeBounds | None
    spillover: Spillover | None
    n_outside: int
    n_unassigned: int
    n_unripe: int
    n_future_impressions: int

    @property
    def is_one_of_many(self) -> bool:
        """Whether the interval allows for looks before."""
        return self.critical > ONE_LOOK + 1e-3

    @property
    def is_attrition_unequal(self) -> bool:
        """Whether the arms answer unequally often, beyond chance at 95 %."""
        if self.attrition is None:
            return False
        low, high = self.attrition.interval()
        return low > 0 or high < 0


def estimate_net_effect(
    people: HoldoutPeople, *, clock: str, base: str, rng: np.random.Generator, looks: Looks | None = None
) -> NetEffect:
    """Return the net effect of the ranking.

    Parameters
    ----------
    people : HoldoutPeople
        As ``holdout_people`` gives them.
    clock, base : str
        Of those people, for the record.
    rng : numpy.random.Generator
        For the error of the Lee bounds.
    looks : Looks, optional
        Where this is one of several looks; without, the interval holds for a single one, planned beforehand.

    Raises
    ------
    InvalidInput
        When the looks do not rise.

    Notes
    -----
    Strata are province, schooling and the share treated of the district; they are joined until both arms have ten
    people who answered. Assumes that within them those who keep silent are as those who answer; ``attrition`` and
    ``lee`` tell how far that carries. Nobody's effect is divided by whether they came: that would need assumptions.
    """
    rows = _Rows.of(people.rows)
    audited = _audited(rows)
    arms = _arm(rows, is_treated=True), _arm(rows, is_treated=False)
    refusals = audited.refusals or _silence(arms)
    kept = rows.is_answered
    stratum = join_strata(rows.stratum[kept], rows.is_treated[kept], block=rows.block[kept])
    if not refusals and ((stratum >= 0).sum() == 0 or _is_small(arms)):
        refusals = ("too_few",)
    beside = (people.n_unassigned, people.n_unripe, people.n_future_impressions)
    is_withheld = _is_small(arms)
    told_arms = (None, None) if is_withheld else arms
    n_outside = int((~rows.is_mixed).sum())
    if refusals:
        nothing = (None, None, ONE_LOOK, None, None, None, None)
        return NetEffect(clock, base, audited, refusals, *told_arms, *nothing, n_outside, *beside)
    adjusted = adjusted_outcome(rows.outcome[kept], rows.is_treated[kept], rows.covariates[kept], stratum)
    difference = stratified_difference(adjusted, rows.is_treated[kept], stratum)
    critical = looks.critical(int((stratum >= 0).sum())) if looks else ONE_LOOK
    return NetEffect(
        clock, base, audited, (), *told_arms,
        difference, difference.interval(critical if looks else None), critical,
        stratified_difference(rows.outcome[kept], rows.is_treated[kept], stratum),
        _attrition(rows), lee_bounds(_counts(arms), rng=rng),
        _spillover(rows) if len(np.unique(rows.share)) > 1 else None, n_outside, *beside,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Rows:
    """The people as arrays, (n,) each; covariates (n, p)."""

    is_treated: NDArray[np.bool_]
    share: NDArray[np.float64]
    block: NDArray[np.int64]
    stratum: NDArray[np.int64]
    district: NDArray[np.int64]
    outcome: NDArray[np.float64]
    is_answered: NDArray[np.bool_]
    covariates: NDArray[np.float64]
    crossed: NDArray[np.bool_]
    is_shown: NDArray[np.bool_]

    @classmethod
    def of(cls, table: pa.Table) -> _Rows:
        def column(name: str) -> NDArray[np.generic]:
            return table[name].to_numpy()

        state, share = column("state").astype(str), column("share").astype(np.float64)
        return cls(
            is_treated=column("is_treated").astype(bool),
            share=share,
            block=np.unique(share, return_inverse=True)[1].astype(np.int64),
            stratum=column("stratum").astype(np.int64),
            district=column("district").astype(np.int64),
            outcome=np.isin(state, ["employed", "self_employed"]).astype(np.float64),
            is_answered=~np.isin(state, ["no_response", "not_asked"]),
            covariates=np.stack([column(name).astype(np.float64) for name in COVARIATES], axis=1),
            crossed=column("crossed").astype(bool),
            is_shown=column("is_shown").astype(bool),
        )

    @property
    def is_mixed(self) -> NDArray[np.bool_]:
        """Whether the person could have been in either arm."""
        return (self.share > 0) & (self.share < 1)


def _audited(rows: _Rows) -> Audit:
    return audit(
        rows.is_treated,
        rows.share,
        join_strata(rows.stratum, rows.is_treated, block=rows.block),
        dict(zip(COVARIATES, rows.covariates.T, strict=True)),
        crossed=rows.crossed,
        is_shown=rows.is_shown,
    )


def _arm(rows: _Rows, *, is_treated: bool) -> Arm:
    inside = (rows.is_treated == is_treated) & rows.is_mixed
    at_work = int(rows.outcome[inside].sum())
    answered = int(rows.is_answered[inside].sum())
    return Arm(at_work, answered - at_work, int(inside.sum()) - answered)


def _counts(arms: Sequence[Arm]) -> NDArray[np.int64]:
    """Give (2, 3) counts, the held out first."""
    return np.array([[arm.n_at_work, arm.n_not_working, arm.n_silent] for arm in reversed(arms)], dtype=np.int64)


def _silence(arms: Sequence[Arm]) -> tuple[str, ...]:
    return ("nobody_answered",) if any(not arm.response_rate for arm in arms) else ()


def _is_small(arms: Sequence[Arm]) -> bool:
    counts = _counts(arms)
    return bool(((counts > 0) & (counts < LEAST_PEOPLE)).any())


def _attrition(rows: _Rows) -> Difference:
    stratum = join_strata(rows.stratum, rows.is_treated, block=rows.block)
    return stratified_difference(rows.is_answered.astype(np.float64), rows.is_treated, stratum)


def _spillover(rows: _Rows) -> Spillover:
    kept = rows.is_answered & (rows.district >= 0)
    return spillover(rows.outcome[kept], rows.is_treated[kept], rows.district[kept], rows.share[kept])
