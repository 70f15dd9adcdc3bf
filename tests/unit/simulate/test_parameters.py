"""Parameters outside their range, or against each other, are refused with the name, the value and the remedy."""

from __future__ import annotations

from dataclasses import fields
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from matcher.domain.errors import InvalidInput
from matcher.simulate.parameters import MarketParameters, parameters_as_json

PAGE = Path(__file__).parents[3] / "docs" / "simulation.md"
RANGED = [each for each in fields(MarketParameters) if "low" in each.metadata]


@pytest.mark.parametrize("each", RANGED, ids=lambda each: each.name)
def test_a_value_beyond_either_end_is_refused(each: Any) -> None:
    for value in (each.metadata["low"] - 1, each.metadata["high"] + 1, float("nan")):
        with pytest.raises(InvalidInput, match=rf"{each.name} = \S+: give a number from"):
            MarketParameters(**{each.name: value})


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"n_alumni": 2.5}, "n_alumni = 2.5: give a whole number"),
        ({"months": True}, "months = True: give a whole number"),
        ({"has_signal": 1}, "has_signal = 1: give True or False"),
        ({"shortlist": 5}, "shortlist = 5 is below slate_length 10"),
        ({"starts_on": date(2025, 1, 2)}, "first day of a month"),
        ({"district_shares": (0.5, 1.5)}, "give shares from 0 to 1"),
        ({"counts": {"32.99": 10}}, "'32.99' is no district code"),
        ({"counts": {"32.73": -1}}, "below 0"),
        ({"counts": {}}, "all are 0"),
    ],
)
def test_what_cannot_be_meant_is_refused(given: dict[str, Any], told: str) -> None:
    with pytest.raises(InvalidInput, match=told):
        MarketParameters(**given)


def test_the_manifest_tells_every_parameter_but_no_list_of_districts() -> None:
    told = parameters_as_json(MarketParameters(counts={"32.73": 4, "32.04": 6}))

    assert set(told) == {each.name for each in fields(MarketParameters)}
    assert told["counts"] == {"n_districts": 2, "sum": 10}


def test_the_page_tells_every_parameter_with_its_default_and_range() -> None:
    page = PAGE.read_text(encoding="utf-8")
    for each in fields(MarketParameters):
        default = f"{each.default:g}" if "low" in each.metadata else str(each.default)
        ends = f"{each.metadata['low']:,} to {each.metadata['high']:,}" if "low" in each.metadata else ""
        row = f"| `{each.name}` | {default} | {ends} | {each.metadata['note']} |"
        assert row in page, row
