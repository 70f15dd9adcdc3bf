"""Who is held out: the same for ever, in the share asked for, and told by the policy's name."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.domain.errors import InvalidInput
from matcher.domain.holdout import NOBODY, Holdout, arm_of, policy_in_arm
from matcher.domain.regions import districts

KEY = "kunci percobaan 2026"
IDS = [f"a-{number}" for number in range(20_000)]


def held_out(holdout: Holdout, district: str | None = None) -> np.ndarray:
    return np.array([not holdout.is_treated(one, district) for one in IDS])


@pytest.mark.parametrize("share", [0.05, 0.1, 0.5])
def test_share_held_out_is_the_one_asked_for(share: float) -> None:
    assert held_out(Holdout((share,), KEY)).mean() == pytest.approx(
        share, abs=4 * (share * (1 - share) / 20_000) ** 0.5
    )


@given(st.text(min_size=1), st.floats(0, 0.99), st.floats(0, 0.99))
def test_arm_is_for_good_and_a_larger_holdout_keeps_the_smaller_one(alumnus_id: str, a: float, b: float) -> None:
    small, large = (Holdout((share,), KEY).is_treated(alumnus_id) for share in sorted((a, b)))
    assert small == Holdout((min(a, b),), KEY).is_treated(alumnus_id, "32.73")
    assert small or not large


def test_another_key_is_another_lot_and_arms_are_independent() -> None:
    one, other = (held_out(Holdout((0.5,), key)) for key in (KEY, KEY + "b"))
    assert np.mean(one == other) == pytest.approx(0.5, abs=0.02)


def test_shares_are_dealt_evenly_to_the_districts_and_hold_there() -> None:
    holdout = Holdout((0.1, 0.6), KEY)
    shares = [holdout.share_treated(code) for code in districts()]
    assert sorted((shares.count(0.9), shares.count(0.4))) == [257, 257]
    code = next(code for code in districts() if holdout.share_treated(code) == 0.4)
    assert held_out(holdout, code).mean() == pytest.approx(0.6, abs=0.02)
    assert not held_out(holdout, None).any()


def test_nobody_is_held_out_without_a_share() -> None:
    assert not NOBODY.is_on and not held_out(NOBODY).any()


@pytest.mark.parametrize(
    ("text", "key"), [("x", KEY), ("1", KEY), ("-0.1", KEY), ("", KEY), ("nan", KEY), ("0.1", "short")]
)
def test_wrong_shares_and_short_keys_are_refused(text: str, key: str) -> None:
    with pytest.raises(InvalidInput):
        Holdout.of(text, key)


def test_key_is_not_shown() -> None:
    assert KEY not in repr(Holdout.of("0.1,0.2", KEY))


def test_policy_tells_the_arm() -> None:
    assert [arm_of(policy_in_arm("p/explore=0.1", is_treated=arm)) for arm in (True, False)] == ["ranked", "holdout"]
    assert arm_of("p/explore=0.1") is None and arm_of("xholdout") is None and arm_of("holdout") == "holdout"
