"""Takes the schema of `0004_events`; gives one with what people, employers and officers exchange. Moves no row."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from api.storage.schema.columns import Document, Instant, Text

revision = "0005_casework"
down_revision = "0004_events"


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "outbox",
        sa.Column("message_id", Text(), nullable=False),
        sa.Column("alumnus_id", Text(), nullable=True, comment="Null where the number belongs to nobody yet"),
        sa.Column("channel", Text(), nullable=False),
        sa.Column("template", Text(), nullable=False),
        sa.Column("payload", Document, nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("taken_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_outbox")),
        comment="Messages for the sender outside to take",
    )
    op.create_index(op.f("ix_outbox_alumnus_id"), "outbox", ["alumnus_id"], unique=False)
    op.create_index(op.f("ix_outbox_taken_at_created_at"), "outbox", ["taken_at", "created_at"], unique=False)
    op.create_table(
        "callbacks",
        sa.Column("callback_id", Text(), nullable=False),
        sa.Column("alumnus_id", Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("state", Text(), nullable=False),
        sa.Column("note_code", Text(), nullable=True, comment="A word of a closed list; no free text about a person"),
        sa.CheckConstraint("state IN ('due', 'done', 'dropped')", name=op.f("ck_callbacks_state")),
        sa.ForeignKeyConstraint(["alumnus_id"], ["people.alumnus_id"], name=op.f("fk_callbacks_alumnus_id")),
        sa.PrimaryKeyConstraint("callback_id", name=op.f("pk_callbacks")),
        comment="Whom an officer should call, and when",
    )
    op.create_index(op.f("ix_callbacks_alumnus_id"), "callbacks", ["alumnus_id"], unique=False)
    op.create_index(op.f("ix_callbacks_state_due_on"), "callbacks", ["state", "due_on"], unique=False)
    op.create_table(
        "invitations",
        sa.Column("invitation_id", Text(), nullable=False),
        sa.Column("employer_id", Text(), nullable=False),
        sa.Column("vacancy_id", Text(), nullable=False),
        sa.Column("alumnus_id", Text(), nullable=False),
        sa.Column("state", Text(), nullable=False),
        sa.Column("sent_at", Instant(), nullable=False),
        sa.Column("answered_at", Instant(), nullable=True),
        sa.CheckConstraint("state IN ('sent', 'accepted', 'declined', 'lapsed')", name=op.f("ck_invitations_state")),
        sa.ForeignKeyConstraint(["alumnus_id"], ["people.alumnus_id"], name=op.f("fk_invitations_alumnus_id")),
        sa.ForeignKeyConstraint(["employer_id"], ["employers.employer_id"], name=op.f("fk_invitations_employer_id")),
        sa.PrimaryKeyConstraint("invitation_id", name=op.f("pk_invitations")),
        sa.UniqueConstraint(
            "employer_id", "vacancy_id", "alumnus_id", name=op.f("uq_invitations_employer_id_vacancy_id_alumnus_id")
        ),
        comment="An employer asks a pseudonymous person to apply; accepted, they learn name and contact",
    )
    op.create_index(op.f("ix_invitations_alumnus_id_state"), "invitations", ["alumnus_id", "state"], unique=False)
    op.create_table(
        "officer_questions",
        sa.Column("question_id", Text(), nullable=False),
        sa.Column("alumnus_id", Text(), nullable=False),
        sa.Column("vacancy_id", Text(), nullable=True),
        sa.Column("text", Text(), nullable=True),
        sa.Column("state", Text(), nullable=False),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.Column("answered_at", Instant(), nullable=True),
        sa.Column("answered_by", Text(), nullable=True),
        sa.Column("reply", Text(), nullable=True),
        sa.CheckConstraint("state IN ('open', 'answered')", name=op.f("ck_officer_questions_state")),
        sa.ForeignKeyConstraint(["alumnus_id"], ["people.alumnus_id"], name=op.f("fk_officer_questions_alumnus_id")),
        sa.PrimaryKeyConstraint("question_id", name=op.f("pk_officer_questions")),
        comment="What people ask an officer, an objection to the automatic order among it",
    )
    op.create_index(op.f("ix_officer_questions_alumnus_id"), "officer_questions", ["alumnus_id"], unique=False)
    op.create_index(
        op.f("ix_officer_questions_state_asked_at"), "officer_questions", ["state", "asked_at"], unique=False
    )
    op.create_table(
        "counter_sessions",
        sa.Column("session_id", Text(), nullable=False),
        sa.Column("account_id", Text(), nullable=False),
        sa.Column("alumnus_id", Text(), nullable=False),
        sa.Column("receipt_no", Text(), nullable=False),
        sa.Column("begun_at", Instant(), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.account_id"], name=op.f("fk_counter_sessions_account_id")),
        sa.ForeignKeyConstraint(["alumnus_id"], ["people.alumnus_id"], name=op.f("fk_counter_sessions_alumnus_id")),
        sa.PrimaryKeyConstraint("session_id", name=op.f("pk_counter_sessions")),
        sa.UniqueConstraint("receipt_no", name=op.f("uq_counter_sessions_receipt_no")),
        comment="An officer acts on behalf of a person, who signed this receipt",
    )
    op.create_index(op.f("ix_counter_sessions_account_id"), "counter_sessions", ["account_id"], unique=False)
    op.create_index(op.f("ix_counter_sessions_alumnus_id"), "counter_sessions", ["alumnus_id"], unique=False)
