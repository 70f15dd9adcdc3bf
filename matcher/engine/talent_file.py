"""Takes a pool of people; gives it as one file, and the file back as a pool whose columns are mapped.

Copies no column when it reads, so the processes of a machine share them. Knows no person by name.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from matcher.domain.records import Certificate, Licence
from matcher.engine.held_certificates import HeldCertificates
from matcher.engine.papers import Paper, Papers, papers_by_word
from matcher.engine.talent_cells import TalentCells
from matcher.engine.talent_pool import TalentPool

TALENT_FILE = "talent.arrow"
"""Name of the file within an artifact."""


def save_pool(pool: TalentPool, path: Path) -> None:
    """Write `pool` to `path`: one row in Arrow's file format, each cell one whole column of the pool.

    Raises
    ------
    OSError
        When the file cannot be written.
    """
    columns = _columns("", pool)
    for name in _PARTS:
        columns |= _columns(f"{name}.", getattr(pool, name))
    columns |= {f"{_MOVERS}{code}": people for code, people in pool.movers.items()}
    cells = {name: _one_cell(pa.array(_without_bits(column))) for name, column in columns.items()}
    about = {
        "key": pool.key,
        "n_rows": pool.certificates.n_rows,
        "n_people": pool.papers.n_people,
        "named": [_written(paper) for paper in pool.papers.named],
    }
    table = pa.table({"alumnus_ids": _one_cell(pool.alumnus_ids), **cells}, metadata={_ABOUT: json.dumps(about)})
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)


def load_pool(path: Path) -> TalentPool:
    """Return the pool in the file `path`; its arrays are read-only and read from the disk as they are touched.

    Raises
    ------
    OSError
        When the file cannot be read.
    """
    with pa.memory_map(str(path)) as source:
        table = pa.ipc.open_file(source).read_all()
    about = json.loads(table.schema.metadata[_ABOUT])
    columns = {name: table[name].chunk(0).flatten() for name in table.column_names}
    ids = columns.pop("alumnus_ids")
    arrays = {name: column.to_numpy(zero_copy_only=True) for name, column in columns.items()}
    named = tuple(_read(paper) for paper in about["named"])
    own = {name: array for name, array in arrays.items() if "." not in name}
    return TalentPool(
        alumnus_ids=ids,
        key=about["key"],
        cells=TalentCells(**_with_bits(arrays, "cells.", "takes_remote")),
        is_present=own.pop("is_present").view(bool),
        movers={int(name.removeprefix(_MOVERS)): arrays[name] for name in arrays if name.startswith(_MOVERS)},
        certificates=HeldCertificates(**_with_bits(arrays, "certificates."), n_rows=about["n_rows"]),
        papers=Papers(
            named=named, worded=papers_by_word(named), n_people=about["n_people"], **_with_bits(arrays, "papers.")
        ),
        **own,
    )


_PARTS = ("cells", "certificates", "papers")
_MOVERS = "movers."
_ABOUT = b"padan.talent"


def _columns(prefix: str, part: object) -> dict[str, NDArray[Any]]:
    values = {field.name: getattr(part, field.name) for field in fields(part)}  # pyright: ignore[reportArgumentType]
    return {prefix + name: value for name, value in values.items() if isinstance(value, np.ndarray)}


def _one_cell(values: pa.Array) -> pa.Array:
    return pa.LargeListArray.from_arrays(pa.array([0, len(values)], pa.int64()), values)


def _without_bits(column: NDArray[Any]) -> NDArray[Any]:
    # Arrow packs truth values into bits, which NumPy cannot map
    return column.view(np.uint8) if column.dtype == bool else column


def _with_bits(arrays: Mapping[str, NDArray[Any]], prefix: str, *truths: str) -> dict[str, NDArray[Any]]:
    own = {name.removeprefix(prefix): array for name, array in arrays.items() if name.startswith(prefix)}
    return own | {name: own[name].view(bool) for name in truths}


def _written(paper: Paper) -> dict[str, str | None]:
    if isinstance(paper, Licence):
        return {"kind": paper.kind, "licence_class": paper.licence_class}
    return {"title": paper.title, "scheme": paper.scheme, "evidence": paper.evidence}


def _read(paper: Mapping[str, Any]) -> Paper:
    return Licence(**paper) if "kind" in paper else Certificate(**paper)
