"""Takes the schema of `0008_certificate_numbers`; gives one that finds a row among millions by index. Moves no row."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009_at_size"
down_revision = "0008_certificate_numbers"

_DISCOVERABLE = sa.text("purpose = 'discoverable'")


def upgrade() -> None:
    """Add the indexes."""
    op.create_index(op.f("ix_accounts_employer_id"), "accounts", ["employer_id"], unique=False)
    op.create_index(op.f("ix_accesses_account_id_access_id"), "accesses", ["account_id", "access_id"], unique=False)
    op.drop_index(op.f("ix_accesses_account_id"), table_name="accesses")
    op.create_index(
        "ix_consents_discoverable_at", "consents", ["at"], unique=False,
        sqlite_where=_DISCOVERABLE, postgresql_where=_DISCOVERABLE,
    )  # fmt: skip
    op.create_index(op.f("ix_vacancies_state_expires_at"), "vacancies", ["state", "expires_at"], unique=False)
