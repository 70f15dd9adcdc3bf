"""Takes hits in rank order; gives them as the run table that measure writes. Ranks nothing."""

from __future__ import annotations

from collections.abc import Iterable

import pyarrow as pa

from matcher.measure.trec import RUN_SCHEMA


def run_table(hits: Iterable[tuple[str, str, float]]) -> pa.Table:
    """Return the run of (query_id, doc_id, score) triples, each query's hits together and best first.

    Notes
    -----
    Raises nothing. Ranks count from 1 within a query.
    """
    queries, documents, ranks, scores = [], [], [], []
    for query_id, doc_id, score in hits:
        ranks.append(ranks[-1] + 1 if queries and queries[-1] == query_id else 1)
        queries.append(query_id)
        documents.append(doc_id)
        scores.append(score)
    columns = {"query_id": queries, "doc_id": documents, "rank": ranks, "score": scores}
    return pa.Table.from_pydict(columns, schema=RUN_SCHEMA)
