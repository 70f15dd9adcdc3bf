"""Adverts read as typed by hand, and never ask in words what their columns do not ask."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from matcher.simulate.content import AdvertText, occupations, phrases
from matcher.simulate.wording import written_text, written_title

VACANCY: dict[str, Any] = {
    "required_certificates": [],
    "education_min": None,
    "education_hint": None,
    "min_experience_years": None,
    "employment_type": "full_time",
    "apply_how": "walk_in",
}


def _advert(*, is_english: bool) -> AdvertText:
    return next(advert for one in occupations() for advert in one.adverts if advert.is_english is is_english)


def _texts(vacancy: dict[str, Any], *, is_english: bool = False) -> list[str | None]:
    rng, advert = np.random.default_rng(0), _advert(is_english=is_english)
    return [written_text(rng, advert, vacancy) for _ in range(300)]


def test_one_advert_in_ten_has_no_text() -> None:
    assert _texts(VACANCY).count(None) == pytest.approx(30, abs=18)


def test_a_required_licence_is_always_said() -> None:
    asked = [text for text in _texts(VACANCY | {"required_certificates": ["SIM B1"]}) if text]

    assert all("sim b1" in text.lower() for text in asked)


def test_schooling_is_said_only_where_the_columns_hold_it() -> None:
    silent = " ".join(text for text in _texts(VACANCY) if text).lower()
    stated = " ".join(text for text in _texts(VACANCY | {"education_min": "SMP"}) if text).lower()

    assert "lulusan smp" not in silent and "ijazah smp" not in silent
    assert "lulusan smp" in stated or "ijazah smp" in stated


def test_an_english_advert_stays_english() -> None:
    closings = [closing for some in phrases()["closing"].values() for closing in some]
    said = " ".join(text for text in _texts(VACANCY, is_english=True) if text)

    assert not any(closing in said for closing in closings)


def test_a_misspelling_costs_a_letter_at_most() -> None:
    advert = _advert(is_english=True)
    texts = [text for text in _texts(VACANCY | {"apply_how": None}, is_english=True) if text]
    bare = {text for text in texts if len(text) <= len(advert.text)}

    assert advert.text in bare and len(bare) > 5
    assert {len(text) - len(advert.text) for text in bare} == {0, -1}


def test_a_title_keeps_its_words_whatever_its_letters() -> None:
    rng = np.random.default_rng(0)
    titles = {written_title(rng, "Tukang Las", "Kota Bitung") for _ in range(300)}

    placeless = {written_title(rng, "Tukang Las", None) for _ in range(300)}

    assert titles == {"Tukang Las", "TUKANG LAS", "tukang las", "Tukang Las - Bitung"}
    assert placeless == {"Tukang Las", "TUKANG LAS", "tukang las"}
