"""Errors: one table, two faces, nothing undocumented."""

from __future__ import annotations

import pytest
from fastapi import APIRouter
from fastapi.testclient import TestClient

from api.app import create_app
from api.errors import PROBLEMS, kind_of
from matcher.domain import errors
from matcher.engine.artifacts import Artifact
from tests.api.conftest import settings

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
REFUSALS = [one for one in vars(errors).values() if isinstance(one, type) and issubclass(one, errors.MatcherError)]


@pytest.fixture(scope="module")
def failing(world: Artifact) -> TestClient:
    """A client of the service with one route that raises what its path names."""
    app = create_app(settings(world.folder, world.cache_folder))
    router = APIRouter()
    raised = {one.__name__: one for one in [*REFUSALS, ZeroDivisionError]}

    @router.get("/raise/{name}")
    def fail(name: str) -> None:
        raise raised[name]("these are the words of Ibu Sari")

    app.include_router(router)
    return TestClient(app, raise_server_exceptions=False)


def test_every_refusal_of_the_library_has_its_own_line_in_the_table() -> None:
    assert set(REFUSALS) <= set(PROBLEMS)


@pytest.mark.parametrize("refusal", REFUSALS)
def test_refusal_is_answered_as_the_table_says(failing: TestClient, refusal: type[errors.MatcherError]) -> None:
    answer = failing.get(f"/raise/{refusal.__name__}")
    kind = PROBLEMS[refusal]
    assert (answer.status_code, answer.headers["content-type"]) == (kind.status, "application/problem+json")
    assert (answer.json()["type"], answer.json()["title"]) == (f"/docs#{kind.slug}", kind.title)


def test_nearest_ancestor_decides_how_an_error_is_told() -> None:
    class Narrow(errors.UnknownIdentifier):
        """An id of one kind."""

    assert kind_of(Narrow("x")) is PROBLEMS[errors.UnknownIdentifier]
    assert kind_of(ZeroDivisionError("x")) is PROBLEMS[Exception]


def test_fault_is_told_without_its_words(failing: TestClient) -> None:
    answer = failing.get("/raise/ZeroDivisionError")
    assert (answer.status_code, answer.json()["type"]) == (500, "/docs#fault")
    assert answer.json()["request_id"] == answer.headers["x-request-id"]
    assert "Sari" not in answer.text and "Zero" not in answer.text


@pytest.mark.parametrize(
    ("path", "status", "title"),
    [
        ("/nowhere", 404, "Tidak ketemu"),
        ("/coba?alumnus=nobody", 404, "Tidak ketemu"),
        ("/?lang=fr", 422, "Permintaan tidak dapat dibaca"),
        ("/coba?alumnus=nobody&lang=en", 404, "Not found"),
        ("/raise/ArtifactDamaged", 503, "Sedang disiapkan"),
        ("/raise/ZeroDivisionError", 500, "Ada kesalahan pada kami"),
    ],
)
def test_browser_is_answered_with_a_page(failing: TestClient, path: str, status: int, title: str) -> None:
    failing.cookies.clear()
    answer = failing.get(path, headers=BROWSER)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "text/html; charset=utf-8")
    assert f"<h1>{title}</h1>" in answer.text
    assert (answer.headers["x-request-id"] in answer.text) is (status >= 500)


def test_wrong_method_is_a_problem_that_names_the_right_one(client: TestClient) -> None:
    answer = client.post("/v1/vacancies")
    assert (answer.status_code, answer.headers["allow"], answer.json()["type"]) == (405, "GET", "about:blank")


@pytest.mark.parametrize(
    "path", ["/static/none.css", "/static/../app.py", "/static/%2e%2e/app.py", "/static/%2e%2e%2fsettings.py"]
)
def test_static_serves_only_its_own_files(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 404
