"""The ladder, its spellings, KKNI floors, evidence grades, expiry and fields of study."""

from __future__ import annotations

import csv
import doctest
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.domain import qualifications
from matcher.domain.errors import InvalidInput
from matcher.domain.qualifications import (
    EDUCATION_LEVELS,
    UNKNOWN_EDUCATION,
    education_rank,
    evidence_rank,
    field_matches,
    is_current,
    kkni_floor,
    parse_education,
    parse_minimum_education,
)

NOW = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)

levels = st.sampled_from(EDUCATION_LEVELS)


def test_qualifications_examples_hold() -> None:
    assert doctest.testmod(qualifications).failed == 0


def test_ladder_climbs_from_none_to_doctorate() -> None:
    ranks = [education_rank(level) for level in EDUCATION_LEVELS]
    assert ranks == [0, 1, 2, 3, 3, 3, 4, 5, 6, 7, 7, 8, 9, 10]


def test_education_rank_refuses_other_spellings() -> None:
    with pytest.raises(InvalidInput, match=r"'Sarjana' is no schooling; write one of none, SD, .* S3"):
        education_rank("Sarjana")


@pytest.mark.parametrize(
    ("level", "spellings"),
    [
        ("none", ["none", "Tidak Sekolah", "Tidak/Belum Sekolah", "belum tamat SD/Sederajat", "Tanpa ijazah"]),
        ("SD", ["SD", "sd", "S.D.", "MI", "Paket A", "Sekolah Dasar", "Tamat SD/Sederajat", "sd sederajat"]),
        ("SMP", ["SMP", "MTs", "M.Ts", "Paket B", "SLTP/Sederajat", "Madrasah Tsanawiyah", "Junior High School"]),
        ("SMA", ["SMA", "s.m.a.", "MA", "SMU", "Paket C", "Madrasah Aliyah", "Sekolah Menengah Atas"]),
        ("SMK", ["SMK", "STM", "SMEA", "MAK", "Madrasah Aliyah Kejuruan", "Paket C Kejuruan"]),
        (
            "SMA/SMK",
            ["SMA/SMK", "SMA/SMK Sederajat", "SMA / SMK / MA", "sma/k", "SLTA", "SMA sederajat", "smk atau setara",
             "High School"],
        ),
        ("D1", ["D1", "D-I", "d.1", "Diploma 1", "Diploma Satu", "Diploma I/II"]),
        ("D2", ["D2", "D II", "Diploma II"]),
        ("D3", ["D3", "D-III", "DIII", "d 3", "Diploma 3", "Diploma Tiga", "Diploma", "Diploma III/Sarjana Muda"]),
        ("D4", ["D4", "D-IV", "Diploma IV", "Sarjana Terapan"]),
        ("S1", ["S1", "S-1", "s.1", "Strata 1", "Strata Satu", "Sarjana", "Sarjana (S1)", "Bachelor's Degree",
                "D4/S1", "S1/D4", "Diploma IV/Strata I"]),
        ("profesi", ["profesi", "Profesi", "Pendidikan Profesi"]),
        ("S2", ["S2", "Strata II", "Magister", "Master's degree", "S-2"]),
        ("S3", ["S3", "Doktor", "Strata III", "Ph.D."]),
    ],
)  # fmt: skip
def test_parse_education_understands_every_spelling(level: str, spellings: list[str]) -> None:
    assert {spelling: parse_education(spelling) for spelling in spellings} == dict.fromkeys(spellings, level)


@given(levels, st.sampled_from([str.lower, str.upper, str.title]), st.sampled_from(["", " ", "."]))
def test_parse_education_keeps_every_level_in_any_case(level: str, case: object, end: str) -> None:
    assert parse_education(f"{end}{case(level)}{end}") == level  # type: ignore[operator]


@pytest.mark.parametrize(
    "text", ["", "-", "kursus", "guru SD", "SMK Teknik Mesin", "mahasiswa S1", "tidak tamat SMA", "S4", "D3 diutamakan"]
)
def test_parse_education_refuses_what_is_no_level(text: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        parse_education(text)
    assert str(refused.value).startswith(f"'{text}' is no schooling; write one of none, SD, SMP")


def test_parse_education_quotes_little_of_a_huge_text() -> None:
    with pytest.raises(InvalidInput) as refused:
        parse_education("SMA " * 1_000_000)
    assert len(str(refused.value)) < 250


def test_parse_education_refuses_levels_that_differ() -> None:
    with pytest.raises(InvalidInput, match="'SMA-D3' names several levels; write the highest one completed, as D3"):
        parse_education("SMA-D3")


@pytest.mark.parametrize(
    ("text", "least"),
    [
        ("SMA-D3", "SMA"),
        ("SMA s/d D3", "SMA"),
        ("SMK sd S1", "SMK"),
        ("S-1 s.d. S-2", "S1"),
        ("SMP, SMA, SD", "SD"),
        ("Minimal SMA/SMK", "SMA/SMK"),
        ("Minimal Diploma (D1 - D4)", "D1"),
        ("Diploma, Sarjana, Profesi", "D3"),
        ("D3/S1 semua jurusan", "D3"),
        ("lulusan SMP ke atas", "SMP"),
        ("Pendidikan minimal S1", "S1"),
    ],
)
def test_parse_minimum_education_takes_the_least(text: str, least: str) -> None:
    assert parse_minimum_education(text) == least


@given(st.lists(levels, min_size=1, max_size=4))
def test_parse_minimum_education_is_as_low_as_its_lowest(named: list[str]) -> None:
    parsed = parse_minimum_education(", ".join(named))
    assert education_rank(parsed) == min(map(education_rank, named))


@given(st.text(max_size=30))
def test_parse_minimum_education_agrees_where_one_level_is_named(text: str) -> None:
    try:
        level = parse_education(text)
    except InvalidInput:
        return
    assert parse_minimum_education(text) == level


def test_unknown_schooling_counts_as_primary() -> None:
    assert UNKNOWN_EDUCATION == "SD"


@given(levels, levels)
def test_kkni_floor_never_falls_as_schooling_rises(one: str, other: str) -> None:
    low, high = sorted((one, other), key=education_rank)
    assert (kkni_floor(low) or 0) <= (kkni_floor(high) or 0)


@pytest.mark.parametrize(
    ("level", "floor"),
    [("none", None), ("SD", 1), ("SMP", 1), ("SMA", 2), ("SMK", 2), ("SMA/SMK", 2), ("D1", 3), ("D2", 4), ("D3", 5),
     ("D4", 6), ("S1", 6), ("profesi", 7), ("S2", 8), ("S3", 9)],
)  # fmt: skip
def test_kkni_floor_is_that_of_the_decree(level: str, floor: int | None) -> None:
    assert kkni_floor(level) == floor


def test_kkni_floor_refuses_what_is_no_level() -> None:
    with pytest.raises(InvalidInput, match="'SMA Negeri' is no schooling"):
        kkni_floor("SMA Negeri")


@pytest.mark.shared
def test_kkni_floor_agrees_with_the_reference(shared_folder: Path) -> None:
    path = shared_folder / "data" / "reference" / "kkni_levels.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        heads = {
            int(row["kkni_level"]): row["typical_education_and_task"].split(":")[0] for row in csv.DictReader(stream)
        }
    told = {
        level: number
        for number, head in heads.items()
        for level in EDUCATION_LEVELS
        if level.casefold() in re.findall(r"\w+", head.casefold())
    }
    assert len(told) == 12
    assert told == {level: kkni_floor(level) for level in told}


def test_evidence_ranks_rise_from_attended_to_competence() -> None:
    assert [evidence_rank(grade) for grade in ("attended", "passed", "competence")] == [0, 1, 2]


def test_evidence_rank_refuses_other_words() -> None:
    with pytest.raises(InvalidInput, match="evidence 'lulus' is not known; write one of attended, passed, competence"):
        evidence_rank("lulus")


@pytest.mark.parametrize(
    ("expires_on", "now", "counts"),
    [
        (None, NOW, True),
        (date(2026, 11, 22), NOW, True),
        (date(2026, 11, 21), NOW, False),
        (date(2026, 11, 21), datetime(2026, 11, 21, 16, 59, tzinfo=UTC), True),
        (date(2026, 11, 21), datetime(2026, 11, 21, 17, 0, tzinfo=UTC), False),
    ],
)
def test_paper_is_current_until_its_day_ends_in_jakarta(expires_on: date | None, now: datetime, counts: bool) -> None:
    assert is_current(expires_on, now) is counts


@given(st.dates(date(2000, 1, 1), date(2050, 1, 1)), st.timedeltas(timedelta(0), timedelta(9000)))
def test_lapsed_paper_never_revives(expires_on: date, later: timedelta) -> None:
    assert is_current(expires_on, NOW + later) <= is_current(expires_on, NOW)


def test_is_current_refuses_an_instant_without_zone() -> None:
    with pytest.raises(InvalidInput, match="now '2026-11-22T00:00:00' has no time zone; add one"):
        is_current(None, datetime(2026, 11, 22))


@pytest.mark.parametrize(
    ("held", "asked", "matches"),
    [
        ("Teknik Mesin", ["Teknik Mesin"], True),
        ("teknik mesin", ["Akuntansi", "SMK Teknik Mesin"], True),
        ("Teknik Mesin Produksi", ["Teknik Mesin"], True),
        ("Teknik Mesin", ["Teknik"], True),
        ("Teknik", ["Teknik Mesin"], False),
        ("Tata Boga", ["Tata Busana"], False),
        ("Teknik Mesin", ["Tekni"], False),
        ("Jurusan Akuntansi", ["S1 Akuntansi"], True),
        (None, ["Akuntansi"], None),
        ("", ["Akuntansi"], None),
        ("Akuntansi", [], None),
        ("Akuntansi", ["Semua jurusan"], None),
    ],
)
def test_field_matches_by_whole_words(held: str | None, asked: list[str], matches: bool | None) -> None:
    assert field_matches(held, asked) is matches
