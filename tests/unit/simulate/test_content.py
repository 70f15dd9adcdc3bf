"""The hand-written content is whole, official in its codes, and gives no answer away by repeating words."""

from __future__ import annotations

from collections import Counter

import pytest

from matcher.domain.qualifications import EDUCATION_LEVELS
from matcher.domain.regions import districts, provinces
from matcher.domain.text import normalise
from matcher.ingest.allowed import EMPLOYMENT_TYPES
from matcher.simulate.content import Occupation, employers, occupations, phrases, places

TAGS = frozenset("city industry port mine farm estate coast tourism".split())
SAYS_LITTLE = frozenset(
    "dan untuk bagi di yang dengan dari ke tanpa menjadi pemula dasar dalam sampai hingga tiap atau serta".split()
)
SHARED_TITLES_AT_MOST = 0.15
"""Of the advert titles, those that share any word with a course title of their own occupation; measured .127."""


def _runs(text: str) -> set[tuple[str, ...]]:
    words = normalise(text).split()
    return {tuple(words[start : start + 3]) for start in range(len(words) - 2)}


def _course_texts(occupation: Occupation) -> list[str]:
    return [text for course in occupation.courses for text in (course.title, course.about)]


def _advert_texts(occupation: Occupation) -> list[str]:
    return [text for advert in occupation.adverts for text in (*advert.titles, advert.text)]


def test_there_is_enough_to_draw_from() -> None:
    assert sum(len(one.courses) for one in occupations()) >= 150
    assert sum(len(advert.titles) for one in occupations() for advert in one.adverts) >= 600


@pytest.mark.parametrize("one", occupations(), ids=lambda one: one.key)
def test_an_occupation_holds_allowed_values_only(one: Occupation) -> None:
    levels = {level for advert in one.adverts for level in advert.education}
    types = {kind for advert in one.adverts for kind in advert.types}

    assert one.code.isdigit() and len(one.code) == 4
    assert levels <= {*EDUCATION_LEVELS, "unstated"}
    assert types <= set(EMPLOYMENT_TYPES.values())


@pytest.mark.parametrize("one", occupations(), ids=lambda one: one.key)
def test_an_advert_can_be_placed_and_has_an_employer(one: Occupation) -> None:
    kinds = {kind for advert in one.adverts for kind in advert.employers}

    assert all(advert.places <= TAGS for advert in one.adverts)
    assert kinds and kinds <= set(employers()["names"])


def test_no_course_and_no_text_is_written_twice() -> None:
    courses = [course.title for one in occupations() for course in one.courses]
    adverts = [advert.text for one in occupations() for advert in one.adverts]
    keys = [one.key for one in occupations()]

    assert [text for text, count in Counter(courses + adverts + keys).items() if count > 1] == []


def test_every_province_is_there_with_its_own_districts() -> None:
    assert [place.code for place in places()] == list(provinces())
    assert all(districts()[code].province_code == place.code for place in places() for code in place.districts)
    assert all(tags and tags <= TAGS for place in places() for tags in place.districts.values())


def test_courses_and_adverts_share_no_run_of_three_words() -> None:
    said = phrases()
    general = [text for name in ("perks", "perks_loose", "perks_english", "openers") for text in said[name]]
    courses = {run for one in occupations() for text in _course_texts(one) for run in _runs(text)}
    courses |= {run for text in said["catalogue"]["closers"] for run in _runs(text)}
    adverts = {run for one in occupations() for text in _advert_texts(one) for run in _runs(text)}
    adverts |= {run for text in general for run in _runs(text)}

    assert courses & adverts == set()


def test_few_advert_titles_share_a_word_with_their_courses() -> None:
    taught = {
        one.key: {word for course in one.courses for word in normalise(course.title).split()} - SAYS_LITTLE
        for one in occupations()
    }
    titles = [(one.key, title) for one in occupations() for advert in one.adverts for title in advert.titles]
    sharing = [title for key, title in titles if taught[key] & set(normalise(title).split())]

    assert len(sharing) / len(titles) <= SHARED_TITLES_AT_MOST
