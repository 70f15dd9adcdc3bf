"""Recommendations for the sample people."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from matcher.engine.artifacts import Artifact
from tests.api.security.conftest import Opener, database_url, empty_database_url, migrated_url, opened, postgresql_url
from tests.world import NOW

__all__ = ["database_url", "empty_database_url", "migrated_url", "opened", "postgresql_url"]


def test_demo_alumni_are_the_holders_of_a_certificate(client: TestClient) -> None:
    people = client.get("/v1/demo/alumni").json()["items"]
    assert [person["alumnus_id"] for person in people] == ["a-cook", "a-driver", "a-guard", "a-office", "a-two"]
    assert people[4]["certificates"] == ["Menjahit pakaian bagi Penjahit", "Sertifikat Juru Masak"]


def test_recommendations_are_those_of_the_engine(client: TestClient, world: Artifact) -> None:
    answer = client.get("/v1/demo/alumni/a-cook/recommendations").json()
    slate = world.recommender.recommend(world.alumnus("a-cook"), now=NOW)
    assert [item["vacancy_id"] for item in answer["items"]] == [item.vacancy_id for item in slate.items]
    assert (answer["eligible"], answer["scored"], answer["exhaustive"]) == (slate.eligible, slate.scored, True)
    assert answer["items"][0]["vacancy"]["title"] == "Juru Masak"


def test_recommendations_carry_the_contract_and_are_never_stored(client: TestClient) -> None:
    answer = client.get("/v1/demo/alumni/a-cook/recommendations", params={"k": 1})
    body = answer.json()
    assert {"impression_id", "policy", "eligible", "scored", "exhaustive", "relaxations", "items"} <= set(body)
    assert {"vacancy_id", "position", "score", "reasons", "gaps", "vacancy"} <= set(body["items"][0])
    assert (len(body["items"]), answer.headers["cache-control"]) == (1, "no-store")


@pytest.mark.parametrize(
    ("query", "languages"), [({}, {"id", "en"}), ({"lang": "id"}, {"id"}), ({"lang": "en"}, {"en"})]
)
def test_texts_come_in_the_languages_asked_for(client: TestClient, query: dict[str, str], languages: set[str]) -> None:
    items = client.get("/v1/demo/alumni/a-cook/recommendations", params=query).json()["items"]
    assert {frozenset(reason["text"]) for item in items for reason in item["reasons"]} == {frozenset(languages)}


@pytest.mark.parametrize("query", [{"k": 0}, {"k": 101}, {"lang": "fr"}])
def test_unusable_query_is_a_422(client: TestClient, query: dict[str, str | int]) -> None:
    answer = client.get("/v1/demo/alumni/a-cook/recommendations", params=query)
    assert (answer.status_code, answer.json()["errors"][0]["place"]) == (422, f"query {next(iter(query))}")


def test_unknown_alumnus_is_a_404_that_names_the_list(client: TestClient) -> None:
    answer = client.get("/v1/demo/alumni/a-nobody/recommendations")
    assert answer.status_code == 404
    assert "GET /v1/demo/alumni" in answer.json()["detail"]


def test_nobody_is_shown_to_anybody_where_others_reach_the_service(opened: Opener, world: Artifact) -> None:
    client = opened(artifact=world.folder, cache=world.cache_folder, public_url="https://padan.example").at()
    for path in ("/v1/demo/alumni", "/v1/demo/alumni/a-cook/recommendations", "/coba", "/coba?alumnus=a-cook"):
        answer = client.get(path)
        assert (answer.status_code, "Juru" in answer.text) == (404, False), path
    assert "PADAN_PUBLIC_URL" in client.get("/v1/demo/alumni").json()["detail"]
    assert "/coba" not in client.get("/").text
