"""Takes a folder of tables; writes what became of the takers of each course, as Parquet. Changes no table."""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path

from matcher.domain.errors import InvalidInput
from matcher.measure.clocks import CLOCKS
from matcher.measure.cohort_files import write_cohort
from matcher.measure.course_value import value_courses, write_course_values
from matcher.measure.course_value_words import course_value_lines, course_value_record
from matcher.measure.outcomes import BASES
from scripts.arguments import add_now, now_of


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``padan course-value`` to `subparsers`."""
    parser = subparsers.add_parser("course-value", help="what became of the takers of each course, few drawn to kin")
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="folder with people, courses, outcomes")
    parser.add_argument("--to", type=Path, required=True, metavar="FILE", help="Parquet file to write")
    parser.add_argument("--clock", choices=CLOCKS, default="2m", help="when work is asked about (default 2m)")
    parser.add_argument("--base", choices=BASES, default="not_working", help="of whom: not working at entry, or all")
    parser.add_argument("--json", action="store_true", help="print everything as JSON")
    add_now(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Write the value of every course, print the first ones and return 0.

    Raises
    ------
    MatcherError
        When a table is missing or not in home form, or the file cannot stand where it is asked.
    """
    if not arguments.to.parent.is_dir():
        raise InvalidInput(f"--to {arguments.to}: there is no folder {arguments.to.parent}; make it first")
    with tempfile.TemporaryDirectory(prefix="padan-course-value-") as folder:
        path = Path(folder) / "cohort.parquet"
        write_cohort(arguments.data, path, clock=arguments.clock, now=now_of(arguments))
        values = value_courses(path, arguments.data / "courses.parquet", clock=arguments.clock, base=arguments.base)
    write_course_values(values, arguments.to)
    print(json.dumps(course_value_record(values)) if arguments.json else "\n".join(course_value_lines(values)))
    return 0
