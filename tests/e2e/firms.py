"""A verified employer in Medan for the browser: an open vacancy with two applicants, and one that waits for an officer.

It stands in a province of its own, so that nobody else's vacancies change.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from api.opening import opened_database, opened_security
from api.settings import Settings
from api.storage.accounts import Account, add_account
from api.storage.consents import Consent, note_consents
from api.storage.employers import Employer, add_employer
from api.storage.events import append_interactions
from api.storage.people import add_certificates, add_person
from api.storage.vacancies import post_vacancy
from matcher.domain.records import Alumnus, Certificate, Interaction, Vacancy
from tests.e2e.market import COURSES
from tests.e2e.people import PASSWORD
from tests.world import NOW

FIRM = "kantin.medan"
"""The account of the employer."""

CANTEEN = Vacancy(
    "v-canteen", "Juru masak kantin pabrik", "e-medan", "Kantin Medan Sejahtera", province_code="12",
    district_code="12.71", description="Menyiapkan makan siang untuk tiga ratus karyawan.", n_openings=3,
    salary_min_idr_month=4_500_000, posted_at=NOW - timedelta(days=2), expires_at=NOW + timedelta(days=20),
    source="employer",
)  # fmt: skip
DOUBTFUL = Vacancy(
    "v-doubtful", "Pelayan kantin", "e-medan", "Kantin Medan Sejahtera", province_code="12", district_code="12.71",
    description="Wanita, usia maksimal 25 tahun, belum menikah.", posted_at=NOW - timedelta(days=1), source="employer",
)  # fmt: skip


def open_employer(settings: Settings, name: str) -> None:
    """Open the account of the employer, with its vacancies and applicants."""
    database = opened_database(settings)
    security = opened_security(settings, database)
    login = security.keys.hashed("login", name)
    account = Account(
        uuid4().hex, "employer", login, security.passwords.hash(PASSWORD, login=login), NOW, employer_id="e-medan"
    )
    with database.session.begin() as session:
        add_employer(session, Employer("e-medan", "Kantin Medan Sejahtera", state="verified"))
        add_account(session, account)
        post_vacancy(session, CANTEEN, state="open", now=NOW)
        post_vacancy(session, DOUBTFUL, state="in_review", now=NOW)
        for number in (1, 2):
            alumnus_id = uuid4().hex
            add_person(session, Alumnus(alumnus_id, "12", "12.71", education="SMA"))
            add_certificates(session, alumnus_id, [Certificate(COURSES[0]["title"], "c-cook", evidence="passed")])
            at = NOW - timedelta(hours=number)
            applied = Interaction(f"i-{number}", alumnus_id, "v-canteen", "applied", at, source="self")
            append_interactions(session, [applied], now=NOW)
            note_consents(session, [Consent(alumnus_id, "discoverable", True, NOW, "web")])
    database.close()
