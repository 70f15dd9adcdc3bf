"""JSON in its forms: rows a line, documents, web pages; and what is no JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from matcher.domain.errors import InvalidInput
from matcher.ingest.json_files import read_json_document, read_json_lines, read_web_page

POSTING = {"@type": "JobPosting", "identifier": "K-1", "title": "Penjahit"}


def _file(folder: Path, content: str, name: str = "x.json") -> Path:
    path = folder / name
    path.write_text(content, encoding="utf-8")
    return path


def test_lines_are_rows_and_bad_lines_have_a_problem(tmp_path: Path) -> None:
    content = '{"course_id": "c1", "skills": ["a", "b"]}\n\n{"course_id": \n[1, 2]\n' + json.dumps(POSTING)
    good, broken, no_object, posting = read_json_lines(_file(tmp_path, content)).rows
    assert (good.number, good.cells) == (1, {"course_id": "c1", "skills": ["a", "b"]})
    assert broken.number == 3 and broken.problem is not None and "no JSON" in broken.problem
    assert no_object.problem is not None and "no JSON object; write one {...} a line" in no_object.problem
    assert posting.cells["vacancy_id"] == "K-1"


@pytest.mark.parametrize("line", ["[" * 100_000, "9" * 5_000])
def test_a_line_that_json_itself_cannot_take_is_a_problem(tmp_path: Path, line: str) -> None:
    (row,) = read_json_lines(_file(tmp_path, line)).rows
    assert row.problem is not None and "no JSON" in row.problem


@pytest.mark.parametrize(
    "document",
    [POSTING, [POSTING], {"@graph": [{"@type": "Organization", "name": "Melati"}, POSTING]}, [[POSTING]]],
)
def test_postings_are_found_in_every_form(tmp_path: Path, document: object) -> None:
    rows = list(read_json_document(_file(tmp_path, json.dumps(document))).rows)
    assert [(row.number, row.cells["vacancy_id"]) for row in rows] == [(1, "K-1")]


def test_a_list_of_plain_objects_is_a_list_of_rows(tmp_path: Path) -> None:
    rows = list(read_json_document(_file(tmp_path, '[{"course_id": "c1"}, {"course_id": "c2"}]')).rows)
    assert [row.cells for row in rows] == [{"course_id": "c1"}, {"course_id": "c2"}]


@pytest.mark.parametrize("content", ['{"course_id": "c1"}', "[]", "3", '[{"@type": "Organization"}]'])
def test_a_document_of_something_else_is_refused(tmp_path: Path, content: str) -> None:
    with pytest.raises(InvalidInput, match="holds neither a JobPosting nor a list of rows"):
        read_json_document(_file(tmp_path, content))


def test_a_broken_document_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"no JSON \(.*; write it with a JSON library"):
        read_json_document(_file(tmp_path, '{"@type": "JobPosting"'))


def test_a_web_page_carries_postings(tmp_path: Path) -> None:
    page = f"""<html><script>var a = "<b>";</script>
    <script type="application/ld+json">{{"@type": "BreadcrumbList"}}</script>
    <script type='Application/LD+JSON'>{json.dumps(POSTING)}</script><p>{{"@type": "JobPosting"}}</p></html>"""
    rows = list(read_web_page(_file(tmp_path, page, "x.html")).rows)
    assert [row.cells["title"] for row in rows] == ["Penjahit"]


def test_a_web_page_without_posting_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="holds neither a JobPosting"):
        read_web_page(_file(tmp_path, "<html><p>Lowongan</p></html>", "x.html"))
