"""Occupation codes: one form, the way up, and nearness in the tree of KBJI 2014 and ISCO-08."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.domain.errors import InvalidInput
from matcher.domain.occupations import (
    OCCUPATION_GROUPS,
    ancestors,
    isco_code,
    occupation_group,
    occupation_similarity,
    parse_occupation_code,
    shared_depth,
)

SUB_MAJOR = sorted(code for code in OCCUPATION_GROUPS if len(code) == 2)
CODES = st.builds(
    lambda group, rest, own: group[:1] if rest is None else group + rest + (own if len(rest) == 2 else ""),
    st.sampled_from(SUB_MAJOR),
    st.sampled_from([None, "", "1", "2", "11", "12", "21"]),
    st.sampled_from(["", ".01", ".02"]),
)


@pytest.mark.parametrize(
    ("text", "code"),
    [("5", "5"), ("51", "51"), ("512", "512"), ("5120", "5120"), ("5120.01", "5120.01"), ("512001", "5120.01"),
     (" 0111.01 ", "0111.01")],
)  # fmt: skip
def test_code_is_read(text: str, code: str) -> None:
    assert parse_occupation_code(text) == code


@pytest.mark.parametrize("text", ["", "51200", "5120.1", "5120.001", "C5120", "55", "9711", "٥١٢٠", "5.12", "-512"])
def test_what_is_no_code_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="KBJI"):
        parse_occupation_code(text)


def test_ancestors_end_at_the_major_group() -> None:
    assert ancestors("7422.03") == ("7422", "742", "74", "7")
    assert ancestors("7") == ()


@pytest.mark.parametrize(
    ("a", "b", "depth"),
    [("5120.01", "5120.02", 4), ("5120", "5121", 3), ("5120", "5131", 2), ("5120", "5223", 1), ("5120", "7422", 0),
     ("5120", "51", 2)],
)  # fmt: skip
def test_depth_counts_shared_digits(a: str, b: str, depth: int) -> None:
    assert shared_depth(a, b) == depth


def test_group_names_the_field_of_a_code() -> None:
    assert occupation_group("5120.01").name_id == "Tenaga Usaha Jasa Perorangan"
    assert occupation_group("8").name_en == "Plant and machine operators and assemblers"


def test_there_are_ten_major_and_43_sub_major_groups() -> None:
    assert len([code for code in OCCUPATION_GROUPS if len(code) == 1]) == 10
    assert len(SUB_MAJOR) == 43
    assert all(group.code == code and group.name_id and group.name_en for code, group in OCCUPATION_GROUPS.items())


@given(CODES)
def test_parsing_twice_changes_nothing(code: str) -> None:
    assert parse_occupation_code(parse_occupation_code(code)) == parse_occupation_code(code)
    assert isco_code(code) == code[:4]


@given(CODES)
def test_every_ancestor_is_an_ancestor_of_all_below(code: str) -> None:
    chain = (parse_occupation_code(code), *ancestors(code))
    assert all(ancestors(below) == chain[place + 1 :] for place, below in enumerate(chain))
    assert all(shared_depth(code, above) == len(above) for above in ancestors(code))


@given(CODES, CODES)
def test_similarity_is_symmetric_and_one_only_for_the_same_unit(a: str, b: str) -> None:
    similarity = occupation_similarity(a, b)
    assert similarity == occupation_similarity(b, a)
    assert 0 <= similarity <= 1
    assert (similarity == 1) is (isco_code(a) == isco_code(b)) and (similarity == 0) is (a[0] != b[0])


@given(CODES, CODES, CODES)
def test_two_of_three_codes_part_at_the_same_place(a: str, b: str, c: str) -> None:
    depths = sorted([shared_depth(a, b), shared_depth(b, c), shared_depth(a, c)])
    assert depths[0] == depths[1]


@pytest.mark.shared
def test_every_official_code_and_group_name_is_understood(shared_folder: Path) -> None:
    path = shared_folder / "data" / "reference" / "kbji2014.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert all(parse_occupation_code(row["code"]) == row["code_raw"] for row in rows)
    named = {row["code"]: row["title"] for row in rows if row["level"] in "12"}
    assert named == {code: group.name_id for code, group in OCCUPATION_GROUPS.items()}
