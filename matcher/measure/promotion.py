"""Takes a challenger's gain, over everybody and group by group; gives whether it may replace the champion, and why.

Estimates nothing and replaces nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.measure.reranking import Gain, Reorder, reorder_gain

PROMOTION_LEVEL = 0.99
"""Coverage of the intervals that decide: one challenger in two hundred that adds nothing would pass."""

GROUP_REWARDS = 50.0
"""Effective rewards that a group must have to be judged: of fewer the rare weighty ones are often missing, and their
spread with them, so that a group seems to lose that does not."""


@dataclass(frozen=True, slots=True)
class Decision:
    """``gain`` over everybody, ``groups`` by attribute and group, and ``reasons`` why it is not promoted, in order."""

    gain: Gain
    groups: Mapping[str, Mapping[str, Gain]]
    reasons: tuple[str, ...]

    @property
    def is_promoted(self) -> bool:
        """Whether nothing speaks against the challenger."""
        return not self.reasons


def decide(shown: Reorder, attributes: Mapping[str, NDArray[np.str_]]) -> Decision:
    """Return the decision on a challenger.

    Parameters
    ----------
    shown : Reorder
        Of a period that the challenger has not learned from.
    attributes : mapping of str to ndarray of str, shape (m,)
        Group of the person of each row, by attribute; the empty text where it is not known.

    Notes
    -----
    Promoted when the whole interval (``PROMOTION_LEVEL``) of the gain over everybody is above 0, and no group has its
    whole interval below 0.
    A group is judged as if no vacancy were ever full: what it loses at a full one, another group gains.
    A group too small for an estimate (``GROUP_REWARDS``) cannot be said to lose; it is listed with the reason.
    Raises nothing.
    """
    gain = reorder_gain(shown, level=PROMOTION_LEVEL)
    groups = {name: _gains(shown.without_limits(), column) for name, column in attributes.items()}
    return Decision(gain, groups, tuple(_reasons(gain, groups)))


def decision_record(decision: Decision) -> dict[str, Any]:
    """Return the decision as plain values for JSON. Raises nothing."""
    groups = [
        {"attribute": name, "group": group or None, **asdict(gain)}
        for name, gains in decision.groups.items()
        for group, gain in gains.items()
    ]
    return {
        "is_promoted": decision.is_promoted, "reasons": list(decision.reasons), "gain": asdict(decision.gain),
        "groups": groups,
    }  # fmt: skip


def _gains(shown: Reorder, column: NDArray[np.str_]) -> dict[str, Gain]:
    return {
        str(one): reorder_gain(shown.of(column == one), level=PROMOTION_LEVEL, least_rewards=GROUP_REWARDS)
        for one in np.unique(column)
    }


def _reasons(gain: Gain, groups: Mapping[str, Mapping[str, Gain]]) -> list[str]:
    if gain.refused:
        return [f"no estimate: {gain.refused}"]
    reasons = []
    if not gain.is_clear:
        reasons.append(f"the interval of the gain, {gain.low:+.5f} to {gain.high:+.5f} a slate, does not clear 0")
    reasons += [
        f"{name} {group or 'unknown'} loses: {one.low:+.5f} to {one.high:+.5f} a slate"
        for name, gains in groups.items()
        for group, one in gains.items()
        if one.is_loss
    ]
    return reasons
