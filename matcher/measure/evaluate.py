"""Takes a run and qrels; gives each metric with its interval, and one run compared with another. Reads no file.

The qrels decide which queries count. A judged query that the run lacks scores 0 and stays in the mean; a query of
the run that nobody judged is left out and counted; an unjudged document earns nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from matcher.domain.errors import InvalidInput
from matcher.measure.metrics import GAINS, Gain, average_precision, ndcg, recall, reciprocal_rank
from matcher.measure.resampling import Estimate, estimate_means, randomisation_test
from matcher.measure.trec import in_rank_order

METRICS = ("ndcg@10", "map", "mrr", "recall@10", "recall@100")

PRIMARY_METRIC = METRICS[0]
"""The metric that decides between champion and challenger; the others are shown beside it and decide nothing."""

SIGNIFICANCE = 0.05

_FIRST_PAGE = 10
_EQUAL = 1e-9


@dataclass(frozen=True, slots=True)
class Grading:
    """How grades are read: the gain of nDCG, and the least grade that the other metrics call relevant."""

    gain: Gain = "linear"
    relevant_from: float = 1.0

    def __post_init__(self) -> None:
        if self.gain not in GAINS:
            raise InvalidInput(f"gain '{self.gain}': not known; use one of {', '.join(GAINS)}")
        if not self.relevant_from > 0:
            raise InvalidInput(
                f"relevant from grade {self.relevant_from}: an unjudged hit has grade 0; use a grade above 0"
            )


@dataclass(frozen=True, slots=True)
class Coverage:
    """What of run and qrels met.

    ``judged_share`` is the share of the first ten hits that somebody judged, averaged over the judged queries (0 for a
    query without hits). ``n_contradicting`` counts the queries whose stated ranks disagree with the scores.
    """

    n_queries: int
    n_missing: int
    n_unjudged: int
    n_without_relevant: int
    n_contradicting: int
    judged_share: float


@dataclass(frozen=True, slots=True)
class QueryScores:
    """The metrics of each judged query: `values` is (n_queries, len(METRICS)), rows in the order of `query_ids`."""

    query_ids: tuple[str, ...]
    values: NDArray[np.float64]
    coverage: Coverage

    def of(self, metric: str) -> NDArray[np.float64]:
        """Return the (n_queries,) values of `metric`, one of ``METRICS``."""
        return self.values[:, METRICS.index(metric)]


@dataclass(frozen=True, slots=True)
class Difference:
    """Challenger less champion on one metric: mean, 95 % interval, two-sided p-value, queries won, lost and tied."""

    estimate: Estimate
    p_value: float
    n_better: int
    n_worse: int
    n_equal: int


@dataclass(frozen=True, slots=True)
class Evaluation:
    """One run judged, and compared with another where one was given (`against`: the champion; `run`: the challenger).

    `estimates` and `differences` are keyed by ``METRICS``; without a champion `differences` is empty. `unjudged` holds
    the hits of the run's first ten that nobody judged: the rows to grade next.
    """

    grading: Grading
    run: QueryScores
    estimates: dict[str, Estimate]
    unjudged: pa.Table
    against: QueryScores | None = None
    against_estimates: dict[str, Estimate] = field(default_factory=dict)
    differences: dict[str, Difference] = field(default_factory=dict)


def evaluate(
    run: pa.Table,
    qrels: pa.Table,
    *,
    rng: np.random.Generator,
    against: pa.Table | None = None,
    grading: Grading | None = None,
) -> Evaluation:
    """Return `run` judged by `qrels` and, where `against` is given, its paired difference to that champion.

    Parameters
    ----------
    run, qrels, grading
        As in :func:`score_queries`.
    rng : numpy.random.Generator
        Draws the intervals and the test; the same state gives the same answer.
    against : pyarrow.Table, optional
        The run to beat, with the columns of ``trec.RUN_SCHEMA``.

    Raises
    ------
    InvalidInput
        When a run and the qrels share no query, or a grade does not suit the gain.
    """
    grading = grading or Grading()
    scores = score_queries(run, qrels, grading=grading)
    unjudged = unjudged_hits(run, qrels)
    if against is None:
        return Evaluation(grading, scores, _by_metric(estimate_means(scores.values, rng=rng)), unjudged)
    champion = score_queries(against, qrels, grading=grading)
    gaps = scores.values - champion.values
    # One draw for all: a run has the same interval alone, as challenger and as champion.
    means = estimate_means(np.hstack([scores.values, champion.values, gaps]), rng=rng)
    own, other, between = (means[i : i + len(METRICS)] for i in range(0, len(means), len(METRICS)))
    differences = _differences(gaps, between, randomisation_test(gaps, rng=rng))
    return Evaluation(grading, scores, _by_metric(own), unjudged, champion, _by_metric(other), differences)


def score_queries(run: pa.Table, qrels: pa.Table, *, grading: Grading | None = None) -> QueryScores:
    """Return every metric of ``METRICS`` for every query of `qrels`.

    Parameters
    ----------
    run : pyarrow.Table
        Columns of ``trec.RUN_SCHEMA``, in any order; ordered as :func:`matcher.measure.trec.in_rank_order` says.
    qrels : pyarrow.Table
        Columns of ``trec.QRELS_SCHEMA``; each (query, document) once in both tables.
    grading : Grading, optional
        Linear gain and relevance from grade 1 unless told otherwise.

    Raises
    ------
    InvalidInput
        When no query of the run is judged, or a grade does not suit the gain.
    """
    grading = grading or Grading()
    query_ids = sorted(qrels["query_id"].unique().to_pylist())
    queries = pa.table({"query_id": query_ids, "query_index": range(len(query_ids))})
    judged_run = run.join(queries, "query_id", join_type="inner")
    _refuse_strangers(run, judged_run, query_ids)
    hits = in_rank_order(judged_run.join(qrels, ["query_id", "doc_id"], join_type="left outer"))
    grades = _by_query(hits, len(query_ids))
    truth = _by_query(qrels.join(queries, "query_id", join_type="inner"), len(query_ids))
    rows = [_metrics(found, judged, grading) for found, judged in zip(grades, truth, strict=True)]
    coverage = Coverage(
        n_queries=len(query_ids),
        n_missing=sum(not len(found) for found in grades),
        n_unjudged=len(run["query_id"].unique()) - len(judged_run["query_id"].unique()),
        n_without_relevant=sum(not (judged >= grading.relevant_from).any() for judged in truth),
        n_contradicting=_contradicting(judged_run),
        judged_share=float(np.mean([_judged_share(found) for found in grades])),
    )
    return QueryScores(tuple(query_ids), np.array(rows), coverage)


def unjudged_hits(run: pa.Table, qrels: pa.Table, *, k: int = _FIRST_PAGE) -> pa.Table:
    """Return the first `k` hits of each judged query that nobody judged, by query_id and rank, to be judged later.

    Parameters
    ----------
    run, qrels : pyarrow.Table
        As in :func:`score_queries`; columns of `run` beyond ``trec.RUN_SCHEMA`` travel along.

    Notes
    -----
    Raises nothing. The list is empty where all were judged.
    """
    first = in_rank_order(run)
    first = first.filter(pa.array(first["rank"].to_numpy() <= k))
    asked = first.join(qrels, "query_id", join_type="left semi")
    return asked.join(qrels, ["query_id", "doc_id"], join_type="left anti").sort_by(
        [("query_id", "ascending"), ("rank", "ascending")]
    )


def verdict(differences: dict[str, Difference]) -> str:
    """Return who wins on ``PRIMARY_METRIC``: "challenger", "champion", or "undecided" where p is not below 0.05.

    Notes
    -----
    Raises nothing.
    """
    primary = differences[PRIMARY_METRIC]
    if primary.p_value >= SIGNIFICANCE:
        return "undecided"
    return "challenger" if primary.estimate.value > 0 else "champion"


def _metrics(grades: NDArray[np.float64], truth: NDArray[np.float64], grading: Grading) -> tuple[float, ...]:
    found = np.nan_to_num(grades)
    is_relevant = found >= grading.relevant_from
    n_relevant = int(np.count_nonzero(truth >= grading.relevant_from))
    return (
        ndcg(found, truth, k=10, gain=grading.gain),
        average_precision(is_relevant, n_relevant),
        reciprocal_rank(is_relevant),
        recall(is_relevant, n_relevant, k=10),
        recall(is_relevant, n_relevant, k=100),
    )


def _by_metric(estimates: list[Estimate]) -> dict[str, Estimate]:
    return dict(zip(METRICS, estimates, strict=True))


def _differences(
    gaps: NDArray[np.float64], estimates: list[Estimate], p_values: NDArray[np.float64]
) -> dict[str, Difference]:
    better, worse = (gaps > _EQUAL).sum(axis=0), (gaps < -_EQUAL).sum(axis=0)
    return {
        metric: Difference(
            estimate=estimates[i],
            p_value=float(p_values[i]),
            n_better=int(better[i]),
            n_worse=int(worse[i]),
            n_equal=int(len(gaps) - better[i] - worse[i]),
        )
        for i, metric in enumerate(METRICS)
    }


def _by_query(rows: pa.Table, n_queries: int) -> list[NDArray[np.float64]]:
    """Give the grades of each query in the order of `rows`, NaN where a row has none."""
    indices = rows["query_index"].to_numpy()
    order = np.argsort(indices, kind="stable")
    ends = np.searchsorted(indices[order], np.arange(1, n_queries))
    return np.split(rows["rel"].to_numpy()[order], ends)


def _judged_share(grades: NDArray[np.float64]) -> float:
    first = grades[:_FIRST_PAGE]
    return 1 - float(np.mean(np.isnan(first))) if len(first) else 0.0


def _contradicting(run: pa.Table) -> int:
    """Count the queries in which a hit of lower score states a better rank."""
    ordered = in_rank_order(run.append_column("stated_rank", run["rank"]))
    is_within = ordered["rank"].to_numpy()[1:] > 1
    falls = (np.diff(ordered[name].to_numpy()) < 0 for name in ("stated_rank", "score"))
    is_wrong = is_within & np.logical_and(*falls)
    return len(np.unique(ordered["query_index"].to_numpy()[1:][is_wrong]))


def _refuse_strangers(run: pa.Table, judged_run: pa.Table, query_ids: list[str]) -> None:
    if not len(judged_run):
        asked = f"'{run['query_id'][0]}', ..." if len(run) else "none"
        raise InvalidInput(
            f"run and qrels share no query (run: {asked}; qrels: '{query_ids[0]}', ...); give the qrels of this run"
        )
