"""What several months publish together: the attacker has every table of every month, and linear programming."""

from __future__ import annotations

import argparse
import json
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from matcher.domain.errors import InvalidInput
from matcher.ingest.datasets import write_table
from matcher.measure.disclosure_attack import LEAST_PEOPLE, Publication, reachable_width
from matcher.measure.published import ALL, read_register
from scripts import outcomes
from tests.world import table

PLAN = {"clock": "2m", "base": "not_working", "by": [["province_code", "sex"]]}
GROUPS = [(province, sex) for province in ("31", "32", "33") for sex in ("female", "male")]
KINDS = ("employed", "self_employed", "not_working")


def write_month(folder: Path, people: list[tuple[str, str, str | None]]) -> Path:
    """Write people, each with province, sex and what a survey found; nothing found is silence."""
    alumni, reports = [], []
    for number, (province, sex, kind) in enumerate(people):
        who = {"alumnus_id": f"a{number}", "province_code": province, "sex": sex, "completed_on": date(2026, 1, 15)}
        alumni.append(who | {"employment_at_entry": "not_working", "wave": "7"})
        seen = {"alumnus_id": f"a{number}", "kind": kind, "source": "survey", "observed_on": date(2026, 3, 9)}
        reports += [{"outcome_id": f"o{number}", **seen}] if kind else []
    write_table(table("alumni", alumni), "alumni", folder)
    write_table(table("outcomes", reports), "outcomes", folder)
    return folder


def publish(data: Path, register: Path, by: str = "province_code,sex") -> int:
    """Run the command as it is typed."""
    parser = argparse.ArgumentParser()
    outcomes.register(parser.add_subparsers())
    words = ["outcomes", "--data", str(data), "--by", by, "--register", str(register), "--now", "2026-12-01"]
    arguments = parser.parse_args(words)
    return arguments.run(arguments)


def everything_published(register: Path) -> list[Publication]:
    """Lay all months of a register over the cells and rows of all of them, as an attacker would."""
    months = read_register(register, PLAN)
    cells = list(dict.fromkeys(cell for month in months for cell in month.cells))
    rows = list(dict.fromkeys(row for month in months for row in month.rows))
    members = np.array(
        [[all(want in (ALL, have) for want, have in zip(row, cell, strict=True)) for cell in cells] for row in rows]
    )
    return [month.as_publication(cells, rows, members) for month in months]


def worked_out(months: list[Publication]) -> list[tuple[int, int, int]]:
    """Return every small count, by month, row and kind, that all months together give away."""
    return [
        (number, int(row), int(kind))
        for number, month in enumerate(months)
        for row, kind in np.argwhere(month.small())
        if reachable_width(months, int(row), int(kind), month=number) < LEAST_PEOPLE
    ]


def drawn(rng: np.random.Generator, n: int, chances: tuple[float, ...]) -> list[tuple[str, str, str | None]]:
    places = rng.choice(len(GROUPS), size=n, p=chances)
    return [(*GROUPS[place], [*KINDS, None][rng.choice(4, p=(0.3, 0.2, 0.3, 0.2))]) for place in places]


def answered_late(
    rng: np.random.Generator, people: list[tuple[str, str, str | None]]
) -> list[tuple[str, str, str | None]]:
    return [(province, sex, kind or ("employed" if rng.random() < 0.3 else None)) for province, sex, kind in people]


@pytest.mark.parametrize("seed", range(4))
def test_three_months_together_give_no_small_count_away(seed: int, tmp_path: Path) -> None:
    rng = np.random.default_rng(seed)
    people: list[tuple[str, str, str | None]] = []
    for month in range(3):
        people = answered_late(rng, people) + drawn(rng, 400 if month == 0 else 60, (0.05, 0.15, 0.2, 0.2, 0.2, 0.2))
        publish(write_month(tmp_path / f"{month}", people), tmp_path / "register.json")
    months = everything_published(tmp_path / "register.json")
    assert len(months) == 3 and any(month.small().any() for month in months)
    assert worked_out(months) == []


def grown(n_first: int) -> list[tuple[str, str, str | None]]:
    """People of two provinces, all women who work; of the first only a few."""
    return [(province, "female", "employed") for province, n in (("31", n_first), ("32", 30)) for _ in range(n)]


def test_second_month_alone_would_have_bounded_the_first(tmp_path: Path) -> None:
    register, alone = tmp_path / "register.json", tmp_path / "alone.json"
    first, second = (write_month(tmp_path / f"{n}", grown(n)) for n in (9, 12))
    publish(first, register)
    publish(second, alone)
    (january,), (february,) = (everything_published(path) for path in (register, alone))
    assert february.is_published.all() and worked_out([january, february])
    publish(second, register)
    assert worked_out(everything_published(register)) == []


def test_register_is_of_one_plan_and_for_its_owner_alone(tmp_path: Path) -> None:
    data, register = write_month(tmp_path / "0", grown(12)), tmp_path / "register.json"
    publish(data, register)
    assert register.stat().st_mode & 0o077 == 0
    with pytest.raises(InvalidInput, match="another split"):
        publish(data, register, by="sex")


@pytest.mark.parametrize("text", ["", "[]", json.dumps({"plan": PLAN, "published": [{}]})])
def test_other_files_are_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "register.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InvalidInput, match="no register"):
        read_register(path, PLAN)


def test_same_data_published_again_shows_the_same(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = write_month(tmp_path / "0", grown(12) + [("33", "male", "not_working")] * 4)
    publish(data, tmp_path / "register.json")
    first = capsys.readouterr().out
    publish(data, tmp_path / "register.json")
    assert capsys.readouterr().out == first
