"""Takes a folder of tables; prints who is shown, applies, is hired and is served well, group by group. Changes none."""

from __future__ import annotations

import argparse
import json
from datetime import timedelta
from pathlib import Path

from matcher.ingest.schemas import SCHEMAS
from matcher.measure.audit import audit
from matcher.measure.audit_words import audit_lines, audit_records
from matcher.measure.event_tables import Source
from matcher.measure.feedback import EVENT_TABLES
from scripts.arguments import add_now, now_of

NEEDED = (*EVENT_TABLES, "alumni", "vacancies")


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``padan audit`` to `subparsers`."""
    parser = subparsers.add_parser("audit", help="who is shown, applies and is hired, group by group")
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="folder with people, vacancies, events")
    parser.add_argument("--days", type=int, default=365, metavar="N", help="how far back slates count (default 365)")
    parser.add_argument("--json", action="store_true", help="print everything as JSON")
    add_now(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print the audit of the folder and return 0.

    Raises
    ------
    MatcherError
        When a table is missing or not in home form, or the period is empty.
    """
    now = now_of(arguments)
    told = audit(_tables(arguments.data), since=now - timedelta(days=arguments.days), now=now)
    if arguments.json:
        print(json.dumps(audit_records(told), ensure_ascii=False))
    else:
        print("\n".join(audit_lines(told)))
    return 0


def _tables(folder: Path) -> dict[str, Source]:
    paths = {name: folder / f"{name}.parquet" for name in (*SCHEMAS, "relevance")}
    return {name: path for name, path in paths.items() if name in NEEDED or path.is_file()}
