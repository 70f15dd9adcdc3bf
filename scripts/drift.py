"""Takes an artifact and a folder of newer tables; prints how far the market has moved from it. Changes neither."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from matcher.measure.drift import measure_drift
from matcher.measure.drift_words import drift_lines, drift_records
from scripts.arguments import add_now, now_of


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``padan drift`` to `subparsers`."""
    parser = subparsers.add_parser("drift", help="how far the market has moved from what an artifact was built on")
    parser.add_argument("--artifact", type=Path, required=True, metavar="DIR", help="folder that padan build wrote")
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="folder with the tables of today")
    parser.add_argument("--json", action="store_true", help="print everything as JSON")
    add_now(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print the drift and return 0.

    Raises
    ------
    MatcherError
        When a table or the manifest is missing or damaged, or no vacancy is open.
    """
    drift = measure_drift(arguments.artifact, arguments.data, now=now_of(arguments))
    if arguments.json:
        print(json.dumps(drift_records(drift), ensure_ascii=False))
    else:
        print("\n".join(drift_lines(drift)))
    return 0
