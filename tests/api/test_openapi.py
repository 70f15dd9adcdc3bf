"""The description of the service is complete, and docs/api.md says the same."""

from __future__ import annotations

import re
from pathlib import Path

from fastapi.testclient import TestClient

from api.errors import PROBLEM_JSON, PROBLEMS

API_DOC = Path(__file__).parents[2] / "docs" / "api.md"


def test_every_operation_documents_its_refusals_as_problems(client: TestClient) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    for path, operations in paths.items():
        answers = operations["get"]["responses"]
        refused = {status: answer for status, answer in answers.items() if status >= "4"}
        assert "500" in refused, path
        assert all(PROBLEM_JSON in answer["content"] for answer in refused.values()), path


def test_docs_page_lists_every_operation_and_problem(client: TestClient) -> None:
    page = client.get("/docs").text
    assert all(f"GET {path}</code>" in page for path in client.get("/openapi.json").json()["paths"])
    assert all(f'id="{kind.slug}"' in page for kind in PROBLEMS.values())


def test_written_list_names_the_endpoints_that_are_served(client: TestClient) -> None:
    written = set(re.findall(r"^\| `GET (\S+)`", API_DOC.read_text(encoding="utf-8"), flags=re.MULTILINE))
    assert written == set(client.get("/openapi.json").json()["paths"]) | {"/openapi.json"}


def test_written_list_names_every_problem() -> None:
    written = set(re.findall(r"^\| (\d{3}) \| `([a-z-]+)`", API_DOC.read_text(encoding="utf-8"), flags=re.MULTILINE))
    assert written == {(str(kind.status), kind.slug) for kind in PROBLEMS.values()}
