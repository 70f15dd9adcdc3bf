"""The net effect: by hand, over simulated markets whose effect is known, and refused where the lot was not kept."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from matcher.domain.errors import InvalidInput, MissingFile
from matcher.domain.holdout import Holdout, policy_in_arm
from matcher.ingest.datasets import write_table
from matcher.measure.holdout_people import HoldoutPeople, assigned, holdout_people
from matcher.measure.net_effect import Looks, NetEffect, estimate_net_effect
from matcher.measure.net_effect_words import net_effect_record, net_effect_sentence
from matcher.measure.resolve_outcomes import ResolutionReport
from matcher.simulate.market import Market, simulate
from matcher.simulate.parameters import MarketParameters
from tests.unit.measure.coverage import is_at_least_as_stated
from tests.world import table

NOW = datetime(2026, 12, 1, tzinfo=UTC)
N_MARKETS = 12


def people(*groups: tuple[int, dict[str, Any]]) -> HoldoutPeople:
    """Return people alike by group: treated with a chance of one half, answering that they do not work."""
    usual = {
        "is_treated": True, "share": 0.5, "stratum": 0, "district": 1, "state": "not_working", "is_female": 0.0,
        "is_disabled": 0.0, "is_returned": 0.0, "schooling": 3.0, "crossed": False, "is_shown": True,
    }  # fmt: skip
    rows = [usual | group for n, group in groups for _ in range(n)]
    return HoldoutPeople(
        pa.Table.from_pylist(rows or [usual]).slice(0, len(rows)), 0, 0, 0, ResolutionReport(0, 0, 0, 0, {})
    )


def estimate(*groups: tuple[int, dict[str, Any]], looks: Looks | None = None) -> NetEffect:
    return estimate_net_effect(
        people(*groups), clock="2m", base="not_working", rng=np.random.default_rng(1), looks=looks
    )


WORKS = {"state": "employed"}
OUT = {"is_treated": False}
USUAL = [(60, WORKS), (140, {}), (40, OUT | WORKS), (160, OUT)]
"""60 of 200 against 40 of 200: ten points; the error is sqrt(0.21 / 199 + 0.16 / 199)."""


def test_effect_by_hand() -> None:
    effect = estimate(*USUAL)
    assert effect.difference is not None and effect.interval is not None
    assert effect.difference.value == pytest.approx(0.10)
    assert effect.difference.error == pytest.approx((0.37 / 199) ** 0.5)
    assert effect.refusals == () and effect.lee is not None and effect.lee.low == pytest.approx(0.10)


def test_sentence_says_the_figure_and_what_it_is_not() -> None:
    effect = estimate(*USUAL)
    told = net_effect_sentence(effect)
    assert told.startswith("Beda bersih setelah 2 bulan: +10,0 poin persen [+1,5; +18,5], rekomendasi menambah")
    assert "30,0 % dari 200 orang" in told and "bukan pengaruh pelatihan" in told
    assert "+10.0 percentage points [+1.5, +18.5]" in net_effect_sentence(effect, language="en")
    with pytest.raises(InvalidInput, match="language 'jv'"):
        net_effect_sentence(effect, language="jv")


def test_looking_before_widens_the_interval() -> None:
    once, often = estimate(*USUAL), estimate(*USUAL, looks=Looks(800, (200,)))
    assert once.interval is not None and often.interval is not None
    assert often.interval[0] < once.interval[0] < once.interval[1] < often.interval[1]
    assert "berkali-kali" in net_effect_sentence(often)


@pytest.mark.parametrize(("planned", "earlier"), [(0, ()), (100, (100,)), (100, (50, 40))])
def test_looks_that_do_not_rise_are_refused(planned: int, earlier: tuple[int, ...]) -> None:
    with pytest.raises(InvalidInput, match="rising"):
        Looks(planned, earlier)


def test_a_look_already_taken_is_refused() -> None:
    with pytest.raises(InvalidInput, match="only the looks before"):
        estimate(*USUAL, looks=Looks(900, (400,)))


SILENT = {"state": "no_response"}


@pytest.mark.parametrize(
    ("groups", "reason"),
    [
        ([], "nobody"),
        ([(200, WORKS)], "one_arm_empty"),
        ([(200, SILENT), (200, OUT | SILENT)], "nobody_answered"),
        ([(200, WORKS), (200, OUT | SILENT)], "nobody_answered"),
        ([(5, WORKS), (5, {}), (5, OUT | WORKS), (5, OUT)], "too_few"),
        ([(300, WORKS), (100, OUT)], "ratio_mismatch"),
        ([(90, {"stratum": 1}), (30, OUT | {"stratum": 1}), (30, {"stratum": 2}), (90, OUT | {"stratum": 2})],
         "strata_unbalanced"),
        ([(200, WORKS), (190, OUT), (10, OUT | {"crossed": True})], "exposure_crossed"),
    ],
)  # fmt: skip
def test_broken_holdout_gives_no_figure_and_says_why(groups: list[Any], reason: str) -> None:
    effect = estimate(*groups)
    assert reason in effect.refusals and effect.difference is None and effect.interval is None
    assert "tidak dapat dinyatakan" in net_effect_sentence(effect)
    assert json.loads(json.dumps(net_effect_record(effect), allow_nan=False))["refusals"][0]["text"]


def test_small_counts_are_not_told() -> None:
    record = net_effect_record(estimate((5, WORKS), (195, {}), (40, OUT | WORKS), (160, OUT)))
    assert record["treated"] is None and record["held_out"] is None and record["audit"]["n_treated"] is None


def test_arms_that_answer_unequally_are_told_with_bounds() -> None:
    effect = estimate((60, WORKS), (140, {}), (30, OUT | WORKS), (70, OUT), (100, OUT | SILENT))
    assert effect.is_attrition_unequal and effect.lee is not None
    assert effect.lee.low < 0 < effect.lee.high
    assert "tidak sama rajin menjawab" in net_effect_sentence(effect)


def test_people_who_could_be_in_one_arm_only_are_outside() -> None:
    effect = estimate(*USUAL, (50, WORKS | {"share": 1.0}))
    assert effect.n_outside == 50 and effect.difference is not None
    assert effect.difference.value == pytest.approx(0.10)


def write(folder: Path, market: Market) -> Path:
    for name in ("alumni", "outcomes", "impressions"):
        write_table(market.tables[name], name, folder)
    return folder


def market(seed: int, **options: Any) -> Market:
    parameters = MarketParameters(
        n_alumni=3_000, months=6, intake_months=2, holdout=0.5, counts={"32.73": 1, "33.74": 1}, **options
    )
    return simulate(parameters, rng=np.random.default_rng(seed))


def of_market(folder: Path, one: Market, now: datetime = NOW) -> NetEffect:
    found = holdout_people(write(folder, one), one.truth["assignment"], clock="2m", now=now)
    return estimate_net_effect(found, clock="2m", base="not_working", rng=np.random.default_rng(1))


def test_no_effect_of_a_market_is_found_where_none_is(tmp_path: Path) -> None:
    """Without an effect the state at the clock is alike in both arms, however it is reported."""
    answers = [of_market(tmp_path, market(seed)) for seed in range(N_MARKETS)]
    covered = sum(one.interval is not None and one.interval[0] <= 0 <= one.interval[1] for one in answers)
    assert is_at_least_as_stated(covered, N_MARKETS)


def test_a_large_effect_of_a_market_is_found(tmp_path: Path) -> None:
    effect = of_market(tmp_path, market(1, effect=0.15, response_by_work=0.0))
    assert effect.interval is not None and effect.interval[0] > 0.05


@pytest.fixture(scope="module")
def usual() -> Market:
    return market(2)


def test_people_lost_from_one_arm_are_noticed(usual: Market, tmp_path: Path) -> None:
    write(tmp_path, usual)
    held_out = usual.truth["assignment"].filter(pc.field("is_held_out"))["alumnus_id"].to_pylist()
    alumni = usual.tables["alumni"]
    kept = pc.call_function("invert", [pc.call_function(
        "is_in", [alumni["alumnus_id"]], pc.SetLookupOptions(pa.array(held_out[:400]))
    )])  # fmt: skip
    write_table(alumni.filter(kept), "alumni", tmp_path)
    found = holdout_people(tmp_path, usual.truth["assignment"], clock="2m", now=NOW)
    effect = estimate_net_effect(found, clock="2m", base="not_working", rng=np.random.default_rng(1))
    assert "ratio_mismatch" in effect.refusals


def test_slates_of_the_other_arm_are_noticed_and_those_of_the_future_are_not(usual: Market, tmp_path: Path) -> None:
    swapped = usual.truth["assignment"]
    swapped = swapped.set_column(1, "is_held_out", pc.call_function("invert", [swapped["is_held_out"]]))
    found = holdout_people(write(tmp_path, usual), swapped, clock="2m", now=NOW)
    effect = estimate_net_effect(found, clock="2m", base="not_working", rng=np.random.default_rng(1))
    assert "exposure_crossed" in effect.refusals
    early = holdout_people(tmp_path, swapped, clock="2m", now=datetime(2025, 1, 1, tzinfo=UTC))
    assert early.n_future_impressions == len(usual.tables["impressions"]) and not len(early.rows)


def test_who_completed_before_the_holdout_is_not_in_it(usual: Market, tmp_path: Path) -> None:
    write(tmp_path, usual)
    given = {"clock": "2m", "now": NOW}
    everybody = holdout_people(tmp_path, usual.truth["assignment"], **given)
    later = holdout_people(tmp_path, usual.truth["assignment"], since=date(2025, 2, 1), **given)
    nobody = holdout_people(tmp_path, usual.truth["assignment"], since=NOW.date() + timedelta(1), **given)
    assert len(everybody.rows) > len(later.rows) > len(nobody.rows) == 0


def test_the_judge_deals_as_the_service_does(tmp_path: Path) -> None:
    alumni = [{"alumnus_id": f"a-{n}", "district_code": "32.73"} for n in range(50)]
    write_table(table("alumni", alumni), "alumni", tmp_path)
    holdout = Holdout((0.2, 0.7), "kunci percobaan 2026")
    dealt = assigned(tmp_path, holdout).to_pylist()
    assert [row["is_held_out"] for row in dealt] == [not holdout.is_treated(f"a-{n}", "32.73") for n in range(50)]
    assert {row["share_treated"] for row in dealt} == {holdout.share_treated("32.73")}
    with pytest.raises(InvalidInput, match="nobody is held out"):
        assigned(tmp_path, Holdout((0.0,), ""))


def test_policies_of_the_service_are_read(tmp_path: Path) -> None:
    alumni = [{"alumnus_id": "a-1", "completed_on": date(2026, 1, 5), "employment_at_entry": "not_working"}]
    shown = {"impression_id": "i", "shown_at": datetime(2026, 2, 1, tzinfo=UTC), "alumnus_id": "a-1"}
    for name, rows in (
        ("alumni", alumni), ("outcomes", []),
        ("impressions", [shown | {"policy": policy_in_arm("p/explore=0.1", is_treated=False)}]),
    ):  # fmt: skip
        write_table(table(name, rows), name, tmp_path)
    lot = pa.table({"alumnus_id": ["a-1"], "is_held_out": [False], "share_treated": [0.5]})
    row = holdout_people(tmp_path, lot, clock="2m", now=NOW).rows.to_pylist()[0]
    assert (row["crossed"], row["is_shown"], row["state"]) == (True, True, "not_asked")


@pytest.mark.parametrize(
    ("lot", "told"),
    [
        ({"alumnus_id": ["a"]}, "is_held_out, share_treated missing"),
        ({"alumnus_id": ["a", "a"], "is_held_out": [True, False], "share_treated": [0.5, 0.5]}, "'a' repeats"),
        ({"alumnus_id": ["a"], "is_held_out": [True], "share_treated": [1.5]}, "'a' repeats, is incomplete or"),
    ],
)
def test_unusable_assignments_are_refused(usual: Market, tmp_path: Path, lot: dict[str, Any], told: str) -> None:
    write(tmp_path, usual)
    with pytest.raises(InvalidInput, match=told):
        holdout_people(tmp_path, pa.table(lot), clock="2m", now=NOW)
    with pytest.raises(MissingFile):
        holdout_people(tmp_path, tmp_path / "none.parquet", clock="2m", now=NOW)
