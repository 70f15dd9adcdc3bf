"""One state for each person and clock, by the written order of trust; every report is accounted for."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.domain.errors import InvalidInput
from matcher.ingest.datasets import write_table
from matcher.measure.resolve_outcomes import LEVELS, STATES, Resolution, resolve_outcomes, write_states
from tests.world import table

NOW = datetime(2026, 12, 1, tzinfo=UTC)
FIRST, LAST = date(2026, 6, 1), date(2026, 6, 30)
CLOCKS = pa.table({"alumnus_id": ["ani"], "clock": ["2m"], "from_on": [FIRST], "to_on": [LAST]})
_NUMBERS = count(1)


def on(day: int, month: int = 6) -> date:
    """Return a day of 2026."""
    return date(2026, month, day)


def says(source: str | None, kind: str, seen: date | None = None, **more: Any) -> dict[str, Any]:
    """Return one report about Ani."""
    row = {"outcome_id": f"o-{next(_NUMBERS)}", "alumnus_id": "ani", "kind": kind, "source": source}
    return {**row, "observed_on": seen, **more}


def resolved(*reports: dict[str, Any], **options: Any) -> Resolution:
    """Return the states of the one clock of Ani."""
    return resolve_outcomes(table("outcomes", list(reports)), CLOCKS, now=NOW, **options)


def state(*reports: dict[str, Any], **options: Any) -> dict[str, Any]:
    """Return the only state."""
    (row,) = resolved(*reports, **options).states.to_pylist()
    return row


def test_register_goes_before_everybody_who_says_the_person_works() -> None:
    rising = ("self", "survey", "officer", "employer", "administrative")
    reports = [says(source, "employed", on(10)) for source in rising]
    for n in range(1, len(reports) + 1):
        assert state(*reports[:n])["source"] == reports[n - 1]["source"]
        assert state(*reports[:n])["n_reports"] == n


@pytest.mark.parametrize("source", ["officer", "survey", "self"])
@pytest.mark.parametrize("kind", ["employed", "self_employed"])
def test_work_outside_the_register_is_not_undone_by_the_register(source: str, kind: str) -> None:
    row = state(says(source, kind, on(10)), says("administrative", "not_working", on(20)))
    assert (row["state"], row["source"], row["is_contradicted"]) == (kind, source, False)


def test_register_alone_may_say_not_working() -> None:
    assert state(says("administrative", "not_working", on(10)))["state"] == "not_working"


def test_person_who_says_not_working_goes_before_the_list_that_lacks_them() -> None:
    row = state(says("administrative", "not_working", on(10)), says("self", "not_working", on(9)))
    assert (row["state"], row["source"]) == ("not_working", "self")


@pytest.mark.parametrize("first", ["employed", "not_working"])
def test_survey_goes_before_a_self_report_and_the_contradiction_is_told(first: str) -> None:
    second = "not_working" if first == "employed" else "employed"
    row = state(says("survey", first, on(10)), says("self", second, on(20)))
    assert (row["state"], row["source"], row["is_contradicted"]) == (first, "survey", True)


def test_on_one_level_the_report_last_seen_decides() -> None:
    row = state(says("self", "employed", on(10)), says("self", "not_working", on(20)))
    assert (row["state"], row["seen_on"]) == ("not_working", on(20))


def test_what_was_seen_in_the_window_goes_before_what_is_carried_to_it() -> None:
    hired = says("employer", "employed", on(5, 5), started_on=on(3, 5))
    row = state(hired, says("self", "not_working", on(20)))
    assert (row["state"], row["source"], row["is_contradicted"]) == ("not_working", "self", True)


def test_job_not_known_to_have_ended_is_carried_for_a_while() -> None:
    hired = says("employer", "employed", on(5, 5), started_on=on(3, 5))
    row = state(hired)
    assert (row["state"], row["is_carried"], row["seen_on"]) == ("employed", True, on(5, 5))
    assert state(hired, carry_days=20)["state"] == "not_asked"


def test_end_told_by_another_source_stops_the_carrying() -> None:
    hired = says("employer", "employed", on(5, 5), started_on=on(3, 5), employer_id="e-1")
    left = says("self", "employed", on(25, 5), started_on=on(4, 5), ended_on=on(20, 5), employer_id="e-1")
    assert state(hired, left)["state"] == "not_asked"
    elsewhere = {**left, "employer_id": "e-2"}
    assert state(hired, elsewhere)["state"] == "employed"


@pytest.mark.parametrize(
    ("started", "ended", "expected"),
    [
        (on(1, 3), on(31, 5), "not_asked"),
        (on(1, 3), on(1), "employed"),
        (on(30), on(20, 7), "employed"),
        (on(1, 7), on(20, 7), "not_asked"),
        (None, on(2), "employed"),
    ],
)
def test_job_counts_where_it_touches_the_window(started: date | None, ended: date, expected: str) -> None:
    assert state(says("officer", "employed", on(1, 8), started_on=started, ended_on=ended))["state"] == expected


def test_job_and_business_at_once_are_both() -> None:
    reports = says("administrative", "self_employed", on(10)), says("self", "employed", on(12), employer_id="e-1")
    row = state(*reports, says("employer", "employed", on(13), employer_id="e-2"))
    assert (row["state"], row["also_self_employed"], row["source"]) == ("employed", True, "employer")
    assert (row["n_employers"], row["is_contradicted"]) == (2, False)


def test_silence_is_no_evidence() -> None:
    silent = says("survey", "no_response", asked_at=datetime(2026, 6, 20, tzinfo=UTC))
    assert state(silent)["state"] == "no_response"
    assert state(silent, says("self", "employed", on(2)))["state"] == "employed"
    assert state()["state"] == "not_asked"


def test_correction_replaces_what_it_corrects() -> None:
    wrong = says("administrative", "employed", on(10))
    right = says("administrative", "not_working", on(10), corrects_id=wrong["outcome_id"])
    resolution = resolved(wrong, right)
    assert resolution.states["state"].to_pylist() == ["not_working"]
    assert resolution.report.set_aside == {"superseded": 1}


@pytest.mark.parametrize(
    ("report", "reason"),
    [
        (says("self", "employed", on(2, 12)), "future"),
        (says("survey", "no_response", asked_at=datetime(2027, 1, 1, tzinfo=UTC)), "future"),
        (says("self", "employed", on(10), alumnus_id="nobody"), "unknown_alumnus"),
        (says("neighbour", "employed", on(10)), "unknown_source"),
        (says(None, "employed", on(10)), "unknown_source"),
        (says("self", "studying", on(10)), "unknown_kind"),
        (says("self", "employed"), "undated"),
        (says("self", "employed", on(10), started_on=on(9), ended_on=on(8)), "ends_before_start"),
        (says("self", "employed", on(10), outcome_id=None), "incomplete"),
        (says("self", "employed", on(10), corrects_id="nowhere"), "corrects_unknown"),
        (says("self", "employed", on(10), outcome_id="x", corrects_id="x"), "correction_cycle"),
    ],
)
def test_report_that_cannot_be_used_is_set_aside_with_the_reason(report: dict, reason: str) -> None:
    resolution = resolved(report)
    assert resolution.report.set_aside == {reason: 1}
    assert resolution.set_aside["outcome_id"].to_pylist() == [report["outcome_id"]]
    assert resolution.states["state"].to_pylist() == ["not_asked"]


def test_repeated_id_is_kept_once() -> None:
    told = says("self", "employed", on(10))
    resolution = resolved(told, dict(told))
    assert (resolution.report.set_aside, resolution.report.n_used) == ({"duplicate_id": 1}, 1)


def test_window_that_is_not_over_is_flagged() -> None:
    early = resolve_outcomes(table("outcomes", []), CLOCKS, now=datetime(2026, 6, 30, 12, tzinfo=UTC))
    assert early.states["is_ripe"].to_pylist() == [False]
    assert state()["is_ripe"] is True


def test_same_report_speaks_for_every_clock_it_touches() -> None:
    later = CLOCKS.set_column(1, "clock", pa.array(["q2"])).set_column(3, "to_on", pa.array([on(30, 9)]))
    both = resolve_outcomes(
        table("outcomes", [says("self", "employed", on(10))]), pa.concat_tables([later, CLOCKS]), now=NOW
    )
    assert both.states.select(["clock", "state"]).to_pylist() == [
        {"clock": "2m", "state": "employed"},
        {"clock": "q2", "state": "employed"},
    ]
    assert (both.report.n_used, both.report.n_beside) == (1, 0)


_DAYS = st.one_of(st.none(), st.integers(-60, 250).map(lambda days: FIRST + timedelta(days=days)))
_REPORTS = st.builds(
    dict,
    outcome_id=st.integers(1, 12).map("o{}".format),
    alumnus_id=st.sampled_from(["ani", "nobody"]),
    kind=st.sampled_from([*STATES[:4], "studying"]),
    source=st.sampled_from([*{source for source, _ in LEVELS}, None]),
    observed_on=_DAYS,
    started_on=_DAYS,
    ended_on=_DAYS,
    corrects_id=st.sampled_from([None] * 6 + ["o1", "o2"]),
)


@settings(max_examples=15)
@given(reports=st.lists(_REPORTS, max_size=15))
def test_every_report_is_accounted_for_once_in_whatever_order_it_comes(reports: list[dict]) -> None:
    forward, backward = resolved(*reports), resolved(*reports[::-1])
    report = forward.report
    assert report.n_used + report.n_beside + sum(report.set_aside.values()) == report.n_reports == len(reports)
    assert forward.states.equals(backward.states) and report == backward.report
    assert set(forward.states["state"].to_pylist()) <= set(STATES)


def test_files_hold_what_memory_holds(tmp_path: Path) -> None:
    outcomes = table("outcomes", [says("self", "employed", on(10)), says("self", "studying", on(10))])
    path = write_table(outcomes, "outcomes", tmp_path)
    pq.write_table(CLOCKS, tmp_path / "clocks.parquet")
    report = write_states(path, tmp_path / "clocks.parquet", tmp_path / "out", now=NOW)
    held = resolve_outcomes(outcomes, CLOCKS, now=NOW)
    assert report == held.report
    assert pq.read_table(tmp_path / "out" / "states.parquet").to_pylist() == held.states.to_pylist()


@pytest.mark.parametrize(
    ("clocks", "said"),
    [
        (CLOCKS.drop_columns(["to_on"]), "column to_on missing"),
        (pa.concat_tables([CLOCKS, CLOCKS]), "'2m' of alumnus 'ani' repeats"),
        (CLOCKS.set_column(3, "to_on", pa.array([on(1, 5)])), "ends before it begins"),
    ],
)
def test_clocks_that_are_no_windows_are_refused(clocks: pa.Table, said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        resolve_outcomes(table("outcomes", []), clocks, now=NOW)


def test_naive_times_and_negative_days_are_refused() -> None:
    with pytest.raises(InvalidInput, match="no time zone"):
        resolve_outcomes(table("outcomes", []), CLOCKS, now=NOW.replace(tzinfo=None))
    with pytest.raises(InvalidInput, match="carry_days = -1"):
        resolved(carry_days=-1)
