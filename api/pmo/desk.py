"""Takes a question of the office; gives the figure, of whatever tables lie ready now. Makes none itself."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from api.live.process import Live
from api.pmo.figures import Asked, Figure, Figures
from api.pmo.tables import figure_tables
from matcher.domain.errors import MatcherError
from matcher.domain.holdout import Holdout


class FigureDesk:
    """Where figures are asked for: over the exported tables in `events` and what is served beside them.

    `registers` is the folder of what was published before, which later tables keep in mind.
    """

    def __init__(self, events: Path, live: Live, holdout: Holdout, registers: Path) -> None:
        self._events, self._live, self._figures = events, live, Figures(holdout, registers)

    def figure(self, asked: Asked, *, now: datetime) -> Figure:
        """Return the figure asked for.

        Raises
        ------
        InvalidInput
            When the question cannot be answered as it is.
        MissingFile
            When nothing was exported yet, or the export lacks a table.
        """
        return self._figures.figure(asked, figure_tables(self._events, self._artifact_folder()), now=now)

    def _artifact_folder(self) -> Path | None:
        # A figure of the past needs no artifact that is served now.
        try:
            return self._live.view().artifact.folder
        except MatcherError:
            return None
