"""Takes the schema of an empty database; gives one with people, what they agreed to, and who looked. Moves no row."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from api.storage.schema.columns import Document, Instant, Number, Text

revision = "0001_people"
down_revision = None


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "accesses",
        sa.Column("access_id", Number(), nullable=False),
        sa.Column("account_id", Text(), nullable=False, comment="Who looked or acted"),
        sa.Column("role", Text(), nullable=False),
        sa.Column("alumnus_id", Text(), nullable=False),
        sa.Column("act", Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("access_id", name=op.f("pk_accesses")),
        comment="Who looked at whom and why, append-only; the person sees their part",
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_accesses_account_id"), "accesses", ["account_id"], unique=False)
    op.create_index(op.f("ix_accesses_alumnus_id_access_id"), "accesses", ["alumnus_id", "access_id"], unique=False)
    op.create_table(
        "people",
        sa.Column("alumnus_id", Text(), nullable=False),
        sa.Column("province_code", Text(), nullable=True),
        sa.Column("district_code", Text(), nullable=True),
        sa.Column("education", Text(), nullable=True),
        sa.Column("field_of_study", Text(), nullable=True),
        sa.Column("birth_year", Number(), nullable=True),
        sa.Column("sex", Text(), nullable=True),
        sa.Column("has_disability", sa.Boolean(), nullable=True),
        sa.Column("is_returned_migrant", sa.Boolean(), nullable=True),
        sa.Column("employment_at_entry", Text(), nullable=True),
        sa.Column("wave", Text(), nullable=True),
        sa.Column("completed_on", sa.Date(), nullable=True),
        sa.Column("willing_province_codes", Document, nullable=True),
        sa.Column("accepts_remote", sa.Boolean(), nullable=True),
        sa.Column("wanted_occupation_codes", Document, nullable=True),
        sa.Column("experience_occupation_codes", Document, nullable=True),
        sa.Column("salary_min_idr_month", Number(), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False, comment="Raised by every change"),
        sa.PrimaryKeyConstraint("alumnus_id", name=op.f("pk_people")),
        comment="Alumni as the contract's table has them, without consents (their own table) and without names",
    )
    op.create_table(
        "certificates",
        sa.Column("seq", Number(), nullable=False),
        sa.Column("alumnus_id", Text(), nullable=False),
        sa.Column("course_id", Text(), nullable=True),
        sa.Column("title", Text(), nullable=False),
        sa.Column("scheme", Text(), nullable=True),
        sa.Column("evidence", Text(), nullable=True),
        sa.Column("certificate_no", Text(), nullable=True),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["alumnus_id"], ["people.alumnus_id"], name=op.f("fk_certificates_alumnus_id")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_certificates")),
        comment="Proofs of courses and of schemes passed elsewhere",
    )
    op.create_index(op.f("ix_certificates_alumnus_id"), "certificates", ["alumnus_id"], unique=False)
    op.create_table(
        "consents",
        sa.Column("seq", Number(), nullable=False),
        sa.Column("alumnus_id", Text(), nullable=False),
        sa.Column("purpose", Text(), nullable=False),
        sa.Column("is_given", sa.Boolean(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("via", Text(), nullable=False, comment="web, counter or import"),
        sa.Column("receipt_no", Text(), nullable=True, comment="Number on the receipt a counter gave"),
        sa.Column("by_account_id", Text(), nullable=True),
        sa.CheckConstraint(
            "purpose IN ('recommend', 'discoverable', 'contact', 'research', 'disability_use')",
            name=op.f("ck_consents_purpose"),
        ),
        sa.ForeignKeyConstraint(["alumnus_id"], ["people.alumnus_id"], name=op.f("fk_consents_alumnus_id")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_consents")),
        comment="Every yes and every no, never changed; the last one of a purpose holds",
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_consents_alumnus_id_purpose_seq"), "consents", ["alumnus_id", "purpose", "seq"], unique=False
    )
    op.create_table(
        "contacts",
        sa.Column("alumnus_id", Text(), nullable=False),
        sa.Column("name_sealed", Text(), nullable=True, comment="Encrypted; the key is outside the database"),
        sa.Column("phone_sealed", Text(), nullable=True, comment="Encrypted; the key is outside the database"),
        sa.Column("birth_on", sa.Date(), nullable=True),
        sa.Column("nik_hash", Text(), nullable=True, comment="Keyed hash; the number itself is stored nowhere"),
        sa.Column(
            "person_key",
            Text(),
            nullable=True,
            comment="Keyed hash of normalised name and birth date, for the counter's search",
        ),
        sa.ForeignKeyConstraint(["alumnus_id"], ["people.alumnus_id"], name=op.f("fk_contacts_alumnus_id")),
        sa.PrimaryKeyConstraint("alumnus_id", name=op.f("pk_contacts")),
        sa.UniqueConstraint("nik_hash", name=op.f("uq_contacts_nik_hash")),
        comment="Who a person is and how to reach them; read by the person, a counter, and an accepted employer",
    )
    op.create_index(op.f("ix_contacts_person_key"), "contacts", ["person_key"], unique=False)
    op.create_table(
        "corrections",
        sa.Column("correction_id", Text(), nullable=False),
        sa.Column("alumnus_id", Text(), nullable=False),
        sa.Column("field", Text(), nullable=False),
        sa.Column("told", Text(), nullable=False, comment="What the person says it should be"),
        sa.Column("state", Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.CheckConstraint("state IN ('open', 'done', 'refused')", name=op.f("ck_corrections_state")),
        sa.ForeignKeyConstraint(["alumnus_id"], ["people.alumnus_id"], name=op.f("fk_corrections_alumnus_id")),
        sa.PrimaryKeyConstraint("correction_id", name=op.f("pk_corrections")),
        comment="What a person says is wrong about them and cannot change alone",
    )
    op.create_index(op.f("ix_corrections_alumnus_id"), "corrections", ["alumnus_id"], unique=False)
    op.create_index(op.f("ix_corrections_state"), "corrections", ["state"], unique=False)
    op.create_table(
        "licences",
        sa.Column("seq", Number(), nullable=False),
        sa.Column("alumnus_id", Text(), nullable=False),
        sa.Column("kind", Text(), nullable=False),
        sa.Column("class", Text(), nullable=True),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["alumnus_id"], ["people.alumnus_id"], name=op.f("fk_licences_alumnus_id")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_licences")),
        comment="Legal permissions a person holds",
    )
    op.create_index(op.f("ix_licences_alumnus_id"), "licences", ["alumnus_id"], unique=False)
