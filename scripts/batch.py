"""Takes an artifact and a folder of people; gives everybody's slates as Parquet. The library does the work."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from tqdm import tqdm

from matcher.engine.artifacts import load
from matcher.engine.batch_run import PEOPLE_PER_PART, BatchPlan, BatchRun
from matcher.engine.batch_spark import work_on_spark
from scripts.arguments import add_k, add_now, cache_folder, now_of, whole_from_one

_SLATE = 10


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``padan batch`` to `subparsers`."""
    parser = subparsers.add_parser("batch", help="the slates of all alumni, taken up again where a run was cut off")
    parser.add_argument("--artifact", type=Path, required=True, metavar="DIR", help="artifact folder")
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="folder with alumni and certificates")
    parser.add_argument("--to", type=Path, required=True, metavar="DIR", help="folder of the run, new or cut off")
    parser.add_argument("--engine", choices=["local", "spark"], default="local", help="what the parts run on")
    parser.add_argument("--master", metavar="URL", help="address of the Spark cluster (default: this machine alone)")
    parser.add_argument("--shortlist", action="store_true", help="write all that is ranked, not the first 10")
    parser.add_argument(
        "--processes", type=whole_from_one, default=os.cpu_count() or 1, metavar="N", help="default: one a core"
    )
    parser.add_argument(
        "--part", type=whole_from_one, default=PEOPLE_PER_PART, metavar="N",
        help=f"most people of a part (default {PEOPLE_PER_PART:,})",
    )  # fmt: skip
    parser.add_argument("--json", action="store_true", help="print the manifest as JSON")
    add_k(parser, 50)
    add_now(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Write the slates and say what was written; return 0."""
    artifact = load(arguments.artifact, cache_folder=cache_folder())
    depth = arguments.k
    plan = BatchPlan.of(
        artifact, arguments.data, now=_now(arguments), depth=depth,
        n_shown=depth if arguments.shortlist else min(_SLATE, depth), people_per_part=arguments.part,
    )  # fmt: skip
    batch = BatchRun.begun(artifact, plan, arguments.to)
    if not batch.is_done:
        _work(batch, arguments)
    manifest = json.loads((arguments.to / "manifest.json").read_text(encoding="utf-8"))
    if arguments.json:
        print(json.dumps(manifest))
    else:
        print(
            f"{arguments.to}: {manifest['rows']:,} rows, slates of {manifest['slates']:,} of {manifest['people']:,} "
            f"people in {len(manifest['parts'])} parts, policy {manifest['policy']}"
        )
    return 0


def _work(batch: BatchRun, arguments: argparse.Namespace) -> None:
    print("shortlists of all courses ...", file=sys.stderr)
    sizes = batch.prepared(arguments.data)
    names = batch.todo(sizes)
    done = sum(sizes.values()) - sum(sizes[name] for name in names)
    with tqdm(total=sum(sizes.values()), initial=done, unit=" alumni", unit_scale=True, file=sys.stderr) as bar:
        for name in _written(batch, names, arguments):
            bar.update(sizes[name])
    batch.finish(sizes)


def _written(batch: BatchRun, names: list[str], arguments: argparse.Namespace) -> Iterator[str]:
    if arguments.engine == "spark":
        return work_on_spark(batch, names, master=arguments.master or f"local[{arguments.processes}]")
    return batch.work(names, processes=min(arguments.processes, max(len(names), 1)))


def _now(arguments: argparse.Namespace) -> datetime:
    """Return the instant asked for; of a run that was cut off its own, where none is."""
    stated = arguments.to / "run.json"
    if arguments.now is None and stated.is_file():
        return datetime.fromisoformat(json.loads(stated.read_text(encoding="utf-8"))["now"])
    return now_of(arguments)
