"""Takes nothing; gives the tables of employers, of their vacancies, and of what happens to both. Holds no person."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, Table

from api.storage.schema.columns import METADATA, Document, Instant, Number, Text, one_of, points_at

employers = Table(
    "employers",
    METADATA,
    Column("employer_id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("state", Text, nullable=False, server_default="unverified"),
    Column("decided_by", Text),
    Column("decided_at", Instant),
    one_of("state", "unverified", "verified", "refused"),
    Index(None, "state"),
    comment="Employers with an account here, and whether an operator has verified them",
)

vacancies = Table(
    "vacancies",
    METADATA,
    Column("vacancy_id", Text, primary_key=True),
    points_at("employer_id", "employers.employer_id"),
    Column("record", Document, nullable=False, comment="Every column of the contract but the four beside it"),
    Column("province_code", Text),
    Column("state", Text, nullable=False, comment="An open one whose expires_at has passed has expired"),
    Column("posted_at", Instant),
    Column("expires_at", Instant),
    Column("filled_at", Instant),
    Column("version", Integer, nullable=False, server_default="1", comment="Raised by every change"),
    one_of("state", "draft", "in_review", "open", "withdrawn", "filled"),
    Index(None, "employer_id"),
    Index(None, "state", "province_code"),
    Index(None, "state", "expires_at"),
    comment="Vacancies posted here; those of the artifact are not copied",
)

vacancy_changes = Table(
    "vacancy_changes",
    METADATA,
    Column("seq", Number, primary_key=True, comment="In the order in which changes became visible"),
    Column("vacancy_id", Text, nullable=False, comment="Posted here, or one of the artifact"),
    Column("kind", Text, nullable=False),
    Column("at", Instant, nullable=False),
    one_of("kind", "posted", "edited", "withdrawn", "filled"),
    Index(None, "vacancy_id", "seq"),
    comment="What every worker polls, so that a vacancy is found or gone within a second",
    sqlite_autoincrement=True,
)

advert_reviews = Table(
    "advert_reviews",
    METADATA,
    Column("review_id", Text, primary_key=True),
    points_at("vacancy_id", "vacancies.vacancy_id"),
    Column("flags", Document, nullable=False, comment="Phrase, rule and remedy of each doubt"),
    Column("state", Text, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("decided_by", Text),
    Column("decided_at", Instant),
    Column("note", Text),
    Column("appeal_text", Text),
    Column("appealed_at", Instant),
    one_of("state", "open", "cleared", "refused", "appealed"),
    Index(None, "vacancy_id"),
    Index(None, "state", "opened_at"),
    comment="Adverts with a doubtful phrase, for a human officer to decide",
)
