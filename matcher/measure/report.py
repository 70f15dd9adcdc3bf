"""Takes an evaluation and where its tables came from; gives a record and a report. Computes no metric."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from matcher.domain.errors import InvalidInput
from matcher.measure.document import Block, Drawing, Heading, Paragraph, Table, render_html, render_markdown
from matcher.measure.evaluate import METRICS, PRIMARY_METRIC, Coverage, Difference, Evaluation, Grading, verdict
from matcher.measure.plots import draw_metrics, draw_queries
from matcher.measure.resampling import N_RESAMPLES, Estimate

QUERIES_SHOWN = 10
"""How many queries a list of winners or losers holds; the file of all queries stands beside it."""

_VERDICTS = {
    "challenger": "the challenger wins",
    "champion": "the champion wins",
    "undecided": "no difference is shown, so the champion stays",
}


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where the tables of an evaluation came from: file names, and the seed of its draws."""

    run: str
    qrels: str
    against: str | None
    is_by_title: bool
    seed: int


def record(evaluation: Evaluation, provenance: Provenance) -> dict[str, Any]:
    """Return the evaluation as plain values for JSON: provenance, grading, coverage, metrics and comparison.

    Notes
    -----
    Raises nothing. Without a champion ``against`` is ``None`` and the comparison is left out.
    """
    answer = {
        **asdict(provenance),
        **asdict(evaluation.grading),
        "n_resamples": N_RESAMPLES,
        "coverage": asdict(evaluation.run.coverage),
        "metrics": _plain(evaluation.estimates),
    }
    if evaluation.against is not None:
        answer["against_coverage"] = asdict(evaluation.against.coverage)
        answer["against_metrics"] = _plain(evaluation.against_estimates)
        answer["differences"] = {metric: _flat(gap) for metric, gap in evaluation.differences.items()}
        answer["verdict"] = verdict(evaluation.differences)
    return answer


def write_report(evaluation: Evaluation, provenance: Provenance, folder: Path) -> None:
    """Write ``report.md`` with its drawings, ``report.html`` (needs no other file), ``queries.tsv``, ``unjudged.tsv``.

    ``queries.tsv`` has every query's value, ``unjudged.tsv`` the query, document and rank of each hit among the first
    ten that nobody judged. Files of these names in `folder` are replaced.

    Raises
    ------
    InvalidInput
        When `folder` is a file.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError):
        raise InvalidInput(f"{folder}: is a file; name a folder for the report") from None
    title, blocks = f"Evaluation of {Path(provenance.run).name}", _blocks(evaluation, provenance)
    texts = {
        "report.md": render_markdown(title, blocks),
        "report.html": render_html(title, blocks),
        "queries.tsv": _queries_tsv(evaluation),
        "unjudged.tsv": _unjudged_tsv(evaluation),
        **{block.file_name: block.svg for block in blocks if isinstance(block, Drawing)},
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")


def tables(evaluation: Evaluation) -> list[Table]:
    """Return the metrics with their intervals and, with a champion, the differences: cells as text, four decimals.

    Notes
    -----
    Raises nothing.
    """
    if not evaluation.differences:
        rows = [(metric, _value(found), _interval(found)) for metric, found in evaluation.estimates.items()]
        return [Table(("metric", "value", "95 % interval"), rows)]
    runs = [
        (metric, _value(found), _interval(found), _value(other), _interval(other))
        for metric, found in evaluation.estimates.items()
        for other in (evaluation.against_estimates[metric],)
    ]
    gaps = [
        (metric, f"{gap.estimate.value:+.4f}", _interval(gap.estimate), f"{gap.p_value:.4f}", _record_of_queries(gap))
        for metric, gap in evaluation.differences.items()
    ]
    return [
        Table(("metric", "challenger", "95 % interval", "champion", "95 % interval"), runs),
        Table(("metric", "difference", "95 % interval", "p", "better / worse / equal"), gaps),
    ]


def notes(evaluation: Evaluation, provenance: Provenance) -> list[str]:
    """Return the sentences that say what was counted, how, and the verdict: one line each.

    Notes
    -----
    Raises nothing. Only what happened is said: a run that covers every query has no line on missing ones.
    """
    coverage = evaluation.run.coverage
    lines = [_setting(coverage, evaluation.grading, provenance), *_met("--run", coverage)]
    if coverage.n_without_relevant:
        lines.append(f"Judged queries without a relevant document, counted 0: {coverage.n_without_relevant}.")
    if evaluation.against is not None:
        lines += _met("--against", evaluation.against.coverage)
        lines.append(f"{PRIMARY_METRIC}: {_VERDICTS[verdict(evaluation.differences)]}; no other metric decides.")
    return [*lines, f"Intervals and p-values from {N_RESAMPLES} draws over queries, seed {provenance.seed}."]


def _blocks(evaluation: Evaluation, provenance: Provenance) -> list[Block]:
    sources = f"Run {provenance.run}, judged by {provenance.qrels}"
    if provenance.against:
        sources += f", against {provenance.against} (the champion; the run is the challenger)"
    return [
        Paragraph(f"{sources}."),
        *tables(evaluation),
        _metrics_drawing(evaluation),
        Heading("What was counted"),
        *map(Paragraph, notes(evaluation, provenance)),
        Heading(f"Queries by {PRIMARY_METRIC}"),
        _queries_drawing(evaluation),
        *_extremes(evaluation),
    ]


def _metrics_drawing(evaluation: Evaluation) -> Drawing:
    runs = {"run": evaluation.estimates}
    if evaluation.against is not None:
        runs = {"challenger": evaluation.estimates, "champion": evaluation.against_estimates}
    description = "Each metric with its 95 % interval"
    return Drawing("metrics.svg", draw_metrics(runs, description=description), description)


def _queries_drawing(evaluation: Evaluation) -> Drawing:
    if evaluation.against is None:
        values, label = evaluation.run.of(PRIMARY_METRIC), PRIMARY_METRIC
        description = f"{PRIMARY_METRIC} of each query, best first"
    else:
        values = evaluation.run.of(PRIMARY_METRIC) - evaluation.against.of(PRIMARY_METRIC)
        label = f"challenger - champion, {PRIMARY_METRIC}"
        description = f"Difference in {PRIMARY_METRIC} of each query, greatest gain first"
    return Drawing("queries.svg", draw_queries(values, label=label, description=description), description)


def _extremes(evaluation: Evaluation) -> list[Block]:
    head, rows = _query_rows(evaluation)
    if evaluation.against is None:
        return [Paragraph("The queries served worst:"), Table(head, [row for _, row in rows[::-1][:QUERIES_SHOWN]])]
    won = [row for gap, row in rows if gap > 0][:QUERIES_SHOWN]
    lost = [row for gap, row in rows[::-1] if gap < 0][:QUERIES_SHOWN]
    blocks: list[Block] = []
    for said, shown in (("won by the challenger", won), ("lost by the challenger", lost)):
        blocks.append(Paragraph(f"Queries most clearly {said}:" if shown else f"No query was {said}."))
        blocks += [Table(head, shown)] if shown else []
    return blocks


def _queries_tsv(evaluation: Evaluation) -> str:
    head, rows = _query_rows(evaluation)
    return _tsv(head, (row for _, row in rows))


def _unjudged_tsv(evaluation: Evaluation) -> str:
    hits = evaluation.unjudged
    # By title the document is a portal's words, which stay where they are; the vacancy that brought it has an id.
    document = "vacancy_id" if "vacancy_id" in hits.column_names else "doc_id"
    names = ("query_id", document, "rank")
    return _tsv(names, zip(*(hits[name].to_pylist() for name in names), strict=True))


def _tsv(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    out = io.StringIO()
    csv.writer(out, delimiter="\t", lineterminator="\n").writerows([head, *rows])
    return out.getvalue()


def _query_rows(evaluation: Evaluation) -> tuple[Sequence[str], list[tuple[float, Sequence[str]]]]:
    """Give the head and, for each query, its sort key with its cells: greatest difference (or value) first."""
    run, against = evaluation.run, evaluation.against
    found = run.of(PRIMARY_METRIC)
    if against is None:
        head, columns, keys = ("query_id", PRIMARY_METRIC), [found], found
    else:
        head = ("query_id", "challenger", "champion", "difference")
        keys = found - against.of(PRIMARY_METRIC)
        columns = [found, against.of(PRIMARY_METRIC), keys]
    order = np.argsort(-keys, kind="stable")
    return head, [(float(keys[i]), (run.query_ids[i], *(f"{column[i]:.4f}" for column in columns))) for i in order]


def _setting(coverage: Coverage, grading: Grading, provenance: Provenance) -> str:
    unit = "distinct titles" if provenance.is_by_title else "documents"
    gain = "2^rel - 1" if grading.gain == "exponential" else "rel"
    return (
        f"{coverage.n_queries} judged queries over {unit}; nDCG gain {gain}; relevant from grade "
        f"{grading.relevant_from:g}; an unjudged hit counts 0."
    )


def _met(option: str, coverage: Coverage) -> Iterable[str]:
    """Give what `coverage` says of the run named by `option`; what did not happen is not said."""
    counted = {
        "judged queries without a hit, counted 0": coverage.n_missing,
        "queries that nobody judged, left out": coverage.n_unjudged,
        "queries whose stated ranks contradict their scores, which decided": coverage.n_contradicting,
    }
    yield f"{option}: {coverage.judged_share:.2f} of the first ten hits are judged."
    yield from (f"{option}: {what}: {count}." for what, count in counted.items() if count)


def _value(estimate: Estimate) -> str:
    return f"{estimate.value:.4f}"


def _interval(estimate: Estimate) -> str:
    return "not known" if estimate.low is None else f"{estimate.low:.4f} to {estimate.high:.4f}"


def _record_of_queries(gap: Difference) -> str:
    return f"{gap.n_better} / {gap.n_worse} / {gap.n_equal}"


def _plain(estimates: Mapping[str, Estimate]) -> dict[str, dict[str, Any]]:
    return {metric: asdict(estimates[metric]) for metric in METRICS}


def _flat(gap: Difference) -> dict[str, Any]:
    figures = asdict(gap)
    return {**figures.pop("estimate"), **figures}
