"""Takes raw command-line words; gives the values several stages share: instants, folders, settings. Runs no stage."""

from __future__ import annotations

import argparse
import sys
from datetime import datetime
from pathlib import Path

from api.clock import clock
from api.settings import Settings
from matcher.ingest.door import Ingested


def add_now(parser: argparse.ArgumentParser) -> None:
    """Give `parser` the option ``--now``."""
    parser.add_argument(
        "--now", metavar="DATE", help="the date that decides expiry and freshness (default: PADAN_NOW or the clock)"
    )


def now_of(arguments: argparse.Namespace) -> datetime:
    """Return the instant the command works at.

    Raises
    ------
    InvalidInput
        When ``--now`` or ``PADAN_NOW`` is no date.
    """
    return clock(Settings().now if arguments.now is None else arguments.now)()


def add_k(parser: argparse.ArgumentParser, default: int) -> None:
    """Give `parser` the option ``-k``, a whole number from 1."""
    parser.add_argument(
        "-k", type=whole_from_one, default=default, metavar="N", help=f"how many to return (default {default})"
    )


def cache_folder() -> Path:
    """Return the folder of weights and embeddings, made if it is missing."""
    folder = Settings().cache
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def tell_rejected(ingested: Ingested) -> None:
    """Say on stderr how many rows of a file were left out, and why the first was."""
    rejected = ingested.rejected
    if rejected.num_rows:
        first = f"{rejected['file'][0].as_py()}, row {rejected['row'][0].as_py()}: {rejected['reason'][0].as_py()}"
        print(
            f"{ingested.name}: {ingested.table.num_rows:,} rows taken, {rejected.num_rows:,} left out ({first}); "
            f"padan ingest {ingested.name} lists them all",
            file=sys.stderr,
        )


def whole_from_one(text: str) -> int:
    """Return a whole number from 1.

    Raises
    ------
    argparse.ArgumentTypeError
        When `text` is anything else.
    """
    if not (text.isascii() and text.isdigit()) or int(text) < 1:
        raise argparse.ArgumentTypeError(f"'{text}' is no whole number from 1; write for example 10")
    return int(text)
