"""Takes a seed; gives the invented sample tables in a folder. Draws nothing itself."""

from __future__ import annotations

import argparse
from pathlib import Path

from matcher.ingest.datasets import write_table
from matcher.simulate.sample import draw_sample


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``padan sample`` to `subparsers`."""
    parser = subparsers.add_parser("sample", help="write the invented sample tables again")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="equal seeds give equal files (default 0)")
    parser.add_argument("--to", type=Path, default=Path("data/sample"), metavar="DIR", help="folder of the tables")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Write the five tables and print their sizes; return 0."""
    for name, table in draw_sample(arguments.seed).items():
        path = write_table(table, name, arguments.to)
        print(f"{path}: {table.num_rows:,} rows, {path.stat().st_size:,} bytes")
    return 0
