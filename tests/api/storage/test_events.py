"""Events: each stored once, with a cause that holds, and never changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.database import Database
from api.storage.events import (
    Appended,
    append_impressions,
    append_interactions,
    append_outcomes,
    impressions_of,
    interactions_of,
    interactions_of_person,
    outcomes_of_person,
)
from matcher.domain.errors import InvalidInput
from matcher.domain.records import Impression, Interaction, Outcome, Reason
from tests.api.storage.cast import LOOK, SLATE, done, settle
from tests.world import NOW

REPORT = Outcome("o-1", "a-siti", "employed", "self", NOW, date(2026, 11, 1), date(2026, 10, 1), vacancy_id="v-sew")
NAN = float("nan")


def _slate(**changes: Any) -> Impression:
    return replace(SLATE, **changes)


def _item(**changes: Any) -> Impression:
    return replace(SLATE, entries=(replace(SLATE.entries[0], **changes),))


def test_slate_comes_back_as_it_was_shown(database: Database) -> None:
    reason = Reason("title", "similarity", 0.5, "cocok", "fits")
    told = replace(SLATE, entries=tuple(replace(item, reasons=(reason,)) for item in SLATE.entries))
    with database.session.begin() as session:
        assert append_impressions(session, [told], now=NOW) == Appended(1)
        assert append_impressions(session, [SLATE], now=NOW) == Appended(0, ("i-1",))
        assert impressions_of(session, ["i-1", "i-none"]) == {"i-1": SLATE}


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        (_slate(shown_at=NOW + timedelta(seconds=1)), "in the future"),
        (_slate(shown_at=datetime(2026, 11, 1)), "without a zone"),
        (_slate(channel="radio"), "channel 'radio'"),
        (_slate(entries=SLATE.entries[1:]), "positions are not 1, 2, 3"),
        (_slate(entries=(SLATE.entries[0], replace(SLATE.entries[0], position=2))), "twice"),
        (_item(propensity=0.0), "propensity"),
        (_item(propensity=1.001), "propensity"),
        (_item(propensity=NAN), "propensity"),
        (_item(score=NAN), "score"),
    ],
)
def test_slate_that_could_not_have_been_shown_is_refused(database: Database, changed: Impression, told: str) -> None:
    with database.session() as session, pytest.raises(InvalidInput, match=told):
        append_impressions(session, [changed], now=NOW)


def test_other_slate_under_a_known_id_is_refused(database: Database) -> None:
    settle(database, slate=True)
    with database.session() as session, pytest.raises(InvalidInput, match="'i-1': belongs to another event"):
        append_impressions(session, [_slate(policy="other@abc")], now=NOW)


def test_repeat_of_an_interaction_writes_nothing_and_is_told(database: Database) -> None:
    settle(database, slate=True)
    save = replace(LOOK, interaction_id="x-2", kind="saved")
    with database.session.begin() as session:
        assert append_interactions(session, [LOOK, LOOK], now=NOW) == Appended(1)
        assert append_interactions(session, [save, LOOK], now=NOW) == Appended(1, ("x-1",))
        assert interactions_of(session, ["x-1", "x-2"]) == {"x-1": LOOK, "x-2": save}


@pytest.mark.parametrize("in_one_batch", [True, False])
def test_other_interaction_under_a_known_id_is_refused(database: Database, in_one_batch: bool) -> None:
    settle(database, slate=True)
    other = replace(LOOK, kind="hidden")
    with database.session() as session:
        if not in_one_batch:
            append_interactions(session, [LOOK], now=NOW)
        with pytest.raises(InvalidInput, match="'x-1': belongs to another event"):
            append_interactions(session, [LOOK, other] if in_one_batch else [other], now=NOW)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"impression_id": "i-none"}, "impression 'i-none' is unknown"),
        ({"alumnus_id": "a-budi"}, "impression 'i-1' is unknown"),
        ({"vacancy_id": "v-elsewhere"}, "does not stand in impression 'i-1'"),
        ({"at": SLATE.shown_at - timedelta(seconds=1)}, "before its impression"),
        ({"at": NOW + timedelta(seconds=1)}, "in the future"),
        ({"at": datetime(2026, 11, 22)}, "without a zone"),
        ({"kind": "liked"}, "kind 'liked' is unknown"),
        ({"corrects_id": "x-none"}, "corrects 'x-none', which is unknown"),
        ({"corrects_id": "x-1"}, "corrects 'x-1', which is unknown"),
    ],
)
def test_interaction_without_a_cause_that_holds_is_refused(
    database: Database, changes: dict[str, Any], told: str
) -> None:
    settle(database, slate=True)
    with database.session() as session, pytest.raises(InvalidInput, match=told):
        append_interactions(session, [replace(LOOK, **changes)], now=NOW)


def test_one_bad_interaction_keeps_the_whole_batch_out(database: Database) -> None:
    settle(database, slate=True)
    with database.session() as session:
        with pytest.raises(InvalidInput):
            append_interactions(session, [LOOK, done("x-2", "liked")], now=NOW)
        assert interactions_of(session, ["x-1"]) == {}


def test_hired_before_applied_is_kept(database: Database) -> None:
    early, late = done("x-1", "applied"), done("x-2", "hired", at=NOW - timedelta(days=9))
    with database.session.begin() as session:
        append_interactions(session, [early, late], now=NOW)
        assert interactions_of_person(session, "a-siti") == [late, early]


def test_correction_stands_in_the_place_of_the_event_it_corrects(database: Database) -> None:
    applied = done("x-1", "applied")
    hidden = done("x-2", "hidden", corrects_id="x-1")
    with database.session.begin() as session:
        append_interactions(session, [applied, hidden], now=NOW)
        assert interactions_of_person(session, "a-siti") == [hidden]
        assert interactions_of_person(session, "a-siti", kinds=["applied"]) == []
        assert interactions_of(session, ["x-1"]) == {"x-1": applied}


@pytest.mark.parametrize("changes", [{"alumnus_id": "a-budi"}, {"vacancy_id": "v-iron"}])
def test_nobody_corrects_the_event_of_another(database: Database, changes: dict[str, str]) -> None:
    with database.session() as session:
        append_interactions(session, [done("x-1", "applied")], now=NOW)
        with pytest.raises(InvalidInput, match="corrects 'x-1'"):
            append_interactions(session, [done("x-2", "hidden", corrects_id="x-1", **changes)], now=NOW)


def test_outcome_is_stored_once_and_corrected_by_a_later_one(database: Database) -> None:
    lasting = replace(REPORT, outcome_id="o-2", kind="self_employed", corrects_id="o-1")
    with database.session.begin() as session:
        assert append_outcomes(session, [REPORT], now=NOW) == Appended(1)
        assert append_outcomes(session, [REPORT, lasting], now=NOW) == Appended(1, ("o-1",))
        assert outcomes_of_person(session, "a-siti") == [lasting]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"kind": "rich"}, "kind 'rich'"),
        ({"source": "rumour"}, "source 'rumour'"),
        ({"asked_at": NOW + timedelta(seconds=1)}, "in the future"),
        ({"ended_on": date(2026, 9, 30)}, "before it started"),
        ({"corrects_id": "o-none"}, "corrects 'o-none'"),
    ],
)
def test_outcome_that_cannot_be_is_refused(database: Database, changes: dict[str, Any], told: str) -> None:
    with database.session() as session, pytest.raises(InvalidInput, match=told):
        append_outcomes(session, [replace(REPORT, **changes)], now=NOW)


def test_nothing_given_is_nothing_written(database: Database) -> None:
    with database.session() as session:
        for append in (append_impressions, append_interactions, append_outcomes):
            assert append(session, [], now=NOW) == Appended(0)


def test_more_events_than_one_statement_names_are_stored_and_told_as_repeats(database: Database) -> None:
    many = [done(f"x-{number:05d}", "viewed") for number in range(2_345)]
    with database.session.begin() as session:
        assert append_interactions(session, many, now=NOW).n_written == len(many)
        assert append_interactions(session, many, now=NOW) == Appended(0, tuple(one.interaction_id for one in many))


def test_of_two_senders_at_once_one_writes_and_the_other_repeats(database: Database) -> None:
    gate, told = Barrier(2), []

    def send() -> None:
        gate.wait()
        with database.session.begin() as session:
            told.append(append_interactions(session, [done("x-1", "viewed")], now=NOW))

    threads = [Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told, key=lambda one: one.n_written) == [Appended(0, ("x-1",)), Appended(1)]


_KINDS = st.sampled_from(["viewed", "saved", "applied", "hired"])
_INSTANTS = st.datetimes(datetime(2020, 1, 1), datetime(2026, 11, 22), timezones=st.just(UTC))


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(batches=st.lists(st.lists(st.tuples(st.integers(0, 12), _KINDS, _INSTANTS), max_size=8), max_size=5))
def test_any_order_of_sending_and_repeating_leaves_each_event_once(
    database: Database, batches: list[list[tuple[int, str, datetime]]]
) -> None:
    said: dict[str, Interaction] = {}
    with database.session() as session:
        for batch in batches:
            sent = []
            for number, kind, at in batch:
                one = said.setdefault(f"x-{number}", done(f"x-{number}", kind, at=at))
                sent.append(one)
            before = len(interactions_of(session, list(said)))
            appended = append_interactions(session, sent, now=NOW)
            assert len(interactions_of(session, list(said))) == before + appended.n_written
        assert interactions_of(session, list(said)) == said
