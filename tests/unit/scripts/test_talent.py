"""``padan talent`` as it is typed: who fits a vacancy, who fits words, and every refusal in one line."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from matcher.engine.artifacts import Artifact
from matcher.engine.build_artifact import build
from matcher.engine.encode import load_encoder
from tests.command_line import CommandLine
from tests.world import ALUMNI, NOW, table, world_tables


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Artifact:
    """The world, in which everybody but the guard agreed to be found."""
    folder = tmp_path_factory.mktemp("town")
    people = [row | {"consents": ["recommend"] + ["discoverable"] * (row["alumnus_id"] != "a-guard")} for row in ALUMNI]
    tables = {**world_tables(), "alumni": table("alumni", people)}
    encoder = load_encoder("tfidf", cache_folder=folder / "cache")
    return build(tables, encoder, to=folder / "artifact", cache_folder=folder / "cache", now=NOW)


def _answer(padan: CommandLine, town: Artifact, *words: object) -> dict[str, Any]:
    answer = padan("talent", "--artifact", town.folder, *words, "--json")
    assert (answer.code, answer.err) == (0, "")
    return json.loads(answer.out)


def _ids(answer: dict[str, Any]) -> list[str]:
    return [item["alumnus_id"] for item in answer["items"]]


def test_a_cook_is_found_for_a_kitchen(padan: CommandLine, town: Artifact) -> None:
    answer = _answer(padan, town, "--vacancy", "v-cook-city")
    assert set(_ids(answer)[:2]) == {"a-cook", "a-two"} and _ids(answer)[2:] == ["a-office"]
    assert (answer["eligible"], answer["scored"], answer["exact"]) == (3, 3, True)
    told = {item["alumnus_id"]: item for item in answer["items"]}
    assert (told["a-two"]["certificate"], told["a-two"]["standing"]) == ("sertifikat juru masak", "competence")


def test_a_vacancy_asks_for_its_licence(padan: CommandLine, town: Artifact) -> None:
    assert _ids(_answer(padan, town, "--vacancy", "v-drive")) == ["a-driver"]


def test_whoever_did_not_agree_is_never_found(padan: CommandLine, town: Artifact) -> None:
    guard = _answer(padan, town, "--vacancy", "v-guard")
    anybody = _answer(padan, town, "--query", "Satpam Gedung")
    assert (guard["eligible"], guard["items"]) == (0, [])
    assert anybody["eligible"] == 4 and "a-guard" not in _ids(anybody)


@pytest.mark.parametrize(
    ("words", "first"),
    [("juru masak", {"a-cook", "a-two"}), ("pengemudi truk", {"a-driver"}), ("staf administrasi excel", {"a-office"})],
)
def test_words_find_who_learnt_it(padan: CommandLine, town: Artifact, words: str, first: set[str]) -> None:
    assert set(_ids(_answer(padan, town, "--query", words))[: len(first)]) == first


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        (("--province", "33"), {"a-driver", "a-two"}),
        (("--district", "32.04"), {"a-office"}),
        (("--province", "32", "--education", "D3"), {"a-office"}),
        (("--education", "S2"), set()),
    ],
)
def test_filters_leave_who_passes(padan: CommandLine, town: Artifact, filters: Sequence[str], found: set[str]) -> None:
    answer = _answer(padan, town, "--query", "apa saja", *filters)
    assert set(_ids(answer)) == found and answer["eligible"] == len(found)


def test_a_given_province_takes_the_place_of_the_vacancy_s(padan: CommandLine, town: Artifact) -> None:
    assert set(_ids(_answer(padan, town, "--vacancy", "v-sew", "--province", "33"))) == {"a-driver", "a-two"}


def test_print_tells_the_person_the_proof_and_no_more(padan: CommandLine, town: Artifact) -> None:
    answer = padan("talent", "--artifact", town.folder, "--vacancy", "v-cook-far", "-k", "1")
    lines = answer.out.splitlines()
    assert answer.code == 0 and len(lines) == 3
    assert lines[0].startswith("  1. a-") and lines[2].endswith(
        "3 alumni memenuhi syarat, 3 dinilai (tidak ada yang lebih cocok)"
    )


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--vacancy", "v-nothing"), "check the id"),
        (("--query", " "), "empty words"),
        (("--query", "kasir", "--province", "07"), "province code '07' is unknown"),
        (("--query", "kasir", "--district", "32.99"), "district code '32.99' is unknown"),
        (("--query", "kasir", "--province", "33", "--district", "32.73"), "outside --province 33"),
        (("--query", "kasir", "--education", "tinggi"), "no schooling"),
        (("--query", "kasir", "-k", "2000"), "1 to 1000"),
        (("--query", "kasir", "--vacancy", "v-sew"), "not allowed with"),
        ((), "--vacancy --query is required"),
    ],
)
def test_bad_input_is_one_line(padan: CommandLine, town: Artifact, words: Sequence[str], told: str) -> None:
    assert told in padan("talent", "--artifact", town.folder, *words).refusal


def test_an_artifact_without_people_is_one_line(padan: CommandLine, tmp_path: Path) -> None:
    tables = {name: world_tables()[name] for name in ("courses", "vacancies")}
    encoder = load_encoder("tfidf", cache_folder=tmp_path)
    made = build(tables, encoder, to=tmp_path / "artifact", cache_folder=tmp_path, now=NOW)
    assert "built without alumni" in padan("talent", "--artifact", made.folder, "--query", "kasir").refusal
