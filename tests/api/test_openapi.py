"""The description of the service is complete, and docs/api.md says the same."""

from __future__ import annotations

import re
from pathlib import Path
from typing import cast

from fastapi import FastAPI
from fastapi.testclient import TestClient

from api.errors import PROBLEM_JSON, PROBLEMS
from api.security.roles import access_table

API_DOC = Path(__file__).parents[2] / "docs" / "api.md"


def test_every_operation_documents_its_refusals_as_problems(client: TestClient) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    for path, operations in paths.items():
        for method, operation in operations.items():
            refused = {status: answer for status, answer in operation["responses"].items() if status >= "4"}
            assert "500" in refused, (method, path)
            assert all(PROBLEM_JSON in answer["content"] for answer in refused.values()), (method, path)


def test_every_call_documents_what_its_guard_refuses(client: TestClient) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    for call, allowed in access_table(cast(FastAPI, client.app)).items():
        if call.path in paths:
            documented = set(paths[call.path][call.method.lower()]["responses"])
            assert documented >= ({"429"} if allowed == {"anyone"} else {"401", "403", "429", "503"}), call


def test_docs_page_lists_every_operation_and_problem(client: TestClient) -> None:
    page = client.get("/docs").text
    assert all(f"{method} {path}</code>" in page for method, path in _served(client))
    assert all(f'id="{kind.slug}"' in page for kind in PROBLEMS.values())


def test_written_list_names_the_endpoints_that_are_served(client: TestClient) -> None:
    written = set(re.findall(r"^\| `([A-Z]+) (\S+)`", API_DOC.read_text(encoding="utf-8"), flags=re.MULTILINE))
    assert written == _served(client) | {("GET", "/openapi.json")}


def test_written_list_names_every_problem() -> None:
    written = set(re.findall(r"^\| (\d{3}) \| `([a-z-]+)`", API_DOC.read_text(encoding="utf-8"), flags=re.MULTILINE))
    assert written == {(str(kind.status), kind.slug) for kind in PROBLEMS.values()}


def _served(client: TestClient) -> set[tuple[str, str]]:
    paths = client.get("/openapi.json").json()["paths"]
    return {(method.upper(), path) for path, operations in paths.items() for method in operations}
