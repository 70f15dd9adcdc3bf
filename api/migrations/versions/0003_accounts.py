"""Takes the schema of `0002_vacancies`; gives one with accounts and sign-ins. Moves no row."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from api.storage.schema.columns import Document, Instant, Text

revision = "0003_accounts"
down_revision = "0002_vacancies"


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "one_time_codes",
        sa.Column("code_id", Text(), nullable=False),
        sa.Column("login", Text(), nullable=False, comment="Keyed hash of the number the code was sent to"),
        sa.Column("purpose", Text(), nullable=False),
        sa.Column("code_hash", Text(), nullable=False),
        sa.Column("alumnus_id", Text(), nullable=True, comment="Whose code it is, where the person is known already"),
        sa.Column("details", Document, nullable=True, comment="What takes effect once the code is given back"),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("used_at", Instant(), nullable=True),
        sa.CheckConstraint("purpose IN ('register', 'verify', 'reset')", name=op.f("ck_one_time_codes_purpose")),
        sa.PrimaryKeyConstraint("code_id", name=op.f("pk_one_time_codes")),
        comment="Codes sent to a telephone to register, verify or reset",
    )
    op.create_index(op.f("ix_one_time_codes_alumnus_id"), "one_time_codes", ["alumnus_id"], unique=False)
    op.create_index(op.f("ix_one_time_codes_login_purpose"), "one_time_codes", ["login", "purpose"], unique=False)
    op.create_table(
        "sign_in_attempts",
        sa.Column(
            "bucket", Text(), nullable=False, comment="Keyed hash of what is counted: login, address, both, device"
        ),
        sa.Column("at", Instant(), nullable=False),
        comment="What rate limits count, shared by all workers; rows older than the longest window are pruned",
    )
    op.create_index(op.f("ix_sign_in_attempts_at"), "sign_in_attempts", ["at"], unique=False)
    op.create_index(op.f("ix_sign_in_attempts_bucket_at"), "sign_in_attempts", ["bucket", "at"], unique=False)
    op.create_table(
        "accounts",
        sa.Column("account_id", Text(), nullable=False),
        sa.Column("role", Text(), nullable=False),
        sa.Column(
            "login", Text(), nullable=False, comment="Keyed hash of the phone for alumni, user name for the others"
        ),
        sa.Column(
            "secret_hash",
            Text(),
            nullable=True,
            comment="argon2 of PIN or password; null where only OpenID Connect signs in",
        ),
        sa.Column(
            "token_epoch",
            sa.Integer(),
            server_default="0",
            nullable=False,
            comment="Tokens of an earlier epoch are void",
        ),
        sa.Column("alumnus_id", Text(), nullable=True),
        sa.Column("employer_id", Text(), nullable=True),
        sa.Column("province_code", Text(), nullable=True, comment="Where an officer works"),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.CheckConstraint(
            "role IN ('alumnus', 'employer', 'counter', 'pmo', 'operator')", name=op.f("ck_accounts_role")
        ),
        sa.ForeignKeyConstraint(["alumnus_id"], ["people.alumnus_id"], name=op.f("fk_accounts_alumnus_id")),
        sa.ForeignKeyConstraint(["employer_id"], ["employers.employer_id"], name=op.f("fk_accounts_employer_id")),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("alumnus_id", name=op.f("uq_accounts_alumnus_id")),
        comment="Who may sign in; one row a person or office",
    )
    op.create_index(op.f("ix_accounts_login"), "accounts", ["login"], unique=False)
    op.create_index(
        "uq_accounts_login",
        "accounts",
        ["login"],
        unique=True,
        sqlite_where=sa.text("role <> 'alumnus'"),
        postgresql_where=sa.text("role <> 'alumnus'"),
    )
    op.create_table(
        "openid_subjects",
        sa.Column("issuer", Text(), nullable=False),
        sa.Column("subject_hash", Text(), nullable=False),
        sa.Column("account_id", Text(), nullable=False),
        sa.Column("linked_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.account_id"], name=op.f("fk_openid_subjects_account_id")),
        sa.PrimaryKeyConstraint("issuer", "subject_hash", name=op.f("pk_openid_subjects")),
        comment="Which account an OpenID Connect subject signs in to",
    )
    op.create_index(op.f("ix_openid_subjects_account_id"), "openid_subjects", ["account_id"], unique=False)
    op.create_table(
        "refresh_sessions",
        sa.Column("session_id", Text(), nullable=False),
        sa.Column("account_id", Text(), nullable=False),
        sa.Column("kind", Text(), nullable=False),
        sa.Column("secret_hash", Text(), nullable=False),
        sa.Column(
            "earlier_hash",
            Text(),
            nullable=True,
            comment="The secret before the last rotation: seen again, it was stolen",
        ),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("used_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column(
            "user_agent_class", Text(), nullable=True, comment="phone, computer or program; never the whole line"
        ),
        sa.CheckConstraint("kind IN ('program', 'browser')", name=op.f("ck_refresh_sessions_kind")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.account_id"], name=op.f("fk_refresh_sessions_account_id")),
        sa.PrimaryKeyConstraint("session_id", name=op.f("pk_refresh_sessions")),
        comment="Sign-ins that can be renewed: of programs by a refresh token, of browsers by a cookie",
    )
    op.create_index(op.f("ix_refresh_sessions_account_id"), "refresh_sessions", ["account_id"], unique=False)
