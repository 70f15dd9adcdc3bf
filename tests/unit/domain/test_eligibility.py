"""Each hard constraint, its reason, and the laws that hold between them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.domain.eligibility import is_eligible, refusals
from matcher.domain.errors import InvalidInput
from matcher.domain.qualifications import EDUCATION_LEVELS, education_rank
from matcher.domain.records import Alumnus, Certificate, Licence, Refusal, Vacancy

NOW = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)
SOON, AGO = NOW + timedelta(hours=1), NOW - timedelta(hours=1)
PROVINCES = ("32", "33", "91")

_instants = st.none() | st.integers(-72, 72).map(lambda hours: NOW + timedelta(hours=hours))
_levels = st.none() | st.sampled_from(EDUCATION_LEVELS)
_papers = st.builds(
    Certificate,
    title=st.sampled_from(["Barista", "K3 Umum"]),
    scheme=st.sampled_from(["course", "bnsp"]),
    evidence=st.sampled_from(["attended", "passed", "competence"]),
    expires_on=st.none() | st.dates(date(2026, 1, 1), date(2027, 12, 31)),
)
people = st.builds(
    Alumnus,
    alumnus_id=st.just("a"),
    province_code=st.none() | st.sampled_from(PROVINCES),
    education=_levels,
    willing_province_codes=st.lists(st.sampled_from(PROVINCES), max_size=2).map(tuple),
    accepts_remote=st.none() | st.booleans(),
    certificates=st.lists(_papers, max_size=2).map(tuple),
    licences=st.lists(st.sampled_from(["SIM A", "SIM B1", "STR"]).map(Licence), max_size=2).map(tuple),
)
adverts = st.builds(
    Vacancy,
    vacancy_id=st.just("v"),
    title=st.just("Pengemudi"),
    province_code=st.none() | st.sampled_from(PROVINCES),
    is_remote=st.none() | st.booleans(),
    education_min=_levels,
    education_hint=_levels,
    required_certificates=st.lists(st.sampled_from(["SIM A", "SIM B1 Umum", "BNSP Barista", "STR"]), max_size=2).map(
        tuple
    ),
    posted_at=_instants,
    expires_at=_instants,
    filled_at=_instants,
)


def _person(**known: Any) -> Alumnus:
    return Alumnus(alumnus_id="a", **known)


def _advert(**known: Any) -> Vacancy:
    return Vacancy(vacancy_id="v", title="Juru Masak", **known)


@pytest.mark.parametrize(
    ("person", "advert", "reason"),
    [
        ({}, {"province_code": "33"}, None),
        ({"willing_province_codes": ("33",)}, {"province_code": "91"}, None),
        ({"province_code": "32"}, {"province_code": "32"}, None),
        ({"province_code": "32"}, {"province_code": "33"}, Refusal("place", "33", "32")),
        ({"province_code": "32", "willing_province_codes": ("33",)}, {"province_code": "33"}, None),
        ({"province_code": "32"}, {}, Refusal("place", None, "32")),
        ({"province_code": "32"}, {"is_remote": True}, None),
        ({"province_code": "32"}, {"province_code": "33", "is_remote": True}, None),
        (
            {"province_code": "32", "accepts_remote": False},
            {"province_code": "33", "is_remote": True},
            Refusal("place", "33", "32"),
        ),
        ({"education": "SMK"}, {"education_min": "SMA"}, None),
        ({"education": "S1"}, {"education_min": "D4"}, None),
        ({"education": "SMP"}, {"education_min": "SMA/SMK"}, Refusal("schooling", "SMA/SMK", "SMP")),
        ({}, {"education_min": "SD"}, None),
        ({}, {"education_min": "SMP"}, Refusal("schooling", "SMP", None)),
        ({"education": "none"}, {"education_min": "SD"}, Refusal("schooling", "SD", "none")),
        ({"education": "none"}, {}, None),
        ({}, {"education_hint": "S3"}, None),
        ({"field_of_study": "Tata Boga"}, {"fields_of_study": ("Akuntansi",)}, None),
        ({}, {"required_certificates": ("SIM B1",)}, Refusal("licence", "SIM B1", None)),
        (
            {"licences": (Licence("SIM A"), Licence("C"))},
            {"required_certificates": ("SIM B1",)},
            Refusal("licence", "SIM B1", "SIM A; SIM C"),
        ),
        ({"licences": (Licence("SIM B2"),)}, {"required_certificates": ("SIM B1",)}, None),
        (
            {"certificates": (Certificate(title="Barista"),)},
            {"required_certificates": ("BNSP Barista",)},
            Refusal("certificate", "BNSP Barista", None),
        ),
        (
            {"certificates": (Certificate(title="Barista", scheme="bnsp", expires_on=date(2026, 1, 1)),)},
            {"required_certificates": ("BNSP Barista",)},
            Refusal("certificate", "BNSP Barista", "Barista"),
        ),
        ({}, {"expires_at": NOW}, None),
        ({}, {"expires_at": AGO}, Refusal("expired", AGO.isoformat(), NOW.isoformat())),
        ({}, {"filled_at": SOON}, None),
        ({}, {"filled_at": NOW}, Refusal("filled", NOW.isoformat(), NOW.isoformat())),
        ({}, {"posted_at": NOW}, None),
        ({}, {"posted_at": SOON}, Refusal("not_yet_posted", SOON.isoformat(), NOW.isoformat())),
    ],
)
def test_refusals_give_the_reason(person: dict[str, Any], advert: dict[str, Any], reason: Refusal | None) -> None:
    assert refusals(_person(**person), _advert(**advert), now=NOW) == (() if reason is None else (reason,))


def test_refusals_name_every_reason_in_order() -> None:
    person = _person(province_code="32", education="SD")
    advert = _advert(
        province_code="33", education_min="S1", required_certificates=("BNSP Barista", "STR"),
        expires_at=AGO, filled_at=AGO, posted_at=SOON,
    )  # fmt: skip
    codes = [refusal.code for refusal in refusals(person, advert, now=NOW)]
    assert codes == ["place", "schooling", "certificate", "licence", "expired", "filled", "not_yet_posted"]


def test_refusals_refuse_an_instant_without_zone() -> None:
    with pytest.raises(InvalidInput, match="has no time zone"):
        refusals(_person(), _advert(), now=datetime(2026, 11, 22))


def test_refusals_refuse_a_level_outside_the_ladder() -> None:
    with pytest.raises(InvalidInput, match="'Sarjana' is no schooling"):
        refusals(_person(education="Sarjana"), _advert(education_min="SD"), now=NOW)


@given(people, adverts)
def test_eligible_is_the_absence_of_refusals(alumnus: Alumnus, vacancy: Vacancy) -> None:
    assert is_eligible(alumnus, vacancy, now=NOW) is (refusals(alumnus, vacancy, now=NOW) == ())


def _codes(alumnus: Alumnus, vacancy: Vacancy, now: datetime = NOW) -> list[tuple[str, str | None]]:
    return [
        (one.code, one.required if one.code in ("certificate", "licence") else None)
        for one in refusals(alumnus, vacancy, now=now)
    ]


@given(people, adverts, st.sampled_from(EDUCATION_LEVELS))
def test_more_schooling_never_adds_a_refusal(alumnus: Alumnus, vacancy: Vacancy, level: str) -> None:
    low, high = sorted((alumnus.education or "SD", level), key=education_rank)
    before = _codes(replace(alumnus, education=low), vacancy)
    assert set(_codes(replace(alumnus, education=high), vacancy)) <= set(before)


@given(people, adverts, st.sampled_from(PROVINCES))
def test_one_more_willing_province_never_adds_a_refusal(alumnus: Alumnus, vacancy: Vacancy, province: str) -> None:
    wider = replace(alumnus, willing_province_codes=(*alumnus.willing_province_codes, province))
    assert set(_codes(wider, vacancy)) <= set(_codes(alumnus, vacancy))


@given(people, adverts, st.sampled_from(["SIM A", "SIM B2 Umum", "STR"]))
def test_one_more_licence_never_adds_a_refusal(alumnus: Alumnus, vacancy: Vacancy, kind: str) -> None:
    richer = replace(alumnus, licences=(*alumnus.licences, Licence(kind)))
    assert set(_codes(richer, vacancy)) <= set(_codes(alumnus, vacancy))


@given(
    people,
    adverts,
    st.none() | st.integers(1940, 2010),
    st.none() | st.sampled_from(["female", "male"]),
    st.none() | st.booleans(),
)
def test_protected_attributes_never_change_the_answer(
    alumnus: Alumnus, vacancy: Vacancy, birth_year: int | None, sex: str | None, has_disability: bool | None
) -> None:
    other = replace(alumnus, birth_year=birth_year, sex=sex, has_disability=has_disability)
    assert refusals(other, vacancy, now=NOW) == refusals(alumnus, vacancy, now=NOW)


@given(people, adverts, _levels)
def test_hint_never_excludes(alumnus: Alumnus, vacancy: Vacancy, hint: str | None) -> None:
    hinted = replace(vacancy, education_hint=hint)
    assert refusals(alumnus, hinted, now=NOW) == refusals(alumnus, vacancy, now=NOW)


@given(people, adverts, st.timedeltas(timedelta(0), timedelta(400)))
def test_what_is_over_stays_over(alumnus: Alumnus, vacancy: Vacancy, later: timedelta) -> None:
    over = {code for code, _ in _codes(alumnus, vacancy) if code in ("expired", "filled")}
    assert over <= {code for code, _ in _codes(alumnus, vacancy, NOW + later)}
