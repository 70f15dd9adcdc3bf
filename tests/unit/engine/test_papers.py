"""Who holds a paper that meets a requirement: equal to the domain's rule, one paper at a time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.domain.errors import InvalidInput
from matcher.domain.licences import requirement_met
from matcher.domain.qualifications import is_current
from matcher.domain.records import Alumnus
from matcher.engine.papers import Papers, day_number, last_days
from matcher.ingest.datasets import alumni_of
from tests.unit.engine.strategies import NOW
from tests.unit.engine.talent_people import ENTRIES, people
from tests.world import table


def _of(tables: Mapping[str, pa.Table]) -> Papers:
    ids = tables["alumni"]["alumnus_id"].combine_chunks()
    return Papers.of(ids, tables["certificates"], tables["licences"])


def _meets(person: Alumnus, entry: str) -> bool:
    return (
        requirement_met(entry, now=NOW)
        or any(requirement_met(entry, certificates=(one,), now=NOW) for one in person.certificates)
        or any(requirement_met(entry, licences=(one,), now=NOW) for one in person.licences)
    )


@given(people)
def test_holders_are_whom_the_domain_finds(tables: Mapping[str, pa.Table]) -> None:
    papers, persons = _of(tables), alumni_of(tables["alumni"], tables["certificates"], tables["licences"])
    for entry in ENTRIES:
        assert papers.meeting([entry], now=NOW).tolist() == [_meets(person, entry) for person in persons]


def test_each_entry_may_be_met_by_another_paper() -> None:
    licences = [{"alumnus_id": "a0", "kind": "SIM A"}, {"alumnus_id": "a0", "kind": "SIM C"}]
    papers = Papers.of(pa.array(["a0", "a1"]), table("certificates", []), table("licences", licences))
    assert papers.meeting(["SIM A", "SIM C"], now=NOW).tolist() == [True, False]
    assert not papers.meeting(["SIM A dan SIM C"], now=NOW).any()
    assert papers.meeting(["sertifikat"], now=NOW).all()


@given(st.dates(date(2025, 1, 1), date(2027, 1, 1)), st.integers(-30, 30))
def test_a_paper_is_current_as_in_the_domain(expires_on: date, hours: int) -> None:
    now = datetime(expires_on.year, expires_on.month, expires_on.day, tzinfo=UTC) + timedelta(hours=hours)
    (day,) = last_days(pa.chunked_array([pa.array([expires_on])]))
    assert (day >= day_number(now)) == is_current(expires_on, now)


def test_a_paper_without_date_outlasts_every_other() -> None:
    days = last_days(pa.chunked_array([pa.array([None, date(2148, 1, 1), date(1950, 1, 1)])]))
    assert days[0] > days[1] > days[2] == 0


def test_an_instant_without_zone_is_refused() -> None:
    with pytest.raises(InvalidInput, match="no time zone"):
        day_number(datetime(2026, 11, 22))
