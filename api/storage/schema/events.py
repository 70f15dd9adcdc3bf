"""Takes nothing; gives the tables of what was shown and what came of it, columns as in the contract. Holds no name."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKeyConstraint, Index, Table

from api.storage.schema.columns import METADATA, Document, Instant, Number, Text, contract_columns, one_of, points_at

TOMBSTONE_PREFIX = "erased-"
"""How the random name begins that stands for an erased person."""

HIDDEN_REASONS = ("far", "pay", "other")
"""Why a vacancy may be put aside."""

_IMPRESSION = "impressions.impression_id"

impressions = Table(
    "impressions",
    METADATA,
    *contract_columns("impressions", key="impression_id"),
    Index(None, "alumnus_id", "shown_at"),
    comment="Slates, written before they are shown",
    info={"on_erasure": "replace"},
)

impression_entries = Table(
    "impression_entries",
    METADATA,
    points_at("impression_id", _IMPRESSION, primary_key=True),
    Column("position", Number, primary_key=True, autoincrement=False),
    *contract_columns("impression_entries", but=("impression_id", "position")),
    comment="The vacancies of each slate, with the chance that each had to stand there",
)

interactions = Table(
    "interactions",
    METADATA,
    *contract_columns("interactions", key="interaction_id"),
    ForeignKeyConstraint(["impression_id"], [_IMPRESSION]),
    Index(None, "alumnus_id", "at"),
    Index(None, "vacancy_id", "kind"),
    comment="What people and employers did; without an impression it is organic, and never trains or judges",
    info={"on_erasure": "replace"},
)

hidden_reasons = Table(
    "hidden_reasons",
    METADATA,
    points_at("interaction_id", "interactions.interaction_id", primary_key=True),
    *contract_columns("hidden_reasons", but=("interaction_id",)),
    one_of("reason", *HIDDEN_REASONS),
    Index(None, "alumnus_id"),
    comment="Why a person put a vacancy aside, as a word of a closed list; who said nothing has no row",
    info={"on_erasure": "replace"},
)

outcomes = Table(
    "outcomes",
    METADATA,
    *contract_columns("outcomes", key="outcome_id"),
    Index(None, "alumnus_id"),
    comment="Jobs and businesses, each with its source and dates",
    info={"on_erasure": "replace"},
)

recent_answers = Table(
    "recent_answers",
    METADATA,
    Column("alumnus_id", Text, primary_key=True),
    Column("request_hash", Text, primary_key=True, comment="Hash of what was asked"),
    points_at("impression_id", _IMPRESSION),
    Column("shown_at", Instant, nullable=False),
    Column("answer", Document, nullable=False),
    Index(None, "shown_at"),
    comment="The last answer to each question of a person, so that a reload shows the same impression",
    info={"on_erasure": "delete"},
)
