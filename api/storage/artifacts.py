"""Takes a session and the name of an artifact; gives which one serves. Opens no folder."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from api.storage.schema.operations import artifact_activations
from api.storage.statements import every, first


@dataclass(frozen=True, slots=True)
class Activation:
    """Since when an artifact serves: ``name`` of its folder, ``artifact_id`` of its content, and who said so."""

    name: str
    artifact_id: str
    activated_at: datetime
    by_account_id: str | None = None


def note_activation(session: Session, activation: Activation) -> None:
    """Append that an artifact serves from now on. Raises nothing."""
    session.execute(insert(artifact_activations).values(**asdict(activation)))


def last_activation(session: Session) -> Activation | None:
    """Return which artifact serves; None before the first was activated. Raises nothing."""
    return first(session, Activation, _LATEST.limit(1))


def activations(session: Session) -> list[Activation]:
    """Return every activation, the last one first. Raises nothing."""
    return every(session, Activation, _LATEST)


_LATEST = select(*(column for column in artifact_activations.columns if column.name != "seq")).order_by(
    artifact_activations.c.seq.desc()
)
