"""Takes an artifact and a person; gives their slate in print or as JSON.

Parses arguments and prints; the library does the work.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from api.schemas import slate_answer
from matcher.domain.errors import InvalidInput
from matcher.domain.qualifications import parse_education
from matcher.domain.records import Alumnus, Certificate
from matcher.domain.regions import parse_province_code
from matcher.engine.artifacts import Artifact, load
from scripts.arguments import add_k, add_now, cache_folder, now_of
from scripts.print_slate import print_slate


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``padan recommend`` to `subparsers`."""
    parser = subparsers.add_parser("recommend", help="rank vacancies for one alumnus or for certificate titles")
    parser.add_argument("--artifact", type=Path, required=True, metavar="DIR", help="artifact folder")
    who = parser.add_mutually_exclusive_group(required=True)
    who.add_argument("--alumnus", metavar="ID", help="an alumnus of the artifact")
    who.add_argument("--certificate", nargs="+", metavar="TITLE", help="titles of certificates")
    parser.add_argument("--province", metavar="CODE", help="official province code, for example 32")
    parser.add_argument("--education", metavar="LEVEL", help="highest schooling, for example SMA/SMK")
    parser.add_argument("--json", action="store_true", help="print the answer as JSON")
    add_k(parser, 10)
    add_now(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Recommend and print; return 0."""
    artifact = load(arguments.artifact, cache_folder=cache_folder())
    now = now_of(arguments)
    slate = artifact.recommender.recommend(_alumnus(artifact, arguments), k=arguments.k, now=now)
    adverts = artifact.adverts([item.vacancy_id for item in slate.items])
    if arguments.json:
        print(json.dumps(slate_answer(slate, adverts), ensure_ascii=False))
    else:
        print_slate(slate, adverts)
    return 0


def _alumnus(artifact: Artifact, arguments: argparse.Namespace) -> Alumnus:
    if arguments.alumnus is not None:
        if arguments.province is not None or arguments.education is not None:
            raise InvalidInput(
                "--province and --education go with --certificate; an alumnus has a place and a schooling already"
            )
        return artifact.alumnus(arguments.alumnus)
    if not all(title.strip() for title in arguments.certificate):
        raise InvalidInput("--certificate '': an empty title matches nothing; write the title on the certificate")
    return Alumnus(
        alumnus_id="asked",
        province_code=parse_province_code(arguments.province) if arguments.province is not None else None,
        education=parse_education(arguments.education) if arguments.education is not None else None,
        certificates=tuple(Certificate(title=title) for title in arguments.certificate),
    )
