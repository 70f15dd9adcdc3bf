"""Takes the settings; gives what follows the artifact and the database. Starts nothing."""

from __future__ import annotations

from api.clock import Clock
from api.database import Database
from api.live.process import Live
from api.live.view import ArtifactPlaces
from api.settings import Settings
from matcher.domain.holdout import Holdout


def opened_live(settings: Settings, database: Database | None, *, clock: Clock) -> Live:
    """Return what serves the artifact, whether there is one or not.

    Raises
    ------
    InvalidInput
        When the settings of the holdout are unusable.
    """
    places = ArtifactPlaces(settings.artifacts, settings.cache, settings.explore, holdout_of(settings))
    return Live.opened(settings.artifact, database, places=places, clock=clock)


def holdout_of(settings: Settings) -> Holdout:
    """Return who is shown the plain order.

    Raises
    ------
    InvalidInput
        When the shares or the key are unusable.
    """
    return Holdout.of(settings.holdout, settings.holdout_key.get_secret_value())
