"""Takes a folder of tables, or a file, in any accepted format; gives them in home form. Writes nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pyarrow as pa

from matcher.domain.errors import InvalidInput, MissingFile
from matcher.ingest.door import SUFFIXES, load_table
from matcher.ingest.intake import Ingested

Told = Callable[[Ingested], object]
"""Hears what came through the door, with what was rejected."""


def load_file(name: str, path: Path, *, told: Told | None = None) -> pa.Table:
    """Return the table `name` from one file of any accepted format; what the door rejects is left out and told.

    Raises
    ------
    MissingFile
        When the file is not there.
    InvalidInput
        When it cannot be read, or loses every row at the door.
    """
    ingested = load_table(name, [path])
    accepted = ingested.accepted()
    if told is not None:
        told(ingested)
    return accepted


def load_folder(
    folder: Path,
    names: Sequence[str],
    *,
    obligatory: Sequence[str] = ("courses", "vacancies"),
    told: Told | None = None,
) -> dict[str, pa.Table]:
    """Return the tables among `names` that `folder` holds as ``name.parquet``, ``name.csv`` or in another format.

    Raises
    ------
    MissingFile
        When the folder or one of the `obligatory` tables is not there.
    InvalidInput
        When a table stands there in two formats, cannot be read, or loses every row at the door.
    """
    if not folder.is_dir():
        raise MissingFile(f"{folder}: no such folder; make it with padan ingest TABLE FILE --to {folder}")
    tables: dict[str, pa.Table] = {}
    for name in names:
        found = [path for suffix in SUFFIXES if (path := folder / f"{name}{suffix}").is_file()]
        if len(found) > 1:
            both = " and ".join(path.name for path in found)
            raise InvalidInput.at(str(folder), f"{both} both hold the {name}", "keep one of them")
        if found:
            tables[name] = load_file(name, found[0], told=told)
        elif name in obligatory:
            raise MissingFile(f"{folder}: no {name} in it; make them with padan ingest {name} FILE --to {folder}")
    return tables
