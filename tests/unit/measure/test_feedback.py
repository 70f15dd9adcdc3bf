"""Whose slate caused what, said as short stories; every row is accounted for, whatever it holds."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.domain.errors import InvalidInput, MissingFile
from matcher.ingest.datasets import write_table
from matcher.measure.attribution import FUNNEL, NEGATIVES, AttributionRule
from matcher.measure.event_tables import Limits
from matcher.measure.feedback import Feedback, judge, write_judgements
from tests.unit.measure.event_rows import NOW, day, depths, event, judged, reasons, slate
from tests.world import table


def test_every_vacancy_shown_is_one_judgement() -> None:
    feedback = judged([slate("A", on=0, shows="v1 v2 v3")], [event("viewed", "v2", on=1, by="A")])
    rows = feedback.judgements.to_pylist()
    assert [(row["vacancy_id"], row["position"]) for row in rows] == [("v1", 1), ("v2", 2), ("v3", 3)]
    assert depths(feedback) == {"A/v2": 1}
    assert rows[1]["viewed_at"] == day(1) and rows[1]["policy"] == "p-1" and rows[1]["propensity"] == 0.5


def test_depth_is_that_of_the_deepest_step() -> None:
    steps = [event(kind, "v1", on=number, by="A") for number, kind in enumerate(("viewed", "applied", "interviewed"))]
    feedback = judged([slate("A", on=0, shows="v1")], steps)
    assert depths(feedback) == {"A/v1": FUNNEL.index("interviewed") + 1}


@pytest.mark.parametrize("kind", NEGATIVES)
def test_negatives_are_noted_beside_the_depth(kind: str) -> None:
    steps = [event("applied", "v1", on=1, by="A"), event(kind, "v1", on=5, by="A")]
    (row,) = judged([slate("A", on=0, shows="v1")], steps).judgements.to_pylist()
    assert (row["depth"], row[f"{kind}_at"]) == (3, day(5))


def test_hire_without_a_slate_follows_the_application() -> None:
    slates = [slate("A", on=0, shows="v1"), slate("B", on=20, shows="v1")]
    feedback = judged(slates, [event("applied", "v1", on=1, by="A"), event("hired", "v1", on=40)])
    assert depths(feedback) == {"A/v1": 6}
    assert feedback.report.attributed["followed"] == 1


def test_hire_that_names_a_later_slate_follows_the_application() -> None:
    slates = [slate("A", on=0, shows="v1"), slate("B", on=20, shows="v1")]
    feedback = judged(slates, [event("applied", "v1", on=1, by="A"), event("hired", "v1", on=40, by="B")])
    assert depths(feedback) == {"A/v1": 6}
    assert feedback.report.attributed["moved"] == 1


def test_hire_that_names_a_slate_shown_after_it_follows_the_application() -> None:
    slates = [slate("A", on=0, shows="v1"), slate("B", on=50, shows="v1")]
    feedback = judged(slates, [event("applied", "v1", on=1, by="A"), event("hired", "v1", on=40, by="B")])
    assert depths(feedback) == {"A/v1": 6}


def test_the_later_of_two_applications_counts() -> None:
    slates = [slate("A", on=0, shows="v1"), slate("B", on=20, shows="v1")]
    applications = [event("applied", "v1", on=1, by="A"), event("applied", "v1", on=21, by="B")]
    assert depths(judged(slates, [*applications, event("hired", "v1", on=40)])) == {"A/v1": 3, "B/v1": 6}


def test_the_deeper_step_goes_before_the_later_one() -> None:
    slates = [slate("A", on=0, shows="v1"), slate("B", on=20, shows="v1")]
    steps = [event("applied", "v1", on=1, by="A"), event("viewed", "v1", on=21, by="B")]
    assert depths(judged(slates, [*steps, event("hired", "v1", on=40)])) == {"A/v1": 6, "B/v1": 1}


def test_hire_without_any_step_goes_to_the_last_slate_that_showed_it() -> None:
    slates = [slate("A", on=0, shows="v1"), slate("B", on=20, shows="v2 v1"), slate("C", on=50, shows="v1")]
    feedback = judged(slates, [event("hired", "v1", on=40)])
    assert depths(feedback) == {"B/v1": 6}
    assert feedback.report.attributed["shown"] == 1


def test_retention_follows_the_hire() -> None:
    slates = [slate("A", on=0, shows="v1"), slate("B", on=30, shows="v1")]
    feedback = judged(slates, [event("hired", "v1", on=5), event("retained_90d", "v1", on=95)])
    assert depths(feedback) == {"A/v1": 7}


def test_application_noted_by_an_officer_follows_the_view() -> None:
    steps = [event("viewed", "v1", on=1, by="A"), event("applied", "v1", on=2, source="officer")]
    assert depths(judged([slate("A", on=0, shows="v1")], steps)) == {"A/v1": 3}


def test_trail_that_begins_in_the_open_list_is_organic_to_its_end() -> None:
    steps = [event("viewed", "v1", on=2), event("applied", "v1", on=3), event("hired", "v1", on=20)]
    feedback = judged([slate("A", on=0, shows="v1")], steps)
    assert depths(feedback) == {}
    assert feedback.organic["kind"].to_pylist() == ["viewed", "applied", "hired"]


def test_vacancy_never_shown_is_organic() -> None:
    feedback = judged([slate("A", on=0, shows="v1")], [event("hired", "v9", on=20)])
    assert (feedback.report.n_organic, depths(feedback)) == (1, {})


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        (event("viewed", "v1", on=1, by="nowhere"), "unknown_impression"),
        (event("viewed", "v1", on=1, by="B"), "another_persons_impression"),
        (event("hired", "v1", on=30, by="B"), "another_persons_impression"),
        (event("viewed", "v2", on=1, by="A"), "not_on_slate"),
        (event("viewed", "v1", on=-1, by="A"), "before_exposure"),
        (event("hired", "v1", on=-1, by="A"), "before_exposure"),
        (event("viewed", "v1", on=11, by="A"), "outside_window"),
        (event("hired", "v1", on=61, by="A"), "outside_window"),
        (event("viewed", "v1", on=101, by="A"), "future"),
        (event("promoted", "v1", on=1, by="A"), "unknown_kind"),
        (event("viewed", "v1", on=1, by="A", corrects_id="i-nowhere"), "corrects_unknown"),
        (event("viewed", "v1", on=1, by="A", alumnus_id=None), "incomplete"),
    ],
)
def test_event_that_says_nothing_of_a_slate_is_set_aside_with_the_reason(made: dict, reason: str) -> None:
    feedback = judged([slate("A", on=0, shows="v1"), slate("B", on=0, shows="v1", alumnus_id="budi")], [made])
    assert reasons(feedback) == {reason: 1}
    assert feedback.set_aside["interaction_id"].to_pylist() == [made["interaction_id"]]
    assert depths(feedback) == {} and feedback.report.n_organic == 0


def test_people_and_vacancies_that_nobody_knows_are_set_aside() -> None:
    slates = [slate("A", on=0, shows="v1 v9"), slate("B", on=0, shows="v1", alumnus_id="nobody")]
    events = [event("viewed", "v9", on=1, by="A"), event("viewed", "v1", on=1, by="B", alumnus_id="nobody")]
    alumni = table("alumni", [{"alumnus_id": "ani"}])
    vacancies = table("vacancies", [{"vacancy_id": "v1", "title": "Penjahit"}])
    feedback = judged(slates, events, alumni=alumni, vacancies=vacancies)
    told = {(part.table, part.reason): part.n for part in feedback.report.set_aside}
    assert told == {
        ("impressions", "unknown_alumnus"): 1,
        ("impression_entries", "unknown_alumnus"): 1,
        ("impression_entries", "unknown_vacancy"): 1,
        ("interactions", "unknown_alumnus"): 1,
        ("interactions", "unknown_vacancy"): 1,
    }


def test_slates_from_the_future_and_of_nobody_are_set_aside() -> None:
    impression, entries = slate("A", on=0, shows="v1")
    stray = {"impression_id": "nowhere", "vacancy_id": "v1", "position": 1}
    twice = {**entries[0], "position": 2}
    feedback = judged([(impression, [*entries, twice, stray]), slate("Z", on=101, shows="v1")], [])
    told = {(part.table, part.reason) for part in feedback.report.set_aside}
    assert told == {
        ("impressions", "future"),
        ("impression_entries", "future"),
        ("impression_entries", "duplicate_entry"),
        ("impression_entries", "unknown_impression"),
    }
    assert feedback.judgements["position"].to_pylist() == [1]


def test_correction_replaces_what_it_corrects() -> None:
    wrong = event("hired", "v1", on=20, by="A")
    right = event("rejected", "v1", on=20, by="A", corrects_id=wrong["interaction_id"])
    (row,) = judged([slate("A", on=0, shows="v1")], [wrong, right]).judgements.to_pylist()
    assert (row["depth"], row["hired_at"], row["rejected_at"]) == (0, None, day(20))


def test_correction_may_be_corrected_and_circles_are_refused() -> None:
    first = event("hired", "v1", on=20, by="A")
    second = event("rejected", "v1", on=20, by="A", corrects_id=first["interaction_id"])
    third = event("offered", "v1", on=20, by="A", corrects_id=second["interaction_id"])
    one, other = (event("viewed", "v2", on=2, by="A", interaction_id=name) for name in ("x", "y"))
    circle = [{**one, "corrects_id": "y"}, {**other, "corrects_id": "x", "at": day(3)}]
    feedback = judged([slate("A", on=0, shows="v1 v2")], [third, second, first, *circle])
    assert depths(feedback) == {"A/v1": 5}
    assert reasons(feedback) == {"correction_cycle": 2, "superseded": 2}


def test_correction_of_the_time_brings_a_future_event_back() -> None:
    wrong = event("hired", "v1", on=385, by="A")
    right = event("hired", "v1", on=20, by="A", corrects_id=wrong["interaction_id"])
    assert depths(judged([slate("A", on=0, shows="v1")], [wrong, right])) == {"A/v1": 6}


def test_duplicates_collapse_and_the_correction_of_one_holds_for_all() -> None:
    told = event("hired", "v1", on=20, by="A")
    again, same_id = {**told, "interaction_id": told["interaction_id"] + "-retry"}, dict(told)
    right = event("viewed", "v1", on=2, by="A", corrects_id=again["interaction_id"])
    feedback = judged([slate("A", on=0, shows="v1")], [told, again, same_id, right])
    assert depths(feedback) == {"A/v1": 1}
    assert reasons(feedback) == {"duplicate_id": 1, "repeated_event": 1, "superseded": 1}


def test_delays_are_counted_from_the_slate_and_open_windows_are_flagged() -> None:
    slates = [slate("A", on=0, shows="v1"), slate("B", on=60, shows="v1"), slate("C", on=95, shows="v1")]
    events = [event("applied", "v1", on=2, by="A"), event("hired", "v1", on=14.5)]
    rows = judged(slates, events).judgements.to_pylist()
    assert (rows[0]["days_to_applied"], rows[0]["days_to_hired"], rows[0]["observed_days"]) == (2.0, 14.5, 100.0)
    ripe = [(row["is_ripe_for_act"], row["is_ripe_for_answer"], row["is_ripe_for_retention"]) for row in rows]
    assert ripe == [(True, True, False), (True, False, False), (False, False, False)]


def test_report_counts_what_is_not_ripe_and_what_has_no_propensity() -> None:
    impression, entries = slate("A", on=95, shows="v1 v2")
    report = judged([(impression, [{**entries[0], "propensity": None}, entries[1]])], []).report
    assert (report.n_judgements, report.n_unripe, report.n_without_propensity) == (2, 2, 1)


def test_nothing_gives_nothing() -> None:
    feedback = judged([], [])
    assert (len(feedback.judgements), len(feedback.organic), len(feedback.set_aside)) == (0, 0, 0)
    assert feedback.report.n_interactions == 0


_IDS = st.sampled_from(["A", "B", "C", "nowhere", None])
_EVENTS = st.builds(
    dict,
    interaction_id=st.integers(1, 25).map("e{}".format),
    impression_id=_IDS,
    alumnus_id=st.sampled_from(["ani", "budi"]),
    vacancy_id=st.sampled_from(["v1", "v2", "v9"]),
    kind=st.sampled_from([*FUNNEL, *NEGATIVES, "promoted"]),
    at=st.floats(-10, 120).map(day),
    corrects_id=st.sampled_from([None] * 10 + ["e1", "e2", "e3", "nowhere"]),
)
_SLATES = [
    slate("A", on=0, shows="v1 v2"),
    slate("B", on=20, shows="v2 v1"),
    slate("C", on=20, shows="v1", alumnus_id="budi"),
]


@settings(max_examples=12)
@given(events=st.lists(_EVENTS, max_size=30))
def test_every_event_is_accounted_for_once_in_whatever_order_it_comes(events: list[dict]) -> None:
    feedback, reverse = judged(_SLATES, events), judged(_SLATES, events[::-1])
    report = feedback.report
    parts = sum(report.attributed.values()), report.n_organic, report.n_set_aside("interactions")
    assert sum(parts) == report.n_interactions == len(events)
    assert report == reverse.report
    assert feedback.judgements.equals(reverse.judgements)
    for row in feedback.judgements.to_pylist():
        _check_times(row)


def _check_times(row: dict) -> None:
    """No step comes before its slate or after its window, and the depth is that of the deepest."""
    times = {kind: row[f"{kind}_at"] for kind in (*FUNNEL, *NEGATIVES) if row[f"{kind}_at"]}
    assert all(row["shown_at"] <= at <= NOW for at in times.values())
    assert all(0 <= row[name] <= 60 for name in ("days_to_applied", "days_to_hired") if row[name] is not None)
    assert row["depth"] == max((FUNNEL.index(kind) + 1 for kind in times if kind in FUNNEL), default=0)


def _write(folder: Path) -> None:
    for name, rows in {
        "impressions": [impression for impression, _ in _SLATES],
        "impression_entries": [entry for _, entries in _SLATES for entry in entries],
        "interactions": [event("hired", "v1", on=30), event("viewed", "v1", on=1), event("viewed", "v1", on=500)],
    }.items():
        write_table(table(name, rows), name, folder)


def test_files_hold_what_memory_holds(tmp_path: Path) -> None:
    _write(tmp_path)
    names = ("impressions", "impression_entries", "interactions")
    held: Feedback = judge({name: tmp_path / f"{name}.parquet" for name in names}, now=NOW)
    report = write_judgements(tmp_path, tmp_path / "out", now=NOW, limits=Limits(memory_mb=256, threads=1))
    assert report == held.report
    assert pq.read_table(tmp_path / "out" / "judgements.parquet").to_pylist() == held.judgements.to_pylist()
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "judgements.parquet", "organic.parquet", "set_aside.parquet"
    ]  # fmt: skip


def test_judgements_have_one_type_a_column(tmp_path: Path) -> None:
    _write(tmp_path)
    write_judgements(tmp_path, tmp_path / "out", now=NOW)
    schema = pq.read_schema(tmp_path / "out" / "judgements.parquet")
    assert schema.field("hired_at").type == pa.timestamp("us", tz="UTC")
    assert judged(_SLATES, []).judgements.schema.types == schema.types


def test_missing_tables_and_naive_times_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="interactions missing"):
        judge({"impressions": table("impressions", []), "impression_entries": table("impression_entries", [])}, now=NOW)
    with pytest.raises(MissingFile, match="no such file"):
        write_judgements(tmp_path, tmp_path / "out", now=NOW)
    with pytest.raises(InvalidInput, match="no time zone"):
        write_judgements(tmp_path, tmp_path / "out", now=datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None))


@pytest.mark.parametrize("days", [(0, 10, 20), (30, 20, 40), (10, 20, 15)])
def test_windows_that_shrink_are_refused(days: tuple[int, int, int]) -> None:
    with pytest.raises(InvalidInput, match="no later step a shorter window"):
        AttributionRule(*days)
