"""What a change would add is counted exactly: brute force over the domain's own rule agrees."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.domain.eligibility import refusals
from matcher.domain.errors import InvalidInput
from matcher.domain.qualifications import UNKNOWN_EDUCATION, education_rank
from matcher.domain.records import Alumnus, Licence, Reason, Vacancy
from matcher.domain.regions import distance_km, districts, provinces
from matcher.engine.artifacts import Artifact
from matcher.engine.columns import VacancyColumns
from matcher.engine.relax import PROVINCES_TOLD, RELAXATION_TEXTS, Relaxer, paper_named
from matcher.ingest.datasets import vacancies_of
from tests.unit.engine.strategies import NOW, PROVINCES, alumni, vacancy_rows
from tests.world import NOW as WORLD_NOW
from tests.world import table

ASKED = (
    None,
    ["SIM A"],
    ["SIM B1"],
    ["SIM C", "STR Perawat"],
    ["SIM A atau SIM C"],
    ["BNSP Barista", "SIM C"],
    ["SIM A dan SIM C"],
    ["Barista"],
)
_papers = st.lists(st.sampled_from(ASKED), min_size=30, max_size=30)
_lapsed = st.sampled_from(((), (Licence("SIM B2", expires_on=date(2026, 1, 1)),)))


@st.composite
def _markets(draw: st.DrawFn) -> list[dict[str, Any]]:
    rows, asked = draw(vacancy_rows), draw(_papers)
    return [row | {"required_certificates": asked[number]} for number, row in enumerate(rows)]


def _added(person: Alumnus, changed: Alumnus, adverts: list[Vacancy]) -> int:
    return sum(bool(refusals(person, one, now=NOW)) and not refusals(changed, one, now=NOW) for one in adverts)


def _with_paper(person: Alumnus, entry: str) -> Alumnus | None:
    paper = paper_named(entry)
    if paper is None:
        return None
    if isinstance(paper, Licence):
        return replace(person, licences=(*person.licences, paper))
    return replace(person, certificates=(*person.certificates, paper))


def _lifted(person: Alumnus, adverts: list[Vacancy], codes: set[str]) -> int:
    """How many vacancies are kept away by these codes alone."""
    told = ({refusal.code for refusal in refusals(person, one, now=NOW)} for one in adverts)
    return sum(bool(found) and found <= codes for found in told)


def _counts(found: tuple[Reason, ...]) -> Mapping[str, int]:
    """Text of a change up to its number -> the number told; the number in the text agrees."""
    assert all(f"{one.contribution:.0f}" in one.text_id and f"{one.contribution:.0f}" in one.text_en for one in found)
    return {one.text_id.rsplit(":", 1)[0]: int(one.contribution) for one in found}


def _before_count(code: str, name: str = "") -> str:
    return RELAXATION_TEXTS[code][0].format(name=name, count=0).rsplit(":", 1)[0]


def _km(home: str, province: str) -> float:
    own = [code for code in districts() if code.startswith(home)]
    return min(distance_km(a, b) for a in own for b in districts() if b.startswith(f"{province}."))


KM = {(home, there): _km(home, there) for home in PROVINCES for there in PROVINCES}


def _expected(person: Alumnus, adverts: list[Vacancy]) -> dict[str, int]:
    changes: dict[str, int] = {_before_count("remote"): _added(person, replace(person, accepts_remote=True), adverts)}
    if person.province_code is not None:
        home = person.province_code
        reached = {
            code: _added(
                person, replace(person, willing_province_codes=(*person.willing_province_codes, code)), adverts
            )
            for code in sorted(PROVINCES, key=lambda there: KM[home, there])
        }
        gaining = [code for code, count in reached.items() if count][:PROVINCES_TOLD]
        changes |= {_before_count("province", provinces()[code].name): reached[code] for code in gaining}
    schooled = {
        level: _added(person, replace(person, education=level), adverts)
        for level in ("SD", "SMP", "SMA/SMK", "D1", "D2", "D3", "S1", "profesi", "S2", "S3")
        if education_rank(level) > education_rank(person.education or UNKNOWN_EDUCATION)
    }
    changes |= dict([(_before_count("schooling", level), count) for level, count in schooled.items() if count][:1])
    return {text: count for text, count in changes.items() if count}


@given(_markets(), alumni, _lapsed)
def test_changes_add_what_brute_force_counts(
    rows: list[dict[str, Any]], alumnus: Alumnus, lapsed: tuple[Licence, ...]
) -> None:
    person = replace(alumnus, licences=(*alumnus.licences, *lapsed))
    vacancies = table("vacancies", rows)
    found = Relaxer.of(VacancyColumns.of(vacancies)).relaxations(person, now=NOW)
    told = tuple(one for one in found if one.code in ("remote", "province", "schooling"))
    assert _counts(told) == _expected(person, vacancies_of(vacancies))


def test_somebody_without_schooling_is_told_of_primary_school_first() -> None:
    adverts = table("vacancies", [{"vacancy_id": "v", "title": "Kasir", "education_min": "SD"}])
    person = Alumnus("a", education="none")
    (one,) = [
        one for one in Relaxer.of(VacancyColumns.of(adverts)).relaxations(person, now=NOW) if one.code == "schooling"
    ]
    assert one.contribution == 1 and "SD" in one.text_id


@given(_markets(), alumni, _lapsed)
def test_the_paper_told_opens_most(rows: list[dict[str, Any]], alumnus: Alumnus, lapsed: tuple[Licence, ...]) -> None:
    person = replace(alumnus, licences=(*alumnus.licences, *lapsed))
    vacancies = table("vacancies", rows)
    adverts = vacancies_of(vacancies)
    found = [
        one for one in Relaxer.of(VacancyColumns.of(vacancies)).relaxations(person, now=NOW) if one.code == "paper"
    ]
    gains = {}
    for entry in {name for one in adverts for name in one.required_certificates}:
        changed = _with_paper(person, entry)
        is_alone = [one for one in adverts if _lacks_only(person, one, entry)]
        gains[entry] = len(is_alone) if changed is None else _added(person, changed, adverts)
    most = max(gains.values(), default=0)
    assert [int(one.contribution) for one in found] == ([most] if most else [])
    assert all(gains[entry] == most for one in found for entry in gains if f"Jika punya {entry}:" in one.text_id)


def _lacks_only(person: Alumnus, vacancy: Vacancy, entry: str) -> bool:
    found = refusals(person, vacancy, now=NOW)
    return bool(found) and {(one.code in ("licence", "certificate"), one.required) for one in found} == {(True, entry)}


@given(_markets(), alumni)
def test_the_binding_constraint_keeps_most_away(rows: list[dict[str, Any]], alumnus: Alumnus) -> None:
    vacancies = table("vacancies", rows)
    adverts = vacancies_of(vacancies)
    found = Relaxer.of(VacancyColumns.of(vacancies)).relaxations(alumnus, now=NOW)
    lifted = {
        "place": _lifted(alumnus, adverts, {"place"}),
        "schooling": _lifted(alumnus, adverts, {"schooling"}),
        "papers": _lifted(alumnus, adverts, {"licence", "certificate"}),
    }
    binding = [one for one in found if one.code.startswith("binding_")]
    assert [int(one.contribution) for one in binding] == [count for count in [max(lifted.values())] if count]
    assert all(lifted[one.feature] == one.contribution for one in binding) and found[: len(binding)] == tuple(binding)


def _texts(world: Artifact, alumnus_id: str) -> list[str]:
    relaxer = Relaxer.of(world.recommender.columns)
    return [one.text_id for one in relaxer.relaxations(world.alumnus(alumnus_id), now=WORLD_NOW)]


def test_the_driver_is_told_of_the_next_province(world: Artifact) -> None:
    assert _texts(world, "a-driver") == [
        "Yang paling membatasi adalah tempat kerja: tanpa batas itu ada 2 lowongan lagi",
        "Jika bersedia bekerja di Jawa Barat: +2 lowongan",
        "Dengan ijazah D3: +1 lowongan",
    ]


def test_whoever_would_move_is_told_of_the_licence(world: Artifact) -> None:
    assert "Jika punya SIM B1: +1 lowongan" in _texts(world, "a-two")


def test_a_second_licence_completes_a_pair() -> None:
    rows = [
        {"vacancy_id": f"v{number}", "title": "Kurir", "required_certificates": asked}
        for number, asked in enumerate([["SIM A dan SIM C"], ["SIM C"], ["SIM B1"]])
    ]
    relaxer = Relaxer.of(VacancyColumns.of(table("vacancies", rows)))
    found = relaxer.relaxations(Alumnus("a", licences=(Licence("SIM A"),)), now=NOW)
    assert [one.text_id for one in found[1:]] == ["Jika punya SIM C: +2 lowongan"]


def test_large_counts_are_grouped_as_each_language_does() -> None:
    rows = [{"vacancy_id": f"v{number}", "title": "Kasir", "province_code": "33"} for number in range(1_234)]
    relaxer = Relaxer.of(VacancyColumns.of(table("vacancies", rows)))
    found = relaxer.relaxations(Alumnus("a", province_code="32"), now=NOW)
    assert found[1].text_id == "Jika bersedia bekerja di Jawa Tengah: +1.234 lowongan"
    assert found[1].text_en == "If you would work in Jawa Tengah: +1,234 open to you"


def test_nothing_to_gain_tells_nothing() -> None:
    relaxer = Relaxer.of(VacancyColumns.of(table("vacancies", [{"vacancy_id": "v", "title": "Kasir"}])))
    assert relaxer.relaxations(Alumnus("a"), now=NOW) == ()


def test_an_instant_without_zone_is_refused() -> None:
    relaxer = Relaxer.of(VacancyColumns.of(table("vacancies", [{"vacancy_id": "v", "title": "Kasir"}])))
    with pytest.raises(InvalidInput, match="no time zone"):
        relaxer.relaxations(Alumnus("a"), now=datetime(2026, 11, 22))
