"""Takes the schema of `0005_casework`; gives one with what keeps the service in order. Moves no row."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from api.storage.schema.columns import Instant, Number, Text

revision = "0006_operations"
down_revision = "0005_casework"


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "artifact_activations",
        sa.Column("seq", Number(), nullable=False),
        sa.Column("name", Text(), nullable=False),
        sa.Column("artifact_id", Text(), nullable=False),
        sa.Column("activated_at", Instant(), nullable=False),
        sa.Column("by_account_id", Text(), nullable=True),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_artifact_activations")),
        comment="Which artifact serves; the last row holds",
        sqlite_autoincrement=True,
    )
    op.create_table(
        "erasures",
        sa.Column(
            "erased_id_hash", Text(), nullable=False, comment="Keyed hash; says whom only to who knows the id already"
        ),
        sa.Column("erased_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("erased_id_hash", name=op.f("pk_erasures")),
        comment="Who was erased, so that a restored backup forgets them again",
    )
    op.create_table(
        "idempotency",
        sa.Column("account_id", Text(), nullable=False),
        sa.Column("key", Text(), nullable=False),
        sa.Column("request_hash", Text(), nullable=False),
        sa.Column("alumnus_id", Text(), nullable=True, comment="Whom the answer is about, so that erasure finds it"),
        sa.Column("status", sa.Integer(), nullable=True, comment="Null while the first request is under way"),
        sa.Column("body", Text(), nullable=True),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "key", name=op.f("pk_idempotency")),
        comment="The first answer to each write, given again to a repeat; pruned after a day",
    )
    op.create_index(op.f("ix_idempotency_alumnus_id"), "idempotency", ["alumnus_id"], unique=False)
    op.create_index(op.f("ix_idempotency_at"), "idempotency", ["at"], unique=False)
