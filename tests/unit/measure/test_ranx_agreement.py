"""The oracle: our metrics agree with ranx, query by query, on random runs over graded qrels."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
import ranx

from matcher.measure.evaluate import METRICS, Grading, score_queries
from matcher.measure.trec import QRELS_SCHEMA, RUN_SCHEMA

# numba, which compiles ranx, warns of its own casts.
pytestmark = pytest.mark.filterwarnings("ignore::numba.core.errors.NumbaTypeSafetyWarning")

Scores = dict[str, dict[str, float]]
Grades = dict[str, dict[str, int]]


def _random_world(seed: int) -> tuple[Scores, Grades]:
    """Graded qrels with a query that has nothing relevant; a run without ties that misses queries and adds others."""
    rng = np.random.default_rng(seed)
    documents = [f"v{i}" for i in range(150)]
    queries = [f"q{i:02d}" for i in range(30)]
    grades: Grades = {
        query: {str(doc): int(rng.integers(0, 4)) for doc in rng.choice(documents, rng.integers(1, 40), replace=False)}
        for query in queries[:25]
    }
    grades["q00"] = dict.fromkeys(grades["q00"], 0)
    scores: Scores = {
        query: {str(doc): float(rng.normal()) for doc in rng.choice(documents, rng.integers(1, 140), replace=False)}
        for query in queries[3:]
    }
    return scores, grades


def _run(scores: Scores) -> pa.Table:
    rows = [(query, doc, 0, score) for query, found in scores.items() for doc, score in found.items()]
    return pa.table(list(zip(*rows, strict=True)), schema=RUN_SCHEMA)


def _qrels(grades: Grades) -> pa.Table:
    rows = [(query, doc, float(grade)) for query, judged in grades.items() for doc, grade in judged.items()]
    return pa.table(list(zip(*rows, strict=True)), schema=QRELS_SCHEMA)


def _by_ranx(scores: Scores, grades: Grades, metrics: list[str]) -> dict[str, np.ndarray]:
    order = sorted(grades)
    run = ranx.Run({query: scores.get(query, {}) for query in order})
    qrels = ranx.Qrels({query: grades[query] for query in order})
    return {metric: ranx.evaluate(qrels, run, metric, return_mean=False) for metric in metrics}


@pytest.mark.parametrize("seed", range(5))
def test_every_metric_agrees_with_ranx(seed: int) -> None:
    scores, grades = _random_world(seed)
    ours = score_queries(_run(scores), _qrels(grades))
    theirs = _by_ranx(scores, grades, list(METRICS))
    assert ours.query_ids == tuple(sorted(grades))
    for metric in METRICS:
        np.testing.assert_allclose(ours.of(metric), theirs[metric], rtol=0, atol=1e-12, err_msg=metric)


@pytest.mark.parametrize("seed", range(5, 8))
def test_exponential_gain_agrees_with_ranx(seed: int) -> None:
    scores, grades = _random_world(seed)
    ours = score_queries(_run(scores), _qrels(grades), grading=Grading(gain="exponential"))
    theirs = _by_ranx(scores, grades, ["ndcg_burges@10"])
    np.testing.assert_allclose(ours.of("ndcg@10"), theirs["ndcg_burges@10"], rtol=0, atol=1e-12)


def test_a_higher_bar_of_relevance_agrees_with_ranx() -> None:
    scores, grades = _random_world(8)
    ours = score_queries(_run(scores), _qrels(grades), grading=Grading(relevant_from=2))
    theirs = _by_ranx(scores, grades, ["map-l2", "mrr-l2", "recall@10-l2"])
    for metric, peer in (("map", "map-l2"), ("mrr", "mrr-l2"), ("recall@10", "recall@10-l2")):
        np.testing.assert_allclose(ours.of(metric), theirs[peer], rtol=0, atol=1e-12, err_msg=metric)
