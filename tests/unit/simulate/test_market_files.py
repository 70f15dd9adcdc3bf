"""The market as files: equal seeds give equal bytes, a part less or more changes no id, and nothing half-done stays."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from matcher.domain.errors import InvalidInput
from matcher.ingest.datasets import read_table
from matcher.simulate.market import simulate
from matcher.simulate.market_files import write_market
from matcher.simulate.parameters import MarketParameters

SMALL = MarketParameters(n_alumni=600, effect=0.05, holdout=0.5)


def _bytes(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_equal_seeds_give_equal_bytes(tmp_path: Path) -> None:
    for name in ("one", "again"):
        write_market(SMALL, tmp_path / name, seed=5)

    assert _bytes(tmp_path / "one") == _bytes(tmp_path / "again")


def test_the_files_hold_what_the_market_in_memory_holds(tmp_path: Path) -> None:
    write_market(SMALL, tmp_path, seed=5)
    market = simulate(SMALL, rng=np.random.default_rng(5))

    assert all(read_table(name, tmp_path).equals(table) for name, table in market.tables.items())
    for name, table in market.truth.items():
        assert pq.read_table(tmp_path / "truth" / f"{name}.parquet").equals(table)


def test_the_manifest_tells_parameters_rows_and_true_figures(tmp_path: Path) -> None:
    told: list[int] = []
    manifest = write_market(SMALL, tmp_path, seed=5, told=told.append)
    share = manifest["truth"]["share_at_work"]["2m"]

    assert json.loads((tmp_path / "manifest.json").read_text("utf-8")) == manifest and sum(told) == 600
    assert (manifest["seed"], manifest["parameters"]["effect"], manifest["rows"]["alumni"]) == (5, 0.05, 600)
    assert share["if_treated"] - share["if_held_out"] == pytest.approx(0.05, abs=0.003)


def test_several_parts_make_one_whole(tmp_path: Path) -> None:
    manifest = write_market(SMALL, tmp_path, seed=5, people_per_part=100)

    assert manifest["n_parts"] > 3 and manifest["rows"]["courses"] == read_table("courses", tmp_path).num_rows
    for name in ("alumni", "vacancies", "impressions", "interactions", "outcomes"):
        ids = read_table(name, tmp_path).column(0).to_pylist()
        assert manifest["rows"][name] == len(ids) == len(set(ids))


def test_what_is_broken_off_leaves_no_file(tmp_path: Path) -> None:
    def stop(_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_market(SMALL, tmp_path, seed=5, told=stop, people_per_part=100)

    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_market_that_cannot_be_drawn_leaves_no_file(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="effect"):
        write_market(MarketParameters(n_alumni=600, effect=0.5), tmp_path, seed=5)
    with pytest.raises(InvalidInput, match="seed -1"):
        write_market(SMALL, tmp_path, seed=-1)

    assert list(tmp_path.rglob("*.parquet")) == [] and not (tmp_path / "manifest.json").exists()
