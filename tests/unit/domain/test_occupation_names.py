"""The official names are complete and their codes hang together."""

from __future__ import annotations

from matcher.domain.occupation_names import occupation_names
from matcher.domain.occupations import occupation_group, parse_occupation_code


def test_every_occupation_lies_in_a_unit_group_that_is_named() -> None:
    named = occupation_names()
    groups = {code for code in named if len(code) == 4}
    assert (len(groups), len(named)) == (446, 2_583)
    assert {code[:4] for code in named} == groups


def test_every_code_is_written_as_the_domain_writes_it_and_has_a_group() -> None:
    assert [code for code in occupation_names() if parse_occupation_code(code) != code] == []
    assert all(occupation_group(code).name_id for code in occupation_names())


def test_a_name_is_the_official_one() -> None:
    assert occupation_names()["5120"] == "Juru Masak"
