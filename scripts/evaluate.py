"""Takes a run and qrels; gives metrics with intervals in print, as JSON or as a report. The library does the work."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np

from matcher.domain.errors import InvalidInput
from matcher.measure.by_title import qrels_by_title, run_by_title
from matcher.measure.document import Table
from matcher.measure.evaluate import Evaluation, Grading, evaluate
from matcher.measure.metrics import GAINS
from matcher.measure.report import Provenance, notes, record, tables, write_report
from matcher.measure.trec import read_columns, read_qrels, read_run


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``padan evaluate`` to `subparsers`."""
    parser = subparsers.add_parser("evaluate", help="measure a run against judgements, with intervals")
    parser.add_argument("--run", dest="run_file", type=Path, required=True, metavar="RUN", help="TREC run or Parquet")
    parser.add_argument(
        "--qrels", type=Path, required=True, metavar="FILE", help="query_id, doc_id, rel (TSV, Parquet)"
    )
    parser.add_argument("--against", type=Path, metavar="RUN", help="the champion: a second run to compare with")
    parser.add_argument(
        "--by-title", type=Path, metavar="VACANCIES", help="count each title once; qrels hold query_id, title, rel"
    )
    parser.add_argument("--gain", choices=GAINS, help="nDCG gain: linear, or exponential (the default with --by-title)")
    parser.add_argument(
        "--relevant-from", type=float, default=1.0, metavar="GRADE", help="least relevant grade (default 1)"
    )
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="seed of intervals and test (default 0)")
    parser.add_argument("--json", action="store_true", help="print the answer as JSON")
    parser.add_argument("--report", type=Path, metavar="DIR", help="write report.md, report.html and queries.tsv there")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Evaluate, print and, where asked, write the report; return 0."""
    provenance = _provenance(arguments)
    evaluation = _evaluation(arguments)
    if arguments.report:
        write_report(evaluation, provenance, arguments.report)
    if arguments.json:
        print(json.dumps(record(evaluation, provenance), ensure_ascii=False))
    else:
        _print(evaluation, provenance)
    return 0


def _provenance(arguments: argparse.Namespace) -> Provenance:
    if arguments.seed < 0:
        raise InvalidInput(f"--seed {arguments.seed}: below 0; give a whole number from 0")
    return Provenance(
        run=str(arguments.run_file),
        qrels=str(arguments.qrels),
        against=str(arguments.against) if arguments.against else None,
        is_by_title=arguments.by_title is not None,
        seed=arguments.seed,
    )


def _evaluation(arguments: argparse.Namespace) -> Evaluation:
    gain = arguments.gain or ("exponential" if arguments.by_title else "linear")
    grading = Grading(gain=gain, relevant_from=arguments.relevant_from)
    qrels = read_qrels(arguments.qrels, keyed_by="title" if arguments.by_title else "doc_id")
    found = read_run(arguments.run_file)
    against = read_run(arguments.against) if arguments.against else None
    if arguments.by_title:
        vacancies = read_columns(arguments.by_title, ("vacancy_id", "title"))
        qrels, found = qrels_by_title(qrels), run_by_title(found, vacancies)
        against = None if against is None else run_by_title(against, vacancies)
    return evaluate(found, qrels, against=against, grading=grading, rng=np.random.default_rng(arguments.seed))


def _print(evaluation: Evaluation, provenance: Provenance) -> None:
    for table in tables(evaluation):
        _print_table(table)
        print()
    print("\n".join(notes(evaluation, provenance)))


def _print_table(table: Table) -> None:
    lines = [table.head, *table.rows]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for first, *others in lines:
        figures = (cell.rjust(width) for cell, width in zip(others, widths[1:], strict=True))
        print("  ".join([first.ljust(widths[0]), *figures]))
