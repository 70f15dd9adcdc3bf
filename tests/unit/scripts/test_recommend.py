"""``padan recommend`` as it is typed: the answer of the contract, and every refusal in one line."""

from __future__ import annotations

import json
import re
import shutil
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from matcher.engine.artifacts import Artifact
from tests.command_line import CommandLine

CONTRACT = (Path(__file__).parents[3] / "docs" / "CONTRACT.md").read_text(encoding="utf-8")
LINE_KEYS = {"code", "feature", "contribution", "text"}


def _answer(padan: CommandLine, world: Artifact, *words: object) -> dict[str, Any]:
    answer = padan("recommend", "--artifact", world.folder, *words, "--json")
    assert (answer.code, answer.err) == (0, "")
    return json.loads(answer.out)


def _contract_keys() -> tuple[set[str], set[str]]:
    """Return the keys of an answer and of its items, as the contract lists them."""
    found = re.search(r"A recommendation answer holds: `(.*), items\[\{(.*)\}\]`", CONTRACT)
    assert found is not None
    outer, inner = (set(re.findall(r"[a-z_]+", part)) for part in found.groups())
    return outer | {"items"}, inner


def test_json_holds_the_keys_of_the_contract(padan: CommandLine, world: Artifact) -> None:
    answer = _answer(padan, world, "--alumnus", "a-cook")
    outer, inner = _contract_keys()
    assert answer.keys() == outer | {"notices"}
    assert {key for item in answer["items"] for key in item} == inner | {"certificate"}


def test_json_proves_that_everything_open_was_scored(padan: CommandLine, world: Artifact) -> None:
    answer = _answer(padan, world, "--alumnus", "a-cook")
    assert (answer["eligible"], answer["scored"], answer["exhaustive"]) == (3, 3, True)
    assert [item["position"] for item in answer["items"]] == [1, 2, 3]
    assert answer["items"][0]["vacancy_id"] == "v-cook-city"


def test_every_reason_and_gap_speaks_both_languages(padan: CommandLine, world: Artifact) -> None:
    items = _answer(padan, world, "--alumnus", "a-cook")["items"]
    lines = [line for item in items for line in (*item["reasons"], *item["gaps"])]
    assert all(line.keys() == LINE_KEYS and line["text"].keys() == {"id", "en"} for line in lines)
    told = {line["code"]: line["text"] for line in items[0]["reasons"]}
    assert told["schooling_met"] == {
        "id": "Sekolah Anda memenuhi syarat: SMP",
        "en": "Your schooling meets the minimum: SMP",
    }
    assert {"schooling_not_stated", "weak_fit"} <= {line["code"] for line in items[2]["gaps"]}


def test_json_carries_the_vacancy_with_zoned_times(padan: CommandLine, world: Artifact) -> None:
    vacancy = _answer(padan, world, "--alumnus", "a-cook")["items"][0]["vacancy"]
    assert set(world.vacancies.column_names) <= vacancy.keys()
    assert datetime.fromisoformat(vacancy["posted_at"]).tzinfo is not None
    assert (vacancy["title"], vacancy["employer"], vacancy["n_openings"]) == ("Juru Masak", "Warung Sari Rasa", 2)


def test_k_cuts_the_slate_but_not_the_count(padan: CommandLine, world: Artifact) -> None:
    answer = _answer(padan, world, "--alumnus", "a-cook", "-k", "1")
    assert [item["vacancy_id"] for item in answer["items"]] == ["v-cook-city"]
    assert (answer["eligible"], answer["scored"]) == (3, 3)


def test_certificates_with_place_and_schooling_are_enough(padan: CommandLine, world: Artifact) -> None:
    words = ("--certificate", "Juru Masak", "Penjahit", "--province", "32")
    schooled = _answer(padan, world, *words, "--education", "SMA/SMK")
    unschooled = _answer(padan, world, *words, "--education", "SD")
    assert {item["vacancy_id"] for item in schooled["items"]} == {"v-cook-city", "v-cook-far", "v-sew"}
    assert [item["vacancy_id"] for item in unschooled["items"]] == ["v-sew"]


def test_what_is_unknown_of_a_person_is_told(padan: CommandLine, world: Artifact) -> None:
    answer = _answer(padan, world, "--certificate", "Penjahit")
    assert [line["code"] for line in answer["notices"]] == ["schooling_unknown", "place_unknown"]
    assert [item["vacancy_id"] for item in answer["items"]] == ["v-sew"]


def test_now_decides_what_is_open(padan: CommandLine, world: Artifact) -> None:
    words = ("--alumnus", "a-cook", "--now")
    early = {item["vacancy_id"] for item in _answer(padan, world, *words, "2026-11-01T08:00:00+07:00")["items"]}
    late = {item["vacancy_id"] for item in _answer(padan, world, *words, "2026-11-22")["items"]}
    assert early == {"v-cook-far", "v-care-lapsed", "v-care-filled"}
    assert late == {"v-cook-city", "v-cook-far", "v-sew"}


def test_print_shows_title_place_reasons_and_proof(padan: CommandLine, world: Artifact) -> None:
    printed = padan("recommend", "--artifact", world.folder, "--alumnus", "a-cook").out
    assert printed.startswith("  1. Juru Masak - Warung Sari Rasa, Kota Bandung, Jawa Barat\n")
    assert "       + Dekat dari tempat Anda: di kabupaten/kota yang sama\n" in printed
    assert printed.endswith(
        f"3 lowongan terbuka untuk orang ini, 3 dinilai (semua dinilai) [hand-set@{world.artifact_id}]\n"
    )


def test_nothing_open_is_an_answer(padan: CommandLine, world: Artifact) -> None:
    answer = _answer(padan, world, "--alumnus", "a-guard")
    assert (answer["items"], answer["eligible"], answer["exhaustive"]) == ([], 0, True)
    assert "nothing_eligible" in [line["code"] for line in answer["notices"]]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--alumnus", "a-hilang"), "alumnus 'a-hilang': not among the 5"),
        (("--alumnus", ""), "alumnus '': not among the 5"),
        (("--alumnus", "a-cook", "--province", "32"), "--province and --education go with --certificate"),
        (("--alumnus", "a-cook", "--education", "SD"), "--province and --education go with --certificate"),
        (("--certificate", " "), "an empty title matches nothing; write the title on the certificate"),
        (("--certificate", "Las", ""), "an empty title matches nothing; write the title on the certificate"),
        (("--certificate", "Las", "--province", "99"), "province code '99' is unknown; give a Kemendagri code"),
        (("--certificate", "Las", "--province", ""), "province code '' is unknown; give a Kemendagri code"),
        (("--certificate", "Las", "--education", "TK"), "'TK' is no schooling; write one of none, SD"),
        (("--certificate", "Las", "--education", ""), "'' is no schooling; write one of none, SD"),
        (("--alumnus", "a-cook", "--now", "besok"), "(--now or PADAN_NOW) is 'besok': not a date; write 2026-11-22"),
        (("--alumnus", "a-cook", "--now", ""), "(--now or PADAN_NOW) is '': not a date; write 2026-11-22"),
    ],
)
def test_a_person_that_cannot_be_used_is_one_line(
    padan: CommandLine, world: Artifact, words: tuple[str, ...], told: str
) -> None:
    assert told in padan("recommend", "--artifact", world.folder, *words, "--json").refusal


def test_a_folder_without_an_artifact_is_one_line(padan: CommandLine, tmp_path: Path) -> None:
    for folder in (tmp_path / "tiada", tmp_path):
        refusal = padan("recommend", "--artifact", folder, "--alumnus", "a-cook").refusal
        assert f"{folder}: no artifact here (no manifest.json); make one with padan build" in refusal


@pytest.mark.parametrize("name", ["scores.npy", "vacancies.parquet", "manifest.json"])
def test_a_damaged_artifact_is_one_line(padan: CommandLine, world: Artifact, tmp_path: Path, name: str) -> None:
    folder = Path(shutil.copytree(world.folder, tmp_path / "copy"))
    (folder / name).write_bytes(b"rusak")
    refusal = padan("recommend", "--artifact", folder, "--alumnus", "a-cook").refusal
    assert name in refusal and "run padan build again" in refusal


def test_a_file_added_to_an_artifact_is_one_line(padan: CommandLine, world: Artifact, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(world.folder, tmp_path / "copy"))
    (folder / "tambahan.parquet").write_bytes(b"")
    assert "tambahan.parquet" in padan("recommend", "--artifact", folder, "--alumnus", "a-cook").refusal


def _built_from(padan: CommandLine, tables: Path, folder: Path, *names: str) -> Path:
    (folder / "tables").mkdir()
    for name in names:
        shutil.copy(tables / f"{name}.parquet", folder / "tables")
    assert padan("build", "--data", folder / "tables", "--to", folder / "made").code == 0
    return folder / "made"


def test_an_artifact_without_people_says_how_to_get_them(padan: CommandLine, world_data: Path, tmp_path: Path) -> None:
    made = _built_from(padan, world_data, tmp_path, "courses", "vacancies")
    refusal = padan("recommend", "--artifact", made, "--alumnus", "a-cook").refusal
    assert f"{made}: built without alumni" in refusal and "padan build" in refusal


def test_people_without_any_licence_are_recommended_for(padan: CommandLine, world_data: Path, tmp_path: Path) -> None:
    made = _built_from(padan, world_data, tmp_path, "courses", "vacancies", "alumni", "certificates")
    assert padan("recommend", "--artifact", made, "--alumnus", "a-cook").out.startswith("  1. Juru Masak - ")
