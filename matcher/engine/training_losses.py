"""Takes unit rows of a batch and what is known of them; gives the loss that brings pairs and graded texts in order.

It encodes nothing and steps no optimiser.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch.nn.functional import cross_entropy

from matcher.engine.training_pairs import Pair


def contrastive_loss(
    left: torch.Tensor, right: torch.Tensor, wrong: torch.Tensor, *, temperature: float, own_side: bool
) -> torch.Tensor:
    """Return the symmetric contrastive loss of paired unit rows, a scalar of 0 and up.

    Parameters
    ----------
    left, right : Tensor, float32 (n, dimension)
        Row i of one belongs to row i of the other.
    wrong : Tensor, float32 (n, n)
        How far each pair counts as a wrong answer to each other, 0 (not at all) to 1; the diagonal is ignored.
    temperature : float
        Above 0.
    own_side : bool
        Whether left rows are also each other's wrong answers, and right rows likewise: for two titles, not for a
        title and a text.

    Notes
    -----
    Raises nothing. The mean of both softmax cross-entropies over cosine / temperature (van den Oord 2018, both ways),
    wrong answers weighted; with `own_side` the improved contrastive loss of Li et al. 2023.
    """
    truth = torch.arange(len(left), device=left.device)
    itself = torch.eye(len(left), dtype=torch.bool, device=left.device)
    share = wrong.log()
    across = left @ right.T / temperature + share.masked_fill(itself, 0.0)
    if not own_side:
        return (cross_entropy(across, truth) + cross_entropy(across.T, truth)) / 2
    apart = share.masked_fill(itself, float("-inf"))
    one = cross_entropy(torch.cat([across, left @ left.T / temperature + apart], dim=1), truth)
    other = cross_entropy(torch.cat([across.T, right @ right.T / temperature + apart], dim=1), truth)
    return (one + other) / 2


def listwise_loss(scores: torch.Tensor, wanted: torch.Tensor, *, temperature: float) -> torch.Tensor:
    """Return the cross-entropy of the wanted distribution and the softmax of scores, a scalar of 0 and up.

    Parameters
    ----------
    scores : Tensor, float32 (n_courses, n_vacancies)
        Cosines.
    wanted : Tensor, float32 (n_courses, n_vacancies)
        Gains of 0 and up; below 0 where nothing is known and the vacancy is left out of the sum.
    temperature : float
        Above 0.

    Notes
    -----
    Raises nothing. ListNet's top-one loss (Cao 2007); a course without any gain counts 0.
    """
    logs = (scores / temperature).masked_fill(wanted < 0, float("-inf")).log_softmax(dim=1).masked_fill(wanted <= 0, 0)
    gains = wanted.clamp(min=0)
    return -(gains * logs).sum(dim=1).div(gains.sum(dim=1).clamp(min=1e-9)).mean()


def wrong_answers(batch: Sequence[Pair], *, sister_share: float) -> torch.Tensor:
    """Return how far each pair of a batch is a wrong answer to each other: float32 (n, n), symmetric, 0 to 1.

    Parameters
    ----------
    batch : sequence of Pair
        Of one source.
    sister_share : float
        What two groups of one family count, 0 to 1: sisters are alike, so they are half-wrong answers at most.

    Notes
    -----
    Raises nothing. Pairs that share their group or a text count 0, all others 1.
    """
    group, family, left, right = (
        np.array([getattr(pair, name) for pair in batch], dtype=object) for name in ("group", "family", "left", "right")
    )
    equal = (group[:, None] == group) | (left[:, None] == left) | (right[:, None] == right)
    crossed = left[:, None] == right
    sisters = (family[:, None] == family) & (family != "")
    wrong = np.where(sisters, sister_share, 1.0)
    wrong[(equal | crossed | crossed.T).astype(bool)] = 0.0
    return torch.from_numpy(wrong.astype(np.float32))
