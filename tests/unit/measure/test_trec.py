"""Runs and qrels come back as they were written, and what is wrong with a file is said in one line."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.domain.errors import InvalidInput, MissingFile
from matcher.measure.trec import (
    QRELS_SCHEMA,
    RUN_SCHEMA,
    in_rank_order,
    read_columns,
    read_qrels,
    read_run,
    write_qrels,
    write_run,
)

SUFFIXES = pytest.mark.parametrize("suffix", [".tsv", ".parquet"])


def _run(*rows: tuple[str, str, int, float]) -> pa.Table:
    return pa.table(list(zip(*rows, strict=True)), schema=RUN_SCHEMA)


def _file(folder: Path, text: str, name: str = "masukan.tsv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def _refusal(read, path: Path) -> str:
    with pytest.raises(InvalidInput) as caught:
        read(path)
    return str(caught.value)


@SUFFIXES
def test_run_comes_back_as_written(tmp_path: Path, suffix: str) -> None:
    run = _run(("q1", "loker:1", 1, 0.1 + 0.2), ("q1", "loker:2", 2, -1e-7), ("q2", "lokér:1", 1, 12.0))
    write_run(run, tmp_path / f"run{suffix}")
    assert read_run(tmp_path / f"run{suffix}").equals(run)


@SUFFIXES
def test_qrels_come_back_as_written(tmp_path: Path, suffix: str) -> None:
    qrels = pa.table([["q2", "q1"], ['"dua" kata', "0111"], [0.5, 3.0]], schema=QRELS_SCHEMA)
    write_qrels(qrels, tmp_path / f"qrels{suffix}")
    assert read_qrels(tmp_path / f"qrels{suffix}").equals(qrels)


@SUFFIXES
def test_run_without_hits_is_written(tmp_path: Path, suffix: str) -> None:
    write_run(RUN_SCHEMA.empty_table(), tmp_path / f"run{suffix}")
    assert (tmp_path / f"run{suffix}").exists()


def test_trec_run_is_written_in_six_fields(tmp_path: Path) -> None:
    write_run(_run(("q1", "b", 9, 1.0), ("q1", "a", 7, 2.5)), tmp_path / "run", tag="coba")
    assert (tmp_path / "run").read_text(encoding="utf-8") == "q1 Q0 a 1 2.5 coba\nq1 Q0 b 2 1.0 coba\n"


def test_trec_run_may_be_parted_by_tabs_and_many_spaces(tmp_path: Path) -> None:
    path = _file(tmp_path, "\ufeffq1\tQ0\tv1\t1\t+2.5e0\tx\r\nq1  Q0 v2   2 .5 x\r\n\n")
    assert read_run(path).to_pylist() == [
        {"query_id": "q1", "doc_id": "v1", "rank": 1, "score": 2.5},
        {"query_id": "q1", "doc_id": "v2", "rank": 2, "score": 0.5},
    ]


def test_qrels_keep_zeros_in_ids_and_ignore_further_columns(tmp_path: Path) -> None:
    path = _file(tmp_path, "\ufeffrel\tnote\tdoc_id\tquery_id\n1\tpas\t0111\t007\n")
    assert read_qrels(path).to_pylist() == [{"query_id": "007", "doc_id": "0111", "rel": 1.0}]


def test_qrels_of_whole_number_parquet_are_read(tmp_path: Path) -> None:
    table = pa.table(
        {"rel": pa.array([2], pa.int8()), "doc_id": ["d"], "query_id": pa.array(["q"]).dictionary_encode()}
    )
    pq.write_table(table, tmp_path / "qrels.parquet")
    assert read_qrels(tmp_path / "qrels.parquet").to_pylist() == [{"query_id": "q", "doc_id": "d", "rel": 2.0}]


def test_qrels_may_be_keyed_by_title(tmp_path: Path) -> None:
    path = _file(tmp_path, 'query_id,title,rel\nq1,"juru masak, pemula",2\n', "qrels.csv")
    assert read_qrels(path, keyed_by="title")["doc_id"].to_pylist() == ["juru masak, pemula"]


def test_columns_of_a_tsv_keep_quotation_marks(tmp_path: Path) -> None:
    path = _file(tmp_path, 'vacancy_id\ttitle\nv1\t"Kasir" toko\nv2\tBarista\n')
    assert read_columns(path, ("title", "vacancy_id"))["title"].to_pylist() == ['"Kasir" toko', "Barista"]


def test_score_orders_then_stated_rank_then_document() -> None:
    run = _run(("q", "d", 5, 1.0), ("q", "c", 5, 1.0), ("q", "b", 4, 1.0), ("q", "a", 9, 2.0), ("p", "z", 3, 0.0))
    ordered = in_rank_order(run)
    assert ordered["doc_id"].to_pylist() == ["z", "a", "b", "c", "d"]
    assert ordered["rank"].to_pylist() == [1, 1, 2, 3, 4]


@given(
    rows=st.lists(st.tuples(st.sampled_from("pqr"), st.integers(0, 99), st.floats(-5, 5)), unique_by=lambda r: r[:2])
)
def test_order_does_not_hang_on_the_order_of_the_file(rows: list[tuple[str, int, float]]) -> None:
    run = [(query, f"v{doc}", 0, score) for query, doc, score in rows]
    if run:
        assert in_rank_order(_run(*run)).equals(in_rank_order(_run(*run[::-1])))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "the run is empty"),
        ("  \n \n", "the run is empty"),
        ("q1 Q0 v1 1 2.5 x\nq1 Q0 v2 2 x\n", "row 2: 5 fields; write 'query_id Q0 doc_id rank score tag'"),
        ("q1 Q0 v1 1 2.5 x\n\nq1 Q0 v2 2 2 x\n", "row 2: 0 fields"),
        ("q1 Q0 v1 1 tinggi x\n", "row 1, column 'score': 'tinggi' is not a finite number"),
        ("q1 Q0 v1 1 nan x\n", "row 1, column 'score': 'nan' is not a finite number"),
        ("q1 Q0 v1 1 1e999 x\n", "row 1, column 'score': '1e999' is not a finite number"),
        ("q1 Q0 v1 1 1_0 x\n", "row 1, column 'score': '1_0' is not a finite number"),
        ("q1 Q0 v1 satu 1 x\n", "row 1, column 'rank': 'satu' is not a whole number"),
        ("q1 Q0 v1 1 2 x\nq2 Q0 v1 1 2 x\nq1 Q0 v1 2 1 x\n", "row 3: q1 v1 came before; keep one row"),
    ],
)
def test_bad_run_is_refused_by_row(tmp_path: Path, text: str, said: str) -> None:
    path = _file(tmp_path, text, "salah.run")
    refusal = _refusal(read_run, path)
    assert refusal.startswith(str(path)) and said in refusal and "\n" not in refusal


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "column 'query_id': missing; the header has none"),
        ("query_id\tdoc_id\trel\n", "holds no row; give rows with the columns query_id, doc_id, rel"),
        ("query_id\ttitle\trel\nq\tt\t1\n", "column 'doc_id': missing; the header has query_id, title, rel"),
        ("query_id\tdoc_id\trel\nq\td\t1\nq\te\tbaik\n", "row 2, column 'rel': 'baik' is not a finite number"),
        ("query_id\tdoc_id\trel\nq\td\t-1\n", "row 1, column 'rel': '-1' is below 0; write 0"),
        ("query_id\tdoc_id\trel\nq\td\t\n", "row 1, column 'rel': '' is not a finite number"),
        ("query_id\tdoc_id\trel\n\td\t1\n", "row 1, column 'query_id': '' is empty; give every row its id"),
        ("query_id\tdoc_id\trel\nq\td\t1\nq\td\t2\n", "row 2: q d came before"),
        ("query_id\tdoc_id\trel\nq\td\n", "Expected 3 columns, got 2"),
    ],
)
def test_bad_qrels_are_refused_by_row(tmp_path: Path, text: str, said: str) -> None:
    path = _file(tmp_path, text)
    refusal = _refusal(read_qrels, path)
    assert refusal.startswith(str(path)) and said in refusal


def test_files_that_are_not_text_are_refused(tmp_path: Path) -> None:
    for name in ("r.run", "q.tsv", "q.parquet"):
        (tmp_path / name).write_bytes(b"query_id\tdoc_id\trel\nq\xff\td\t1\n")
    assert "not UTF-8 text at byte 21" in _refusal(read_run, tmp_path / "r.run")
    assert "UTF" in _refusal(read_qrels, tmp_path / "q.tsv")
    assert "not readable as Parquet" in _refusal(read_qrels, tmp_path / "q.parquet")


def test_parquet_with_missing_or_null_cells_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "r.parquet"
    pq.write_table(pa.table({"query_id": ["q"], "doc_id": ["d"], "score": [1.0]}), path)
    assert "column 'rank': missing" in _refusal(read_run, path)
    pq.write_table(pa.table({"query_id": ["q"], "doc_id": pa.array([None], pa.string()), "rel": [1]}), path)
    assert "row 1, column 'doc_id': None is empty" in _refusal(read_qrels, path)
    pq.write_table(pa.table({"query_id": ["q"], "doc_id": [["d"]], "rel": [1]}), path)
    assert "not readable as Parquet" in _refusal(read_qrels, path)


@pytest.mark.parametrize("name", ["tiada.run", "tiada.tsv", "tiada.parquet", "."])
def test_missing_file_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(MissingFile, match="no such file; check the path"):
        read_run(tmp_path / name)
    with pytest.raises(MissingFile, match="no such file; check the path"):
        read_qrels(tmp_path / name)


@pytest.mark.parametrize(
    ("query", "doc", "tag"), [("q 1", "v", "x"), ("q", "v\t1", "x"), ("q", "", "x"), ("q", "v", "")]
)
def test_ids_that_would_part_a_trec_line_are_not_written(tmp_path: Path, query: str, doc: str, tag: str) -> None:
    with pytest.raises(InvalidInput, match="empty or holds white space"):
        write_run(_run((query, doc, 1, 1.0)), tmp_path / "run", tag=tag)
    assert not (tmp_path / "run").exists()


def test_ids_that_would_part_a_tsv_line_are_not_written(tmp_path: Path) -> None:
    qrels = pa.table([["q"], ["dua\tkata"], [1.0]], schema=QRELS_SCHEMA)
    with pytest.raises(InvalidInput, match=r"row 1, column 'doc_id'.*breaks the line"):
        write_qrels(qrels, tmp_path / "qrels.tsv")


def test_files_are_written_into_folders_that_exist(tmp_path: Path) -> None:
    run = _run(("q", "v", 1, 1.0))
    with pytest.raises(MissingFile, match="does not exist; make it first"):
        write_run(run, tmp_path / "tiada" / "run")
    with pytest.raises(InvalidInput, match="is a folder"):
        write_qrels(run, tmp_path)
