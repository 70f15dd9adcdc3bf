"""Takes query and corpus texts from files; gives a TREC run of the text matching alone.

Parses and prints; the library does the work.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa

from api.settings import Settings
from matcher.domain.errors import InvalidInput
from matcher.engine.bare_texts import BareTexts, vectors_beside
from matcher.engine.encode import load_encoder
from matcher.engine.index import VacancyIndex
from matcher.engine.ready_encoder import ready
from matcher.measure.trec import read_columns, write_run
from scripts.arguments import add_k, cache_folder
from scripts.run_table import run_table


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``padan rank-text`` to `subparsers`."""
    parser = subparsers.add_parser("rank-text", help="rank texts for texts, into a TREC run")
    parser.add_argument(
        "--queries", type=Path, required=True, metavar="FILE", help="TSV or Parquet with query_id, text"
    )
    parser.add_argument("--corpus", type=Path, required=True, metavar="FILE", help="TSV or Parquet with doc_id, text")
    parser.add_argument("--encoder", help="encoder to use (default: PADAN_ENCODER)")
    parser.add_argument("--out", type=Path, required=True, metavar="RUN")
    add_k(parser, 100)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Rank the corpus for every query text and write the run; return 0."""
    queries = _texts(arguments.queries, "query_id")
    corpus = _texts(arguments.corpus, "doc_id")
    documents, asked = corpus["text"].to_pylist(), queries["text"].to_pylist()
    cache = cache_folder()
    named = load_encoder(arguments.encoder or Settings().encoder, cache_folder=cache)
    encoder = ready(named, documents, cache_folder=cache)
    scores = (
        row for block in BareTexts.fit(documents, encoder, vectors_beside(encoder)).scores(asked) for row in block
    )
    run = run_table(_hits(queries["query_id"].to_pylist(), corpus["doc_id"].to_pylist(), scores, arguments.k))
    write_run(run, arguments.out)
    print(f"{arguments.out}: {run.num_rows:,} ranked texts for {queries.num_rows:,} queries")
    return 0


def _texts(path: Path, key: str) -> pa.Table:
    table = read_columns(path, (key, "text"))
    seen: set[str] = set()
    for row, (own, text) in enumerate(zip(table[key].to_pylist(), table["text"].to_pylist(), strict=True), start=1):
        if own is None or own.split() != [own]:
            raise InvalidInput.at(str(path), f"{own or ''!r} is no id", "write one word", row=row, column=key)
        if own in seen:
            raise InvalidInput.at(str(path), f"{own!r} came before", "give every text its id", row=row, column=key)
        if text is None:
            raise InvalidInput.at(str(path), "no text", "leave the row out or write ''", row=row, column="text")
        seen.add(own)
    return table


def _hits(
    query_ids: list[str], doc_ids: list[str], scores: Iterator[np.ndarray], k: int
) -> Iterator[tuple[str, str, float]]:
    everything, allowed = [slice(0, len(doc_ids))], np.ones(len(doc_ids), dtype=bool)
    for query_id, row in zip(query_ids, scores, strict=True):
        hits = VacancyIndex.top(row, everything, allowed=allowed, k=k)
        for place, score in zip(hits.layout_indices, hits.scores, strict=True):
            yield query_id, doc_ids[place], float(score)
