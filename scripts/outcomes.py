"""Takes a folder of tables; prints who works after the course, by cohort, as a table, JSON or CSV. Changes no table."""

from __future__ import annotations

import argparse
import csv
import json
import tempfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from matcher.domain.errors import InvalidInput
from matcher.measure.aggregate_outcomes import aggregate_lines, aggregate_record, read_aggregate
from matcher.measure.clocks import CLOCKS
from matcher.measure.cohort_files import COHORT_COLUMNS, CohortFile, write_cohort
from matcher.measure.net_cost import cost_per_net_job, read_unemployment
from matcher.measure.outcome_words import number, paper_lines, records, state_sentence
from matcher.measure.outcomes import BASES, OutcomeTable, count_outcome_tables, publish_outcome_tables
from matcher.measure.outcomes_beside import Beside, beside_lines, beside_records
from matcher.measure.published import read_register, write_register
from matcher.measure.time_to_work import follow_to_work
from scripts.arguments import add_now, now_of


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``padan outcomes`` to `subparsers`."""
    parser = subparsers.add_parser("outcomes", help="who works after the course, by cohort")
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--data", type=Path, metavar="DIR", help="folder with alumni and outcomes")
    source.add_argument("--aggregate", type=Path, metavar="FILE.csv", help="counts by programme, without people")
    parser.add_argument(
        "--by", action="append", metavar="COL[,COL]",
        help=f"any of {', '.join(COHORT_COLUMNS)}; again for a further table to be published beside it",
    )  # fmt: skip
    parser.add_argument("--clock", choices=CLOCKS, default="2m", help="when work is asked about (default 2m)")
    parser.add_argument(
        "--base", choices=BASES, default="not_working", help="of whom: not working at entry (default), or all"
    )
    parser.add_argument("--time-to-work", action="store_true", help="time to a first job and retention at 90 days too")
    parser.add_argument(
        "--unemployment", type=Path, metavar="FILE.csv", help="open unemployment by province_code, year, tpt_percent"
    )
    parser.add_argument("--cost-idr", type=float, metavar="N", help="rupiah spent on each person, for --effect")
    parser.add_argument(
        "--effect", type=float, nargs=3, metavar=("VALUE", "LOW", "HIGH"), help="net effect on the share at work"
    )
    parser.add_argument("--json", action="store_true", help="print everything as JSON")
    parser.add_argument(
        "--register", type=Path, metavar="FILE.json",
        help="keep what is published in FILE, and withhold with an eye on what was published before; confidential",
    )  # fmt: skip
    parser.add_argument("--to", type=Path, metavar="FILE.csv", help="write the rows as CSV too")
    add_now(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print the outcomes of the folder and return 0.

    Raises
    ------
    MatcherError
        When a table is missing or not in home form, or a column is unknown.
    """
    if arguments.aggregate:
        return _tell_aggregate(arguments)
    bys = [tuple(name for name in by.split(",") if name) for by in arguments.by or [""]]
    now = now_of(arguments)
    beside = _beside(arguments, now)
    with tempfile.TemporaryDirectory(prefix="padan-outcomes-") as folder:
        path = Path(folder) / "cohort.parquet"
        built = write_cohort(arguments.data, path, clock=arguments.clock, now=now)
        tables = _published(arguments, path, bys)
    if arguments.to:
        _write_csv(tables, arguments.to)
    if arguments.json:
        further = [{"by": table.by, "cohorts": records(table)} for table in tables[1:]]
        answer = _answer(tables[0], built) | {"further_tables": further} | beside_records(beside)
        print(json.dumps({"as_of": f"{now:%Y-%m-%d}"} | answer, ensure_ascii=False))
    else:
        _tell(tables, built, as_of=f"{now:%Y-%m-%d}")
        print("\n".join(beside_lines(beside)))
    return 0


def _published(arguments: argparse.Namespace, cohort: Path, bys: Sequence[tuple[str, ...]]) -> tuple[OutcomeTable, ...]:
    """Count the tables; with a register, withhold with an eye on what stands there, and add them to it."""
    if arguments.register is None:
        return count_outcome_tables(cohort, bys, clock=arguments.clock, base=arguments.base)
    plan = {"clock": arguments.clock, "base": arguments.base, "by": [list(by) for by in bys]}
    before = read_register(arguments.register, plan)
    tables, published = publish_outcome_tables(cohort, bys, clock=arguments.clock, base=arguments.base, before=before)
    write_register(arguments.register, plan, [*before, published])
    return tables


def _beside(arguments: argparse.Namespace, now: datetime) -> Beside:
    if (arguments.cost_idr is None) != (arguments.effect is None):
        raise InvalidInput("--cost-idr and --effect: only one is given; a cost per net job needs both")
    curve, retention = (None, None)
    if arguments.time_to_work:
        folder = arguments.data
        curve, retention = follow_to_work(folder / "alumni.parquet", folder / "outcomes.parquet", now=now)
    return Beside(
        curve=curve,
        retention=retention,
        unemployment=read_unemployment(arguments.unemployment, now=now) if arguments.unemployment else {},
        cost=None if arguments.effect is None else cost_per_net_job(arguments.cost_idr, tuple(arguments.effect)),
    )


def _tell_aggregate(arguments: argparse.Namespace) -> int:
    told = read_aggregate(arguments.aggregate)
    lines = [json.dumps(aggregate_record(told), ensure_ascii=False)] if arguments.json else aggregate_lines(told)
    print("\n".join(lines))
    return 0


def _answer(table: OutcomeTable, built: CohortFile) -> dict[str, Any]:
    asked = {"clock": table.clock, "base": table.base, "by": table.by}
    sentences = {
        f"sentence_{language}": state_sentence(table.total, clock=table.clock, base=table.base, language=language)
        for language in ("id", "en")
    }
    reports = {
        "read": built.reports.n_reports,
        "used": built.reports.n_used,
        "beside": built.reports.n_beside,
        "contradicted": built.reports.n_contradicted,
        "set_aside": dict(built.reports.set_aside),
    }
    people = {"alumni": built.n_alumni, "completed": built.n_completed, "unripe": table.n_unripe}
    return {**asked, **sentences, **people, "sources": table.sources, "reports": reports, "cohorts": records(table)}


def _tell(tables: Sequence[OutcomeTable], built: CohortFile, *, as_of: str) -> None:
    table = tables[0]
    print(state_sentence(table.total, clock=table.clock, base=table.base))
    for one in tables:
        print()
        print("\n".join(paper_lines(one)))
    print()
    print(f"Keadaan data {as_of}. Orang: {_who_is_counted(table)}; jawab: bagian yang diketahui keadaannya.")
    print("Batas: bila semua yang diam tidak bekerja, dan bila semuanya bekerja. Bobot: perkiraan untuk semua orang.")
    n_not_completed = built.n_alumni - built.n_completed
    print(f"Belum lewat waktunya: {number(table.n_unripe)}; belum menyelesaikan: {number(n_not_completed)} orang.")
    mix = ", ".join(f"{source} {number(n)}" for source, n in table.sources.items())
    print(f"Sumber jawaban: {mix or 'tidak ada'}.")
    reports = built.reports
    aside = ", ".join(f"{reason} {number(n)}" for reason, n in reports.set_aside.items())
    print(
        f"Laporan: {number(reports.n_reports)} dibaca, {number(reports.n_used)} dipakai, "
        f"{number(reports.n_beside)} di luar waktu, {number(reports.n_contradicted)} keadaan dibantah sumber lain; "
        f"disisihkan: {aside or 'tidak ada'}."
    )


def _who_is_counted(table: OutcomeTable) -> str:
    return "yang tidak bekerja saat masuk" if table.base == "not_working" else "semua yang menyelesaikan"


def _write_csv(tables: Sequence[OutcomeTable], path: Path) -> None:
    empty: dict[str, Any] = dict.fromkeys(column for table in tables for column in table.by)
    rows = [empty | row for table in tables for row in records(table)]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(row | {"totals_over": " ".join(row["totals_over"])} for row in rows)
