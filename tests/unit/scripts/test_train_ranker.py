"""From slates that the real engine made, through the log, to a decision; and back to the artifact before."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import numpy as np
import pyarrow as pa
import pytest

from matcher.domain.records import Alumnus
from matcher.engine.artifacts import Artifact
from matcher.ingest.datasets import write_table
from matcher.ingest.schemas import SCHEMAS
from scripts.cli import main
from tests.world import NOW

N_SLATES = 300


@pytest.fixture
def events(world: Artifact, tmp_path: Path) -> Path:
    """What the people of the world were shown over ten weeks, and that they like what is near."""
    rng = np.random.default_rng(4)
    folder = tmp_path / "events"
    people = [one for one in world.alumni() if one.certificates]
    slates, entries, acts = [], [], []
    for number in range(N_SLATES):
        person, at = people[number % len(people)], NOW - timedelta(hours=4 * (N_SLATES - number))
        _show(world, person, at, rng, (slates, entries, acts))
    for name, rows in (("impressions", slates), ("impression_entries", entries), ("interactions", acts)):
        write_table(pa.Table.from_pylist(rows, schema=SCHEMAS[name]), name, folder)
    for name, table in zip(("alumni", "certificates", "licences"), world.people, strict=True):
        write_table(table, name, folder)
    return folder


def _show(
    world: Artifact, person: Alumnus, at: datetime, rng: np.random.Generator, log: tuple[list, list, list]
) -> None:
    slates, entries, acts = log
    slate = world.recommender.recommend(person, now=at, rng=rng, exploration_share=0.5)
    impression_id = str(UUID(int=len(slates) + 1))
    slates.append({"impression_id": impression_id, "shown_at": at, "alumnus_id": person.alumnus_id, "channel": "web",
                   "policy": slate.policy, "eligible": slate.eligible, "scored": slate.scored})  # fmt: skip
    for item in slate.items:
        seen = {"impression_id": impression_id, "vacancy_id": item.vacancy_id}
        entries.append(seen | {"position": item.position, "score": item.score, "propensity": item.propensity})
        for kind in ("viewed", "applied", "hired") if rng.random() < 0.4 / item.position else ():
            told = {"interaction_id": str(UUID(int=2**64 + len(acts))), "alumnus_id": person.alumnus_id, "kind": kind}
            when = at + timedelta(minutes=len(acts) % 50)
            acts.append(seen | told | {"at": when, "source": "self", "corrects_id": None})


def _train(events: Path, world: Artifact, to: Path, *more: str) -> int:
    later = (NOW + timedelta(days=400)).isoformat()
    return main(["train", "ranker", "--events", str(events), "--artifact", str(world.folder), "--to", str(to),
                 "--now", later, *more])  # fmt: skip


def test_slates_of_the_engine_are_made_again_from_ids_alone(
    events: Path, world: Artifact, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _train(events, world, tmp_path / "next", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert set(told["set_aside"]) <= {"nobody known, or nothing shown"}
    assert told["n_slates"] + sum(told["set_aside"].values()) == N_SLATES
    assert told["n_shown"] > N_SLATES


def test_decision_is_written_with_its_reasons_and_only_a_promotion_makes_an_artifact(
    events: Path, world: Artifact, tmp_path: Path
) -> None:
    _train(events, world, tmp_path / "next")
    told = json.loads((tmp_path / "next.decision.json").read_text())
    page = (tmp_path / "next.decision.md").read_text()
    assert told["is_promoted"] == (tmp_path / "next").exists()
    assert page.startswith("# Promoted" if told["is_promoted"] else "# Not promoted") and told["champion"] in page


def test_slates_of_another_artifact_or_another_person_are_set_aside_and_counted(
    events: Path, world: Artifact, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    moved = [replace(one, education="S1", province_code="31", district_code="31.71") for one in world.alumni()]
    rows = {name: [getattr(one, name) for one in moved] for name in ("education", "province_code", "district_code")}
    people = world.people[0]
    for name, values in rows.items():
        people = people.set_column(people.column_names.index(name), name, pa.array(values))
    write_table(people.cast(SCHEMAS["alumni"]), "alumni", events)
    assert _train(events, world, tmp_path / "next", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["set_aside"]["another list than was logged"] > 0 and not told["is_promoted"]


def test_empty_log_teaches_nothing_and_says_so(
    events: Path, world: Artifact, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("impressions", "impression_entries", "interactions"):
        write_table(SCHEMAS[name].empty_table(), name, events)
    assert _train(events, world, tmp_path / "next", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["is_promoted"], "wait for more" in told["reasons"][0]) == (False, True)
