"""Takes nothing; gives the column types that mean the same on SQLite and on PostgreSQL. Holds no table."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, Literal

import pyarrow as pa
from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Dialect,
    Double,
    ForeignKey,
    Integer,
    MetaData,
    TypeDecorator,
)
from sqlalchemy import Text as SqlText
from sqlalchemy.exc import DontWrapMixin
from sqlalchemy.types import TypeEngine

from matcher.domain.errors import InvalidInput
from matcher.ingest.schemas import DAY, FLAG, INSTANT, REAL, SCHEMAS, TEXT, WHOLE, WORDS

METADATA = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)
"""Every table of the service."""

OnErasure = Literal["delete", "replace"]
"""What erasing a person does to the rows that carry their id; each such table says it in its ``info``."""


class Unstorable(InvalidInput, DontWrapMixin):
    """A value that no column can hold on both databases."""


class Text(TypeDecorator[str]):
    """Text of any length. NUL and half of a surrogate pair are refused: PostgreSQL cannot hold them."""

    impl = SqlText
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[str]:
        """Return the driver's type; sorted by code point everywhere, as SQLite does, so that lists page alike."""
        return dialect.type_descriptor(SqlText(collation="C" if dialect.name == "postgresql" else None))

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Return `value`, checked."""
        if value is not None and ("\x00" in value or not _is_utf8(value)):
            raise Unstorable("text: holds a NUL or half a character, which no database keeps; send it without")
        return value


class Instant(TypeDecorator[datetime]):
    """An aware instant; comes back in UTC. One without a zone is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return `value` in UTC, as the driver takes it."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise Unstorable(f"instant '{value.isoformat()}': has no zone; write 2026-11-22T08:00:00+07:00")
        instant = value.astimezone(UTC)
        return instant.replace(tzinfo=None) if dialect.name == "sqlite" else instant

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Return `value` as an aware instant in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Number(TypeDecorator[int]):
    """A whole number of 64 bits; as a primary key it counts up by itself. A greater one is refused."""

    impl = BigInteger
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[int]:
        """Return the driver's type; only an INTEGER counts up by itself in SQLite."""
        return dialect.type_descriptor(Integer() if dialect.name == "sqlite" else BigInteger())

    def process_bind_param(self, value: int | None, dialect: Dialect) -> int | None:  # noqa: ARG002
        """Return `value`, checked."""
        if value is not None and not -(2**63) <= value < 2**63:
            raise Unstorable(f"number of {len(str(value))} digits: too great for any column; send a smaller one")
        return value


Document = JSON(none_as_null=True)
"""Lists and nested values, as JSON; never searched within."""

_NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")

_TYPES: dict[pa.DataType, Any] = {
    TEXT: Text, WORDS: Document, WHOLE: Number, REAL: Double(), FLAG: Boolean(), DAY: Date(), INSTANT: Instant,
}  # fmt: skip


class Written(dict[str, Any]):
    """A document that is stored and sent: written as JSON once. Change nothing in it after its text was asked for."""

    @cached_property
    def text(self) -> str:
        """The document as `json_text` writes it."""
        return _json(self)

    def written_ahead(self) -> None:
        """Write it now, before a transaction in which nobody should have to wait for it. Raises as `json_text`."""
        _ = self.text


def json_text(value: object) -> str:
    """Return `value` as the JSON that both databases keep.

    Raises
    ------
    InvalidInput
        When it holds a NUL, half a character, a number that is none, or something JSON has no form for.
    """
    return value.text if isinstance(value, Written) else _json(value)


def _json(value: object) -> str:
    try:
        written = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    except (TypeError, ValueError) as problem:
        raise Unstorable(f"document: {problem}; send plain JSON values") from None
    # Nearly no document holds the letters of an escaped NUL, and to look for the escape itself takes a millisecond.
    if ("u0000" in written and _NUL.search(written)) or not _is_utf8(written):
        raise Unstorable("document: holds a NUL or half a character, which no database keeps; send it without")
    return written


def contract_columns(table: str, *, key: str | None = None, but: Iterable[str] = ()) -> Iterator[Column[Any]]:
    """Return the columns of `table` as the contract has them, except those named in `but`; `key` is the primary key.

    Notes
    -----
    Raises nothing.
    """
    for field in SCHEMAS[table]:
        if field.name not in set(but):
            yield Column(field.name, _TYPES[field.type], nullable=field.nullable, primary_key=field.name == key)


def one_of(column: str, *values: str) -> CheckConstraint:
    """Return the rule that `column` holds one of `values`. Raises nothing."""
    return CheckConstraint(f"{column} IN ({', '.join(repr(value) for value in values)})", name=column)


def points_at(name: str, target: str, *, nullable: bool = False, primary_key: bool = False) -> Column[Any]:
    """Return the column `name` that holds an id of ``target``, written ``table.column``. Raises nothing."""
    return Column(name, Text, ForeignKey(target), nullable=nullable, primary_key=primary_key)


def _is_utf8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
