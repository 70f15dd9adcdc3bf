"""Takes the tables that ``padan simulate`` wrote; gives a PostgreSQL database that holds them as the service would.

What the simulation does not draw (contacts, accounts, the trail, numbers of certificates) is made up from the ids, with
the sizes and the randomness of the real thing. Ids are 32 hexadecimal digits, as the service gives them: ids that
count up would make every index look better than it is.

Run: python -m tests.bench.postgres.load FOLDER URL (an empty database; the role must be superuser).
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import fields
from io import BytesIO
from pathlib import Path

import numpy as np
import psycopg
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray
from pyarrow import csv

from api.database import migrate
from api.storage.schema import METADATA
from matcher.domain.records import Vacancy
from matcher.ingest.schemas import WORDS

_ID_WIDTH = 11
_IDS = ("alumnus_id", "impression_id", "vacancy_id", "interaction_id", "outcome_id", "employer_id", "corrects_id")
_BESIDE = ("vacancy_id", "employer_id", "province_code", "posted_at", "expires_at", "filled_at")
_EVENTS = ("impressions", "impression_entries", "interactions", "outcomes")
_HEX = np.array([f"{byte:02x}".encode() for byte in range(256)], dtype="S2")
_MADE_UP = Path(__file__).with_name("made_up.sql")


def load(folder: Path, url: str) -> dict[str, int]:
    """Fill the empty database at `url` from `folder`; return how many rows each table has."""
    migrate(url)
    with closing(psycopg.connect(url, autocommit=True)) as connection:
        # The simulation's rows point at each other rightly; checking each would only take time.
        connection.execute("SET session_replication_role = replica")
        for name, parts in _tables(folder):
            began, n_rows = time.perf_counter(), 0
            for part in parts:
                _copy(connection, name, part)
                n_rows += part.num_rows
            print(f"{name}: {n_rows:,} rows, {time.perf_counter() - began:.0f} s", flush=True)
        for statement in _MADE_UP.read_text(encoding="utf-8").split(";\n"):
            began = time.perf_counter()
            connection.execute(statement.encode())
            print(f"{statement.strip().splitlines()[0]} ... {time.perf_counter() - began:.0f} s", flush=True)
        return {name: _n_rows(connection, name) for name in sorted(METADATA.tables)}


def hashed_ids(ids: pa.Array) -> pa.Array:
    """Return ids such as ``a-000000041`` as 32 hexadecimal digits that look random; null stays null."""
    known = ids.drop_null().cast(pa.binary(_ID_WIDTH))
    letters = np.frombuffer(known.buffers()[1], np.uint8, len(known) * _ID_WIDTH).reshape(-1, _ID_WIDTH)
    number = (letters[:, 2:].astype(np.uint64) - 48) @ (10 ** np.arange(8, -1, -1, dtype=np.uint64))
    number |= letters[:, 0].astype(np.uint64) << np.uint64(40)
    mixed = np.stack([_mixed(number), _mixed(number + np.uint64(1 << 50))], axis=1)
    text = _HEX[np.ascontiguousarray(mixed).view(np.uint8)].view("S32").ravel()
    filled = np.zeros(len(ids), dtype="S32")
    is_there = ids.is_valid().to_numpy(zero_copy_only=False)
    filled[is_there] = text
    return pa.array(filled, mask=~is_there).cast(pa.string())


def _mixed(number: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return SplitMix64 of each number (Steele, Lea & Flood 2014): one to one, and without any order."""
    mixed = number * np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))


def _tables(folder: Path) -> Iterator[tuple[str, Iterator[pa.Table]]]:
    yield "people", (part.drop(["consents"]) for part in _parts(folder, "alumni"))
    yield "consents", (_consents(part) for part in _parts(folder, "alumni"))
    yield "certificates", _parts(folder, "certificates")
    yield "employers", iter([_employers(folder)])
    yield "vacancies", (_vacancies(part) for part in _parts(folder, "vacancies"))
    for name in _EVENTS:
        yield name, _parts(folder, name)


def _parts(folder: Path, name: str) -> Iterator[pa.Table]:
    file = pq.ParquetFile(folder / f"{name}.parquet")
    for group in range(file.num_row_groups):
        part = file.read_row_group(group)
        for place, column in enumerate(part.column_names):
            if column in _IDS:
                part = part.set_column(place, column, hashed_ids(part[column].combine_chunks()))
        yield part


def _consents(alumni: pa.Table) -> pa.Table:
    """Return one yes a person and purpose, all given on the day of the certificate."""
    listed = alumni["consents"].combine_chunks()
    rows = pc.call_function("list_parent_indices", [listed])
    return pa.table(
        {
            "alumnus_id": alumni["alumnus_id"].take(rows),
            "purpose": pc.call_function("list_flatten", [listed]),
            "is_given": pa.repeat(True, len(rows)),
            "at": alumni["completed_on"].take(rows),
            "via": pa.repeat("import", len(rows)),
        }
    )


def _employers(folder: Path) -> pa.Table:
    named = pa.concat_tables(part.select(["employer_id", "employer"]) for part in _parts(folder, "vacancies"))
    once = named.group_by("employer_id").aggregate([("employer", "min")])
    state = pa.repeat("verified", once.num_rows)
    return pa.table({"employer_id": once["employer_id"], "name": once["employer_min"], "state": state})


def _vacancies(part: pa.Table) -> pa.Table:
    kept = {field.name for field in fields(Vacancy)} - set(_BESIDE)
    record = part.select([name for name in part.column_names if name in kept])
    records = pa.array([json.dumps(row, ensure_ascii=False) for row in record.to_pylist()])
    is_filled = part["filled_at"].combine_chunks().is_valid()
    state = pc.call_function("if_else", [is_filled, "filled", "open"])
    return part.select(_BESIDE).append_column("record", records).append_column("state", state)


def _copy(connection: psycopg.Connection, name: str, table: pa.Table) -> None:
    for place, field in enumerate(table.schema):
        if field.type == WORDS:
            table = table.set_column(place, field.name, _as_json(table[field.name]))
    columns = ", ".join(f'"{column}"' for column in table.column_names)
    with connection.cursor().copy(f'COPY "{name}" ({columns}) FROM STDIN (FORMAT csv)'.encode()) as copy:
        for batch in table.to_batches(max_chunksize=100_000):
            written = BytesIO()
            csv.write_csv(batch, written, csv.WriteOptions(include_header=False))
            copy.write(written.getvalue())


def _as_json(words: pa.ChunkedArray) -> pa.Array:
    return pa.array([None if cell is None else json.dumps(cell) for cell in words.to_pylist()])


def _n_rows(connection: psycopg.Connection, name: str) -> int:
    found = connection.execute(f'SELECT count(*) FROM "{name}"'.encode()).fetchone()
    return 0 if found is None else found[0]


if __name__ == "__main__":
    for table, n in load(Path(sys.argv[1]), sys.argv[2]).items():
        print(f"{table}: {n:,}")
