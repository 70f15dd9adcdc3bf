"""Takes files of one table; gives the table in home form in a folder, and what was rejected. Checks nothing itself."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import pyarrow as pa
from tqdm import tqdm

from matcher.ingest.door import INGESTED_TABLES, SUFFIXES, load_table
from matcher.ingest.intake import Ingested, listed
from matcher.ingest.mapping import read_mapping
from matcher.ingest.store import Deposit, deposit

_TOLD = 5


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``padan ingest`` to `subparsers`."""
    parser = subparsers.add_parser("ingest", help="bring outside files into home form")
    parser.add_argument("table", choices=INGESTED_TABLES, metavar="TABLE", help=", ".join(INGESTED_TABLES))
    parser.add_argument("files", type=Path, nargs="+", metavar="FILE", help=", ".join(SUFFIXES))
    parser.add_argument("--mapping", type=Path, metavar="FILE.toml", help="columns, values and constants of the files")
    parser.add_argument("--to", type=Path, required=True, metavar="DIR", help="folder of the table")
    parser.add_argument("--json", action="store_true", help="print the counts as JSON")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Ingest the files and print the counts; return 0.

    Raises
    ------
    MatcherError
        When a file cannot be read or the folder not written; when rows came in and every one was rejected.
    """
    mapping = read_mapping(arguments.mapping, arguments.table) if arguments.mapping else None
    ingested = load_table(
        arguments.table, arguments.files, mapping=mapping, watch=lambda rows: tqdm(rows, unit=" rows", disable=None)
    )
    made = deposit(ingested, arguments.to)
    if arguments.json:
        print(json.dumps(_counts(ingested, made)))
    else:
        _tell(ingested, made)
    ingested.accepted()
    return 0


def _counts(ingested: Ingested, made: Deposit) -> dict[str, object]:
    return {
        "table": ingested.name,
        "rows": ingested.n_rows,
        "accepted": ingested.table.num_rows,
        "rejected": ingested.rejected.num_rows,
        "flagged": ingested.flagged.num_rows,
        "rows_in_table": made.n_rows,
        "table_file": str(made.table_path),
        "rejected_file": made.rejected_path and str(made.rejected_path),
        "flagged_file": made.flagged_path and str(made.flagged_path),
        "notes": ingested.notes,
    }


def _tell(ingested: Ingested, made: Deposit) -> None:
    accepted, rejected = ingested.table.num_rows, ingested.rejected.num_rows
    print(f"{ingested.name}: {accepted:,} accepted, {rejected:,} rejected; {made.n_rows:,} rows in {made.table_path}")
    for note in ingested.notes:
        print(f"  {note}")
    _tell_rows("rejected", ingested.rejected, made.rejected_path)
    _tell_rows("flagged", ingested.flagged, made.flagged_path)


def _tell_rows(kind: str, rows: pa.Table, path: Path | None) -> None:
    if path is None:
        return
    print(f"  {rows.num_rows:,} {kind}, all in {path}")
    for line in listed(rows, limit=_TOLD):
        print(f"    {line}")
