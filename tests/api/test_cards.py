"""Cards: what each line says for what an advert states and leaves out."""

from __future__ import annotations

from typing import Any

import pytest

from api.pages.cards import ADVERT_CHARACTERS, Card, cards
from api.pages.texts import texts_in
from matcher.domain.records import Slate, SlateItem, Vacancy
from tests.world import NOW


def card(**facts: Any) -> Card:
    """Return the Indonesian card of one vacancy with these facts."""
    slate = Slate("a-1", "policy", 1, 1, (SlateItem("v-1", 1, 0.5, 1.0),))
    return cards(slate, [Vacancy("v-1", "Juru Masak", **facts)], texts=texts_in("id"), now=NOW)[0]


def facts_of(one: Card) -> dict[str, str]:
    return {fact.icon: fact.text.replace("\u00a0", " ") for fact in one.facts}


@pytest.mark.parametrize(
    ("least", "most", "told"),
    [
        (3_000_000, 4_000_000, "Rp3.000.000 sampai Rp4.000.000 sebulan"),
        (3_000_000, 3_000_000, "Rp3.000.000 sebulan"),
        (3_000_000, None, "Mulai Rp3.000.000 sebulan"),
        (None, 4_000_000, "Sampai Rp4.000.000 sebulan"),
        (None, None, "Gaji tidak disebut"),
    ],
)
def test_pay_says_what_is_stated(least: int | None, most: int | None, told: str) -> None:
    assert facts_of(card(salary_min_idr_month=least, salary_max_idr_month=most))["pay"] == told


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ({"province_code": "32", "district_code": "32.73"}, "Kota Bandung, Jawa Barat"),
        ({"is_remote": True}, "Kerja jarak jauh"),
        ({"is_remote": True, "province_code": "32"}, "Kerja jarak jauh, kantor di Jawa Barat"),
        ({"is_abroad": True}, "Di luar negeri"),
        ({}, None),
    ],
)
def test_place_says_where_the_work_is(facts: dict[str, Any], told: str | None) -> None:
    assert facts_of(card(**facts)).get("place") == told


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ({"apply_how": "walk_in", "apply_at": "Jl. Mawar 1"}, "Datang langsung ke: Jl. Mawar 1"),
        ({"apply_how": "walk_in"}, "Datang langsung. Alamat tidak disebut, tanyakan dulu kepada petugas."),
        ({"apply_how": "phone", "apply_at": "tanya satpam"}, "Telepon tanya satpam"),
        ({"apply_how": "phone"}, "Lewat telepon. Nomor tidak disebut, tanyakan kepada petugas."),
        ({"apply_how": "officer", "apply_at": "https://a.example"}, "Tanyakan kepada petugas di loket layanan."),
        (
            {"apply_how": "link", "apply_at": "javascript:x"},
            "Tautan di iklan ini tidak aman dibuka. Tanyakan kepada petugas.",
        ),
        ({"apply_how": "link"}, "Tanyakan kepada petugas di loket layanan."),
        ({}, "Tanyakan kepada petugas di loket layanan."),
    ],
)
def test_ways_to_apply_without_a_safe_address_are_told_without_a_link(facts: dict[str, Any], told: str) -> None:
    assert (card(**facts).apply.text, card(**facts).apply.href) == (told, None)


@pytest.mark.parametrize(
    ("facts", "told", "href"),
    [
        ({"apply_how": "link", "apply_at": "https://a.example/1"}, "Lamar di a.example", "https://a.example/1"),
        ({"url": "https://b.example/2"}, "Lihat iklan di b.example", "https://b.example/2"),
        (
            {"apply_how": "link", "apply_at": "data:x", "url": "http://b.example"},
            "Lihat iklan di b.example",
            "http://b.example",
        ),
        ({"apply_how": "phone", "apply_at": "021-5550123"}, "Telepon 021-5550123", "tel:+62215550123"),
    ],
)
def test_safe_ways_to_apply_are_links(facts: dict[str, Any], told: str, href: str) -> None:
    assert (card(**facts).apply.text, card(**facts).apply.href) == (told, href)


def test_an_internship_is_labelled_once_and_before_its_employment_type() -> None:
    assert card(is_internship=True, employment_type="internship").labels == ("Magang untuk lulusan",)
    assert card(employment_type="daily", is_abroad=True, is_remote=True).labels == (
        "Luar negeri",
        "Jarak jauh",
        "Harian",
    )


@pytest.mark.parametrize(
    ("level", "told"), [("none", "Tanpa syarat sekolah"), ("SMP", "Paling rendah SMP"), (None, None)]
)
def test_schooling_is_told_where_it_is_stated(level: str | None, told: str | None) -> None:
    assert facts_of(card(education_min=level)).get("schooling") == told


def test_openings_and_applicants_are_told_where_known() -> None:
    assert facts_of(card(n_openings=1200, n_applicants=0))["openings"] == "1.200 orang, 0 sudah melamar"
    assert "openings" not in facts_of(card())


def test_dates_are_told_where_known() -> None:
    told = facts_of(card(posted_at=NOW, expires_at=NOW))
    assert (told["posted"], told["closes"]) == ("22 November 2026 (hari ini)", "22 November 2026")
    assert {"posted", "closes"} & set(facts_of(card())) == set()


def test_a_long_advert_is_cut_between_words_and_a_blank_one_left_out() -> None:
    quoted = card(description="kata " * 400).advert
    assert quoted is not None
    assert len(quoted) <= ADVERT_CHARACTERS + 4 and quoted.endswith("kata ...")
    assert card(description="  \n ").advert is None


def test_an_unnamed_employer_is_said_to_be_unnamed() -> None:
    assert card().employer == "Nama perusahaan tidak disebut"
