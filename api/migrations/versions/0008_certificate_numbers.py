"""Takes the schema of `0007_availability`; gives one that finds a certificate by its number. Moves no row."""

from __future__ import annotations

from alembic import op

revision = "0008_certificate_numbers"
down_revision = "0007_availability"


def upgrade() -> None:
    """Add the index."""
    op.create_index(op.f("ix_certificates_certificate_no"), "certificates", ["certificate_no"], unique=False)
