"""Whom a row of a foreign file means: the order of the rules, and that every row is accounted for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.measure.outcome_matching import RULES, Claim, Register, count_matches, match_claim

REGISTER = Register(
    {"ani", "budi"},
    by_nik={"h1": "ani", "h2": "budi"},
    by_certificate={"S-1": {"ani": 1990, "budi": 1990}, "S-2": {"citra": 1971, "dedi": None}},
)


@pytest.mark.parametrize(
    ("claim", "rule", "people"),
    [
        (Claim("ani", ("h2",), "S-2", 1971), "alumnus_id", ["ani"]),
        (Claim("unknown", ("h2",), "S-2", 1971), "nik", ["budi"]),
        (Claim(None, ("h1", "h2")), "nik", ["ani", "budi"]),
        (Claim(None, ("h9",), "S-2", 1971), "certificate_no", ["citra"]),
        (Claim(None, (), "S-1", 1990), "certificate_no", ["ani", "budi"]),
        (Claim(None, (), "S-2", None), "certificate_no", []),
        (Claim(), "certificate_no", []),
    ],
)
def test_first_rule_that_finds_anybody_decides(claim: Claim, rule: str, people: list[str]) -> None:
    assert match_claim(claim, REGISTER) == (rule, people)


def test_account_by_hand() -> None:
    claims = [Claim("ani"), Claim("budi"), Claim(None, ("h1",)), Claim(None, (), "S-1", 1990), Claim("x")]
    account = count_matches(match_claim(claim, REGISTER) for claim in claims)
    assert (dict(account.matched), account.n_ambiguous, account.n_unmatched) == ({"alumnus_id": 2, "nik": 1}, 1, 1)


_CLAIMS = st.builds(
    Claim,
    st.sampled_from([None, "ani", "x"]),
    st.lists(st.sampled_from(["h1", "h2", "h9"]), max_size=2).map(tuple),
    st.sampled_from([None, "S-1", "S-2", "S-3"]),
    st.sampled_from([None, 1971, 1990]),
)


@given(st.lists(_CLAIMS, max_size=20))
def test_every_row_is_matched_ambiguous_or_unmatched(claims: list[Claim]) -> None:
    account = count_matches(match_claim(claim, REGISTER) for claim in claims)
    assert sum(account.matched.values()) + account.n_ambiguous + account.n_unmatched == len(claims)
    assert account.matched.keys() <= set(RULES)
