"""Takes a folder of tables; prints who works after the course, by cohort, as a table, JSON or CSV. Changes no table."""

from __future__ import annotations

import argparse
import csv
import json
import tempfile
from pathlib import Path
from typing import Any

from matcher.measure.clocks import CLOCKS
from matcher.measure.cohort_files import COHORT_COLUMNS, CohortFile, write_cohort
from matcher.measure.outcome_words import number, paper_lines, records, state_sentence
from matcher.measure.outcomes import BASES, OutcomeTable, count_outcomes
from scripts.arguments import add_now, now_of


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``padan outcomes`` to `subparsers`."""
    parser = subparsers.add_parser("outcomes", help="who works after the course, by cohort")
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="folder with alumni and outcomes")
    parser.add_argument("--by", default="", metavar="COL[,COL]", help=f"any of {', '.join(COHORT_COLUMNS)}")
    parser.add_argument("--clock", choices=CLOCKS, default="2m", help="when work is asked about (default 2m)")
    parser.add_argument(
        "--base", choices=BASES, default="not_working", help="of whom: not working at entry (default), or all"
    )
    parser.add_argument("--json", action="store_true", help="print everything as JSON")
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
    by = tuple(name for name in arguments.by.split(",") if name)
    now = now_of(arguments)
    with tempfile.TemporaryDirectory(prefix="padan-outcomes-") as folder:
        path = Path(folder) / "cohort.parquet"
        built = write_cohort(arguments.data, path, clock=arguments.clock, now=now)
        table = count_outcomes(path, by, clock=arguments.clock, base=arguments.base)
    if arguments.to:
        _write_csv(records(table), arguments.to)
    if arguments.json:
        print(json.dumps({"as_of": f"{now:%Y-%m-%d}"} | _answer(table, built), ensure_ascii=False))
    else:
        _tell(table, built, as_of=f"{now:%Y-%m-%d}")
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


def _tell(table: OutcomeTable, built: CohortFile, *, as_of: str) -> None:
    print(state_sentence(table.total, clock=table.clock, base=table.base))
    print()
    for line in paper_lines(table):
        print(line)
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


def _write_csv(rows: list[dict[str, Any]], path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(row | {"totals_over": " ".join(row["totals_over"])} for row in rows)
