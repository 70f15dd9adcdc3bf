"""Takes the schema of `0010_message_wishes`; gives one that knows why a vacancy was put aside. Moves no row."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from api.storage.schema.columns import Text

revision = "0011_hidden_reasons"
down_revision = "0010_message_wishes"


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "hidden_reasons",
        sa.Column("interaction_id", Text(), nullable=False),
        sa.Column("alumnus_id", Text(), nullable=False),
        sa.Column("reason", Text(), nullable=False),
        sa.CheckConstraint("reason IN ('far', 'pay', 'other')", name=op.f("ck_hidden_reasons_reason")),
        sa.ForeignKeyConstraint(
            ["interaction_id"],
            ["interactions.interaction_id"],
            name=op.f("fk_hidden_reasons_interaction_id_interactions"),
        ),
        sa.PrimaryKeyConstraint("interaction_id", name=op.f("pk_hidden_reasons")),
        comment="Why a person put a vacancy aside, as a word of a closed list; who said nothing has no row",
    )
    op.create_index(op.f("ix_hidden_reasons_alumnus_id"), "hidden_reasons", ["alumnus_id"], unique=False)
