"""Takes a folder of tables; gives the artifact folder. Parses arguments and prints; the library does the work."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from api.settings import Settings
from matcher.engine.build_artifact import TABLES, build
from matcher.engine.earlier_takers import NAME as COURSE_VALUE
from matcher.engine.earlier_takers import read_course_values
from matcher.engine.encode import load_encoder
from matcher.ingest.folders import load_folder
from scripts.arguments import add_now, cache_folder, now_of, tell_rejected


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``padan build`` to `subparsers`."""
    parser = subparsers.add_parser("build", help="make the artifact from the tables in a folder")
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="folder with courses and vacancies")
    parser.add_argument("--to", type=Path, required=True, metavar="DIR", help="artifact folder to make or replace")
    parser.add_argument("--encoder", help="encoder to use (default: PADAN_ENCODER)")
    parser.add_argument("--json", action="store_true", help="print the manifest as JSON")
    add_now(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Build the artifact and print what it holds; return 0."""
    now = now_of(arguments)
    cache = cache_folder()
    encoder = load_encoder(arguments.encoder or Settings().encoder, cache_folder=cache)
    tables = load_folder(arguments.data, TABLES, told=tell_rejected)
    values = arguments.data / f"{COURSE_VALUE}.parquet"
    if values.is_file():
        tables = {**tables, COURSE_VALUE: read_course_values(values)}
    artifact = build(tables, encoder, to=arguments.to, cache_folder=cache, now=now)
    if arguments.json:
        print(json.dumps(artifact.manifest))
    else:
        counts = ", ".join(f"{count:,} {name}" for name, count in artifact.manifest["counts"].items())
        print(f"artifact {artifact.artifact_id} in {arguments.to}: {counts}")
    return 0
