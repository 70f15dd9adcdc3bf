"""What a name can stand for: every official name is known, and only a whole name counts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.domain.place_names import (
    AREAS,
    DISTRICT,
    ISLANDS,
    PROVINCE,
    SPOKEN_DISTRICTS,
    SPOKEN_PROVINCES,
    SPOKEN_WITHIN,
    WITHIN,
    Reading,
    is_city,
    official_names,
    readings,
    words_of,
)


def test_official_names_come_on_three_levels() -> None:
    names = official_names()
    assert (len(names.provinces), len(names.districts)) == (38, 514)
    assert {code[:5] for code in names.subdistricts} == set(names.districts)


def test_spoken_names_hang_on_codes_that_exist() -> None:
    listed = " ".join((*AREAS.values(), *ISLANDS.values())).split()
    assert set(SPOKEN_PROVINCES) <= set(official_names().provinces)
    assert {*SPOKEN_DISTRICTS, *SPOKEN_WITHIN} <= set(official_names().districts)
    assert set(listed) <= {*official_names().provinces, *official_names().districts}


@given(st.sampled_from(sorted(SPOKEN_DISTRICTS)))
def test_spoken_district_name_reads_as_its_district(code: str) -> None:
    for name in SPOKEN_DISTRICTS[code].split(", "):
        assert Reading(DISTRICT, code) in readings(words_of(name))


@given(st.sampled_from(sorted(official_names().subdistricts)))
def test_subdistrict_name_reads_as_lying_in_its_district(code: str) -> None:
    name = official_names().subdistricts[code]
    assert Reading(WITHIN, code[:5]) in readings(words_of(f"Kecamatan {name}"))


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Kota Bogor", {Reading(DISTRICT, "32.71")}),
        ("Kabupaten Bogor", {Reading(DISTRICT, "32.01")}),
        ("Provinsi Gorontalo", {Reading(PROVINCE, "75")}),
        ("North Sumatra", {Reading(PROVINCE, "12")}),
        ("Selayar Islands Regency", {Reading(DISTRICT, "73.01")}),
        ("Tapos Raya", set()),
        ("Desa Sukamaju", set()),
    ],
)
def test_kind_and_english_words_narrow_the_readings(written: str, expected: set[Reading]) -> None:
    assert set(readings(words_of(written))) == expected


def test_words_lose_accents_punctuation_and_postal_code() -> None:
    assert words_of("KAB. Toli-Toli, Sulawési  94511") == ("kabupaten", "toli", "toli", "sulawesi")


def test_city_is_told_from_regency_by_its_number() -> None:
    assert [is_city(code) for code in ("32.73", "32.04", "31.71", "31.01")] == [True, False, True, False]
