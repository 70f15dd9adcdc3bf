"""Takes nothing; gives the tables that keep the service itself in order. Holds nobody's data for longer than a day."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, Table

from api.storage.schema.columns import METADATA, Instant, Number, Text

idempotency = Table(
    "idempotency",
    METADATA,
    Column("account_id", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("request_hash", Text, nullable=False),
    Column("alumnus_id", Text, comment="Whom the answer is about, so that erasure finds it"),
    Column("status", Integer, comment="Null while the first request is under way"),
    Column("body", Text),
    Column("at", Instant, nullable=False),
    Index(None, "alumnus_id"),
    Index(None, "at"),
    comment="The first answer to each write, given again to a repeat; pruned after a day",
    info={"on_erasure": "delete"},
)

erasures = Table(
    "erasures",
    METADATA,
    Column("erased_id_hash", Text, primary_key=True, comment="Keyed hash; says whom only to who knows the id already"),
    Column("erased_at", Instant, nullable=False),
    comment="Who was erased, so that a restored backup forgets them again",
)

artifact_activations = Table(
    "artifact_activations",
    METADATA,
    Column("seq", Number, primary_key=True),
    Column("name", Text, nullable=False),
    Column("artifact_id", Text, nullable=False),
    Column("activated_at", Instant, nullable=False),
    Column("by_account_id", Text),
    comment="Which artifact serves; the last row holds",
    sqlite_autoincrement=True,
)
