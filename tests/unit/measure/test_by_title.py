"""Each distinct title counts once, by its best hit."""

from __future__ import annotations

import doctest

import pyarrow as pa
import pytest

from matcher.domain.errors import InvalidInput
from matcher.measure import by_title
from matcher.measure.by_title import qrels_by_title, run_by_title, title_key
from matcher.measure.trec import QRELS_SCHEMA, RUN_SCHEMA

VACANCIES = pa.table(
    {"vacancy_id": ["v1", "v2", "v3", "v4"], "title": ["Kasir (Toko)", "KASIR - Toko", "Barista", None]}
)


def _run(*rows: tuple[str, str, int, float]) -> pa.Table:
    return pa.table(list(zip(*rows, strict=True)), schema=RUN_SCHEMA)


def test_docstring_examples_are_right() -> None:
    tried = doctest.testmod(by_title)
    assert (tried.failed, tried.attempted >= 1) == (0, True)


def test_title_that_came_before_is_skipped() -> None:
    run = _run(("q1", "v2", 2, 1.5), ("q1", "v3", 3, 1.0), ("q1", "v1", 1, 2.0), ("q2", "v2", 1, 0.1))
    titles = run_by_title(run, VACANCIES)
    assert titles["doc_id"].to_pylist() == ["kasir toko", "barista", "kasir toko"]
    assert titles["vacancy_id"].to_pylist() == ["v1", "v3", "v2"]


def test_vacancy_without_a_title_reads_as_the_empty_one() -> None:
    assert run_by_title(_run(("q1", "v4", 1, 1.0)), VACANCIES)["doc_id"].to_pylist() == [""]


def test_vacancy_unknown_to_the_table_is_refused() -> None:
    with pytest.raises(InvalidInput, match="vacancy 'v9' has no title; pass the vacancies that the run ranked"):
        run_by_title(_run(("q1", "v9", 1, 1.0)), VACANCIES)


def test_qrels_take_the_same_spelling() -> None:
    qrels = pa.table([["q1", "q2"], ["Kasir, Toko!", "kasir toko"], [1.0, 2.0]], schema=QRELS_SCHEMA)
    assert qrels_by_title(qrels)["doc_id"].to_pylist() == ["kasir toko", "kasir toko"]


def test_title_judged_twice_is_refused() -> None:
    qrels = pa.table([["q1", "q1"], ["Kasir Toko", "kasir toko"], [1.0, 2.0]], schema=QRELS_SCHEMA)
    with pytest.raises(InvalidInput, match="row 2, column 'title': 'kasir toko' is judged twice for query q1"):
        qrels_by_title(qrels)


def test_key_is_its_own_key() -> None:
    key = title_key("Operator C++ & C# / Mesin-CNC")
    assert key == "operator c++ c# mesin cnc" == title_key(key)
