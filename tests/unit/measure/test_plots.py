"""Drawings are SVG that a page can hold, the same each time, small for any number of queries."""

from __future__ import annotations

from xml.etree import ElementTree

import numpy as np
import pytest

from matcher.measure.plots import draw_metrics, draw_queries
from matcher.measure.resampling import Estimate

ESTIMATES = {"ndcg@10": Estimate(0.5, 0.4, 0.6, 30), "map": Estimate(0.3, None, None, 1)}


def _words(svg: str) -> str:
    return " ".join(ElementTree.fromstring(svg).itertext())


def test_metrics_drawing_names_metrics_and_runs() -> None:
    words = _words(draw_metrics({"challenger": ESTIMATES, "champion": ESTIMATES}, description="dua"))
    assert all(word in words for word in ("ndcg@10", "map", "challenger", "champion", "95 % interval"))


def test_drawing_says_what_it_shows() -> None:
    root = ElementTree.fromstring(draw_metrics({"run": ESTIMATES}, description='"a" < b'))
    assert (root.get("role"), root.get("aria-label")) == ("img", '"a" < b')


def test_drawing_is_the_same_each_time() -> None:
    values = np.random.default_rng(1).normal(size=50)
    first, again = (draw_queries(values, label="selisih", description="x") for _ in range(2))
    assert first == again
    assert draw_queries(values[::-1], label="selisih", description="x") == first


@pytest.mark.parametrize("n", [1, 2, 999, 1_001, 20_000])
def test_queries_drawing_stays_small(n: int) -> None:
    values = np.random.default_rng(2).uniform(-1, 1, size=n)
    svg = draw_queries(values, label="selisih", description="x")
    assert f"{n} queries, best first" in _words(svg)
    assert len(svg) < 400_000
