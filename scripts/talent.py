"""Takes an artifact and a vacancy or words to search by; gives the alumni who fit best, in print or as JSON.

Parses arguments and prints; the library does the work. Only people who agreed to be found are shown, by pseudonym.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pyarrow as pa

from matcher.domain.errors import InvalidInput
from matcher.domain.qualifications import parse_education
from matcher.domain.regions import parse_district_code, parse_province_code, place_name
from matcher.engine.artifacts import Artifact, load
from matcher.engine.papers import positions
from matcher.engine.similarity import Texts
from matcher.engine.talent import TalentAnswer, TalentQuery, salt_of, search_talent
from matcher.engine.talent_pool import TalentFilters, demands_of
from scripts.arguments import add_k, add_now, cache_folder, now_of
from scripts.print_slate import schooling

_STANDINGS = {
    None: "sudah tidak berlaku",
    "attended": "mengikuti",
    "passed": "lulus uji",
    "competence": "sertifikat kompetensi",
}


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``padan talent`` to `subparsers`."""
    parser = subparsers.add_parser("talent", help="rank alumni for a vacancy or for words")
    parser.add_argument("--artifact", type=Path, required=True, metavar="DIR", help="artifact folder")
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--vacancy", metavar="ID", help="a vacancy of the artifact; it sets place, schooling and papers")
    what.add_argument("--query", metavar="TEXT", help="what the work is, in words")
    parser.add_argument("--province", metavar="CODE", help="who can work in this province, for example 32")
    parser.add_argument("--district", metavar="CODE", help="who lives in this district, for example 32.73")
    parser.add_argument("--education", metavar="LEVEL", help="least schooling, for example SMA/SMK")
    parser.add_argument("--json", action="store_true", help="print the answer as JSON")
    add_k(parser, 10)
    add_now(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Search and print; return 0."""
    artifact = load(arguments.artifact, cache_folder=cache_folder())
    now = now_of(arguments)
    query = _query(artifact, arguments)
    found = search_talent([artifact.talent_pool], query, k=arguments.k, now=now)
    people = _people(artifact, found)
    if arguments.json:
        counts = {"eligible": found.eligible, "scored": found.scored, "exact": found.exact}
        print(json.dumps(counts | {"items": people}, ensure_ascii=False))
    else:
        _print(found, people)
    return 0


def _query(artifact: Artifact, arguments: argparse.Namespace) -> TalentQuery:
    if arguments.vacancy is not None:
        (vacancy,) = artifact.adverts([arguments.vacancy])
        scores, filters = artifact.stored_course_scores(vacancy.vacancy_id), demands_of(vacancy)
        near = vacancy.district_code
    else:
        if not arguments.query.strip():
            raise InvalidInput("--query '': empty words match nobody; write what the work is")
        asked = Texts([arguments.query], [arguments.query])
        scores, filters, near = artifact.course_scores_of(asked)[:, 0], TalentFilters(), None
    filters = _narrowed(filters, arguments)
    salt = salt_of(arguments.vacancy or arguments.query)
    return TalentQuery(scores, filters, district_code=filters.district_code or near, salt=salt)


def _narrowed(filters: TalentFilters, arguments: argparse.Namespace) -> TalentFilters:
    province = parse_province_code(arguments.province) if arguments.province is not None else None
    district = parse_district_code(arguments.district) if arguments.district is not None else None
    if province and district and not district.startswith(province):
        raise InvalidInput(f"--district {district} lies outside --province {province}; leave one of them out")
    if province is not None:
        filters = replace(filters, province_code=province, is_remote=False)
    if arguments.education is not None:
        filters = replace(filters, education=parse_education(arguments.education))
    return replace(filters, district_code=district)


def _people(artifact: Artifact, found: TalentAnswer) -> list[dict[str, Any]]:
    alumni = artifact.people[0].select(["alumnus_id", "education"])
    asked = pa.array([item.alumnus_id for item in found.items], pa.string())
    rows = pa.array(positions(asked, alumni["alumnus_id"].combine_chunks()))
    told = zip(found.items, alumni["education"].take(rows).to_pylist(), strict=True)
    return [
        asdict(item) | {"certificate": artifact.title_of_row(item.score_row), "education": education}
        for item, education in told
    ]


def _far(distance_km: float | None) -> str:
    if distance_km is None:
        return ""
    return f", sekitar {distance_km:.0f} km" if distance_km >= 1 else ", di kabupaten/kota yang sama"


def _print(found: TalentAnswer, people: list[dict[str, Any]]) -> None:
    for one in people:
        place = place_name(one["province_code"], one["district_code"]) or "tempat tidak diketahui"
        print(f"{one['position']:>3}. {one['alumnus_id']} - {schooling(one['education'])}, {place}")
        far = _far(one["distance_km"])
        print(f"       {one['certificate']} ({_STANDINGS[one['standing']]}){far}")
    proof = "tidak ada yang lebih cocok" if found.exact else "BELUM tentu yang paling cocok"
    print(f"     {found.eligible:,} alumni memenuhi syarat, {found.scored:,} dinilai ({proof})")
