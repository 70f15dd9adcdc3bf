"""Takes nothing; gives the tables of what passes between people, employers and officers. Holds no event of the loop."""

from __future__ import annotations

from sqlalchemy import Column, Date, Index, Table, UniqueConstraint

from api.storage.schema.columns import METADATA, Document, Instant, Text, one_of, points_at

_PERSON, _EMPLOYER = "people.alumnus_id", "employers.employer_id"

invitations = Table(
    "invitations",
    METADATA,
    Column("invitation_id", Text, primary_key=True),
    points_at("employer_id", _EMPLOYER),
    Column("vacancy_id", Text, nullable=False),
    points_at("alumnus_id", _PERSON),
    Column("state", Text, nullable=False),
    Column("sent_at", Instant, nullable=False),
    Column("answered_at", Instant),
    one_of("state", "sent", "accepted", "declined", "lapsed"),
    UniqueConstraint("employer_id", "vacancy_id", "alumnus_id"),
    Index(None, "alumnus_id", "state"),
    comment="An employer asks a pseudonymous person to apply; accepted, they learn name and contact",
    info={"on_erasure": "delete"},
)

officer_questions = Table(
    "officer_questions",
    METADATA,
    Column("question_id", Text, primary_key=True),
    points_at("alumnus_id", _PERSON),
    Column("vacancy_id", Text),
    Column("text", Text),
    Column("state", Text, nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("answered_at", Instant),
    Column("answered_by", Text),
    Column("reply", Text),
    one_of("state", "open", "answered"),
    Index(None, "alumnus_id"),
    Index(None, "state", "asked_at"),
    comment="What people ask an officer, an objection to the automatic order among it",
    info={"on_erasure": "delete"},
)

counter_sessions = Table(
    "counter_sessions",
    METADATA,
    Column("session_id", Text, primary_key=True),
    points_at("account_id", "accounts.account_id"),
    points_at("alumnus_id", _PERSON),
    Column("receipt_no", Text, nullable=False, unique=True),
    Column("begun_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Index(None, "account_id"),
    Index(None, "alumnus_id"),
    comment="An officer acts on behalf of a person, who signed this receipt",
    info={"on_erasure": "delete"},
)

callbacks = Table(
    "callbacks",
    METADATA,
    Column("callback_id", Text, primary_key=True),
    points_at("alumnus_id", _PERSON),
    Column("due_on", Date, nullable=False),
    Column("state", Text, nullable=False),
    Column("note_code", Text, comment="A word of a closed list; no free text about a person"),
    one_of("state", "due", "done", "dropped"),
    Index(None, "alumnus_id"),
    Index(None, "state", "due_on"),
    comment="Whom an officer should call, and when",
    info={"on_erasure": "delete"},
)

outbox = Table(
    "outbox",
    METADATA,
    Column("message_id", Text, primary_key=True),
    Column("alumnus_id", Text, comment="Null where the number belongs to nobody yet"),
    Column("channel", Text, nullable=False),
    Column("template", Text, nullable=False),
    Column("payload", Document, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("taken_at", Instant),
    Index(None, "alumnus_id"),
    Index(None, "taken_at", "created_at"),
    comment="Messages for the sender outside to take",
    info={"on_erasure": "delete"},
)
