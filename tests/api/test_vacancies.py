"""Vacancies: what is open, page by page, and one of them in two forms."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from matcher.domain.records import Vacancy

OPEN = ["v-cook-city", "v-cook-far", "v-drive", "v-guard", "v-office", "v-sew"]


def listed(client: TestClient, **query: str | int) -> list[str]:
    answer = client.get("/v1/vacancies", params=query)
    assert answer.status_code == 200, answer.text
    return [item["vacancy_id"] for item in answer.json()["items"]]


def test_list_holds_what_is_open_now_by_id(client: TestClient) -> None:
    answer = client.get("/v1/vacancies").json()
    assert [item["vacancy_id"] for item in answer["items"]] == OPEN
    assert (answer["total"], answer["next_cursor"]) == (6, None)


@pytest.mark.parametrize("limit", [1, 2, 5, 6, 100])
def test_pages_hold_every_vacancy_once_in_order(client: TestClient, limit: int) -> None:
    seen: list[str] = []
    query: dict[str, str | int] = {"limit": limit}
    while True:
        answer = client.get("/v1/vacancies", params=query).json()
        assert len(answer["items"]) <= limit
        seen += [item["vacancy_id"] for item in answer["items"]]
        if answer["next_cursor"] is None:
            break
        query["cursor"] = answer["next_cursor"]
    assert seen == OPEN


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"province": "33"}, ["v-drive", "v-office"]),
        ({"province": "11"}, []),
        ({"education": "SMP"}, ["v-cook-city", "v-drive", "v-sew"]),
        ({"education": "Paket A"}, ["v-drive", "v-sew"]),
        ({"province": "32", "education": "S1"}, ["v-cook-city", "v-cook-far", "v-sew"]),
    ],
)
def test_filters_keep_the_province_and_what_the_schooling_opens(
    client: TestClient, query: dict[str, str], expected: list[str]
) -> None:
    assert listed(client, **query) == expected


@pytest.mark.parametrize(
    "query",
    [
        {"limit": 0},
        {"limit": 101},
        {"limit": "ten"},
        {"province": "99"},
        {"province": "Jawa"},
        {"province": ""},
        {"education": "doctor of doors"},
        {"cursor": "%%%"},
        {"cursor": "_w"},
        {"cursor": "x" * 513},
    ],
)
def test_unusable_query_is_a_422_that_names_it(client: TestClient, query: dict[str, str | int]) -> None:
    answer = client.get("/v1/vacancies", params=query)
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert next(iter(query)) in answer.json()["detail"]


def test_one_vacancy_is_given_with_every_column(client: TestClient) -> None:
    answer = client.get("/v1/vacancies/v-cook-city")
    assert answer.headers["content-type"] == "application/json"
    body = answer.json()
    assert set(body) == set(Vacancy.__dataclass_fields__)
    assert (body["title"], body["salary_min_idr_month"], body["posted_at"]) == (
        "Juru Masak",
        None,
        "2026-11-20T00:00:00Z",
    )


def test_a_filled_vacancy_is_still_told_by_id(client: TestClient) -> None:
    assert client.get("/v1/vacancies/v-care-filled").json()["filled_at"] == "2026-11-21T00:00:00Z"


def test_one_vacancy_as_json_ld_is_a_job_posting(client: TestClient) -> None:
    answer = client.get("/v1/vacancies/v-cook-city", headers={"Accept": "application/ld+json"})
    assert (answer.headers["content-type"], answer.headers["vary"]) == ("application/ld+json", "Accept")
    posting = answer.json()
    assert (posting["@type"], posting["title"], posting["totalJobOpenings"]) == ("JobPosting", "Juru Masak", 2)
    assert posting["jobLocation"]["address"]["addressRegion"] == "Jawa Barat"


@pytest.mark.parametrize("vacancy_id", ["v-none", "../etc/passwd", "%00", "v-cook-city'--", "x" * 3000])
def test_unknown_vacancy_is_a_404(client: TestClient, vacancy_id: str) -> None:
    answer = client.get(f"/v1/vacancies/{vacancy_id}")
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
