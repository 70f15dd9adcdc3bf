"""Takes yes-or-no decisions about people and their groups; gives the distance between the groups, by fairlearn.

Draws no interval: ``group_gaps`` does. The names are those of the literature, so that figures can be compared.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matcher.domain.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class Parity:
    """Distances between the best and the worst served group; ``None`` where nobody decides them.

    ``selection_difference`` (0 is even) and ``selection_ratio`` (1 is even) of the share served: demographic parity.
    ``opportunity_difference`` of the share served among those who could be: equal opportunity.
    """

    selection_difference: float
    selection_ratio: float | None
    opportunity_difference: float | None


def measure_parity(group: NDArray[np.str_], is_served: NDArray[np.bool_], could_be: NDArray[np.bool_]) -> Parity | None:
    """Return how unevenly the groups are served; ``None`` of fewer than two groups.

    Parameters
    ----------
    group : (n,) str
        The group of each person.
    is_served, could_be : (n,) bool
        Whether the person was served, and whether there was anything to be served with.

    Raises
    ------
    InvalidInput
        When the columns differ in length.

    Notes
    -----
    ``fairlearn.metrics``: demographic parity difference and ratio, equal opportunity difference; between groups. The
    ratio is ``None`` where nobody is served, the last where in some group nobody could be.

    Examples
    --------
    One of two women and both men were served, and all could be: half apart.

    >>> even = np.array([True, True, True, True])
    >>> found = measure_parity(np.array(["f", "f", "m", "m"]), np.array([True, False, True, True]), even)
    >>> found and (found.selection_difference, found.selection_ratio, found.opportunity_difference)
    (0.5, 0.5, 0.5)
    """
    # importing it takes seconds, which every other command of the house would wait for
    from fairlearn import metrics

    if not len(group) == len(is_served) == len(could_be):
        raise InvalidInput(f"parity: columns of {len(group)}, {len(is_served)} and {len(could_be)} rows; one a person")
    names = np.unique(group)
    if len(names) < 2:
        return None
    has_chance = all(could_be[group == name].any() for name in names)
    truth, served = could_be.astype(int), is_served.astype(int)
    return Parity(
        float(metrics.demographic_parity_difference(truth, served, sensitive_features=group)),
        float(metrics.demographic_parity_ratio(truth, served, sensitive_features=group)) if is_served.any() else None,
        float(metrics.equal_opportunity_difference(truth, served, sensitive_features=group)) if has_chance else None,
    )
