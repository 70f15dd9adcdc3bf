"""Takes the sample tables; prints the slates of three alumni with reasons, then serves the web.

Computes nothing itself.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import uvicorn

from api.app import create_app
from api.clock import clock
from api.pages.demo import demo_alumni
from api.settings import Settings
from matcher.domain.regions import place_name
from matcher.engine.build_artifact import TABLES, build
from matcher.engine.encode import load_encoder
from matcher.ingest.folders import load_folder
from scripts.arguments import add_now, cache_folder, tell_rejected
from scripts.print_slate import print_slate, schooling

SAMPLE_NOW = "2026-11-22"
"""The day the sample tables speak of."""

ALUMNI = 3
SHOWN = 3


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``padan demo`` to `subparsers`."""
    parser = subparsers.add_parser("demo", help="build from the sample, recommend for three alumni, serve")
    parser.add_argument("--data", type=Path, default=Path("data/sample"), metavar="DIR", help="tables to build from")
    parser.add_argument("--no-serve", action="store_true", help="stop after printing")
    add_now(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Build, print and serve; return 0."""
    settings = Settings()
    now = clock((settings.now or SAMPLE_NOW) if arguments.now is None else arguments.now)()
    cache = cache_folder()
    encoder = load_encoder(settings.encoder, cache_folder=cache)
    artifact = build(
        load_folder(arguments.data, TABLES, obligatory=("courses", "vacancies", "alumni"), told=tell_rejected),
        encoder,
        to=settings.artifact,
        cache_folder=cache,
        now=now,
    )
    people = list(demo_alumni(artifact).values())
    for person in people[:: -(-len(people) // ALUMNI) or 1]:
        slate = artifact.recommender.recommend(person, k=SHOWN, now=now)
        place = place_name(person.province_code, person.district_code)
        print(f"\n{person.alumnus_id} - {place}, {schooling(person.education)}")
        print(f"  Sertifikat: {'; '.join(certificate.title for certificate in person.certificates)}")
        print_slate(slate, artifact.adverts([item.vacancy_id for item in slate.items]))
    if not arguments.no_serve:
        print(f"\nhttp://{settings.host}:{settings.port}/")
        uvicorn.run(
            create_app(settings.model_copy(update={"now": now.isoformat()})),
            host=settings.host,
            port=settings.port,
            log_config=None,
        )
    return 0
