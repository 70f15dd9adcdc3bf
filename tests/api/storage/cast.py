"""The people and employers of the storage suite, invented, and how they get into a database."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from sqlalchemy.orm import Session

from api.database import Database
from api.storage.accounts import Account, add_account
from api.storage.consents import Consent, note_consents
from api.storage.contacts import Contact, put_contact
from api.storage.employers import Employer, add_employer
from api.storage.events import append_impressions
from api.storage.people import add_person
from matcher.domain.records import Alumnus, Certificate, Impression, Interaction, Licence, SlateItem, Vacancy
from tests.world import NOW

SITI = Alumnus(
    "a-siti", "32", "32.73", "SMA", sex="female", has_disability=True, completed_on=date(2026, 3, 1),
    willing_province_codes=("33", "34"), accepts_remote=False, salary_min_idr_month=3_000_000,
    certificates=(
        Certificate("Menjahit pakaian bagi Penjahit", "c-sew", evidence="passed", issued_on=date(2026, 3, 1)),
        Certificate("Operator Mesin Jahit", scheme="bnsp", evidence="competence", expires_on=date(2029, 3, 1)),
    ),
    licences=(Licence("SIM C"), Licence("SIO", "forklift", date(2027, 1, 1))),
)  # fmt: skip
BUDI = Alumnus("a-budi", "33")
CONTACT = Contact("a-siti", "sealed-name", "sealed-phone", date(1999, 5, 17), "nik-hash", "person-key")

SITI_ACCOUNT = Account("acc-siti", "alumnus", "login-hash", "argon", NOW, alumnus_id="a-siti")
OFFICER = Account("acc-officer", "counter", "petugas-sukabumi", "argon", NOW, province_code="32")

KONVEKSI = Employer("e-konveksi", "Konveksi Melati")
SEWING = Vacancy(
    "v-sew", "Penjahit Pakaian", "e-konveksi", "Konveksi Melati", "Menjahit kemeja.", "32", "32.04",
    education_min="SMP", skills=("menjahit", "memotong"), n_openings=2, min_experience_years=0.5,
    posted_at=NOW - timedelta(days=1), expires_at=NOW + timedelta(days=30),
)  # fmt: skip

SLATE = Impression(
    "i-1", NOW - timedelta(minutes=5), "a-siti", "hand-set@abc", "web", 40, 40,
    (SlateItem("v-sew", 1, 0.9, 0.75), SlateItem("v-iron", 2, 0.4, 0.25)),
)  # fmt: skip
LOOK = Interaction("x-1", "a-siti", "v-sew", "viewed", NOW - timedelta(minutes=4), "i-1")
"""Siti opens the first vacancy of her slate."""


def settle(database: Database, *, slate: bool = False) -> None:
    """Store Siti with contact and account, Budi, an officer and an employer, and her slate if asked; commit."""
    with database.session.begin() as session:
        for person in (SITI, BUDI):
            add_person(session, person)
        put_contact(session, CONTACT)
        for account in (SITI_ACCOUNT, OFFICER):
            add_account(session, account)
        add_employer(session, KONVEKSI)
        if slate:
            append_impressions(session, [SLATE], now=NOW)


def agree(session: Session, alumnus_id: str, *purposes: str, is_given: bool = True) -> None:
    """Note that a person agrees to `purposes`, or no more."""
    note_consents(session, [Consent(alumnus_id, purpose, is_given, NOW, "web") for purpose in purposes])


def done(interaction_id: str, kind: str, **other: object) -> Interaction:
    """Return what Siti did with the sewing vacancy outside any slate, one minute ago."""
    return replace(
        Interaction(interaction_id, "a-siti", "v-sew", kind, NOW - timedelta(minutes=1)),
        **other,  # pyright: ignore[reportArgumentType]
    )
