"""Takes nothing; gives the tables of the people, of what they agreed to, and of how to reach them. Holds no event."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Date, Index, Integer, Table
from sqlalchemy import text as sql

from api.storage.schema.columns import METADATA, Instant, Number, Text, contract_columns, one_of, points_at

_PERSON = "people.alumnus_id"

people = Table(
    "people",
    METADATA,
    *contract_columns("alumni", key="alumnus_id", but=("consents",)),
    Column("version", Integer, nullable=False, server_default="1", comment="Raised by every change"),
    comment="Alumni as the contract's table has them, without consents (their own table) and without names",
    info={"on_erasure": "delete"},
)

contacts = Table(
    "contacts",
    METADATA,
    points_at("alumnus_id", _PERSON, primary_key=True),
    Column("name_sealed", Text, comment="Encrypted; the key is outside the database"),
    Column("phone_sealed", Text, comment="Encrypted; the key is outside the database"),
    Column("birth_on", Date),
    Column("nik_hash", Text, unique=True, comment="Keyed hash; the number itself is stored nowhere"),
    Column("person_key", Text, comment="Keyed hash of normalised name and birth date, for the counter's search"),
    Index(None, "person_key"),
    comment="Who a person is and how to reach them; read by the person, a counter, and an accepted employer",
    info={"on_erasure": "delete"},
)

certificates = Table(
    "certificates",
    METADATA,
    Column("seq", Number, primary_key=True),
    points_at("alumnus_id", _PERSON),
    *contract_columns("certificates", but=("alumnus_id",)),
    Index(None, "alumnus_id"),
    Index(None, "certificate_no"),
    comment="Proofs of courses and of schemes passed elsewhere",
    info={"on_erasure": "delete"},
)

licences = Table(
    "licences",
    METADATA,
    Column("seq", Number, primary_key=True),
    points_at("alumnus_id", _PERSON),
    *contract_columns("licences", but=("alumnus_id",)),
    Index(None, "alumnus_id"),
    comment="Legal permissions a person holds",
    info={"on_erasure": "delete"},
)

consents = Table(
    "consents",
    METADATA,
    Column("seq", Number, primary_key=True),
    points_at("alumnus_id", _PERSON),
    Column("purpose", Text, nullable=False),
    Column("is_given", Boolean, nullable=False),
    Column("at", Instant, nullable=False),
    Column("via", Text, nullable=False, comment="web, counter or import"),
    Column("receipt_no", Text, comment="Number on the receipt a counter gave"),
    Column("by_account_id", Text),
    one_of("purpose", "recommend", "discoverable", "contact", "research", "disability_use"),
    Index(None, "alumnus_id", "purpose", "seq"),
    # Every process asks at its start who may be found since the artifact was built.
    Index(
        "ix_consents_discoverable_at", "at",
        sqlite_where=sql("purpose = 'discoverable'"), postgresql_where=sql("purpose = 'discoverable'"),
    ),
    comment="Every yes and every no, never changed; the last one of a purpose holds",
    info={"on_erasure": "delete"},
    sqlite_autoincrement=True,
)  # fmt: skip

availabilities = Table(
    "availabilities",
    METADATA,
    points_at("alumnus_id", _PERSON, primary_key=True),
    Column("is_looking", Boolean, nullable=False),
    Column("at", Instant, nullable=False),
    comment="Whether a person says that they look for work; who said nothing has no row",
    info={"on_erasure": "delete"},
)

message_wishes = Table(
    "message_wishes",
    METADATA,
    points_at("alumnus_id", _PERSON, primary_key=True),
    Column("channel", Text, nullable=False),
    Column("looked_at", Instant, nullable=False, comment="Until when ends of vacancies were told"),
    Column("told_at", Instant, comment="When the last vacancies were sent"),
    one_of("channel", "sms", "whatsapp"),
    comment="Who asked for short messages, and over what; who did not has no row",
    info={"on_erasure": "delete"},
)

talent_changes = Table(
    "talent_changes",
    METADATA,
    Column("seq", Number, primary_key=True, comment="In the order in which changes became visible"),
    Column("alumnus_id", Text, comment="Null where the person was erased"),
    Column("at", Instant, nullable=False),
    Index(None, "alumnus_id"),
    Index(None, "at"),
    comment="What every worker polls, so that a person is found or gone within a second; the last change of each",
    info={"on_erasure": "delete"},
    sqlite_autoincrement=True,
)

corrections = Table(
    "corrections",
    METADATA,
    Column("correction_id", Text, primary_key=True),
    points_at("alumnus_id", _PERSON),
    Column("field", Text, nullable=False),
    Column("told", Text, nullable=False, comment="What the person says it should be"),
    Column("state", Text, nullable=False),
    Column("at", Instant, nullable=False),
    one_of("state", "open", "done", "refused"),
    Index(None, "alumnus_id"),
    Index(None, "state"),
    comment="What a person says is wrong about them and cannot change alone",
    info={"on_erasure": "delete"},
)

accesses = Table(
    "accesses",
    METADATA,
    Column("access_id", Number, primary_key=True),
    Column("account_id", Text, nullable=False, comment="Who looked or acted"),
    Column("role", Text, nullable=False),
    Column("alumnus_id", Text, nullable=False),
    Column("act", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Index(None, "alumnus_id", "access_id"),
    Index(None, "account_id", "access_id"),
    comment="Who looked at whom and why, append-only; the person sees their part",
    info={"on_erasure": "replace"},
    sqlite_autoincrement=True,
)
