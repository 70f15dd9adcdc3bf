"""What a match may rest on."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from matcher.domain.occupation_names import occupation_names
from matcher.domain.records import Alumnus, Certificate
from matcher.engine.batch_occupations import KEYS, held_occupations
from matcher.engine.grounds import HeldOccupation, grounds_of, occupation_rows
from matcher.ingest.datasets import SCHEMAS

codes = st.sampled_from(["7531", "7531.02", "5120.01", "5120", "8332", "75", "0110", "9999", "5"])
lists = st.none() | st.lists(codes, max_size=5)


def test_certificates_come_first_then_what_is_wanted_then_what_was_done() -> None:
    cook = Certificate("Memasak")
    person = Alumnus(
        "a", certificates=(cook,), wanted_occupation_codes=("7531",), experience_occupation_codes=("8332",)
    )
    assert grounds_of(person) == (cook, HeldOccupation("7531", True), HeldOccupation("8332", False))


def test_an_occupation_counts_once_by_its_unit_group_and_a_field_too_wide_not_at_all() -> None:
    person = Alumnus(
        "a", wanted_occupation_codes=("7531.02", "75", "7531"), experience_occupation_codes=("7531", "9999")
    )
    assert grounds_of(person) == (HeldOccupation("7531", True),)


def test_every_unit_group_has_a_row_of_its_own_name() -> None:
    rows = occupation_rows()
    assert len(rows) == 446 and all(passage and title for passage, title in rows.values())
    passage, title = rows[HeldOccupation("7531", True).key]
    assert title == occupation_names()["7531"] and passage.split("; ")[1] == occupation_names()["7531.01"]


@given(st.lists(st.tuples(lists, lists, st.booleans()), max_size=6))
def test_many_people_hold_what_each_of_them_holds(
    people: list[tuple[list[str] | None, list[str] | None, bool]],
) -> None:
    rows = [
        {"alumnus_id": str(place), "wanted_occupation_codes": wanted, "experience_occupation_codes": done}
        for place, (wanted, done, _) in enumerate(people)
    ]
    is_served = np.array([served for _, _, served in people], dtype=bool)
    holders, places = held_occupations(pa.Table.from_pylist(rows, schema=SCHEMAS["alumni"]), is_served)
    for number, (wanted, done, served) in enumerate(people):
        person = Alumnus(
            "a", wanted_occupation_codes=tuple(wanted or ()), experience_occupation_codes=tuple(done or ())
        )
        expected = [one.key for one in grounds_of(person) if isinstance(one, HeldOccupation)]
        assert [KEYS[place] for place in places[holders == number]] == (expected if served else [])
