"""The office's figures: said with their interval, id and recipe, withheld where few, the same twice, downloadable."""

from __future__ import annotations

import csv
import io
import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from pydantic import SecretStr

from api.pmo import questions
from api.pmo.figures import Figures
from api.pmo.tables import figure_tables
from matcher.domain.errors import MissingFile
from matcher.domain.holdout import NOBODY
from matcher.engine.artifacts import Artifact
from matcher.ingest.datasets import write_table
from tests.api.pmo.conftest import Office, office_over
from tests.api.security.conftest import Opener
from tests.world import table

ALL = ("outcomes", "funnel", "fairness", "demand-gap", "policies", "course-value", "time-to-work", "drift")


def test_outcomes_say_rate_interval_response_and_bounds_against_the_goal(office: Office) -> None:
    told = office.figure("outcomes")
    (row,) = told["rows"]
    assert row["bound_low"] <= row["rate_low"] <= row["rate"] <= row["rate_high"] <= row["bound_high"]
    assert "30 %" in told["sentences"]["id"] and "30%" in told["sentences"]["en"].replace(" %", "%")
    assert told["about"]["sources"]


def test_outcomes_by_group_withhold_small_groups_and_add_up(office: Office) -> None:
    rows = office.figure("outcomes?by=province_code&clock=q2")["rows"]
    hidden = [row for row in rows if row["is_suppressed"]]
    assert hidden and all(row["n_people"] is None and row["rate"] is None for row in hidden)
    assert all(row["n_people"] is None or row["n_people"] == 0 or row["n_people"] >= 10 for row in rows)


@pytest.mark.parametrize("figure", ALL)
def test_figure_is_the_same_twice_and_cites_itself(office: Office, figure: str) -> None:
    first, again = office.figure(figure), office.figure(figure)
    assert first == again
    assert first["recipe"].startswith(f"GET /v1/pmo/{figure}")
    assert len(first["figure_id"]) == 16 and first["rows"]


@pytest.mark.parametrize("figure", ALL)
def test_figure_leaves_as_csv_with_its_id_in_every_row(office: Office, figure: str) -> None:
    told, answer = office.figure(figure), office.get(f"export?figure={figure}")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert answer.headers["content-type"].startswith("text/csv")
    assert len(rows) >= len(told["rows"])
    assert {len(row["figure_id"]) for row in rows} == {16}


def test_other_question_is_another_figure(office: Office) -> None:
    ids = {office.figure(path)["figure_id"] for path in ("outcomes", "outcomes?clock=q2", "outcomes?by=sex", "funnel")}
    assert len(ids) == 4


def test_demand_gap_withholds_few_people_and_tells_every_opening(office: Office) -> None:
    rows = office.figure("demand-gap")["rows"]
    assert all(row["n_alumni"] is None or row["n_alumni"] == 0 or row["n_alumni"] >= 10 for row in rows)
    assert all((row["gap"] is None) == row["is_suppressed"] for row in rows)
    assert {row["province_code"] for row in office.figure("demand-gap?province=32")["rows"]} == {"32"}


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("outcomes?by=shoe_size", 422), ("outcomes?by=wave,sex", 422),
        ("outcomes?clock=5y", 422),
        ("funnel?by=name", 422), ("fairness?days=0", 422), ("demand-gap?province=99", 404), ("export?figure=all", 422),
    ],
)  # fmt: skip
def test_question_that_has_no_answer_is_refused(office: Office, path: str, status: int) -> None:
    assert office.get(path).status_code == status


def test_without_an_export_the_office_is_told_how_to_make_one(opened: Opener, world: Artifact, tmp_path: Path) -> None:
    bare = office_over(opened, world, tmp_path, tmp_path / "nothing")
    answer = bare.get("outcomes")
    assert (answer.status_code, "padan export-events" in answer.json()["detail"]) == (503, True)


def test_empty_export_gives_empty_figures_and_no_fault(opened: Opener, world: Artifact, tmp_path: Path) -> None:
    (tmp_path / "events").mkdir()
    answer = office_over(opened, world, tmp_path, tmp_path / "events").get("policies")
    assert (answer.status_code, "impressions" in answer.json()["detail"]) == (503, True)


def test_net_effect_is_told_with_its_interval_or_the_reason_why_not(
    opened: Opener, world: Artifact, tmp_path: Path, market: Path
) -> None:
    plain = office_over(opened, world, tmp_path, market).get("net-effect")
    held = office_over(opened, world, tmp_path, market, holdout="0.2", holdout_key=SecretStr("kunci-undian-uji"))
    told = held.figure("net-effect?base=all&clock=q2")
    assert (plain.status_code, "PADAN_HOLDOUT" in plain.json()["detail"]) == (422, True)
    assert told["sentences"]["id"] and (told["about"]["refusals"] or told["about"]["difference"])


def test_what_was_published_is_kept_in_mind_for_the_next_state_of_the_data(
    opened: Opener, world: Artifact, tmp_path: Path, market: Path
) -> None:
    events = tmp_path / "events"
    shutil.copytree(market, events)
    office = office_over(opened, world, tmp_path, events)
    first = office.figure("outcomes?by=province_code")
    (path,) = (tmp_path / "registers").glob("*.json")
    assert path.stat().st_mode & 0o077 == 0
    assert len(json.loads(path.read_text())["published"]) == 1
    outcomes = pq.read_table(events / "outcomes.parquet")
    pq.write_table(outcomes.slice(5), events / "outcomes.parquet")
    later = office.figure("outcomes?by=province_code")
    assert later["figure_id"] != first["figure_id"]
    assert len(json.loads(path.read_text())["published"]) == 2


def market_in(folder: Path, province: str, n: int, **more: Any) -> Path:
    """Write vacancies of one province as a folder of tables."""
    folder.mkdir()
    rows = [{"vacancy_id": f"{province}-{i}", "title": "Penjahit", "province_code": province, **more} for i in range(n)]
    write_table(table("vacancies", rows), "vacancies", folder)
    return folder


def test_drift_names_what_rose_since_the_artifact_was_built(tmp_path: Path) -> None:
    artifact, now = market_in(tmp_path / "artifact", "32", 100), datetime(2026, 11, 22, tzinfo=UTC)
    (artifact / "manifest.json").write_text(json.dumps({"created_at": "2026-06-01T00:00:00+00:00"}))
    people = [{"alumnus_id": str(number), "province_code": "32"} for number in range(4)]
    events = market_in(tmp_path / "events", "33", 300, expires_at=now + timedelta(days=9))
    for folder in (artifact, events):
        write_table(table("alumni", people), "alumni", folder)
    figures = Figures(NOBODY, tmp_path / "registers")
    told = figures.figure(questions.drift(), figure_tables(events, artifact), now=now)
    rows = {(row["table"], row["column"]): row for row in told.rows}
    place, few = rows["vacancies", "province_code"], rows["alumni", "province_code"]
    assert (place["n_then"], place["n_now"], place["risen"], place["verdict"]) == (100, 400, "33", "moved")
    assert (few["is_suppressed"], few["n_then"], few["n_now"]) == (True, None, None)
    assert "1 dari 2 hal" in told.sentences["id"] and "174 days" in told.sentences["en"]


def test_drift_without_an_artifact_says_what_is_missing(tmp_path: Path) -> None:
    events = market_in(tmp_path / "events", "33", 3)
    with pytest.raises(MissingFile, match="none is served"):
        Figures(NOBODY, tmp_path).figure(questions.drift(), figure_tables(events, None), now=datetime.now(UTC))
