"""Takes the name of an artifact; gives it served, by this process at once and by the others a moment later.

Builds none.
"""

from __future__ import annotations

from datetime import datetime

from api.database import Database
from api.live.process import Live
from api.refusals import Conflicting
from api.storage.artifacts import Activation, note_activation
from matcher.domain.errors import (
    ArtifactDamaged,
    ArtifactIncompatible,
    MissingFile,
    ModelUnavailable,
    UnknownIdentifier,
)
from matcher.engine.artifacts import Artifact


def activate(live: Live, database: Database, name: str, *, by_account_id: str, now: datetime) -> Activation:
    """Serve the artifact `name` from now on and return that it does; what is being answered is answered by the old one.

    Raises
    ------
    InvalidInput
        When `name` is no plain name.
    UnknownIdentifier
        When there is no such artifact.
    Conflicting
        When it is damaged, of another version, or its encoder cannot run: the old one serves on.
    """

    def announce(artifact: Artifact) -> None:
        with database.session.begin() as session:
            note_activation(session, told(artifact))

    def told(artifact: Artifact) -> Activation:
        return Activation(name, artifact.artifact_id, now, by_account_id)

    try:
        return told(live.activate(name, announce))
    except MissingFile:
        raise UnknownIdentifier(f"artifact '{name}': is not in the artifacts' folder; build or copy it there") from None
    except (ArtifactDamaged, ArtifactIncompatible, ModelUnavailable) as refusal:
        raise Conflicting(f"artifact '{name}': refused, the old one serves on. {refusal}") from refusal
