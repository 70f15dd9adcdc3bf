"""Whether the market moved: by hand, by false alarms over seeded runs, and where rows repeat each other."""

from __future__ import annotations

import argparse
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.domain.errors import ArtifactDamaged, InvalidInput, MissingFile
from matcher.ingest.datasets import write_table
from matcher.measure.drift import ColumnDrift, compare_shares, compare_words, measure_drift
from scripts import drift as command
from tests.unit.measure.coverage import share_interval
from tests.world import table

THEN, NOW = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC)


def _shares(then: list[str], now: list[str]) -> ColumnDrift:
    return compare_shares("vacancies", "province_code", pa.chunked_array([then]), pa.chunked_array([now]))


def test_index_and_divergence_by_hand() -> None:
    """60 and 40 then, 40 and 60 now; half a row more for each."""
    found = _shares(["32"] * 60 + ["33"] * 40, ["32"] * 40 + ["33"] * 60)
    p = 60.5 / 101
    assert found.psi == pytest.approx(2 * (2 * p - 1) * np.log(p / (1 - p)))
    bits = p * np.log2(2 * p) + (1 - p) * np.log2(2 * (1 - p))
    assert found.divergence == pytest.approx(bits)
    assert (found.risen, found.fallen) == ("33", "32")


def test_large_move_of_many_rows_is_told_and_of_few_is_not() -> None:
    then, now = ["32"] * 80 + ["33"] * 20, ["32"] * 40 + ["33"] * 60
    assert _shares(then * 5, now * 5).verdict == "moved"
    assert _shares((then * 5)[::20], (then * 5)[::20]).verdict is None
    assert _shares(["32"] * 20 + ["33"] * 15, ["32"] * 15 + ["33"] * 20).verdict == "steady"


def test_pay_is_compared_by_the_fifths_of_then() -> None:
    pay = pa.chunked_array([np.arange(2_000_000, 4_000_000, 10_000)])
    raised = pa.chunked_array([np.arange(3_000_000, 5_000_000, 10_000)])
    assert compare_shares("vacancies", "pay", pay, pay).psi == 0
    found = compare_shares("vacancies", "pay", pay, raised)
    assert (found.verdict, found.risen) == ("moved", "5")


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.sampled_from("abc"), min_size=30, max_size=60),
    st.lists(st.sampled_from("abcd"), min_size=30, max_size=60),
)
def test_distance_is_even_handed_and_within_its_range(then: list[str], now: list[str]) -> None:
    there, back = _shares(then, now), _shares(now, then)
    assert there.psi is not None and there.divergence is not None
    assert there.psi >= 0 and 0 <= there.divergence <= 1
    assert there.divergence == pytest.approx(back.divergence)
    assert _shares(then, then).psi == 0


def _n_alarms(runs: int, *, copies: int) -> int:
    """Count the runs in which rows of one and the same market exceed what chance explains, each row so often."""
    n_alarms = 0
    for seed in range(runs):
        draw = np.random.default_rng(seed).choice([str(code) for code in range(20)], size=(2, 200))
        found = _shares(*(np.repeat(side, copies).tolist() for side in draw))
        assert found.psi is not None and found.by_chance is not None
        n_alarms += found.psi > found.by_chance
    return n_alarms


def test_chance_alone_seldom_passes_its_bound(runs: int) -> None:
    assert share_interval(_n_alarms(runs, copies=1), runs)[0] <= 0.001


def test_adverts_that_repeat_each_other_pass_it_all_the_time(runs: int) -> None:
    """Five copies of each advert look like five times as many rows; duplicates belong out of the tables."""
    assert _n_alarms(runs, copies=5) / runs > 0.5


def test_unseen_words_are_counted_by_occurrence() -> None:
    then = ["Penjahit Busana 2"] * 30
    found = compare_words(then, ["Penjahit Batik"] * 20 + ["PENJAHIT busana 7"] * 20)
    assert (found.n_words, found.unseen_share, found.examples, found.verdict) == (80, 0.25, ("batik",), "moved")
    assert compare_words(then, ["Penjahit busana"] * 40).verdict == "steady"
    assert compare_words(then, []).verdict is None


def _folder(path: Path, province: str, *, title: str = "Penjahit", **more: Any) -> Path:
    rows = [
        {"vacancy_id": str(number), "title": title, "province_code": province, **more} for number in range(100)
    ]  # fmt: skip
    path.mkdir()
    write_table(table("vacancies", rows), "vacancies", path)
    return path


@pytest.fixture
def artifact(tmp_path: Path) -> Path:
    """A folder as an artifact leaves it, as far as drift reads it: tables and a manifest."""
    folder = _folder(tmp_path / "artifact", "32")
    write_table(table("alumni", [{"alumnus_id": str(n), "province_code": "32"} for n in range(50)]), "alumni", folder)
    (folder / "manifest.json").write_text(json.dumps({"created_at": THEN.isoformat()}), encoding="utf-8")
    return folder


def test_market_elsewhere_has_moved_and_the_same_has_not(artifact: Path, tmp_path: Path) -> None:
    moved = measure_drift(artifact, _folder(tmp_path / "now", "33", title="Juru las"), now=NOW)
    assert (moved.verdict, moved.words.unseen_share) == ("moved", 1.0)
    assert [column.table for column in moved.columns].count("alumni") == 0
    assert measure_drift(artifact, artifact, now=NOW).verdict == "steady"


def test_vacancies_closed_by_then_do_not_count(artifact: Path, tmp_path: Path) -> None:
    closed = _folder(tmp_path / "closed", "32", expires_at=THEN)
    with pytest.raises(InvalidInput, match="no vacancy is open"):
        measure_drift(artifact, closed, now=NOW)


def test_missing_and_damaged_artifacts_are_refused(artifact: Path, tmp_path: Path) -> None:
    with pytest.raises(MissingFile, match=r"manifest\.json"):
        measure_drift(tmp_path, artifact, now=NOW)
    (artifact / "manifest.json").write_text("{}", encoding="utf-8")
    with pytest.raises(ArtifactDamaged, match="no date of building"):
        measure_drift(artifact, artifact, now=NOW)


def test_command_prints_words_and_json(artifact: Path, capsys: pytest.CaptureFixture[str]) -> None:
    parser = argparse.ArgumentParser()
    command.register(parser.add_subparsers())
    for words in ([], ["--json"]):
        given_words = ["drift", "--artifact", str(artifact), "--data", str(artifact), "--now", "2026-07-01", *words]
        arguments = parser.parse_args(given_words)
        assert arguments.run(arguments) == 0
    paper, last = capsys.readouterr().out.rsplit("\n", 2)[:2]
    assert "Pasar masih seperti saat artefak dibuat" in paper
    assert json.loads(last)["verdict"] == "steady"
