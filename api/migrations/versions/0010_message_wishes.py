"""Takes the schema of `0009_at_size`; gives one that knows who wants short messages, and how. Moves no row."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from api.storage.schema.columns import Instant, Text

revision = "0010_message_wishes"
down_revision = "0009_at_size"


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "message_wishes",
        sa.Column("alumnus_id", Text(), nullable=False),
        sa.Column("channel", Text(), nullable=False),
        sa.Column("looked_at", Instant(), nullable=False, comment="Until when ends of vacancies were told"),
        sa.Column("told_at", Instant(), nullable=True, comment="When the last vacancies were sent"),
        sa.CheckConstraint("channel IN ('sms', 'whatsapp')", name=op.f("ck_message_wishes_channel")),
        sa.ForeignKeyConstraint(
            ["alumnus_id"], ["people.alumnus_id"], name=op.f("fk_message_wishes_alumnus_id_people")
        ),
        sa.PrimaryKeyConstraint("alumnus_id", name=op.f("pk_message_wishes")),
        comment="Who asked for short messages, and over what; who did not has no row",
    )
