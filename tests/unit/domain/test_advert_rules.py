"""What an advert may not say: each rule on invented wording, the innocents beside it, spans, pay and severities."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from matcher.domain.advert_rules import BLOCKS, WARNS, AdvertFlag, advert_rules, check_advert
from matcher.domain.advert_text import fold
from matcher.domain.errors import InvalidInput
from matcher.domain.records import Vacancy
from tests.unit.domain.advert_phrases import INNOCENT, UNLAWFUL

CASES = [(code, text, phrase) for code, cases in UNLAWFUL.items() for text, phrase in cases]
WAGED = Vacancy("v", "Kasir", salary_min_idr_month=2_000_000, salary_max_idr_month=2_500_000)


def flags_in(description: str, title: str = "Lowongan") -> tuple[AdvertFlag, ...]:
    return check_advert(Vacancy("v", title, description=description), least_pay_idr_month=None)


@pytest.mark.parametrize(("code", "text", "phrase"), CASES)
def test_rule_finds_its_phrase(code: str, text: str, phrase: str) -> None:
    assert (code, phrase) in [(flag.rule.code, flag.phrase) for flag in flags_in(text)]


@pytest.mark.parametrize("text", INNOCENT)
def test_innocent_wording_is_left_alone(text: str) -> None:
    assert flags_in(text) == ()
    assert check_advert(Vacancy("v", text), least_pay_idr_month=None) == ()


def test_there_is_invented_wording_for_every_rule_that_reads_text() -> None:
    assert {rule.code for rule in advert_rules()} == {*UNLAWFUL, "pay_below_minimum"}
    assert len(CASES) >= 60 and len(INNOCENT) >= 60


def test_flag_carries_phrase_place_and_remedy() -> None:
    (flag,) = flags_in("Syarat:\n• Berpenampilan menarik ✨\n• Jujur")
    assert (flag.field, flag.phrase) == ("description", "Berpenampilan menarik")
    assert flag.rule.severity == BLOCKS
    assert flag.rule.sources == ("SE M/6/HK.04/V/2025",) and "rupa" in flag.rule.remedy_id


def test_age_warns_and_names_the_exception() -> None:
    (flag,) = flags_in("Usia maksimal 30 tahun")
    assert flag.rule.severity == WARNS
    assert "sifat pekerjaan" in flag.rule.remedy_id and "nature of the job" in flag.rule.remedy_en


def test_what_the_circulars_forbid_without_exception_blocks() -> None:
    blocking = {rule.code for rule in advert_rules() if rule.severity == BLOCKS}
    assert blocking == {
        "looks", "height", "marital_status", "ethnicity", "skin", "certificate_withheld", "fee", "fraud_contact",
    }  # fmt: skip


def test_every_rule_has_both_languages() -> None:
    for rule in advert_rules():
        assert all((rule.name_id, rule.name_en, rule.remedy_id, rule.remedy_en))
        assert rule.severity in (BLOCKS, WARNS)


def test_religious_work_may_name_its_religion() -> None:
    assert flags_in("Lancar membaca Al-Qur'an", title="Guru Mengaji") == ()


def test_every_field_is_read() -> None:
    vacancy = Vacancy("v", "Penjaga Toko (Wanita)", apply_at="Transfer 20 ribu ke rekening pribadi HRD")
    flags = check_advert(vacancy, least_pay_idr_month=None)
    assert [(flag.field, flag.rule.code) for flag in flags] == [("title", "sex"), ("apply_at", "fraud_contact")]


@pytest.mark.parametrize(
    ("changes", "phrase"),
    [
        ({}, "2500000"),
        ({"salary_max_idr_month": None}, "2000000"),
        ({"salary_max_idr_month": 3_000_000}, None),
        ({"salary_min_idr_month": None, "salary_max_idr_month": None}, None),
        ({"employment_type": "part_time"}, None),
        ({"is_internship": True}, None),
        ({"is_abroad": True}, None),
        ({"title": "Kasir (Part Time)"}, None),
    ],
)
def test_pay_is_held_against_the_minimum(changes: dict[str, object], phrase: str | None) -> None:
    flags = check_advert(replace(WAGED, **changes), least_pay_idr_month=3_000_000)
    assert [(flag.rule.code, flag.phrase) for flag in flags] == ([("pay_below_minimum", phrase)] if phrase else [])


def test_pay_without_a_known_minimum_is_not_judged() -> None:
    assert check_advert(WAGED, least_pay_idr_month=None) == ()


def test_a_minimum_that_is_no_wage_is_refused() -> None:
    with pytest.raises(InvalidInput, match="above 0"):
        check_advert(WAGED, least_pay_idr_month=0)


@given(st.lists(st.sampled_from([text for _, text, _ in CASES] + INNOCENT), max_size=5))
def test_every_flag_quotes_the_text_it_points_at(lines: list[str]) -> None:
    description = "\n\n".join(lines)
    for flag in flags_in(description):
        assert description[flag.start : flag.end] == flag.phrase and flag.phrase.strip() == flag.phrase != ""


@given(st.sampled_from(CASES), st.sampled_from(INNOCENT))
def test_an_innocent_line_neither_hides_nor_adds_a_flag(case: tuple[str, str, str], innocent: str) -> None:
    _, text, _ = case
    assert flags_in(f"{text}\nJujur dan rajin.\n{innocent}") == flags_in(text)


@given(st.sampled_from(CASES))
def test_shouting_changes_nothing(case: tuple[str, str, str]) -> None:
    code, text, _ = case
    assume(fold(text.upper()) == fold(text))
    assert code in {flag.rule.code for flag in flags_in(text.upper())}


@given(st.text(max_size=300))
def test_any_text_is_read_without_harm(text: str) -> None:
    assert flags_in(text) == flags_in(text)


@pytest.mark.parametrize("unit", ["usia ", "(", ", ", "berpenampilan,", "20 - ", "pria, ", "\n", "•", "tidak ", "Aa"])
def test_endless_repetition_takes_no_endless_time(unit: str) -> None:
    began = time.perf_counter()
    flags_in(unit * (100_000 // len(unit)))
    assert time.perf_counter() - began < 5
