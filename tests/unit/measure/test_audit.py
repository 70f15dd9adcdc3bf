"""The audit: a tiny market counted by hand, and a simulated one whose gaps are known."""

from __future__ import annotations

import argparse
import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from matcher.domain.errors import InvalidInput
from matcher.ingest.datasets import write_table
from matcher.measure.audit import Audit, GroupTable, audit, examination_of
from matcher.measure.audit_tables import ideal_gain
from matcher.measure.audit_words import audit_lines, audit_records
from matcher.measure.course_findings import judge_courses
from matcher.measure.group_gaps import GroupFigure
from matcher.measure.metrics import ndcg
from matcher.simulate.market import simulate
from matcher.simulate.parameters import MarketParameters
from scripts import audit as command
from tests.world import table

NOW = datetime(2026, 12, 1, tzinfo=UTC)
SHOWN = datetime(2026, 3, 1, tzinfo=UTC)
SINCE = datetime(2026, 1, 1, tzinfo=UTC)


def _village(n: int, name: str, *, shows: str, **more: Any) -> dict[str, list[dict[str, Any]]]:
    """Give `n` people of West Java who sew, each shown the vacancies `shows` in one slate."""
    who = [f"{name}-{number}" for number in range(n)]
    person = {"sex": name, "province_code": "32", "education": "SMP", "completed_on": date(2026, 1, 15),
              "employment_at_entry": "not_working"}  # fmt: skip
    shown = shows.split()
    return {
        "alumni": [{"alumnus_id": one, **person, **more} for one in who],
        "certificates": [{"alumnus_id": one, "course_id": "jahit", "title": "Menjahit"} for one in who],
        "impressions": [
            {"impression_id": f"i-{one}", "alumnus_id": one, "shown_at": SHOWN, "policy": "p"} for one in who if shown
        ],
        "impression_entries": [
            {"impression_id": f"i-{one}", "vacancy_id": vacancy, "position": place}
            for one in who
            for place, vacancy in enumerate(shown, start=1)
        ],
    }


def _events(who: str, n: int, *kinds: str) -> list[dict[str, Any]]:
    return [
        {"interaction_id": f"{kind}-{who}-{number}", "impression_id": f"i-{who}-{number}",
         "alumnus_id": f"{who}-{number}", "vacancy_id": "penjahit", "kind": kind, "at": SHOWN + timedelta(days=place)}
        for number in range(n)
        for place, kind in enumerate(kinds)
    ]  # fmt: skip


VACANCIES = [
    {"vacancy_id": "penjahit", "title": "Penjahit", "occupation_code": "7531", "province_code": "32",
     "education_min": "SMP", "employer_id": "garmen", "n_openings": 30},
    {"vacancy_id": "pola", "title": "Pembuat pola", "occupation_code": "7532", "province_code": "32"},
    {"vacancy_id": "juru-ketik", "title": "Juru ketik", "occupation_code": "4131", "province_code": "32"},
    {"vacancy_id": "desainer", "title": "Desainer", "occupation_code": "7531", "province_code": "32",
     "education_min": "S1"},
]  # fmt: skip


def _tables(*villages: dict[str, list[dict[str, Any]]], events: list[dict[str, Any]]) -> dict[str, pa.Table]:
    names = ("alumni", "certificates", "impressions", "impression_entries")
    rows = {name: [row for village in villages for row in village[name]] for name in names}
    courses = [{"course_id": "jahit", "title": "Menjahit", "occupation_code": "7531"}]
    rows |= {"interactions": events, "vacancies": VACANCIES, "courses": courses}
    return {name: table(name, given) for name, given in rows.items()}


@pytest.fixture(scope="module")
def two_villages() -> dict[str, pa.Table]:
    """Twenty women see the sewing post first, forty men the typing post first, ten more men see nothing."""
    return _tables(
        _village(20, "female", shows="penjahit pola juru-ketik"),
        _village(40, "male", shows="juru-ketik desainer"),
        _village(10, "male-2", shows="", sex="male"),
        events=_events("female", 20, "viewed", "applied") + _events("female", 10, "hired"),
    )


@pytest.fixture(scope="module")
def told(two_villages: dict[str, pa.Table]) -> Audit:
    """Its audit."""
    return audit(two_villages, since=SINCE, now=NOW)


def _of(groups: GroupTable, measure: str, group: str) -> GroupFigure:
    return next(one for one in groups.figures[measure] if one.group == group)


def test_shares_and_counts_by_hand(told: Audit) -> None:
    sex = told.people[0]
    assert (sex.n["female"], sex.n["male"]) == (20, 50)
    assert (_of(sex, "reach", "female").value, _of(sex, "reach", "male").value) == (1.0, 0.8)
    assert (_of(sex, "suitable", "female").value, _of(sex, "suitable", "male").value) == (1.0, 0.0)


def test_exposure_counts_only_what_suits_by_its_position(told: Audit) -> None:
    """Penjahit stands first and pola, the same kind of work, second: 1 + 1 / log2(3)."""
    assert not told.is_measured
    exposure = _of(told.people[0], "exposure", "female").value
    assert exposure == pytest.approx(1 + 1 / np.log2(3))
    assert _of(told.people[0], "hire", "female").value == 0.5


def test_quality_is_held_against_the_best_that_was_open(told: Audit) -> None:
    """The best list is penjahit 3, pola 2, juru-ketik 1; the men saw 1 and a post beyond their schooling, 0."""
    best = 3 + 2 / np.log2(3) + 1 / 2
    assert _of(told.people[0], "quality", "female").value == pytest.approx(1.0)
    assert _of(told.people[0], "quality", "male").value == pytest.approx(1 / best)


def test_relevance_that_somebody_judged_goes_before_qualification(two_villages: dict[str, pa.Table]) -> None:
    judged = pa.table({"course_id": ["jahit"] * 2, "vacancy_id": ["pola", "penjahit"], "grade": [3, 1]})
    told = audit({**two_villages, "relevance": judged}, since=SINCE, now=NOW)
    expected = (1 + 3 / np.log2(3)) / (3 + 1 / np.log2(3))
    assert told.is_relevance_judged
    assert _of(told.people[0], "quality", "female").value == pytest.approx(expected)
    wrong = judged.set_column(2, "grade", pa.array([3, 7]))
    with pytest.raises(InvalidInput, match="give 0, 1, 2 or 3"):
        audit({**two_villages, "relevance": wrong}, since=SINCE, now=NOW)


def test_starved_are_counted_with_those_never_shown(told: Audit) -> None:
    assert told.starved is not None and told.starved.rate is not None
    counts = (told.starved.n_people, told.starved.n_starved, told.starved.n_never_shown, told.starved.n_without_supply)
    assert counts == (70, 50, 10, 0)


def test_gap_between_the_villages_is_called_one(told: Audit) -> None:
    assert _of(told.people[0], "suitable", "female").is_gap
    parity = told.people[0].parity
    assert parity is not None and (parity.selection_difference, parity.opportunity_difference) == (1.0, 1.0)


def test_group_of_a_few_is_withheld_and_its_neighbour_too() -> None:
    people = [_village(30, "male", shows="penjahit"), _village(4, "female", shows="penjahit")]
    sex = audit(_tables(*people, events=[]), since=SINCE, now=NOW).people[0]
    assert sex.n == {"female": None, "male": None}
    assert all(family == () for family in sex.figures.values())


def test_nobody_at_all_is_an_answer() -> None:
    empty = _tables(_village(0, "male", shows=""), events=[])
    told = audit(empty, since=SINCE, now=NOW)
    assert (told.n_slates, told.courses, told.starved and told.starved.rate) == (0, (), None)
    assert "Belum ada alumni" in "\n".join(audit_lines(told))


@pytest.mark.parametrize(
    ("since", "said"), [(NOW, "is empty"), (datetime(2026, 1, 1), "no time zone")]
)  # fmt: skip
def test_wrong_period_is_refused(two_villages: dict[str, pa.Table], since: datetime, said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        audit(two_villages, since=since, now=NOW)


def test_missing_table_is_named() -> None:
    with pytest.raises(InvalidInput, match="impressions, impression_entries"):
        audit({"alumni": table("alumni", [])}, since=SINCE, now=NOW)


def _market_audit(**parameters: Any) -> Audit:
    market = simulate(MarketParameters(n_alumni=3_000, hires_logged=1.0, **parameters), rng=np.random.default_rng(2))
    return audit(market.tables, since=datetime(2025, 1, 1, tzinfo=UTC), now=datetime(2027, 6, 1, tzinfo=UTC))


def test_market_whose_employers_favour_men_is_found_out() -> None:
    told = _market_audit(female_gap=-0.7)
    women = _of(told.people[0], "hire", "female")
    assert women.is_gap and women.gap is not None and women.gap < 0
    assert not _of(told.people[0], "application", "female").is_gap


def test_market_without_any_gap_raises_no_alarm_by_sex() -> None:
    told = _market_audit()
    assert not any(one.is_gap for family in told.people[0].figures.values() for one in family)


def test_examination_is_measured_where_slates_explore_and_stated_where_not() -> None:
    told = _market_audit(explore=0.4)
    assert told.is_measured and told.examination[0] == 1.0
    weights, is_measured = examination_of(pa.table({"position": pa.array([], pa.int64())}))
    assert (weights.tolist(), is_measured) == ([1.0], False)


@pytest.mark.parametrize("counts", [(0, 0, 0), (1, 0, 1), (3, 4, 9), (20, 0, 0), (0, 2, 30)])
def test_ideal_gain_is_that_of_the_metric(counts: tuple[int, int, int]) -> None:
    grades = np.repeat([3.0, 2.0, 1.0], counts)
    ideal = float(ideal_gain(np.array([counts]))[0])
    shown = grades[::-1]
    gain = float(np.sum(shown[:10] / np.log2(np.arange(2, len(shown[:10]) + 2))))
    assert (gain / ideal if ideal else 0.0) == pytest.approx(ndcg(shown, grades, k=10))


def _courses(*rows: tuple[str, int, int, int]) -> pa.Table:
    columns = list(zip(*rows, strict=True))
    names = ("course_id", "n_people", "n_heard", "n_found")
    return pa.table(dict(zip(names, columns, strict=True)) | {"title": pa.nulls(len(rows), pa.string())})


def test_course_whose_graduates_find_nothing_comes_first_and_small_ones_together() -> None:
    first, *_, last = judge_courses(
        _courses(("las", 100, 80, 40), ("kriya", 60, 50, 0), ("kue", 120, 90, 50), ("a", 20, 15, 5), ("b", 25, 15, 5))
    )
    assert (first.course_id, first.n_found, first.is_low) == ("kriya", 0, True)
    assert (last.course_id, last.n_people, last.n_found, last.is_low) == (None, 45, 10, False)


def test_course_with_a_small_count_is_withheld_with_a_neighbour() -> None:
    found = judge_courses(_courses(("las", 100, 80, 40), ("kriya", 60, 50, 3), ("kue", 120, 90, 50)))
    assert sorted(one.course_id or "" for one in found if one.n_people is None) == ["kriya", "las"]
    assert judge_courses(_courses(("las", 100, 80, 40)).slice(0, 0)) == ()


def test_command_prints_the_audit_and_writes_it_as_json(
    two_villages: dict[str, pa.Table], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, rows in two_villages.items():
        write_table(rows, name, tmp_path)
    parser = argparse.ArgumentParser()
    command.register(parser.add_subparsers())
    for words in ([], ["--json"]):
        arguments = parser.parse_args(["audit", "--data", str(tmp_path), "--now", "2026-12-01", *words])
        assert arguments.run(arguments) == 0
    paper, last = capsys.readouterr().out.rsplit("\n", 2)[:2]
    assert "Jenis kelamin" in paper and "100,0" in paper
    answer = json.loads(last)
    assert answer["starved"]["n_starved"] == 50
    assert answer["people"][0]["groups"][0]["suitable"]["is_gap"] is True


def test_records_hold_nothing_of_withheld_groups() -> None:
    people = [_village(30, "male", shows="penjahit"), _village(4, "female", shows="penjahit")]
    records = audit_records(audit(_tables(*people, events=[]), since=SINCE, now=NOW))
    (female, _) = records["people"][0]["groups"]
    assert {value for name, value in female.items() if name not in ("group", "is_suppressed")} == {None}
