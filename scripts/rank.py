"""Takes courses, vacancies and queries from files; gives a TREC run.

Parses arguments and prints; the library does the work.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pyarrow as pa

from api.settings import Settings
from matcher.domain.errors import InvalidInput, MatcherError, MissingFile
from matcher.domain.qualifications import parse_education
from matcher.domain.regions import parse_province_code
from matcher.engine.encode import load_encoder
from matcher.engine.rank_queries import CourseQuery, rank_queries
from matcher.ingest.folders import load_file
from matcher.measure.trec import write_run
from scripts.arguments import add_k, add_now, cache_folder, now_of, tell_rejected
from scripts.run_table import run_table


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``padan rank`` to `subparsers`."""
    parser = subparsers.add_parser("rank", help="rank vacancies for queries of course ids, into a TREC run")
    parser.add_argument("--courses", type=Path, required=True, metavar="FILE")
    parser.add_argument("--vacancies", type=Path, required=True, metavar="FILE")
    parser.add_argument(
        "--queries",
        type=Path,
        required=True,
        metavar="FILE.jsonl",
        help="query_id, course_ids, province_code, education",
    )
    parser.add_argument("--no-filters", action="store_true", help="drop place, schooling, licences and expiry alike")
    parser.add_argument("--encoder", help="encoder to use (default: PADAN_ENCODER)")
    parser.add_argument("--out", type=Path, required=True, metavar="RUN")
    add_k(parser, 100)
    add_now(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Rank every query and write the run; return 0."""
    now = None if arguments.no_filters else now_of(arguments)
    queries = read_queries(arguments.queries)
    encoder = load_encoder(arguments.encoder or Settings().encoder, cache_folder=cache_folder())
    tables = {name: load_file(name, path, told=tell_rejected) for name, path in _files(arguments)}
    _refuse_unknown_courses(arguments.queries, queries, tables["courses"])
    asked = list(queries.values())
    answers = rank_queries(asked, tables, encoder, k=arguments.k, now=now, cache_folder=cache_folder())
    run = run_table(
        (answer.query_id, *hit) for answer in answers for hit in zip(answer.vacancy_ids, answer.scores, strict=True)
    )
    write_run(run, arguments.out)
    print(f"{arguments.out}: {run.num_rows:,} ranked vacancies for {len(queries):,} queries")
    return 0


def _files(arguments: argparse.Namespace) -> tuple[tuple[str, Path], ...]:
    return ("courses", arguments.courses), ("vacancies", arguments.vacancies)


def read_queries(path: Path) -> dict[int, CourseQuery]:
    """Return the queries of a JSONL file by row, counted from 1.

    Raises
    ------
    MissingFile
        When there is no such file.
    InvalidInput
        When a line is no query; the message names the file, the line and the remedy.
    """
    if not path.is_file():
        raise MissingFile(f"{path}: no such file; give a JSONL file of queries")
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except UnicodeDecodeError as problem:
        raise InvalidInput.at(str(path), f"not UTF-8 text at byte {problem.start}", "save it as UTF-8") from None
    queries: dict[int, CourseQuery] = {}
    seen: set[str] = set()
    for row, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        query = _query(path, row, line)
        if query.query_id in seen:
            raise InvalidInput.at(
                str(path), f"query_id '{query.query_id}' came before", "give every query its own id", row=row
            )
        seen.add(query.query_id)
        queries[row] = query
    if not queries:
        raise InvalidInput.at(str(path), "no query in it", "write one JSON object a line")
    return queries


def _query(path: Path, row: int, line: str) -> CourseQuery:
    try:
        fields = json.loads(line)
        if not isinstance(fields, dict):
            raise InvalidInput("no JSON object")
        return CourseQuery(
            query_id=_query_id(fields.get("query_id")),
            course_ids=_course_ids(fields.get("course_ids")),
            province_code=_optional(fields.get("province_code"), parse_province_code),
            education=_optional(fields.get("education"), parse_education),
        )
    # json raises a plain ValueError for a number of thousands of digits
    except (ValueError, RecursionError, MatcherError) as problem:
        raise InvalidInput.at(str(path), str(problem), _REMEDY, row=row) from problem


_REMEDY = 'write {"query_id": "q1", "course_ids": ["c1"], "province_code": null, "education": null}'


def _query_id(value: object) -> str:
    text = str(value) if isinstance(value, str | int) else ""
    if text.split() != [text] or not text.isprintable():
        raise InvalidInput(f"query_id is {value!r}, not one word")
    return text


def _course_ids(value: object) -> tuple[str, ...]:
    if not (isinstance(value, list) and value):
        raise InvalidInput("course_ids is no list of at least one id")
    return tuple(str(course_id) for course_id in value)


def _optional(value: object, parse: Callable[[str], str]) -> str | None:
    return None if value is None else parse(str(value))


def _refuse_unknown_courses(path: Path, queries: Mapping[int, CourseQuery], courses: pa.Table) -> None:
    known = set(courses["course_id"].to_pylist())
    for row, query in queries.items():
        for course_id in query.course_ids:
            if course_id not in known:
                raise InvalidInput.at(
                    str(path), f"no course '{course_id}' in the course table", "check the id", row=row
                )
