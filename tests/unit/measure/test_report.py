"""A report says the figures, who won and lost, and only what happened."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from matcher.domain.errors import InvalidInput
from matcher.measure.evaluate import METRICS, Evaluation, evaluate
from matcher.measure.report import Provenance, notes, record, tables, write_report
from matcher.measure.trec import QRELS_SCHEMA, RUN_SCHEMA

ALONE = Provenance("baru.run", "qrels.tsv", None, False, 0)
COMPARED = Provenance("baru.run", "qrels.tsv", "lama.run", False, 0)


def _run(*rows: tuple[str, str, int, float]) -> pa.Table:
    return pa.table(list(zip(*rows, strict=True)), schema=RUN_SCHEMA)


QRELS = pa.table([["menang", "kalah", "sama"], ["a", "a", "a"], [1.0, 1.0, 1.0]], schema=QRELS_SCHEMA)
CHALLENGER = _run(
    ("menang", "a", 1, 2.0),
    ("menang", "x", 2, 1.0),
    ("kalah", "x", 1, 2.0),
    ("kalah", "a", 2, 1.0),
    ("sama", "a", 1, 1.0),
)
CHAMPION = _run(
    ("menang", "x", 1, 2.0),
    ("menang", "a", 2, 1.0),
    ("kalah", "a", 1, 2.0),
    ("kalah", "x", 2, 1.0),
    ("sama", "a", 1, 1.0),
)


def _evaluation(run: pa.Table, against: pa.Table | None = None) -> Evaluation:
    return evaluate(run, QRELS, against=against, rng=np.random.default_rng(0))


def test_report_names_winners_and_losers(tmp_path: Path) -> None:
    write_report(_evaluation(CHALLENGER, CHAMPION), COMPARED, tmp_path / "laporan")
    text = (tmp_path / "laporan" / "report.md").read_text(encoding="utf-8")
    won, lost = text.split("won by the challenger:")[1].split("lost by the challenger:")
    assert "| menang | 1.0000 | 0.6309 | 0.3691 |" in won and "kalah" not in won
    assert "| kalah | 0.6309 | 1.0000 | -0.3691 |" in lost and "menang" not in lost
    assert "sama" not in won + lost


def test_page_needs_nothing_from_elsewhere(tmp_path: Path) -> None:
    write_report(_evaluation(CHALLENGER, CHAMPION), COMPARED, tmp_path)
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert page.count("<svg ") == 2 and page.count("<table>") == 4
    assert not any(way_out in page for way_out in ("<script", "<link", "<img", 'src="', 'href="http', "url(http"))


def test_report_links_drawings_that_exist(tmp_path: Path) -> None:
    write_report(_evaluation(CHALLENGER), ALONE, tmp_path)
    written = {path.name for path in tmp_path.iterdir()}
    assert written == {"report.md", "report.html", "queries.tsv", "unjudged.tsv", "metrics.svg", "queries.svg"}
    text = (tmp_path / "report.md").read_text(encoding="utf-8")
    assert "(metrics.svg)" in text and "(queries.svg)" in text and "served worst" in text


def test_every_query_stands_in_its_file(tmp_path: Path) -> None:
    write_report(_evaluation(CHALLENGER, CHAMPION), COMPARED, tmp_path)
    with (tmp_path / "queries.tsv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t"))
    assert [row["query_id"] for row in rows] == ["menang", "sama", "kalah"]
    assert [float(row["difference"]) for row in rows] == [0.3691, 0, -0.3691]


def test_unjudged_hits_stand_in_their_file(tmp_path: Path) -> None:
    write_report(_evaluation(CHALLENGER), ALONE, tmp_path)
    assert (tmp_path / "unjudged.tsv").read_text(
        encoding="utf-8"
    ) == "query_id\tdoc_id\trank\nkalah\tx\t1\nmenang\tx\t2\n"


def test_report_without_winners_says_so(tmp_path: Path) -> None:
    write_report(_evaluation(CHALLENGER, CHALLENGER), COMPARED, tmp_path)
    text = (tmp_path / "report.md").read_text(encoding="utf-8")
    assert "No query was won by the challenger." in text and "No query was lost by the challenger." in text


def test_report_is_not_written_over_a_file(tmp_path: Path) -> None:
    (tmp_path / "berkas").write_text("", encoding="utf-8")
    for folder in (tmp_path / "berkas", tmp_path / "berkas" / "dalam"):
        with pytest.raises(InvalidInput, match="is a file; name a folder for the report"):
            write_report(_evaluation(CHALLENGER), ALONE, folder)


def test_record_holds_every_figure_and_is_json() -> None:
    answer = json.loads(json.dumps(record(_evaluation(CHALLENGER, CHAMPION), COMPARED)))
    assert set(answer["metrics"]) == set(answer["differences"]) == set(METRICS)
    assert answer["metrics"]["mrr"]["low"] <= answer["metrics"]["mrr"]["value"] <= answer["metrics"]["mrr"]["high"]
    assert {"value", "low", "high", "n", "p_value", "n_better", "n_worse", "n_equal"} == set(
        answer["differences"]["map"]
    )


def test_record_of_one_run_has_no_comparison() -> None:
    answer = record(_evaluation(CHALLENGER), ALONE)
    assert answer["against"] is None
    assert not {"differences", "verdict", "against_metrics"} & set(answer)


def test_notes_say_only_what_happened() -> None:
    whole = " ".join(notes(_evaluation(CHALLENGER), ALONE))
    assert "without a" not in whole and "contradict" not in whole and "left out" not in whole
    partial = _run(("menang", "a", 2, 2.0), ("menang", "x", 1, 1.0), ("lain", "a", 1, 1.0))
    said = " ".join(notes(_evaluation(partial), ALONE))
    assert "--run: judged queries without a hit, counted 0: 2." in said
    assert "--run: queries that nobody judged, left out: 1." in said
    assert "--run: queries whose stated ranks contradict their scores, which decided: 1." in said


def test_interval_of_one_query_is_said_to_be_unknown() -> None:
    one = evaluate(CHALLENGER, QRELS.slice(0, 1), rng=np.random.default_rng(0))
    assert tables(one)[0].rows[0] == ("ndcg@10", "1.0000", "not known")
