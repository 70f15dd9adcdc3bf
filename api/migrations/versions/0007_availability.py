"""Takes the schema of `0006_operations`; gives one that knows who looks for work and who changed. Moves no row."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from api.storage.schema.columns import Instant, Number, Text

revision = "0007_availability"
down_revision = "0006_operations"


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "availabilities",
        sa.Column("alumnus_id", Text(), nullable=False),
        sa.Column("is_looking", sa.Boolean(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["alumnus_id"], ["people.alumnus_id"], name=op.f("fk_availabilities_alumnus_id_people")
        ),
        sa.PrimaryKeyConstraint("alumnus_id", name=op.f("pk_availabilities")),
        comment="Whether a person says that they look for work; who said nothing has no row",
    )
    op.create_table(
        "talent_changes",
        sa.Column("seq", Number(), nullable=False, comment="In the order in which changes became visible"),
        sa.Column("alumnus_id", Text(), nullable=True, comment="Null where the person was erased"),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_talent_changes")),
        comment="What every worker polls, so that a person is found or gone within a second; the last change of each",
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_talent_changes_alumnus_id"), "talent_changes", ["alumnus_id"], unique=False)
    op.create_index(op.f("ix_talent_changes_at"), "talent_changes", ["at"], unique=False)
