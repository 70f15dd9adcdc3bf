"""Takes the folder of exported tables and the artifact; gives the tables that figures are made from, and their mark.

The export is the office's seam: what is not in it has no figure, and the database is not asked.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from matcher.domain.errors import MissingFile
from matcher.ingest.schemas import SCHEMAS

_OF_THE_ARTIFACT = {"courses": "course_id", "vacancies": "vacancy_id"}
"""Tables that an artifact holds too, and what tells their rows apart; a row of the export wins."""


@dataclass(frozen=True, slots=True)
class FigureTables:
    """Where each table is, the export's first, and ``data_id``: the mark of this very state of the files.

    ``artifact`` is the folder of the artifact that is served, None where there is none.
    """

    folder: Path
    paths: dict[str, tuple[Path, ...]]
    data_id: str
    artifact: Path | None = None

    def has(self, name: str) -> bool:
        """Return whether there is such a table."""
        return name in self.paths

    def take(self, needed: Sequence[str]) -> dict[str, pa.Table | Path]:
        """Return the `needed` tables, those in two places as one table.

        Raises
        ------
        MissingFile
            When the export lacks one.
        """
        missing = [name for name in needed if name not in self.paths]
        if missing:
            raise MissingFile(f"{self.folder}: has no {', '.join(missing)}; run padan export-events --to {self.folder}")
        return {name: self._joined(name) for name in needed}

    def read(self, needed: Sequence[str]) -> dict[str, pa.Table]:
        """Return the `needed` tables in memory; raises as `take`."""
        taken = self.take(needed)
        return {name: pq.read_table(one) if isinstance(one, Path) else one for name, one in taken.items()}

    @contextmanager
    def as_folder(self) -> Iterator[Path]:
        """Give a passing folder in which every table is one file."""
        with tempfile.TemporaryDirectory(prefix="padan-figure-") as scratch:
            for name in self.paths:
                one, to = self._joined(name), Path(scratch) / f"{name}.parquet"
                if isinstance(one, Path):
                    to.symlink_to(one.resolve())
                else:
                    pq.write_table(one, to)
            yield Path(scratch)

    def _joined(self, name: str) -> pa.Table | Path:
        first, *others = self.paths[name]
        if not others:
            return first
        ours, key = pq.read_table(first), _OF_THE_ARTIFACT[name]
        theirs, known = pq.read_table(others[0]).cast(ours.schema), set(ours[key].to_pylist())
        return pa.concat_tables([ours, theirs.filter(pa.array([one not in known for one in theirs[key].to_pylist()]))])


def figure_tables(folder: Path, artifact_folder: Path | None) -> FigureTables:
    """Return the tables in `folder`, joined with the courses and vacancies of the artifact.

    Raises
    ------
    MissingFile
        When there is no such folder.
    """
    if not folder.is_dir():
        raise MissingFile(f"{folder}: no exported tables; run padan export-events --to {folder}, or set PADAN_EVENTS")
    paths = {}
    for name in SCHEMAS:
        places = [folder, artifact_folder] if artifact_folder and name in _OF_THE_ARTIFACT else [folder]
        found = tuple(place / f"{name}.parquet" for place in places if (place / f"{name}.parquet").is_file())
        if found:
            paths[name] = found
    return FigureTables(folder, paths, _mark(paths), artifact_folder)


def _mark(paths: dict[str, tuple[Path, ...]]) -> str:
    mark = hashlib.sha256()
    for name, places in sorted(paths.items()):
        for path in places:
            stat = path.stat()
            mark.update(f"{name} {stat.st_size} {stat.st_mtime_ns}\n".encode())
    return mark.hexdigest()[:16]
