"""Tables of counts without people, what a net job costs, and unemployment beside a rate."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from matcher.domain.errors import InvalidInput
from matcher.measure.aggregate_outcomes import aggregate_lines, read_aggregate
from matcher.measure.disclosure import suppress
from matcher.measure.disclosure_attack import LEAST_PEOPLE, Publication, reachable_width
from matcher.measure.net_cost import cost_per_net_job, read_unemployment

SHARED = os.environ.get("PADAN_SHARED")
HEAD = "kejuruan,program,participants,placed,placement_rate\n"


def _file(folder: Path, text: str) -> Path:
    path = folder / "tabel.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_rates_are_of_everybody_who_took_part(tmp_path: Path) -> None:
    told = read_aggregate(
        _file(tmp_path, HEAD + "Las,Las listrik,40,20,0.5\nLas,Las argon,60,15,25\nJahit,Obras,50,30,\n")
    )
    assert (told.total.n_people, told.total.n_placed) == (150, 65)
    las = next(one for one in told.fields if one.field == "Las")
    assert las.rate is not None and (las.n_people, las.rate.value) == (100, 0.35)
    assert told.problems == ()


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("Las,Las argon,20,30,1.5", "30 placed of 20"),
        ("Las,Las argon,,30,", "'participants': empty"),
        ("Las,Las argon,20.5,10,", "20.5"),
        ("Las,Las argon,50,20,0.6", "rate 0.6 is not 20 of 50"),
        ("Las,Las listrik,50,20,0.4", "stands twice"),
        ("Las,Las argon,50", "3 cells under a header of 5"),
    ],
)
def test_row_that_cannot_be_is_left_out_and_told(tmp_path: Path, row: str, said: str) -> None:
    told = read_aggregate(_file(tmp_path, f"{HEAD}Las,Las listrik,40,20,0.5\n{row}\n"))
    assert (told.total.n_people, len(told.problems), told.problems[0][0]) == (40, 1, 2)
    assert said in told.problems[0][1]
    assert f"baris 2 dilewati: {told.problems[0][1]}" in list(aggregate_lines(told))


def test_programme_with_few_placed_is_withheld_with_a_neighbour(tmp_path: Path) -> None:
    rows = "Las,A,40,3,\nLas,B,60,15,\nLas,C,80,40,\n"
    told = read_aggregate(_file(tmp_path, HEAD + rows))
    assert [one.programme for one in told.programmes if one.n_people is None] == ["A", "B"]
    assert any("disembunyikan" in line for line in aggregate_lines(told))


def test_empty_table_and_wrong_files_are_answers(tmp_path: Path) -> None:
    assert read_aggregate(_file(tmp_path, HEAD)).total.rate is None
    with pytest.raises(InvalidInput, match="no column for n_placed"):
        read_aggregate(_file(tmp_path, "program,participants\nLas,3\n"))
    with pytest.raises(InvalidInput, match="no such file"):
        read_aggregate(tmp_path / "tiada.csv")


@pytest.mark.shared
@pytest.mark.skipif(SHARED is None, reason="PADAN_SHARED does not name the outside data folder")
def test_real_table_of_a_training_centre_is_read_whole_and_gives_no_small_count_away() -> None:
    told = read_aggregate(Path(str(SHARED)) / "data" / "outcomes" / "bbpvp_bekasi_program_outcomes.csv")
    assert (len(told.programmes), told.problems, told.total.n_people, told.total.n_placed) == (31, (), 1761, 994)
    hidden = [one for one in told.programmes if one.n_people is None]
    assert 0 < len(hidden) < 15
    assert all(one.n_placed == 0 or (one.n_placed or 10) >= 10 for one in told.programmes)


def test_cost_per_net_job_by_hand_and_without_an_end() -> None:
    cost = cost_per_net_job(3_500_000, (0.05, 0.02, 0.07))
    assert (cost.value, cost.low, cost.high) == pytest.approx((70e6, 50e6, 175e6))
    assert cost_per_net_job(3_500_000, (0.05, -0.01, 0.07)).high is None
    nothing = cost_per_net_job(3_500_000, (-0.02, -0.03, -0.01))
    assert (nothing.value, nothing.low, nothing.high) == (None, None, None)


@pytest.mark.parametrize(("cost", "effect"), [(0.0, (0.1, 0.0, 0.2)), (1e6, (0.1, 0.2, 0.3)), (1e6, (5.0, 2.0, 7.0))])
def test_impossible_costs_and_effects_are_refused(cost: float, effect: tuple[float, float, float]) -> None:
    with pytest.raises(InvalidInput):
        cost_per_net_job(cost, effect)


def test_cost_interval_holds_the_truth_as_often_as_the_effect_does(runs: int) -> None:
    """Ends are carried over one by one, so coverage is that of the effect's interval: 95 % here."""
    n_covered = 0
    for seed in range(runs):
        value = float(np.random.default_rng(seed).normal(0.05, 0.01))
        cost = cost_per_net_job(1e6, (value, value - 0.0196, value + 0.0196))
        low, high = cost.low or np.inf, cost.high or np.inf
        n_covered += low <= 1e6 / 0.05 <= high
    assert 0.95 - 4 * (0.95 * 0.05 / runs) ** 0.5 <= n_covered / runs <= 1


def test_latest_unemployment_by_now_is_taken(tmp_path: Path) -> None:
    path = _file(tmp_path, "province_code,year,tpt_percent\n32,2023,7.5\n32,2024,6.9\n33,2022,5\n32,2025,1\n")
    found = read_unemployment(path, now=datetime(2024, 12, 1, tzinfo=UTC))
    assert (found["32"].percent, found["32"].year, found["33"].year) == (6.9, 2024, 2022)


@pytest.mark.parametrize(
    ("row", "said"),
    [("99,2024,5", "row 1: province code '99'"), ("32,2024,", "tpt_percent"), ("32,2024,500", "0 to 100")],
)
def test_wrong_row_of_unemployment_is_named(tmp_path: Path, row: str, said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        read_unemployment(
            _file(tmp_path, f"province_code,year,tpt_percent\n{row}\n"), now=datetime(2025, 1, 1, tzinfo=UTC)
        )


def test_what_is_withheld_of_fields_and_programmes_cannot_be_worked_out() -> None:
    """Two fields, five programmes, one with three placed: linear programming over all that is shown."""
    placed, people = np.array([3, 20, 30, 15, 40]), np.array([40, 60, 70, 45, 90])
    counts = np.column_stack([people, placed, people - placed])
    members = np.vstack([np.ones(5, bool), np.arange(5) < 3, np.arange(5) >= 3, np.eye(5, dtype=bool)])
    shown = Publication(counts, members, suppress(counts, members).is_published)
    assert reachable_width([shown], 3, 1) >= LEAST_PEOPLE
