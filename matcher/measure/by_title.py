"""Takes a run, qrels and vacancy titles; gives them with each distinct title counted once. Computes no metric.

Adverts repeat titles by the dozen: one title judged once would fill a page of hits. So documents become titles, and a
run keeps the best hit of each title.
"""

from __future__ import annotations

import re

import pyarrow as pa

from matcher.domain.errors import InvalidInput
from matcher.measure.trec import QRELS_SCHEMA, RUN_SCHEMA, in_rank_order

_WORD = re.compile(r"[a-z0-9+#]+")


def title_key(title: str) -> str:
    """Return `title` in lower case with everything but a-z, 0-9, ``+`` and ``#`` read as one space.

    Notes
    -----
    This is the spelling in which by-title qrels were written, and so it must not follow the normalisation that the
    matching uses: a run may not change its own truth. Raises nothing.

    Examples
    --------
    >>> title_key("Staf Gudang (Shift Malam) / C++")
    'staf gudang shift malam c++'
    """
    return " ".join(_WORD.findall(title.lower()))


def run_by_title(run: pa.Table, vacancies: pa.Table) -> pa.Table:
    """Return `run` in rank order with the title key as ``doc_id``, a title that came before in its query left out.

    The vacancy that brought the title stands in a further column ``vacancy_id``.

    Parameters
    ----------
    run : pyarrow.Table
        Columns of ``RUN_SCHEMA``, ``doc_id`` holding vacancy ids.
    vacancies : pyarrow.Table
        Columns ``vacancy_id`` and ``title``, text; a null title reads as the empty one.

    Raises
    ------
    InvalidInput
        When a vacancy of the run is not among `vacancies`.
    """
    ordered = in_rank_order(run)
    titles = zip(vacancies["vacancy_id"].to_pylist(), vacancies["title"].to_pylist(), strict=True)
    key_of = {vacancy_id: title_key(title or "") for vacancy_id, title in titles}
    try:
        keys = [key_of[vacancy_id] for vacancy_id in ordered["doc_id"].to_pylist()]
    except KeyError as unknown:
        raise InvalidInput(f"run: vacancy {unknown} has no title; pass the vacancies that the run ranked") from None
    first = _first_occurrences(ordered["query_id"].to_pylist(), keys)
    columns = {**{name: ordered[name] for name in RUN_SCHEMA.names}, "doc_id": pa.array(keys, pa.string())}
    return pa.table({**columns, "vacancy_id": ordered["doc_id"]}).filter(first)


def qrels_by_title(qrels: pa.Table) -> pa.Table:
    """Return `qrels`, whose ``doc_id`` holds titles, with each title in the form of :func:`title_key`.

    Raises
    ------
    InvalidInput
        When two titles of one query become the same key.
    """
    keys = [title_key(title) for title in qrels["doc_id"].to_pylist()]
    first = _first_occurrences(qrels["query_id"].to_pylist(), keys)
    if not all(first.to_pylist()):
        row = first.index(False).as_py()
        problem = f"'{keys[row]}' is judged twice for query {qrels['query_id'][row]}"
        raise InvalidInput.at("qrels", problem, "keep one grade for each title", row=row + 1, column="title")
    return pa.table([qrels["query_id"], pa.array(keys, pa.string()), qrels["rel"]], schema=QRELS_SCHEMA)


def _first_occurrences(query_ids: list[str], keys: list[str]) -> pa.BooleanArray:
    seen: set[tuple[str, str]] = set()
    is_first = []
    for pair in zip(query_ids, keys, strict=True):
        is_first.append(pair not in seen)
        seen.add(pair)
    return pa.array(is_first, pa.bool_())
