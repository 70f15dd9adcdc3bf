"""Takes the schema of `0003_accounts`; gives one with what was shown and what came of it. Moves no row."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from api.storage.schema.columns import Document, Instant, Number, Text

revision = "0004_events"
down_revision = "0003_accounts"


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "impressions",
        sa.Column("impression_id", Text(), nullable=False),
        sa.Column("shown_at", Instant(), nullable=False),
        sa.Column("alumnus_id", Text(), nullable=False),
        sa.Column("channel", Text(), nullable=True),
        sa.Column("policy", Text(), nullable=False),
        sa.Column("eligible", Number(), nullable=True),
        sa.Column("scored", Number(), nullable=True),
        sa.PrimaryKeyConstraint("impression_id", name=op.f("pk_impressions")),
        comment="Slates, written before they are shown",
    )
    op.create_index(op.f("ix_impressions_alumnus_id_shown_at"), "impressions", ["alumnus_id", "shown_at"], unique=False)
    op.create_table(
        "outcomes",
        sa.Column("outcome_id", Text(), nullable=False),
        sa.Column("alumnus_id", Text(), nullable=False),
        sa.Column("kind", Text(), nullable=False),
        sa.Column("source", Text(), nullable=True),
        sa.Column("asked_at", Instant(), nullable=True),
        sa.Column("observed_on", sa.Date(), nullable=True),
        sa.Column("started_on", sa.Date(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("employer_id", Text(), nullable=True),
        sa.Column("vacancy_id", Text(), nullable=True),
        sa.Column("corrects_id", Text(), nullable=True),
        sa.PrimaryKeyConstraint("outcome_id", name=op.f("pk_outcomes")),
        comment="Jobs and businesses, each with its source and dates",
    )
    op.create_index(op.f("ix_outcomes_alumnus_id"), "outcomes", ["alumnus_id"], unique=False)
    op.create_table(
        "impression_entries",
        sa.Column("impression_id", Text(), nullable=False),
        sa.Column("position", Number(), autoincrement=False, nullable=False),
        sa.Column("vacancy_id", Text(), nullable=False),
        sa.Column("score", sa.Double(), nullable=True),
        sa.Column("propensity", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(
            ["impression_id"], ["impressions.impression_id"], name=op.f("fk_impression_entries_impression_id")
        ),
        sa.PrimaryKeyConstraint("impression_id", "position", name=op.f("pk_impression_entries")),
        comment="The vacancies of each slate, with the chance that each had to stand there",
    )
    op.create_table(
        "interactions",
        sa.Column("interaction_id", Text(), nullable=False),
        sa.Column("impression_id", Text(), nullable=True),
        sa.Column("alumnus_id", Text(), nullable=False),
        sa.Column("vacancy_id", Text(), nullable=False),
        sa.Column("kind", Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("source", Text(), nullable=True),
        sa.Column("corrects_id", Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["impression_id"], ["impressions.impression_id"], name=op.f("fk_interactions_impression_id")
        ),
        sa.PrimaryKeyConstraint("interaction_id", name=op.f("pk_interactions")),
        comment="What people and employers did; without an impression it is organic, and never trains or judges",
    )
    op.create_index(op.f("ix_interactions_alumnus_id_at"), "interactions", ["alumnus_id", "at"], unique=False)
    op.create_index(op.f("ix_interactions_vacancy_id_kind"), "interactions", ["vacancy_id", "kind"], unique=False)
    op.create_table(
        "recent_answers",
        sa.Column("alumnus_id", Text(), nullable=False),
        sa.Column("request_hash", Text(), nullable=False, comment="Hash of what was asked"),
        sa.Column("impression_id", Text(), nullable=False),
        sa.Column("shown_at", Instant(), nullable=False),
        sa.Column("answer", Document, nullable=False),
        sa.ForeignKeyConstraint(
            ["impression_id"], ["impressions.impression_id"], name=op.f("fk_recent_answers_impression_id")
        ),
        sa.PrimaryKeyConstraint("alumnus_id", "request_hash", name=op.f("pk_recent_answers")),
        comment="The last answer to each question of a person, so that a reload shows the same impression",
    )
    op.create_index(op.f("ix_recent_answers_shown_at"), "recent_answers", ["shown_at"], unique=False)
