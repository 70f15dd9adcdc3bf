"""Drawn people follow the programme's shares, and what they hold fits who they are."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import NamedTuple

import numpy as np
import pytest

from matcher.domain.errors import InvalidInput
from matcher.domain.regions import districts, provinces
from matcher.simulate.adverts import Row, draw_courses, draw_vacancies
from matcher.simulate.content import occupations
from matcher.simulate.people import LEAST_PER_PROVINCE, draw_people

NOW = datetime(2026, 11, 22, tzinfo=UTC)
TODAY = NOW.date()


class People(NamedTuple):
    courses: list[Row]
    vacancies: list[Row]
    alumni: list[Row]
    certificates: list[Row]
    licences: list[Row]


@pytest.fixture(scope="module", params=[5, 6])
def people(request: pytest.FixtureRequest) -> People:
    rng = np.random.default_rng(request.param)
    courses = draw_courses(rng)
    vacancies = draw_vacancies(rng, 600, now=NOW)
    return People(courses, vacancies, *draw_people(rng, 400, courses=courses, vacancies=vacancies, now=NOW))


def test_shares_are_those_the_programme_publishes(people: People) -> None:
    education = Counter(row["education"] for row in people.alumni)
    n_women = sum(row["sex"] == "female" for row in people.alumni)
    n_not_working = sum(row["employment_at_entry"] == "not_working" for row in people.alumni)

    assert (education["none"] + education["SD"], n_women, n_not_working) == (72, 206, 240)


def test_three_in_a_hundred_have_a_disability_and_as_many_came_back_from_abroad(people: People) -> None:
    returned = [row for row in people.alumni if row["is_returned_migrant"]]

    assert sum(row["has_disability"] is True for row in people.alumni) == len(returned) == 12
    assert all(row["experience_occupation_codes"] for row in returned)


def test_a_disability_is_known_with_consent_only(people: People) -> None:
    told = {row["has_disability"] is not None: set() for row in people.alumni}
    for row in people.alumni:
        told[row["has_disability"] is not None].add("disability_use" in row["consents"])

    assert told == {True: {True}, False: {False}}


def test_every_province_has_alumni_in_its_own_districts(people: People) -> None:
    homes = Counter(row["province_code"] for row in people.alumni)

    assert min(homes[code] for code in provinces()) >= LEAST_PER_PROVINCE
    assert all(districts()[row["district_code"]].province_code == row["province_code"] for row in people.alumni)


def test_most_train_for_what_their_province_has_openings_in(people: People) -> None:
    open_here = {(row["province_code"], row["trade"]) for row in people.vacancies}
    codes = {one.key: one.code for one in occupations()}
    wanted_here = {(province_code, codes[trade]) for province_code, trade in open_here}
    wanting = [row for row in people.alumni if row["wanted_occupation_codes"]]
    n_here = sum((row["province_code"], row["wanted_occupation_codes"][0]) in wanted_here for row in wanting)

    assert 0.5 <= n_here / len(wanting) < 1


def test_everybody_holds_a_certificate_of_a_course_that_exists(people: People) -> None:
    titles = {row["course_id"]: row["title"] for row in people.courses}
    taken = [row for row in people.certificates if row["course_id"]]

    assert {row["alumnus_id"] for row in taken} == {row["alumnus_id"] for row in people.alumni}
    assert all(titles[row["course_id"]] == row["title"] and row["scheme"] == "course" for row in taken)
    assert max(Counter(row["alumnus_id"] for row in people.certificates).values()) <= 3


def test_certificates_gained_elsewhere_prove_competence_and_some_have_lapsed(people: People) -> None:
    elsewhere = [row for row in people.certificates if row["course_id"] is None]
    lapsed = [row["expires_on"] < TODAY for row in elsewhere]

    assert all(row["evidence"] == "competence" and row["scheme"] in ("bnsp", "other") for row in elsewhere)
    assert any(lapsed) and not all(lapsed)


def test_nothing_lies_in_the_future_or_in_childhood(people: People) -> None:
    assert all(row["issued_on"] <= TODAY for row in people.certificates)
    assert all(row["completed_on"] < TODAY for row in people.alumni)
    assert all(row["completed_on"].year - row["birth_year"] >= 18 for row in people.alumni)


def test_only_those_who_studied_it_are_registered_in_health_care(people: People) -> None:
    fields = {row["alumnus_id"]: row["field_of_study"] for row in people.alumni}
    registered = [row for row in people.licences if row["kind"] == "STR"]

    assert all(fields[row["alumnus_id"]] in ("Keperawatan", "Kebidanan") for row in registered)
    assert {row["kind"] for row in people.licences} >= {"SIM A", "SIM C", "SIM B1", "SIO", "K3"}


def test_a_licence_is_held_once(people: People) -> None:
    held = Counter((row["alumnus_id"], row["kind"], row["class"]) for row in people.licences)

    assert max(held.values()) == 1


def test_too_few_people_for_the_provinces_are_refused(people: People) -> None:
    with pytest.raises(InvalidInput, match="too few"):
        draw_people(
            np.random.default_rng(0),
            38 * LEAST_PER_PROVINCE - 1,
            courses=people.courses,
            vacancies=people.vacancies,
            now=NOW,
        )
