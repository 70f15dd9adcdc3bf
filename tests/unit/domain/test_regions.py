"""Official codes, what a written place stands for, and how far districts lie apart."""

from __future__ import annotations

import csv
from itertools import chain
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.domain.errors import UnknownIdentifier
from matcher.domain.regions import (
    PlaceMatch,
    distance_km,
    distance_matrix_km,
    district_index,
    districts,
    parse_district_code,
    parse_province_code,
    place_name,
    province_from_bps,
    provinces,
    resolve_place,
)

EVERY_DISTRICT = st.sampled_from(sorted(districts().values(), key=lambda district: district.code))
EVERY_PROVINCE = st.sampled_from(sorted(provinces().values(), key=lambda province: province.code))


def test_regions_are_38_provinces_and_514_districts() -> None:
    kinds = [district.kind for district in districts().values()]
    assert (len(provinces()), kinds.count("kabupaten"), kinds.count("kota")) == (38, 416, 98)
    assert {district.province_code for district in districts().values()} == set(provinces())


def test_districts_lie_in_indonesia() -> None:
    points = np.array([(district.latitude, district.longitude) for district in districts().values()])
    assert (points > (-11.1, 95.0)).all()
    assert (points < (6.1, 141.1)).all()


@pytest.mark.parametrize("written", ["32.73", "3273", " 32.73 "])
def test_district_code_is_accepted_with_and_without_its_dot(written: str) -> None:
    assert parse_district_code(written) == "32.73"


@pytest.mark.parametrize("written", ["32", "11", "32.99", "327301", "Bandung", "", "32-73"])
def test_district_code_unknown_is_refused(written: str) -> None:
    with pytest.raises(UnknownIdentifier, match=r"32\.73"):
        parse_district_code(written)


def test_province_code_is_accepted() -> None:
    assert [parse_province_code(written) for written in ("32", " 96 ", "94")] == ["32", "96", "94"]


@pytest.mark.parametrize(
    ("written", "remedy"),
    [
        ("97", "Kemendagri code is 95"),
        ("32.73", "province alone: 32"),
        ("99", "two digits"),
        ("Jawa Barat", "two digits"),
        ("", "two digits"),
    ],
)
def test_province_code_unknown_is_refused_with_its_remedy(written: str, remedy: str) -> None:
    with pytest.raises(UnknownIdentifier, match=remedy):
        parse_province_code(written)


@pytest.mark.parametrize(
    ("code", "district_code", "expected"),
    [
        ("32", None, "32"),
        ("94", None, "91"),
        ("91", None, "92"),
        ("96", None, "94"),
        ("94", "9401", "93"),
        ("94", "94.12", "94"),
        ("94", "9402", "95"),
        ("94", "9471", "91"),
        ("91", "9171", "96"),
        ("91", "9105", "92"),
        ("32", "3204", "32"),
    ],
)
def test_bps_province_is_remapped_by_district(code: str, district_code: str | None, expected: str) -> None:
    assert province_from_bps(code, district_code) == expected


@pytest.mark.parametrize(("code", "district_code"), [("93", None), ("20", None), ("94", "3204"), ("94", "?")])
def test_bps_province_unknown_is_refused(code: str, district_code: str | None) -> None:
    with pytest.raises(UnknownIdentifier, match="BPS"):
        province_from_bps(code, district_code)


def test_bps_remap_covers_every_district_of_the_provinces_of_2022() -> None:
    old_codes = [f"{bps}{number:02}" for bps in ("91", "94") for number in range(1, 100)]
    founded = [province_from_bps(code[:2], code) for code in old_codes]
    counts = {code: sum(d.province_code == code for d in districts().values()) for code in ("93", "94", "95", "96")}
    assert {code: founded.count(code) for code in counts} == counts


@pytest.mark.parametrize(
    ("written", "district_code"),
    [
        ("KAB. INDRAMAYU, JAWA BARAT", "32.12"),
        ("Kab. Adm. Kep. Seribu", "31.01"),
        ("South Jakarta, Jakarta, Indonesia (On-site)", "31.74"),
        ("Central Jakarta", "31.71"),
        ("Jakarta Selatan", "31.74"),
        ("KOTA ADM. JAKARTA TIMUR, DKI JAKARTA", "31.75"),
        ("Kemantren Danurejan, Yogyakarta, DI Yogyakarta", "34.71"),
        ("Yogyakarta, Yogyakarta", "34.71"),
        ("Cikarang Pusat, Bekasi, Jawa Barat", "32.16"),
        ("Kota Pare Pare", "73.72"),
        ("Pare-Pare", "73.72"),
        ("Kab. Bangka Barat", "19.05"),
        ("Bandung Barat", "32.17"),
        ("Kab. Bandung", "32.04"),
        ("Bandung Kabupaten", "32.04"),
        ("Bandung Regency, West Java", "32.04"),
        ("Kota Bandung 40115", "32.73"),
        ("Kota Bandung Jawa Barat", "32.73"),
        ("Batam Kota", "21.71"),
        ("Depok", "32.76"),
        ("Depok, Sleman", "34.04"),
        ("Kuningan", "32.08"),
        ("Kuningan, Jakarta Selatan", "31.74"),
        ("Bangli, Baturiti, Kabupaten Tabanan, Bali", "51.02"),
        ("Jl. Merdeka No. 7, Kel. Babakan Ciamis, Kota Bandung", "32.73"),
        ("Mentawai", "13.09"),
        ("Kabupaten Toba Samosir", "12.12"),
        ("Kota Sleman", "34.04"),
        ("Kota Agung, Lahat", "16.04"),
        ("Tangsel", "36.74"),
        ("Solo", "33.72"),
    ],
)
def test_place_reads_as_one_district(written: str, district_code: str) -> None:
    assert resolve_place(written) == PlaceMatch(district_code[:2], district_code, False, (district_code,))


@pytest.mark.parametrize(
    ("written", "province_code"),
    [
        ("Riau", "14"),
        ("Kepulauan Riau", "21"),
        ("Kepri", "21"),
        ("Riau Islands", "21"),
        ("Babel", "19"),
        ("Jakarta Raya", "31"),
        ("Jakarta, Indonesia (Hybrid)", "31"),
        ("DIY", "34"),
        ("D.I. Yogyakarta", "34"),
        ("Daerah Istimewa Yogyakarta", "34"),
        ("NTB", "52"),
        ("N.T.T.", "53"),
        ("West Java", "32"),
        ("Jawa Barat\n(Jarak jauh)", "32"),
        ("Papua", "91"),
        ("Papua Barat", "92"),
        ("West Papua", "92"),
        ("Papua Selatan", "93"),
        ("Papua Tengah", "94"),
        ("Highland Papua", "95"),
        ("Papua Barat Daya", "96"),
        ("Southwest Papua", "96"),
        ("Provinsi Jambi", "15"),
        ("Kel. Penjaringan, Jakarta", "31"),
        ("Jakarta dan sekitarnya", "31"),
    ],
)
def test_place_reads_as_one_province(written: str, province_code: str) -> None:
    assert resolve_place(written) == PlaceMatch(province_code, None, False, (province_code,))


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Bandung", PlaceMatch("32", "32.73", True, ("32.73", "32.04"))),
        ("Bandung, Jawa Barat", PlaceMatch("32", "32.73", True, ("32.73", "32.04"))),
        ("Banjar", PlaceMatch("32", "32.79", True, ("32.79", "63.03"))),
        ("Jogja", PlaceMatch("34", None, True, ("34", "34.71"))),
        ("Gorontalo", PlaceMatch("75", None, True, ("75", "75.71", "75.01"))),
        ("Medan, Surabaya", PlaceMatch("12", "12.71", True, ("12.71", "35.78"))),
        ("Medan dan Surabaya", PlaceMatch("12", "12.71", True, ("12.71", "35.78"))),
        ("Lombok", PlaceMatch("52", None, True, ("52.71", "52.01", "52.02", "52.03", "52.08"))),
        ("Sumatera", PlaceMatch(None, None, True, ("11", "12", "13", "14", "15", "16", "17", "18", "19", "21"))),
    ],
)
def test_place_of_several_readings_is_reported(written: str, expected: PlaceMatch) -> None:
    assert resolve_place(written) == expected


def test_greater_jakarta_reads_as_jakarta_and_names_three_provinces() -> None:
    match = resolve_place("Jabodetabek")
    assert (match.province_code, match.district_code, match.is_ambiguous) == ("31", None, True)
    assert {code[:2] for code in match.candidates} == {"31", "32", "36"}
    assert resolve_place("Jabodetabek", province_code="36").candidates == ("36.71", "36.74", "36.03")


def test_best_supported_place_of_a_row_comes_first() -> None:
    assert resolve_place("Medan, Kota Malang, Jawa Timur").candidates == ("35.73", "12.71")


@pytest.mark.parametrize(
    "written", ["", " , ", "Indonesia", "Remote", "Singapore", "Kota", "Toko Bandung dan Surabaya"]
)
def test_place_not_recognised_is_empty(written: str) -> None:
    assert resolve_place(written) == PlaceMatch()
    assert resolve_place(written, province_code="32") == PlaceMatch("32")


def test_province_hint_settles_what_is_ambiguous() -> None:
    assert resolve_place("Banjar", province_code="63") == PlaceMatch("63", "63.03", False, ("63.03",))


def test_province_hint_against_the_text_is_reported() -> None:
    assert resolve_place("Surabaya", province_code="32") == PlaceMatch("32", None, True, ())


def test_province_hint_unknown_is_refused() -> None:
    with pytest.raises(UnknownIdentifier, match="97"):
        resolve_place("Bandung", province_code="97")


def test_place_field_of_any_length_is_read_quickly() -> None:
    assert resolve_place("Kota Bandung, " + "lowongan " * 1_000_000).district_code == "32.73"


@given(EVERY_DISTRICT)
def test_official_district_name_reads_as_itself(district) -> None:
    expected = PlaceMatch(district.province_code, district.code, False, (district.code,))
    province = provinces()[district.province_code].name
    assert resolve_place(district.name) == expected
    assert resolve_place(f"{district.name}, {province}") == expected
    assert resolve_place(place_name(None, district.code)).district_code == district.code


@given(EVERY_PROVINCE)
def test_official_province_name_reads_as_itself(province) -> None:
    match = resolve_place(province.name)
    assert (match.province_code, match.district_code, match.candidates[0]) == (province.code, None, province.code)
    assert resolve_place(f"Provinsi {province.name}") == PlaceMatch(province.code, None, False, (province.code,))


@given(EVERY_DISTRICT, st.sampled_from([str.upper, str.lower, str.title, str.swapcase]), st.data())
def test_case_punctuation_and_spacing_change_nothing(district, recase, data: st.DataObject) -> None:
    gap = st.sampled_from([" ", "  ", "\t", ". ", "-", "_", " '"])
    words = district.name.replace("Kep.", "Kep").split()
    written = "".join(chain.from_iterable((word, data.draw(gap)) for word in words))
    assert resolve_place(recase(written)).candidates == (district.code,)


@given(
    st.lists(EVERY_DISTRICT.map(lambda district: district.name.split(" ", 1)[1]), min_size=1, max_size=3),
    EVERY_PROVINCE,
)
def test_province_hint_never_gives_a_district_elsewhere(names: list[str], province) -> None:
    match = resolve_place(", ".join(names), province_code=province.code)
    assert match.province_code == province.code
    assert {code[:2] for code in (match.district_code, *match.candidates) if code} <= {province.code}


@given(EVERY_DISTRICT, st.sampled_from(["Sentosa Abadi", "xyz", "Motor Group"]), st.booleans())
def test_name_inside_a_longer_name_is_not_found(district, other: str, is_before: bool) -> None:
    bare = district.name.split(" ", 1)[1]
    assert resolve_place(f"{other} {bare}" if is_before else f"{bare} {other}") == PlaceMatch()
    assert resolve_place(f"{bare}xyz") == PlaceMatch()


@given(st.text())
def test_any_text_gives_codes_that_exist(written: str) -> None:
    match = resolve_place(written)
    assert all(code in provinces() or code in districts() for code in match.candidates)


@pytest.mark.parametrize(
    ("province_code", "district_code", "expected"),
    [
        ("32", "32.73", "Kota Bandung, Jawa Barat"),
        (None, "31.74", "Jakarta Selatan, DKI Jakarta"),
        ("34", None, "DI Yogyakarta"),
        (None, None, ""),
    ],
)
def test_place_name_is_what_people_read(province_code: str | None, district_code: str | None, expected: str) -> None:
    assert place_name(province_code, district_code) == expected


def test_distance_jakarta_to_surabaya_is_that_of_the_map() -> None:
    assert distance_km("31.71", "35.78") == pytest.approx(665, abs=15)


@given(EVERY_DISTRICT, EVERY_DISTRICT, EVERY_DISTRICT)
def test_distance_is_a_metric(a, b, c) -> None:
    assert distance_km(a.code, b.code) == distance_km(b.code, a.code) >= 0
    assert distance_km(a.code, c.code) <= distance_km(a.code, b.code) + distance_km(b.code, c.code) + 0.01


def test_distance_matrix_is_read_only_with_a_zero_diagonal() -> None:
    matrix = distance_matrix_km()
    assert (matrix.shape, matrix.dtype, matrix.flags.writeable) == ((514, 514), np.float32, False)
    assert not matrix.diagonal().any()
    assert matrix[district_index()["32.73"], district_index()["31.71"]] == distance_km("32.73", "31.71")


def test_distance_of_an_unknown_district_is_refused() -> None:
    with pytest.raises(UnknownIdentifier, match=r"99\.99"):
        distance_km("32.73", "99.99")


@pytest.mark.shared
def test_districts_agree_with_the_reference(shared_folder: Path) -> None:
    with (shared_folder / "data/reference/kab_kota.csv").open(encoding="utf-8", newline="") as file:
        reference = {row["kab_kota_code"]: row for row in csv.DictReader(file)}
    own = np.radians([(districts()[code].latitude, districts()[code].longitude) for code in reference])
    theirs = np.radians([(float(row["lat"]), float(row["lon"])) for row in reference.values()])
    cosines = np.sin(own[:, 0]) * np.sin(theirs[:, 0])
    cosines += np.cos(own[:, 0]) * np.cos(theirs[:, 0]) * np.cos(own[:, 1] - theirs[:, 1])
    kilometres = 6371.0088 * np.arccos(np.clip(cosines, -1, 1))
    assert {code: row["kab_kota"] for code, row in reference.items()} == {c: d.name for c, d in districts().items()}
    assert (np.percentile(kilometres, [50, 95, 100]) < (10, 40, 130)).all()


@pytest.mark.shared
def test_places_of_real_adverts_agree_with_the_reference(shared_folder: Path) -> None:
    columns = ["location_raw", "kab_kota_code"]
    rows = pq.read_table(shared_folder / "data/vacancies.parquet", columns=columns).to_pylist()
    known = [row for row in rows if row["location_raw"] and row["kab_kota_code"]]
    agreeing = sum(resolve_place(row["location_raw"]).district_code == row["kab_kota_code"] for row in known)
    assert agreeing / len(known) > 0.997
