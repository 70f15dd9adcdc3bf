"""Takes the schema of `0001_people`; gives one with employers and their vacancies. Moves no row."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from api.storage.schema.columns import Document, Instant, Number, Text

revision = "0002_vacancies"
down_revision = "0001_people"


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "employers",
        sa.Column("employer_id", Text(), nullable=False),
        sa.Column("name", Text(), nullable=False),
        sa.Column("state", Text(), server_default="unverified", nullable=False),
        sa.Column("decided_by", Text(), nullable=True),
        sa.Column("decided_at", Instant(), nullable=True),
        sa.CheckConstraint("state IN ('unverified', 'verified', 'refused')", name=op.f("ck_employers_state")),
        sa.PrimaryKeyConstraint("employer_id", name=op.f("pk_employers")),
        comment="Employers with an account here, and whether an operator has verified them",
    )
    op.create_index(op.f("ix_employers_state"), "employers", ["state"], unique=False)
    op.create_table(
        "vacancy_changes",
        sa.Column("seq", Number(), nullable=False, comment="In the order in which changes became visible"),
        sa.Column("vacancy_id", Text(), nullable=False, comment="Posted here, or one of the artifact"),
        sa.Column("kind", Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.CheckConstraint("kind IN ('posted', 'edited', 'withdrawn', 'filled')", name=op.f("ck_vacancy_changes_kind")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_vacancy_changes")),
        comment="What every worker polls, so that a vacancy is found or gone within a second",
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_vacancy_changes_vacancy_id_seq"), "vacancy_changes", ["vacancy_id", "seq"], unique=False)
    op.create_table(
        "vacancies",
        sa.Column("vacancy_id", Text(), nullable=False),
        sa.Column("employer_id", Text(), nullable=False),
        sa.Column("record", Document, nullable=False, comment="Every column of the contract but the four beside it"),
        sa.Column("province_code", Text(), nullable=True),
        sa.Column("state", Text(), nullable=False, comment="An open one whose expires_at has passed has expired"),
        sa.Column("posted_at", Instant(), nullable=True),
        sa.Column("expires_at", Instant(), nullable=True),
        sa.Column("filled_at", Instant(), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False, comment="Raised by every change"),
        sa.CheckConstraint(
            "state IN ('draft', 'in_review', 'open', 'withdrawn', 'filled')", name=op.f("ck_vacancies_state")
        ),
        sa.ForeignKeyConstraint(["employer_id"], ["employers.employer_id"], name=op.f("fk_vacancies_employer_id")),
        sa.PrimaryKeyConstraint("vacancy_id", name=op.f("pk_vacancies")),
        comment="Vacancies posted here; those of the artifact are not copied",
    )
    op.create_index(op.f("ix_vacancies_employer_id"), "vacancies", ["employer_id"], unique=False)
    op.create_index(op.f("ix_vacancies_state_province_code"), "vacancies", ["state", "province_code"], unique=False)
    op.create_table(
        "advert_reviews",
        sa.Column("review_id", Text(), nullable=False),
        sa.Column("vacancy_id", Text(), nullable=False),
        sa.Column("flags", Document, nullable=False, comment="Phrase, rule and remedy of each doubt"),
        sa.Column("state", Text(), nullable=False),
        sa.Column("opened_at", Instant(), nullable=False),
        sa.Column("decided_by", Text(), nullable=True),
        sa.Column("decided_at", Instant(), nullable=True),
        sa.Column("note", Text(), nullable=True),
        sa.Column("appeal_text", Text(), nullable=True),
        sa.Column("appealed_at", Instant(), nullable=True),
        sa.CheckConstraint("state IN ('open', 'cleared', 'refused', 'appealed')", name=op.f("ck_advert_reviews_state")),
        sa.ForeignKeyConstraint(["vacancy_id"], ["vacancies.vacancy_id"], name=op.f("fk_advert_reviews_vacancy_id")),
        sa.PrimaryKeyConstraint("review_id", name=op.f("pk_advert_reviews")),
        comment="Adverts with a doubtful phrase, for a human officer to decide",
    )
    op.create_index(op.f("ix_advert_reviews_state_opened_at"), "advert_reviews", ["state", "opened_at"], unique=False)
    op.create_index(op.f("ix_advert_reviews_vacancy_id"), "advert_reviews", ["vacancy_id"], unique=False)
