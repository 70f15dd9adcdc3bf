"""Takes nothing; gives the tables of who may sign in and of their sign-ins. Holds no name and no open number."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Index, Integer, Table, UniqueConstraint, true
from sqlalchemy import text as sql

from api.storage.schema.columns import METADATA, Document, Instant, Text, one_of, points_at

accounts = Table(
    "accounts",
    METADATA,
    Column("account_id", Text, primary_key=True),
    Column("role", Text, nullable=False),
    Column("login", Text, nullable=False, comment="Keyed hash of the phone for alumni, user name for the others"),
    Column("secret_hash", Text, comment="argon2 of PIN or password; null where only OpenID Connect signs in"),
    Column("token_epoch", Integer, nullable=False, server_default="0", comment="Tokens of an earlier epoch are void"),
    points_at("alumnus_id", "people.alumnus_id", nullable=True),
    points_at("employer_id", "employers.employer_id", nullable=True),
    Column("province_code", Text, comment="Where an officer works"),
    Column("is_active", Boolean, nullable=False, server_default=true()),
    Column("created_at", Instant, nullable=False),
    one_of("role", "alumnus", "employer", "counter", "pmo", "operator"),
    UniqueConstraint("alumnus_id"),
    Index(None, "employer_id"),
    Index(None, "login"),
    # A telephone is shared by a family: alumni of one number are told apart by their PIN.
    Index(
        "uq_accounts_login", "login", unique=True,
        sqlite_where=sql("role <> 'alumnus'"), postgresql_where=sql("role <> 'alumnus'"),
    ),
    comment="Who may sign in; one row a person or office",
    info={"on_erasure": "delete"},
)  # fmt: skip

refresh_sessions = Table(
    "refresh_sessions",
    METADATA,
    Column("session_id", Text, primary_key=True),
    points_at("account_id", "accounts.account_id"),
    Column("kind", Text, nullable=False),
    Column("secret_hash", Text, nullable=False),
    Column("earlier_hash", Text, comment="The secret before the last rotation: seen again, it was stolen"),
    Column("created_at", Instant, nullable=False),
    Column("used_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("user_agent_class", Text, comment="phone, computer or program; never the whole line"),
    one_of("kind", "program", "browser"),
    Index(None, "account_id"),
    comment="Sign-ins that can be renewed: of programs by a refresh token, of browsers by a cookie",
    info={"on_erasure": "delete"},
)

sign_in_attempts = Table(
    "sign_in_attempts",
    METADATA,
    Column("bucket", Text, nullable=False, comment="Keyed hash of what is counted: login, address, both, device"),
    Column("at", Instant, nullable=False),
    Index(None, "bucket", "at"),
    Index(None, "at"),
    comment="What rate limits count, shared by all workers; rows older than the longest window are pruned",
)

one_time_codes = Table(
    "one_time_codes",
    METADATA,
    Column("code_id", Text, primary_key=True),
    Column("login", Text, nullable=False, comment="Keyed hash of the number the code was sent to"),
    Column("purpose", Text, nullable=False),
    Column("code_hash", Text, nullable=False),
    Column("alumnus_id", Text, comment="Whose code it is, where the person is known already"),
    Column("details", Document, comment="What takes effect once the code is given back"),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("used_at", Instant),
    one_of("purpose", "register", "verify", "reset"),
    Index(None, "login", "purpose"),
    Index(None, "alumnus_id"),
    comment="Codes sent to a telephone to register, verify or reset",
    info={"on_erasure": "delete"},
)

openid_subjects = Table(
    "openid_subjects",
    METADATA,
    Column("issuer", Text, primary_key=True),
    Column("subject_hash", Text, primary_key=True),
    points_at("account_id", "accounts.account_id"),
    Column("linked_at", Instant, nullable=False),
    Index(None, "account_id"),
    comment="Which account an OpenID Connect subject signs in to",
    info={"on_erasure": "delete"},
)
