"""Takes the exported tables and a clock; gives the cohort file that the office's figures are counted from.

It is written once for a state of the data, holds no id of a person, and goes with the process or with that state.
"""

from __future__ import annotations

import shutil
import weakref
from datetime import datetime
from pathlib import Path
from tempfile import mkdtemp
from typing import NamedTuple

from api.pmo.tables import FigureTables
from matcher.measure.cohort_files import CohortFile, write_cohort


class Cohort(NamedTuple):
    """Where the file of a cohort lies, and what went into it."""

    path: Path
    built: CohortFile


class Cohorts:
    """The cohorts of the newest state of the data, one for each clock asked for; for one thread at a time."""

    def __init__(self) -> None:
        self._state: tuple[str, datetime] | None = None
        self._remove: weakref.finalize | None = None
        self._folder = Path()
        self._kept: dict[str, Cohort] = {}

    def cohort(self, tables: FigureTables, *, clock: str, now: datetime) -> Cohort:
        """Return the cohort of `tables` at `clock`, what was written of other tables or another `now` being removed.

        Raises
        ------
        MissingFile
            When the export lacks alumni or outcomes.
        InvalidInput, OSError
            As ``write_cohort``.
        """
        tables.take(["alumni", "outcomes"])
        folder = self._folder_for((tables.data_id, now))
        if clock not in self._kept:
            path = folder / f"{clock}.parquet"
            with tables.as_folder() as data:
                self._kept[clock] = Cohort(path, write_cohort(data, path, clock=clock, now=now))
        return self._kept[clock]

    def _folder_for(self, state: tuple[str, datetime]) -> Path:
        if self._state != state:
            if self._remove is not None:
                self._remove()
            self._folder = Path(mkdtemp(prefix="padan-cohorts-"))
            self._remove = weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
            self._state, self._kept = state, {}
        return self._folder
