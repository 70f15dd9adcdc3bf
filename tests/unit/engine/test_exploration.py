"""What an exploring slate may show, how often it does, and that the record of it is exact."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chisquare

from matcher.domain.errors import InvalidInput
from matcher.engine.exploration import draw, marginals

shapes = {"n_head": st.integers(0, 40), "k": st.integers(1, 12)}
shares = st.sampled_from([0.0, 0.1, 0.5, 1.0])


@given(**shapes, share=shares)
def test_chances_sum_to_one_per_position_and_to_no_more_per_entry(n_head: int, k: int, share: float) -> None:
    chances = marginals(n_head, k=k, share=share)
    assert chances.shape == (min(k, n_head), n_head)
    assert chances.sum(axis=1) == pytest.approx(np.ones(min(k, n_head)))
    assert (chances >= 0).all() and (chances.sum(axis=0) <= 1 + 1e-9).all()


@pytest.mark.parametrize(("n_head", "k"), [(1, 1), (2, 5), (5, 5), (7, 3), (12, 4)])
def test_chances_are_those_of_every_move_counted(n_head: int, k: int) -> None:
    n_positions = min(n_head, k)
    counted = np.zeros((n_positions, n_head))
    for source, target in product(range(n_head), range(n_positions)):
        order = list(range(n_head))
        order.insert(target, order.pop(source))
        counted[np.arange(n_positions), order[:n_positions]] += 1 / (n_head * n_positions)
    assert marginals(n_head, k=k, share=1.0) == pytest.approx(counted)
    assert marginals(n_head, k=k, share=0.3) == pytest.approx(0.7 * np.eye(n_positions, n_head) + 0.3 * counted)


@pytest.mark.parametrize("share", [0.2, 1.0])
def test_chances_match_simulated_frequencies(share: float) -> None:
    n_head, k, n_draws = 9, 3, 20_000
    rng, counts = np.random.default_rng(7), np.zeros((3, 9))
    for _ in range(n_draws):
        counts[np.arange(k), draw(n_head, k=k, share=share, rng=rng).indices] += 1
    expected = n_draws * marginals(n_head, k=k, share=share)
    assert all(chisquare(seen, hoped).pvalue > 0.001 for seen, hoped in zip(counts, expected, strict=True))


@given(**shapes, share=shares, seed=st.integers(0, 99))
def test_the_record_is_the_cell_of_what_was_shown(n_head: int, k: int, share: float, seed: int) -> None:
    drawn = draw(n_head, k=k, share=share, rng=np.random.default_rng(seed))
    n_positions = min(k, n_head)
    assert len(set(drawn.indices.tolist())) == len(drawn.indices) == n_positions
    cells = marginals(n_head, k=k, share=share)[np.arange(n_positions), drawn.indices]
    assert drawn.propensities.tolist() == cells.tolist() and (cells > 0).all()


@given(**shapes, seed=st.integers(0, 99))
def test_the_same_seed_gives_the_same_slate(n_head: int, k: int, seed: int) -> None:
    first, second = (draw(n_head, k=k, share=0.5, rng=np.random.default_rng(seed)) for _ in range(2))
    assert first.indices.tolist() == second.indices.tolist()


@given(**shapes)
def test_without_exploration_the_ranked_list_is_certain(n_head: int, k: int) -> None:
    for rng in (None, np.random.default_rng(0)):
        drawn = draw(n_head, k=k, share=0.0, rng=rng)
        assert drawn.indices.tolist() == list(range(min(k, n_head)))
        assert set(drawn.propensities.tolist()) <= {1.0}


def test_every_entry_of_the_head_may_stand_at_every_position() -> None:
    chances = marginals(30, k=10, share=0.1)
    assert chances.min() == pytest.approx(0.1 / 300)
    assert np.diag(chances).min() > 0.9 and np.diag(chances, k=-1)[0] == pytest.approx(0.1 * 30 / 300)


def test_exploring_costs_half_a_percent_of_ndcg() -> None:
    gains = 2.0 ** np.repeat([3, 2, 1, 0], [3, 7, 10, 10]) - 1
    discounts = 1 / np.log2(np.arange(2, 12))
    ideal = discounts @ gains[:10]
    lost = {share: 1 - discounts @ marginals(30, k=10, share=share) @ gains / ideal for share in (0.1, 1.0)}
    assert lost == pytest.approx({0.1: 0.0050, 1.0: 0.0498}, abs=1e-4)


@pytest.mark.parametrize(("share", "told"), [(-0.1, "not from 0 to 1"), (1.5, "not from 0 to 1"), (0.1, "give an rng")])
def test_draw_refuses_what_is_no_share(share: float, told: str) -> None:
    with pytest.raises(InvalidInput, match=told):
        draw(5, k=3, share=share, rng=None)
