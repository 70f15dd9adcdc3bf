"""``padan rank-text`` as it is typed: texts in TSV or Parquet, a TREC run out, every refusal in one line."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from matcher.measure.trec import read_run
from tests.command_line import Answer, CommandLine

QUERIES = "query_id\ttext\nq-1\tjuru masak\nq-2\tmenjahit pakaian\n"
CORPUS = "doc_id\ttext\nd-1\tPenjahit pakaian\nd-2\tJuru masak hotel\nd-3\tSatpam gedung kantor\n"


class TextRanking:
    """Calls ``padan rank-text`` on a query file and a corpus file."""

    def __init__(self, padan: CommandLine, folder: Path) -> None:
        self._padan = padan
        self.queries, self.corpus, self.out = folder / "tanya.tsv", folder / "teks.tsv", folder / "made.run"

    def __call__(self, queries: str, corpus: str, *words: object) -> Answer:
        """Return the answer to the texts of both files."""
        self.queries.write_text(queries, encoding="utf-8")
        self.corpus.write_text(corpus, encoding="utf-8")
        files = ("--queries", self.queries, "--corpus", self.corpus, "--out", self.out)
        return self._padan("rank-text", *files, *words)

    def refused(self, queries: str, corpus: str, *words: object) -> str:
        """Return the refusal, sure that no run was written."""
        refusal = self(queries, corpus, *words).refusal
        assert not self.out.exists()
        return refusal


@pytest.fixture
def rank_text(padan: CommandLine, tmp_path: Path) -> TextRanking:
    return TextRanking(padan, tmp_path)


def test_every_text_is_ranked_for_every_query(rank_text: TextRanking) -> None:
    answer = rank_text(QUERIES, CORPUS)
    lines = [line.split(" ") for line in rank_text.out.read_text(encoding="utf-8").splitlines()]
    assert (answer.code, answer.out) == (0, f"{rank_text.out}: 6 ranked texts for 2 queries\n")
    assert [(query, q0, place, tag) for query, q0, _, place, _, tag in lines] == [
        (query, "Q0", place, "padan") for query in ("q-1", "q-2") for place in ("1", "2", "3")
    ]
    assert [line[2] for line in lines if line[3] == "1"] == ["d-2", "d-1"]


def test_scores_fall_and_k_keeps_the_best(rank_text: TextRanking) -> None:
    rank_text(QUERIES, CORPUS)
    whole = read_run(rank_text.out).to_pylist()
    assert all(first["score"] >= then["score"] for first, then in pairwise(whole) if then["rank"] > 1)
    assert rank_text(QUERIES, CORPUS, "-k", "1").code == 0
    assert read_run(rank_text.out).to_pylist() == [hit for hit in whole if hit["rank"] == 1]


def test_a_second_call_gives_the_same_bytes(rank_text: TextRanking) -> None:
    rank_text(QUERIES, CORPUS)
    first = rank_text.out.read_bytes()
    rank_text(QUERIES, CORPUS)
    assert rank_text.out.read_bytes() == first


def test_parquet_and_further_columns_give_the_same_run(
    rank_text: TextRanking, padan: CommandLine, tmp_path: Path
) -> None:
    rank_text(QUERIES, CORPUS)
    for name, content in (("tanya", QUERIES), ("teks", CORPUS)):
        head, *rows = (line.split("\t") for line in content.splitlines())
        columns = dict(zip(head, map(list, zip(*rows, strict=True)), strict=True))
        pq.write_table(pa.table({"lain": [1.5] * len(rows)} | columns), tmp_path / f"{name}.parquet")
    files = ("--queries", tmp_path / "tanya.parquet", "--corpus", tmp_path / "teks.parquet")
    assert padan("rank-text", *files, "--out", tmp_path / "parquet.run").code == 0
    assert (tmp_path / "parquet.run").read_bytes() == rank_text.out.read_bytes()


def test_further_columns_of_a_tsv_are_ignored(rank_text: TextRanking) -> None:
    rank_text(QUERIES, CORPUS)
    first = rank_text.out.read_bytes()
    rows = CORPUS.splitlines()
    wider = "\n".join([f"asal\t{rows[0]}\ttanggal", *(f'"x\t{row}\t2026-11-01' for row in rows[1:])]) + "\n"
    assert rank_text(QUERIES, wider).code == 0
    assert rank_text.out.read_bytes() == first


def test_the_run_can_be_evaluated(rank_text: TextRanking, padan: CommandLine, tmp_path: Path) -> None:
    rank_text(QUERIES, CORPUS)
    (tmp_path / "qrels.tsv").write_text("query_id\tdoc_id\trel\nq-1\td-2\t1\nq-2\td-1\t1\n", encoding="utf-8")
    answer = padan("evaluate", "--run", rank_text.out, "--qrels", tmp_path / "qrels.tsv")
    assert answer.code == 0 and "ndcg@10     1.0000" in answer.out


def test_an_empty_text_fits_nothing_better_than_a_text_that_fits(rank_text: TextRanking) -> None:
    assert rank_text(QUERIES, CORPUS + "d-4\t\n").code == 0
    firsts = [hit["doc_id"] for hit in read_run(rank_text.out).to_pylist() if hit["rank"] == 1]
    assert firsts == ["d-2", "d-1"]


@pytest.mark.parametrize(
    ("queries", "corpus", "told"),
    [
        (QUERIES, CORPUS + "d-1\tLain lagi\n", ["teks.tsv, row 4, column 'doc_id'", "'d-1'", "came before"]),
        (QUERIES + "q-1\tlain\n", CORPUS, ["tanya.tsv, row 3, column 'query_id'", "'q-1'", "came before"]),
        (QUERIES, CORPUS + "\tTanpa nomor\n", ["teks.tsv, row 4, column 'doc_id'", "''"]),
        (QUERIES, CORPUS + "d 4\tDua kata\n", ["teks.tsv, row 4, column 'doc_id'", "'d 4'"]),
        (QUERIES + "\tapa\n", CORPUS, ["tanya.tsv, row 3, column 'query_id'", "''"]),
        ("query_id\ttext\n", CORPUS, ["tanya.tsv: holds no row", "query_id, text"]),
        (QUERIES, "", ["teks.tsv, column 'doc_id': missing", "add the column"]),
        (QUERIES, "id\ttext\nd-1\tLas\n", ["teks.tsv, column 'doc_id': missing; the header has id, text"]),
        ("query_id\tteks\nq-1\tLas\n", CORPUS, ["tanya.tsv, column 'text': missing", "query_id, teks"]),
        (QUERIES, CORPUS + "d-4\n", ["teks.tsv", "d-4", "as many fields as the header"]),
        (QUERIES, CORPUS + "d-4\ta\tb\n", ["teks.tsv", "as many fields as the header"]),
    ],
)
def test_texts_that_cannot_be_used_are_named_by_file_and_row(
    rank_text: TextRanking, queries: str, corpus: str, told: list[str]
) -> None:
    refusal = rank_text.refused(queries, corpus)
    assert [part for part in told if part not in refusal] == []


@pytest.mark.parametrize("column", ["doc_id", "text"])
def test_an_empty_parquet_cell_is_named_by_file_row_and_column(
    rank_text: TextRanking, tmp_path: Path, column: str
) -> None:
    cells = {"doc_id": ["d-1", "d-2"], "text": ["Penjahit pakaian", "Juru masak"]}
    cells[column] = [cells[column][0], None]  # type: ignore[list-item]
    pq.write_table(pa.table(cells), tmp_path / "kosong.parquet")
    refusal = rank_text.refused(QUERIES, CORPUS, "--corpus", tmp_path / "kosong.parquet")
    assert f"kosong.parquet, row 2, column '{column}'" in refusal


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--corpus", "tiada.tsv"), "tiada.tsv: no such file; check the path"),
        (("--queries", "tiada.parquet"), "tiada.parquet: no such file; check the path"),
        (("--encoder", "tidak-ada"), "'tidak-ada'; give the path of a sentence-transformers folder"),
        (("--out", "tiada/made.run"), "the folder tiada does not exist; make it first"),
    ],
)
def test_an_option_that_cannot_be_used_is_one_line(rank_text: TextRanking, words: tuple[str, ...], told: str) -> None:
    assert told in rank_text.refused(QUERIES, CORPUS, *words)


def test_a_corrupt_or_undecodable_file_is_one_line(rank_text: TextRanking, tmp_path: Path) -> None:
    (tmp_path / "rusak.parquet").write_bytes(b"PAR1 setengah jalan")
    (tmp_path / "rusak.tsv").write_bytes(b"doc_id\ttext\nd-1\t\xff\xfe\n")
    for name in ("rusak.parquet", "rusak.tsv"):
        assert name in rank_text.refused(QUERIES, CORPUS, "--corpus", tmp_path / name)
