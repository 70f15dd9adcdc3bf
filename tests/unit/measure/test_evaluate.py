"""A run against qrels: who counts, what a missing query costs, and which run wins."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from matcher.domain.errors import InvalidInput
from matcher.measure.evaluate import METRICS, Evaluation, Grading, evaluate, score_queries, unjudged_hits, verdict
from matcher.measure.trec import QRELS_SCHEMA, RUN_SCHEMA


def _run(*rows: tuple[str, str, int, float]) -> pa.Table:
    return pa.table(list(zip(*rows, strict=True)), schema=RUN_SCHEMA)


def _qrels(*rows: tuple[str, str, float]) -> pa.Table:
    return pa.table(list(zip(*rows, strict=True)), schema=QRELS_SCHEMA)


def _lists(*lists: str) -> pa.Table:
    """Give one query for each word, its letters the hits in rank order."""
    hits = [(f"q{i:03d}", doc, rank, -rank) for i, word in enumerate(lists) for rank, doc in enumerate(word, start=1)]
    return _run(*hits)


def _evaluation(run: pa.Table, qrels: pa.Table, against: pa.Table | None = None) -> Evaluation:
    return evaluate(run, qrels, against=against, rng=np.random.default_rng(0))


QRELS = _qrels(("q000", "a", 2), ("q000", "b", 1), ("q000", "c", 0), ("q001", "a", 1), ("q002", "a", 0))


def test_metrics_are_those_worked_by_hand() -> None:
    scores = score_queries(_lists("bxa", "xxa".replace("xx", "yz")), QRELS)
    dcg, ideal = 1 / 1 + 2 / 2, 2 / 1 + 1 / np.log2(3)
    assert scores.query_ids == ("q000", "q001", "q002")
    np.testing.assert_allclose(scores.values[0], [dcg / ideal, (1 + 2 / 3) / 2, 1, 1, 1])
    np.testing.assert_allclose(scores.values[1], [1 / 2, 1 / 3, 1 / 3, 1, 1])


def test_judged_query_without_hits_or_relevance_stays_in_the_mean_as_0() -> None:
    scores = score_queries(_lists("ab"), QRELS)
    assert scores.values[1:].tolist() == [[0] * 5] * 2
    assert (scores.coverage.n_queries, scores.coverage.n_missing, scores.coverage.n_without_relevant) == (3, 2, 1)


def test_query_nobody_judged_is_left_out_and_counted() -> None:
    strange = _run(("q000", "a", 1, 1.0), ("z", "a", 1, 1.0), ("z", "b", 2, 0.5))
    scores = score_queries(strange, QRELS)
    assert "z" not in scores.query_ids
    assert scores.coverage.n_unjudged == 1
    np.testing.assert_array_equal(scores.values, score_queries(_lists("a"), QRELS).values)


def test_judged_share_is_of_the_first_ten_hits() -> None:
    scores = score_queries(_lists("abxy", "zzzzz"[:1]), _qrels(("q000", "a", 1), ("q000", "b", 0), ("q001", "a", 1)))
    assert scores.coverage.judged_share == pytest.approx((2 / 4 + 0 / 1) / 2)
    deep = score_queries(_lists("abcdefghijKLM"), _qrels(*(("q000", doc, 1.0) for doc in "KLM")))
    assert deep.coverage.judged_share == 0


def test_scores_decide_where_stated_ranks_contradict_them() -> None:
    run = _run(("q000", "x", 1, 0.1), ("q000", "a", 2, 0.9), ("q001", "a", 1, 0.9), ("q001", "x", 2, 0.1))
    scores = score_queries(run, QRELS)
    assert scores.of("mrr").tolist() == [1, 1, 0]
    assert scores.coverage.n_contradicting == 1


def test_ranks_that_are_all_alike_contradict_nothing() -> None:
    run = _run(("q000", "x", 0, 0.1), ("q000", "a", 0, 0.9), ("q001", "a", 0, 0.5))
    assert score_queries(run, QRELS).coverage.n_contradicting == 0


def test_order_of_the_rows_changes_nothing() -> None:
    run = _lists("bxa", "ya", "ac")
    shuffled = np.random.default_rng(3)
    again = score_queries(run.take(shuffled.permutation(len(run))), QRELS.take(shuffled.permutation(len(QRELS))))
    np.testing.assert_array_equal(again.values, score_queries(run, QRELS).values)


def test_grade_that_counts_as_relevant_can_be_raised() -> None:
    scores = score_queries(_lists("ba"), QRELS, grading=Grading(relevant_from=2))
    assert scores.of("mrr").tolist() == [0.5, 0, 0]
    assert scores.of("map").tolist() == [0.5, 0, 0]


def test_gain_changes_only_ndcg() -> None:
    run = _lists("ba", "xa")
    linear, exponential = (score_queries(run, QRELS, grading=Grading(gain=gain)) for gain in ("linear", "exponential"))
    np.testing.assert_array_equal(linear.values[:, 1:], exponential.values[:, 1:])
    assert exponential.of("ndcg@10")[0] < linear.of("ndcg@10")[0]


def test_run_and_qrels_that_share_no_query_are_refused() -> None:
    with pytest.raises(InvalidInput, match=r"share no query \(run: 'z', ...; qrels: 'q000', ...\); give the qrels"):
        score_queries(_run(("z", "a", 1, 1.0)), QRELS)
    with pytest.raises(InvalidInput, match="run: none"):
        score_queries(RUN_SCHEMA.empty_table(), QRELS)


@pytest.mark.parametrize("grade", [0.0, -1.0, float("nan")])
def test_relevance_from_grade_0_is_refused(grade: float) -> None:
    with pytest.raises(InvalidInput, match="use a grade above 0"):
        Grading(relevant_from=grade)


def test_unknown_gain_is_refused() -> None:
    with pytest.raises(InvalidInput, match="gain 'log': not known"):
        Grading(gain="log")  # type: ignore[arg-type]


def test_run_has_one_interval_alone_as_challenger_and_as_champion() -> None:
    rng = np.random.default_rng(5)
    lists = ["".join(rng.permutation(list("abcxyz"))) for _ in range(40)]
    run, other = _lists(*lists), _lists(*(word[::-1] for word in lists))
    qrels = _qrels(*((f"q{i:03d}", doc, grade) for i in range(40) for doc, grade in (("a", 2.0), ("b", 1.0))))
    alone = _evaluation(run, qrels).estimates
    for metric in METRICS:
        as_challenger = _evaluation(run, qrels, against=other).estimates[metric]
        as_champion = _evaluation(other, qrels, against=run).against_estimates[metric]
        for found in (as_challenger, as_champion):
            assert (found.value, found.low, found.high) == pytest.approx(
                (alone[metric].value, alone[metric].low, alone[metric].high)
            )


def test_better_run_wins_and_the_worse_one_loses() -> None:
    good, bad = _lists(*["ax"] * 20), _lists(*["xa"] * 20)
    qrels = _qrels(*((f"q{i:03d}", "a", 1.0) for i in range(20)))
    won, lost = _evaluation(good, qrels, against=bad), _evaluation(bad, qrels, against=good)
    assert (verdict(won.differences), verdict(lost.differences)) == ("challenger", "champion")
    mrr = won.differences["mrr"]
    assert (mrr.estimate.value, mrr.n_better, mrr.n_worse, mrr.n_equal) == (0.5, 20, 0, 0)
    assert won.differences["recall@10"].n_equal == 20


def test_run_against_itself_is_undecided() -> None:
    run = _lists("ax", "xa", "ab")
    same = _evaluation(run, QRELS, against=run)
    assert verdict(same.differences) == "undecided"
    assert {gap.p_value for gap in same.differences.values()} == {1.0}


def test_unjudged_hits_are_listed_for_judged_queries_only() -> None:
    run = _run(("q000", "a", 1, 3.0), ("q000", "x", 2, 2.0), ("q000", "y", 3, 1.0), ("z", "w", 1, 1.0))
    listed = unjudged_hits(run, QRELS, k=2)
    assert listed.select(["query_id", "doc_id", "rank"]).to_pylist() == [{"query_id": "q000", "doc_id": "x", "rank": 2}]
