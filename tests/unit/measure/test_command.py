"""``padan evaluate`` as it is typed."""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from matcher.domain.errors import InvalidInput, MissingFile
from scripts import evaluate

SHARED = os.environ.get("PADAN_SHARED")
RUN = "q1 Q0 v1 1 3.0 padan\nq1 Q0 v2 2 2.0 padan\nq1 Q0 v3 3 1.0 padan\n"


def _padan(*words: object) -> int:
    parser = argparse.ArgumentParser()
    evaluate.register(parser.add_subparsers())
    arguments = parser.parse_args(["evaluate", *map(str, words)])
    return arguments.run(arguments)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a.run").write_text(RUN, encoding="utf-8")
    (tmp_path / "b.run").write_text(RUN.replace(" 3.0 ", " 0.5 "), encoding="utf-8")
    (tmp_path / "qrels.tsv").write_text("query_id\tdoc_id\trel\nq1\tv1\t2\nq1\tv3\t1\n", encoding="utf-8")
    (tmp_path / "titles.tsv").write_text("query_id\ttitle\trel\nq1\tkasir toko\t1\nq1\tbarista\t3\n", encoding="utf-8")
    (tmp_path / "vacancies.tsv").write_text(
        "vacancy_id\tplace\ttitle\nv1\t32.73\tKasir Toko\nv2\t\tKASIR (toko)\nv3\t\tBarista\n", encoding="utf-8"
    )
    return tmp_path


def test_figures_are_printed_with_their_intervals(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _padan("--run", folder / "a.run", "--qrels", folder / "qrels.tsv") == 0
    printed = capsys.readouterr().out
    assert "ndcg@10     0.9502" in printed and "95 % interval" in printed
    assert "1 judged queries over documents; nDCG gain rel" in printed


def test_figures_are_printed_as_json(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _padan("--run", folder / "a.run", "--against", folder / "b.run", "--qrels", folder / "qrels.tsv", "--json")
    answer = json.loads(capsys.readouterr().out)
    assert answer["metrics"]["map"]["value"] == pytest.approx((1 + 2 / 3) / 2)
    assert answer["against_metrics"]["map"]["value"] == pytest.approx((1 / 2 + 2 / 3) / 2)
    assert answer["verdict"] == "undecided"


def test_titles_count_once_with_exponential_gain(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ("--run", folder / "a.run", "--qrels", folder / "titles.tsv", "--by-title", folder / "vacancies.tsv")
    _padan(*words, "--json")
    answer = json.loads(capsys.readouterr().out)
    expected = (1 / 1 + 7 / np.log2(3)) / (7 / 1 + 1 / np.log2(3))
    assert answer["metrics"]["ndcg@10"]["value"] == pytest.approx(expected)
    assert (answer["gain"], answer["is_by_title"], answer["coverage"]["judged_share"]) == ("exponential", True, 1.0)
    _padan(*words, "--json", "--gain", "linear")
    linear = json.loads(capsys.readouterr().out)["metrics"]["ndcg@10"]["value"]
    assert linear == pytest.approx((1 + 3 / np.log2(3)) / (3 + 1 / np.log2(3)))


def test_report_by_title_lists_vacancies_and_no_title(folder: Path) -> None:
    (folder / "titles.tsv").write_text("query_id\ttitle\trel\nq1\tkasir toko\t1\n", encoding="utf-8")
    words = ("--run", folder / "a.run", "--qrels", folder / "titles.tsv", "--by-title", folder / "vacancies.tsv")
    _padan(*words, "--report", folder / "laporan")
    assert (folder / "laporan" / "unjudged.tsv").read_text(
        encoding="utf-8"
    ) == "query_id\tvacancy_id\trank\nq1\tv3\t2\n"
    assert "distinct titles" in (folder / "laporan" / "report.html").read_text(encoding="utf-8")


def test_wrong_kind_of_qrels_is_refused(folder: Path) -> None:
    with pytest.raises(InvalidInput, match="column 'doc_id': missing; the header has query_id, title, rel"):
        _padan("--run", folder / "a.run", "--qrels", folder / "titles.tsv")
    with pytest.raises(InvalidInput, match="column 'title': missing"):
        _padan("--run", folder / "a.run", "--qrels", folder / "qrels.tsv", "--by-title", folder / "vacancies.tsv")


def test_bad_options_are_refused(folder: Path) -> None:
    words = ("--run", folder / "a.run", "--qrels", folder / "qrels.tsv")
    with pytest.raises(MissingFile, match=r"tiada\.run: no such file"):
        _padan(*words, "--against", folder / "tiada.run")
    with pytest.raises(InvalidInput, match="--seed -1: below 0"):
        _padan(*words, "--seed", "-1")
    with pytest.raises(InvalidInput, match="use a grade above 0"):
        _padan(*words, "--relevant-from", "0")


def test_example_of_the_page_is_what_the_command_prints(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = (Path(__file__).parents[3] / "docs" / "evaluate.md").read_text(encoding="utf-8")
    shown = dict(re.findall(r"```text (\S+)\n(.*?)```", page, flags=re.DOTALL))
    for name in ("qrels.tsv", "baru.run", "lama.run"):
        (tmp_path / name).write_text(shown[name], encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    _padan("--run", "baru.run", "--qrels", "qrels.tsv", "--against", "lama.run")
    assert capsys.readouterr().out == shown["output"]


@pytest.mark.shared
@pytest.mark.skipif(SHARED is None, reason="PADAN_SHARED does not name the outside data folder")
def test_by_title_figure_is_that_of_the_outside_scorer(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shared = Path(str(SHARED))
    qrels = shared / "bench" / "prakerja_relevance" / "qrels_by_title.tsv"
    vacancies = shared / "data" / "vacancies.parquet"
    run = _random_run(shared, tmp_path / "acak.run")
    scorer = [sys.executable, str(shared / "tools" / "score_relevance.py"), str(run), str(qrels), str(vacancies)]
    outside = subprocess.run(scorer, capture_output=True, text=True, check=True).stdout
    _padan("--run", run, "--qrels", qrels, "--by-title", vacancies, "--json")
    answer = json.loads(capsys.readouterr().out)
    assert f"nDCG@10 by title {answer['metrics']['ndcg@10']['value']:.4f} " in outside
    assert f"judged {answer['coverage']['judged_share']:.2f}\n" in outside


def _random_run(shared: Path, path: Path) -> Path:
    """Write a run that mixes judged and unjudged vacancies, and lacks one judged query."""
    judged = (shared / "bench" / "prakerja_relevance" / "qrels.tsv").read_text(encoding="utf-8").splitlines()[1:]
    pairs = [line.split("\t")[:2] for line in judged]
    queries = sorted({query for query, _ in pairs})[1:]
    vacancy_ids = np.array(sorted({vacancy for _, vacancy in pairs}))
    rng = np.random.default_rng(0)
    hits = {query: {vacancy for asked, vacancy in pairs if asked == query} for query in queries}
    found = {query: [*sorted(own)[:8], *rng.choice(vacancy_ids, 20)] for query, own in hits.items()}
    lines = [
        f"{query} Q0 {vacancy} {rank} {-rank} acak\n"
        for query, own in found.items()
        for rank, vacancy in enumerate(dict.fromkeys(rng.permutation(own)), start=1)
    ]
    path.write_text("".join(lines), encoding="utf-8")
    return path
