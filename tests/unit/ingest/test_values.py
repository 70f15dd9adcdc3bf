"""One cell at a time: what is understood, what is refused, and with which remedy."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.domain.errors import InvalidInput
from matcher.ingest import allowed
from matcher.ingest.values import (
    at_least,
    day,
    flag,
    identity,
    instant,
    is_blank,
    line,
    list_of,
    occupation,
    one_of,
    real,
    rupiah,
    shown,
    text,
    whole,
    within,
)


@pytest.mark.parametrize("value", [None, "", "  \t\n", float("nan"), []])
def test_blank_says_nothing(value: object) -> None:
    assert is_blank(value)


@pytest.mark.parametrize("value", [0, False, "0", "none", [""]])
def test_blank_is_not_zero_or_a_word(value: object) -> None:
    assert not is_blank(value)


def test_text_is_trimmed_composed_and_free_of_control_characters() -> None:
    assert text("  Cafe\u0301\x00 Senja\n\nlantai 2 ") == "Café Senja\n\nlantai 2"


def test_text_of_a_whole_float_has_no_decimals() -> None:
    assert text(1001.0) == "1001"


@pytest.mark.parametrize("value", [{"a": 1}, ["a"], b"a"])
def test_text_refuses_structures(value: object) -> None:
    with pytest.raises(InvalidInput, match="is no text; write plain text"):
        text(value)


def test_text_refuses_half_a_character() -> None:
    with pytest.raises(InvalidInput, match="export it again as UTF-8"):
        text("rusak \ud83d")


def test_line_parts_words_by_single_spaces() -> None:
    assert line(" Juru\n masak   hotel ") == "Juru masak hotel"


@pytest.mark.parametrize("value", ["LOW 001", "a\tb", "x" * 201])
def test_identity_refuses_what_would_break_a_run_file(value: str) -> None:
    with pytest.raises(InvalidInput, match="is no id"):
        identity(value)


@pytest.mark.parametrize(("value", "number"), [("12", 12), (" 12.0 ", 12), (12.0, 12), (Decimal(12), 12), ("-3", -3)])
def test_whole_understands(value: object, number: int) -> None:
    assert whole(value) == number


@pytest.mark.parametrize("value", ["1.5", "dua", True, 2**63, "1e400", float("inf"), "9" * 5000, {"a": 1}])
def test_whole_refuses(value: object) -> None:
    with pytest.raises(InvalidInput, match="is no whole number; write digits only"):
        whole(value)


@given(st.integers(min_value=-(2**63) + 1, max_value=2**63 - 1))
def test_whole_reads_back_what_was_written(number: int) -> None:
    assert whole(str(number)) == number


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_real_reads_back_what_was_written(number: float) -> None:
    assert real(repr(number)) == number


@pytest.mark.parametrize("value", ["inf", "1e999", "tiga", True])
def test_real_refuses(value: object) -> None:
    with pytest.raises(InvalidInput, match="is no number"):
        real(value)


@pytest.mark.parametrize(
    ("value", "amount"),
    [
        ("4500000", 4_500_000),
        ("4500000.0", 4_500_000),
        ("Rp4.500.000,-", 4_500_000),
        ("4,5 juta", 4_500_000),
        ("IDR 4,500,000", 4_500_000),
        (4_500_000.0, 4_500_000),
    ],
)
def test_rupiah_understands_one_amount(value: object, amount: int) -> None:
    assert rupiah(value) == amount


@pytest.mark.parametrize("value", ["3-4 juta", "sekitar 5 juta", "Rp5.000.000/bulan", "nego", "4500000.5"])
def test_rupiah_refuses_ranges_estimates_and_words(value: str) -> None:
    with pytest.raises(InvalidInput, match="write digits only"):
        rupiah(value)


def test_bounds_say_what_is_allowed() -> None:
    with pytest.raises(InvalidInput, match="'0' is too low; write a number above 0"):
        at_least(real, 0, is_open=True)("0")
    with pytest.raises(InvalidInput, match="'0' is too low; write a number 1 or more"):
        at_least(whole, 1)(0)
    with pytest.raises(InvalidInput, match="'1899' is out of range; write 1900 to 2100"):
        within(whole, 1900, 2100)(1899)


@pytest.mark.parametrize(
    ("value", "answer"), [("Ya", True), (1, True), ("1.0", None), ("TIDAK", False), (False, False)]
)
def test_flag_understands_or_refuses(value: object, answer: bool | None) -> None:
    if answer is None:
        with pytest.raises(InvalidInput, match="write true or false"):
            flag(value)
    else:
        assert flag(value) is answer


@pytest.mark.parametrize(
    ("value", "at"),
    [
        ("2026-11-22", datetime(2026, 11, 21, 17, tzinfo=UTC)),
        ("2026-11-22T08:00:00", datetime(2026, 11, 22, 1, tzinfo=UTC)),
        ("2026-11-22T08:00:00+09:00", datetime(2026, 11, 21, 23, tzinfo=UTC)),
        ("2026-11-22T08:00:00Z", datetime(2026, 11, 22, 8, tzinfo=UTC)),
        (date(2026, 11, 22), datetime(2026, 11, 21, 17, tzinfo=UTC)),
        (datetime(2026, 11, 22, 7), datetime(2026, 11, 22, tzinfo=UTC)),
    ],
)
def test_instant_is_utc_and_assumes_jakarta(value: object, at: datetime) -> None:
    assert instant(value) == at
    assert instant(value).utcoffset() == timedelta(0)


@pytest.mark.parametrize("value", ["22/11/2026", "2026-02-30", "0001-01-01", "9999-12-31", 45980, "kemarin", True])
def test_instant_refuses_what_is_no_iso_date(value: object) -> None:
    with pytest.raises(InvalidInput, match="is no date; write 2026-11-22"):
        instant(value)


def test_day_of_an_instant_is_its_day_in_jakarta() -> None:
    assert day(datetime(2026, 11, 21, 18, tzinfo=UTC)) == date(2026, 11, 22)
    assert day("2026-11-22") == date(2026, 11, 22)


@given(st.datetimes(min_value=datetime(1901, 1, 1), max_value=datetime(2099, 1, 1)), st.integers(-12, 14))
def test_instant_reads_back_any_zone(at: datetime, hours: int) -> None:
    aware = at.replace(tzinfo=timezone(timedelta(hours=hours)))
    assert instant(aware.isoformat()) == aware


@pytest.mark.parametrize(
    ("spellings", "written", "value"),
    [
        (allowed.MODES, "Daring", "online"),
        (allowed.MODES, "LURING", "offline"),
        (allowed.EMPLOYMENT_TYPES, "Penuh waktu", "full_time"),
        (allowed.EMPLOYMENT_TYPES, "Paruh-Waktu", "part_time"),
        (allowed.EMPLOYMENT_TYPES, "FULL_TIME", "full_time"),
        (allowed.SEXES, "Laki-laki", "male"),
        (allowed.EMPLOYMENT_AT_ENTRY, "self employed", "self_employed"),
    ],
)
def test_one_of_understands_other_spellings(spellings: dict[str, str], written: str, value: str) -> None:
    assert one_of(spellings)(written) == value


def test_one_of_names_the_allowed_values() -> None:
    with pytest.raises(InvalidInput, match="'zoom' is not known; write one of online, offline, blended, webinar"):
        one_of(allowed.MODES)("zoom")


def test_list_drops_blanks_and_repeats_and_keeps_order() -> None:
    assert list_of(line)("Las; ;Jahit;Las") == ["Las", "Jahit"]
    assert list_of(line)(["Las", None, "Jahit"]) == ["Las", "Jahit"]
    assert list_of(line)(" ; ") is None


def test_list_is_parted_by_the_first_separator_it_holds() -> None:
    parse = list_of(line, separators=";,")
    assert parse("menyapa, melayani; menghitung") == ["menyapa, melayani", "menghitung"]
    assert parse("menyapa, melayani") == ["menyapa", "melayani"]


@pytest.mark.parametrize("code", ["7", "74", "742", "7422", "7422.01", "742201"])
def test_occupation_codes_are_accepted(code: str) -> None:
    assert occupation(code) == code


@pytest.mark.parametrize("code", ["penjahit", "74220", "7422.1", "7422015"])
def test_other_occupation_codes_are_refused(code: str) -> None:
    with pytest.raises(InvalidInput, match="is no KBJI or ISCO code"):
        occupation(code)


def test_shown_values_are_short_and_on_one_line() -> None:
    assert shown("a\nb") == "a b"
    assert len(shown("kata " * 1000)) == 60
