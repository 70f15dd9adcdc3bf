"""Accept headers, as browsers and programs write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.negotiation import preferred

OFFERS = ["application/problem+json", "text/html"]


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("", OFFERS[0]),
        ("*/*", OFFERS[0]),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", OFFERS[1]),
        ("text/*;q=0.5, application/*;q=0.4", OFFERS[1]),
        ("text/html;q=0.2, */*", OFFERS[0]),
        ("text/html;q=nan-sense, application/problem+json;q=0.1", OFFERS[0]),
        ("TEXT/HTML ; charset=utf-8 ; q=1", OFFERS[1]),
        ("image/png", OFFERS[0]),
    ],
)
def test_the_best_liked_offer_is_chosen(accept: str, expected: str) -> None:
    assert preferred(accept, OFFERS) == expected


@given(st.text())
def test_any_header_chooses_an_offer(accept: str) -> None:
    assert preferred(accept, OFFERS) in OFFERS
