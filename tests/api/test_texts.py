"""The catalogues: the same words in both languages, none missing and none idle."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from string import Formatter

import pytest

import api
from api.pages.texts import LANGUAGES, Language, texts_in

BUILT = (
    "type_", "error_", "field_", "refused_", "done_", "consent_", "marked_", "office_", "clock_", "verdict_", "group_",
    "step_", "measure_", "source_", "call_", "reply_", "pack_refused_", "way_", "work_",
    "state_", "answer_", "next_", "evidence_", "import_wrong_", "import_do_", "drift_",
)  # fmt: skip
"""Keys whose end is put together with what happened."""

API = Path(api.__file__).parent


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_catalogues_hold_the_same_keys_and_places() -> None:
    told = [{key: places(text) for key, text in texts_in(language).texts.items()} for language in LANGUAGES]
    counted = [
        {key: places(" ".join(text)) for key, text in texts_in(language).plurals.items()} for language in LANGUAGES
    ]
    assert (told[0], counted[0]) == (told[1], counted[1])


def test_no_text_is_empty_and_no_catalogue_says_a_key_twice() -> None:
    for language in LANGUAGES:
        keys = re.findall(r'^msgid "(.+)"$', (API / "catalogues" / f"{language}.po").read_text(), flags=re.MULTILINE)
        texts = texts_in(language)
        assert sorted(keys) == sorted([*texts.texts, *texts.plurals])
        assert all(texts.texts.values())


def test_every_key_of_the_templates_is_in_the_catalogue_and_every_text_is_used() -> None:
    paths = [path for kind in ("*.py", "*.html") for path in API.rglob(kind)]
    sources = [path.read_text(encoding="utf-8") for path in paths]
    asked = {key for source in sources for key in re.findall(r"""\bt(?:exts)?\(\s*["'](\w+)["']""", source)}
    words = {word for source in sources for word in re.findall(r"\w+", source)}
    built = {key for key in texts_in("id").texts if key.startswith(BUILT)}
    counted = {key for source in sources for key in re.findall(r"""\bt(?:exts)?\.count\(\s*["'](\w+)["']""", source)}
    assert counted == set(texts_in("id").plurals)
    assert {key for key in asked if not key.endswith("_")} <= set(texts_in("id").texts)
    assert set(texts_in("id").texts) - built <= words


def test_templates_hold_no_words_of_their_own() -> None:
    for path in (API / "templates").rglob("*.html"):
        bare = re.sub(r"\{[{%#].*?[}%#]\}|<[^>]*>", " ", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        bare = bare.replace("/openapi.json", "")
        assert re.findall(r"[^\W\d_]{2,}", bare) == [], path.name


@pytest.mark.parametrize(
    ("language", "pay", "day"), [("id", "Rp3.500.000", "1 Januari 2026"), ("en", "Rp3,500,000", "1 January 2026")]
)
def test_amounts_and_dates_are_written_as_the_language_writes_them(language: Language, pay: str, day: str) -> None:
    texts = texts_in(language)
    assert texts.rupiah(3_500_000) == pay
    assert texts.day(datetime(2025, 12, 31, 18, tzinfo=UTC)) == day


@pytest.mark.parametrize(("posted", "told"), [(22, "hari ini"), (23, "hari ini"), (21, "kemarin"), (1, "21 hari lalu")])
def test_age_counts_dates(posted: int, told: str) -> None:
    now = datetime(2026, 11, 22, 5, tzinfo=UTC)
    assert texts_in("id").age(datetime(2026, 11, posted, tzinfo=UTC), now).replace("\u00a0", " ") == told
