"""Logs: one JSON line a request, with its id and without its words."""

from __future__ import annotations

import io
import json
import logging
import sys
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from api.logs import JsonLines, configure_logging


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """What the service logs, as text."""
    written = io.StringIO()
    listening = logging.StreamHandler(written)
    listening.setFormatter(JsonLines())
    logging.getLogger("api").addHandler(listening)
    yield written
    logging.getLogger("api").removeHandler(listening)


def test_request_is_logged_by_route_with_the_id_it_was_answered_with(client: TestClient, lines: io.StringIO) -> None:
    answer = client.get("/v1/demo/alumni/a-cook/recommendations")
    line = json.loads(lines.getvalue())
    assert (line["method"], line["status"]) == ("GET", 200)
    assert line["route"] == "/v1/demo/alumni/{alumnus_id}/recommendations"
    assert line["request_id"] == answer.headers["x-request-id"]


@pytest.mark.parametrize(
    "path", ["/coba?alumnus=Siti-Rahma", "/v1/vacancies/Siti-Rahma", "/v1/vacancies?province=Siti-Rahma", "/Siti-Rahma"]
)
def test_what_a_person_typed_is_not_logged(client: TestClient, lines: io.StringIO, path: str) -> None:
    client.get(path, headers={"User-Agent": "Siti-Rahma", "Referer": "https://kerja.example/Siti-Rahma"})
    assert json.loads(lines.getvalue())["status"] in {404, 422}
    assert "Siti" not in lines.getvalue()


@pytest.mark.parametrize(
    ("given", "is_kept"), [("abcdef-123456", True), ("short", False), ("x" * 65, False), ('"},{"a":1', False)]
)
def test_a_plain_id_of_the_caller_is_kept_and_any_other_replaced(client: TestClient, given: str, is_kept: bool) -> None:
    answered = client.get("/health/live", headers={"X-Request-ID": given}).headers["x-request-id"]
    assert (answered == given) is is_kept


def test_exception_is_logged_by_class_and_place_only() -> None:
    try:
        raise ValueError("the words of Siti Rahma")
    except ValueError:
        record = logging.getLogger("api").makeRecord("api", logging.ERROR, "x.py", 1, "fault", (), sys.exc_info())
    line = JsonLines().format(record)
    assert json.loads(line)["exception"] == "ValueError"
    assert "test_logs.py" in line and "Siti" not in line


def test_configuring_twice_logs_once() -> None:
    configure_logging()
    configure_logging()
    assert len(logging.getLogger("api").handlers) == 1
