"""DuckDB: vectors as a column beside province and schooling, sorted by both; WHERE, ORDER BY, LIMIT."""

from __future__ import annotations

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tests.bench.peers.contest import Asked, Filter, K, Market, Setting, padded
from tests.bench.peers.in_process import InProcess

_ORDERS = {"cosine": "array_cosine_distance(v, {})", "inner product": "array_negative_inner_product(v, {})"}


class DuckdbTable(InProcess):
    name = "DuckDB, array column + WHERE"
    settings = tuple({"order": order} for order in _ORDERS)

    def build(self, market: Market) -> None:
        n, self.dimension = market.vectors.shape
        flat = pa.array(np.ascontiguousarray(market.vectors).reshape(-1))
        columns = {
            "row": pa.array(np.arange(n)), "province": pa.array(market.provinces),
            "education_rank": pa.array(market.education_ranks),
            "v": pa.FixedSizeListArray.from_arrays(flat, self.dimension),
        }  # fmt: skip
        self.connection = duckdb.connect(config={"threads": 1})
        self.connection.register("given", pa.table(columns))
        self.connection.execute("CREATE TABLE vacancies AS FROM given ORDER BY province, education_rank")
        self.connection.unregister("given")

    def prepare(self, wanted: Filter) -> Filter:
        return wanted

    def search(self, asked: Asked, prepared: Filter, setting: Setting) -> NDArray[np.int64]:
        order = _ORDERS[setting["order"]].format(f"?::FLOAT[{self.dimension}]")
        question = (
            "SELECT row FROM vacancies WHERE province = ? AND education_rank <= ? "
            f"ORDER BY {order} LIMIT {K}"
        )  # fmt: skip
        return np.array([padded(self._one(question, prepared, vector)) for vector in asked.vectors])

    def _one(self, question: str, wanted: Filter, vector: NDArray[np.float32]) -> NDArray[np.int64]:
        given = [wanted.province, wanted.education_rank, vector.tolist()]
        return np.asarray(self.connection.execute(question, given).fetchnumpy()["row"], dtype=np.int64)

    def close(self) -> None:
        self.connection.close()
