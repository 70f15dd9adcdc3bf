"""Fills a database with signed-in alumni for the load test, and writes their tokens, one a line.

Run: python -m tests.bench.load.accounts --artifact DIR --database URL --keys DIR --to FILE. People are drawn by a seed:
one to three certificates of the artifact's courses, a district, a schooling.
"""

from __future__ import annotations

import argparse
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

from api.database import migrate
from api.opening import opened_database, opened_security
from api.security.registration import open_alumnus_account
from api.security.tokens import Claims
from api.settings import Settings
from api.storage.consents import Consent, note_consents
from api.storage.people import add_person
from api.storage.sign_ins import RefreshSession, add_session
from matcher.domain.qualifications import EDUCATION_LEVELS
from matcher.domain.records import Alumnus, Certificate
from matcher.domain.regions import districts
from matcher.ingest.datasets import read_table

LIFE = timedelta(hours=2)


def main() -> None:
    """Fill the database and write the tokens."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("artifact", "database", "keys", "to"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--alumni", type=int, default=10_000)
    told = parser.parse_args()
    settings = Settings(database_url=told.database, keys=Path(told.keys))
    migrate(told.database)
    database = opened_database(settings)
    security, now, rng = opened_security(settings, database), datetime.now(UTC), random.Random(0)
    courses = read_table("courses", Path(told.artifact)).select(["course_id", "title"]).to_pylist()
    places, tokens = list(districts().values()), []
    with database.session.begin() as session:
        for number in range(told.alumni):
            held = tuple(Certificate(one["title"], one["course_id"], evidence="passed")
                         for one in rng.sample(courses, rng.choice((1, 1, 2, 3))))  # fmt: skip
            district = rng.choice(places)
            alumnus = Alumnus(
                uuid4().hex, district.province_code, district.code, education=rng.choice(EDUCATION_LEVELS),
                birth_year=1995, certificates=held,
            )  # fmt: skip
            add_person(session, alumnus)
            note_consents(session, [Consent(alumnus.alumnus_id, "recommend", True, now, "web")])
            account = open_alumnus_account(session, security, alumnus.alumnus_id, f"08{number:010d}", None, now=now)
            signed_in = RefreshSession(uuid4().hex, account.account_id, "program", uuid4().hex, now, now, now + LIFE)
            add_session(session, signed_in)
            claims = Claims(account.account_id, account.token_epoch, signed_in.session_id)
            tokens.append(security.tokens.sign(claims, now=now, lifetime=LIFE))
    Path(told.to).write_text("\n".join(tokens) + "\n", encoding="ascii")
    print(f"{len(tokens):,} alumni in {told.database}")


if __name__ == "__main__":
    main()
