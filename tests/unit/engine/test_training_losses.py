"""The losses of training, worked out by hand, and who counts as a wrong answer."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from matcher.engine.training_losses import contrastive_loss, listwise_loss, wrong_answers
from matcher.engine.training_pairs import Pair


@pytest.mark.parametrize("share", [1.0, 0.5])
def test_contrastive_loss_by_hand(share: float) -> None:
    rows = torch.eye(2)
    loss = contrastive_loss(rows, rows, torch.full((2, 2), share), temperature=1.0, own_side=False)
    assert float(loss) == pytest.approx(np.log(1 + share * np.exp(-1)))


def test_contrastive_loss_counts_the_own_side_too() -> None:
    rows = torch.eye(2)
    loss = contrastive_loss(rows, rows, torch.ones(2, 2), temperature=1.0, own_side=True)
    assert float(loss) == pytest.approx(np.log(1 + 2 * np.exp(-1)))


def test_contrastive_loss_without_wrong_answers_is_nothing() -> None:
    rows = torch.eye(2)
    assert float(contrastive_loss(rows, rows, torch.zeros(2, 2), temperature=1.0, own_side=True)) == 0


def test_listwise_loss_by_hand() -> None:
    scores = torch.tensor([[1.0, 0.0, 5.0]])
    wanted = torch.tensor([[1.0, 0.0, -1.0]])
    assert float(listwise_loss(scores, wanted, temperature=1.0)) == pytest.approx(np.log(1 + np.exp(-1)))
    assert float(listwise_loss(scores, torch.zeros(1, 3), temperature=1.0)) == 0


def test_same_group_and_same_text_are_no_wrong_answers() -> None:
    batch = [
        Pair("koki", "dapur", "a"),
        Pair("juru masak", "bumbu", "a"),
        Pair("kasir", "dapur", "b"),
        Pair("x", "y", "c"),
    ]
    expected = [[0, 0, 0, 1], [0, 0, 1, 1], [0, 1, 0, 1], [1, 1, 1, 0]]
    assert wrong_answers(batch, sister_share=0.5).tolist() == expected


def test_sisters_of_one_family_are_half_wrong() -> None:
    batch = [Pair("koki", "dapur", "a", "51"), Pair("pelayan", "meja", "b", "51"), Pair("x", "y", "c")]
    assert wrong_answers(batch, sister_share=0.5).tolist() == [[0, 0.5, 1], [0.5, 0, 1], [1, 1, 0]]
