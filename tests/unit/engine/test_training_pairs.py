"""Training material and pairs: what is stripped, what is held out, what stands together. Every text is invented."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.domain.errors import InvalidInput, MissingFile, UnknownIdentifier
from matcher.domain.text import normalise
from matcher.engine.training_judgements import graded_quality, read_graded_courses
from matcher.engine.training_material import (
    FILES,
    Material,
    TrainingCourse,
    adverts_of,
    clean_title,
    courses_of,
    is_held_out,
    material_hashes,
    near_duplicate_groups,
    read_material,
    without_contacts,
)
from matcher.engine.training_pairs import build_pairs, common_lines, course_pairs, duty_lines, synonym_pairs
from matcher.engine.training_questions import answer_quality, build_questions
from tests.training_world import N_CONCEPTS, write_material


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("material")
    write_material(root)
    return root


@pytest.fixture(scope="module")
def material(folder: Path) -> Material:
    return read_material(folder)


def _texts(pairs: dict) -> Iterator[str]:
    for found in pairs.values():
        for pair in found:
            yield from (pair.left, pair.right)


def test_contacts_are_stripped() -> None:
    text = "Kirim ke hrd@contoh.co.id atau https://contoh.id/lamar\nTelepon 0812-3456-7890 ya"
    assert without_contacts(text) == "Kirim ke atau\nTelepon ya"


def test_title_loses_calls_and_advert_numbers() -> None:
    assert clean_title("URGENT!! Lowongan Kerja: Kasir Toko 25083881") == "Kasir Toko"


@given(st.text(max_size=60))
def test_held_out_part_depends_on_the_key_alone(key: str) -> None:
    assert is_held_out(key) == is_held_out(key)
    assert is_held_out(key, one_in=1)


def test_held_out_part_is_about_a_tenth() -> None:
    share = np.mean([is_held_out(f"employer {i}") for i in range(5000)])
    assert 0.08 < share < 0.12


def test_near_duplicates_share_a_group_whatever_their_order() -> None:
    text = normalise("dibutuhkan kasir untuk toko roti di pasar baru melayani pembeli dan mencatat penjualan harian")
    other = normalise("penjaga malam gudang beras di pelabuhan memeriksa pintu setiap jam sampai pagi tiba lagi")
    texts = [text, other, text + " segera"]
    groups = near_duplicate_groups(texts)
    assert groups[0] == groups[2] != groups[1]
    assert near_duplicate_groups(texts[::-1]) == groups[::-1]


def test_anonymous_adverts_of_one_text_fall_on_one_side() -> None:
    rows = [
        {
            "title": f"Kasir {i // 4}",
            "company": ("Pengiklan Anonim", None)[i % 2],
            "description": " ".join(f"tugas{i // 4}{letter}" for letter in "abcdefghij"),
        }
        for i in range(400)
    ]
    adverts = adverts_of(rows)
    sides = [{advert.is_held_out for advert in adverts[i : i + 4]} for i in range(0, 400, 4)]
    assert all(len(side) == 1 for side in sides)
    assert {True, False} == set.union(*sides)


def test_held_out_text_stays_held_out_under_another_employer() -> None:
    held = next(name for name in map(str, range(999)) if is_held_out(name))
    free = next(name for name in map(str, range(999)) if not is_held_out(name))
    rows = [{"title": "Kasir", "company": name, "description": "Melayani pembeli"} for name in (held, free)]
    assert all(advert.is_held_out for advert in adverts_of(rows))


def test_majors_are_fields_and_no_skills() -> None:
    advert, other = adverts_of(
        [
            {"title": "Staf Gudang", "company": "A", "skills": "Program studi: Manajemen; Logistik"},
            {"title": "Staf Gudang", "company": "A", "skills": "Excel, forklift"},
        ]
    )
    assert (advert.fields, advert.skills) == (("Manajemen", "Logistik"), ())
    assert (other.fields, other.skills) == ((), ("Excel", "forklift"))


def test_courses_outside_the_list_are_not_looked_at() -> None:
    rows = [
        {"course_id": "c1", "title": "Merias Wajah bagi Penata Rias"},
        {"course_id": "c2", "title": "Memasak Soto"},
    ]
    courses = courses_of(rows, {"c1"})
    assert [(course.course_id, course.target) for course in courses] == [("c1", "Penata Rias")]


def test_duties_go_without_schooling_age_and_common_lines() -> None:
    text = "1. Menata rak barang\nPria usia maksimal 25 tahun\n- Melayani pembeli toko\nKode etik kerja tim"
    assert duty_lines(text, frozenset({"kode etik kerja tim"})) == ["Menata rak barang", "Melayani pembeli toko"]


def test_common_lines_need_several_titles() -> None:
    rows = [
        {"title": f"Kasir {i}", "company": f"T{i}", "description": f"Hormat dan santun\nDuduk di kasir {'abc'[i]}"}
        for i in range(3)
    ]
    assert common_lines(adverts_of(rows)) == {"hormat dan santun"}


@pytest.mark.parametrize(
    ("title", "names"),
    [
        ("Reporter / Jurnalis", [("Reporter", "Jurnalis")]),
        ("Senior / Kasir", []),
        ("Kasir Toko/Kasir Gudang", []),
        ("Kasir (Bandung)", []),
    ],
)
def test_synonyms_are_names_parted_by_a_slash(title: str, names: list[tuple[str, str]]) -> None:
    assert [(pair.left, pair.right) for pair in synonym_pairs(title)] == names


def test_course_meets_adverts_that_name_its_whole_target() -> None:
    course = TrainingCourse("c1", "Membuat Roti bagi Pembuat Kue", "", "Pembuat Kue", False)
    pairs = course_pairs([course], ["Pembuat Kue Ulang Tahun", "Pembuat Tenda"], rng=random.Random(0))
    assert {pair.right for pair in pairs} == {"Pembuat Kue", "Pembuat Kue Ulang Tahun"}


def test_pairs_hold_no_held_out_concept_course_or_advert(material: Material) -> None:
    texts = set(_texts(build_pairs(material, rng=random.Random(0))))
    held = {
        label for c in material.concepts.values() if c.is_held_out for labels in c.labels.values() for label in labels
    }
    held |= {course.title for course in material.courses if course.is_held_out}
    held |= {advert.title for advert in material.adverts if advert.is_held_out}
    assert held
    assert not held & texts


def test_pairs_repeat_with_the_same_seed(material: Material) -> None:
    one, other = (build_pairs(material, rng=random.Random(3)) for _ in range(2))
    assert one == other
    assert {"esco", "cross", "talentclef", "isco", "opening", "duty", "skills", "fields", "course"} <= set(one)


def test_slashed_labels_become_two_names(material: Material) -> None:
    assert not any("/" in pair.left for pair in build_pairs(material, rng=random.Random(0))["esco"])


def test_questions_ask_held_out_things_only(material: Material) -> None:
    questions = {question.name: question for question in build_questions(material, rng=random.Random(0))}
    held = {label for c in material.concepts.values() if c.is_held_out for label in c.labels["en"]}
    assert set(questions["esco_en"].queries) <= held
    assert len(questions["esco_en"].corpus) == N_CONCEPTS
    assert set(questions["kin_en"].queries) <= held
    assert set(questions["duty"].queries) <= {advert.title for advert in material.adverts if advert.is_held_out}


def test_kin_are_the_other_occupations_of_the_group(material: Material) -> None:
    question = next(q for q in build_questions(material, rng=random.Random(0)) if q.name == "kin_en")
    numbers = [int(text.split()[-1]) for text in question.corpus]
    for query, answers in zip(question.queries, question.answers, strict=True):
        own = int(query.split()[-1])
        assert {numbers[i] for i in answers} == {n for n in range(N_CONCEPTS) if n % 7 == own % 7} - {own}


def test_labels_of_one_group_are_one_family(material: Material) -> None:
    for pair in build_pairs(material, rng=random.Random(0))["esco"]:
        assert pair.family == material.concepts[pair.group].isco_code


def test_answer_quality_by_hand() -> None:
    scores = np.array([[0.9, 0.1, 0.5], [0.2, 0.3, 0.1]], np.float32)
    answers = [frozenset({0, 2}), frozenset({2})]
    assert answer_quality(scores, answers).tolist() == pytest.approx([1.0, 1 / 3])


def test_material_names_the_missing_file(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(MissingFile, match="vacancies"):
        read_material(tmp_path)
    assert list(material_hashes(folder)) == list(FILES)


def _grades(folder: Path, text: str) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "grades.tsv").write_text(text, encoding="utf-8")
    return folder


def test_graded_courses_take_the_lower_median(folder: Path, tmp_path: Path) -> None:
    lines = "course_id\tvacancy_id\tgrade\tgrader\nc1\tv1\t3\ta\nc1\tv1\t2\tb\nc1\tv2\t0\ta\n"
    (course,) = read_graded_courses(_grades(tmp_path, lines), folder)
    assert [(vacancy.title, vacancy.grade) for vacancy in course.vacancies] == [
        ("Pramuniaga 1", 2),
        ("Pramuniaga 2", 0),
    ]
    assert "Menata rak barang" in course.vacancies[0].passage


def test_a_split_fixed_before_decides_what_is_held_out(folder: Path, tmp_path: Path) -> None:
    lines = "course_id\tvacancy_id\tgrade\tsplit\nc1\tv1\t3\ttrain\nc2\tv1\t3\tvalidation\n"
    courses = read_graded_courses(_grades(tmp_path, lines), folder)
    assert [course.is_held_out for course in courses] == [False, True]


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("c1\tv1\t4", InvalidInput),
        ("c25\tv1\t3", UnknownIdentifier),
        ("c1\tv999\t3", UnknownIdentifier),
    ],
)
def test_wrong_grades_are_refused(folder: Path, tmp_path: Path, line: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        read_graded_courses(_grades(tmp_path, f"course_id\tvacancy_id\tgrade\n{line}\n"), folder)


def test_what_is_still_to_be_read_is_no_grade(folder: Path, tmp_path: Path) -> None:
    grades = _grades(tmp_path, "course_id\tvacancy_id\tgrade\nc1\tv1\t3\n")
    (grades / "unjudged_top10.tsv").write_text("query_id\tvacancy_id\nq1\tv2\n", encoding="utf-8")
    assert [len(course.vacancies) for course in read_graded_courses(grades, folder)] == [1]


def test_graded_quality_by_hand() -> None:
    scores = np.array([0.1, 0.9], np.float32)
    assert graded_quality(scores, [3, 0]) == pytest.approx(1 / np.log2(3))
    assert graded_quality(scores, [0, 0]) == 1.0


@pytest.mark.shared
def test_shared_material_holds_every_source(shared_folder: Path) -> None:
    pairs = build_pairs(read_material(shared_folder), rng=random.Random(0))
    assert len(pairs) == 12
    assert min(len(found) for found in pairs.values()) > 100
