"""A chain of corrections ends in one event, however long it is; circles and strangers are refused."""

from __future__ import annotations

import doctest

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.domain.errors import InvalidInput
from matcher.measure import corrections
from matcher.measure.corrections import correction_reasons


def _reasons(corrects: dict[str, str | None], persons: dict[str, str] | None = None) -> dict[str, str | None]:
    told = persons or {}
    people = pa.array([told.get(name, "ani") for name in corrects])
    columns = pa.array(list(corrects), pa.string()), pa.array(list(corrects.values()), pa.string())
    return dict(zip(corrects, correction_reasons(*columns, people), strict=True))


def test_docstring_examples_are_right() -> None:
    tried = doctest.testmod(corrections)
    assert (tried.failed, tried.attempted >= 3) == (0, True)


def test_last_of_a_chain_stands_whatever_the_order_of_rows() -> None:
    assert _reasons({"c": "b", "a": None, "b": "a"}) == {"a": "superseded", "b": "superseded", "c": None}


def test_of_two_corrections_the_later_row_stands() -> None:
    assert _reasons({"a": None, "b": "a", "c": "a"}) == {"a": "superseded", "b": "superseded", "c": None}


def test_of_two_chains_the_longer_stands() -> None:
    told = _reasons({"a": None, "b": "a", "c": "b", "d": "a"})
    assert [name for name, reason in told.items() if reason is None] == ["c"]


def test_circle_is_refused_with_what_hangs_on_it() -> None:
    told = _reasons({"a": "b", "b": "a", "c": "b", "d": "d", "e": None})
    assert told == dict.fromkeys("abcd", "correction_cycle") | {"e": None}


def test_nobody_corrects_the_event_of_another_person() -> None:
    told = _reasons({"a": None, "b": "a", "c": "b"}, persons={"b": "budi", "c": "budi"})
    assert told == {"a": None, "b": "corrects_another_person", "c": "corrects_another_person"}


def test_correction_of_an_event_that_is_not_here_is_set_aside() -> None:
    assert _reasons({"a": "gone", "b": "a", "c": None}) == {"a": "corrects_unknown", "b": "corrects_unknown", "c": None}


def test_chain_of_a_hundred_thousand_is_followed_to_its_end() -> None:
    n = 100_000
    told = _reasons({str(i): str(i - 1) if i else None for i in range(n)})
    assert [name for name, reason in told.items() if reason is None] == [str(n - 1)]


def test_nothing_to_correct_is_nothing() -> None:
    assert _reasons({}) == {}


@given(st.lists(st.integers(-1, 12), max_size=12))
def test_each_sound_tree_leaves_exactly_one_event(targets: list[int]) -> None:
    told = _reasons({str(i): None if to < 0 else str(to) for i, to in enumerate(targets)})
    n_roots = targets.count(-1)
    assert sum(reason is None for reason in told.values()) == n_roots


@pytest.mark.parametrize(("ids", "said"), [(["a", "a"], "event ids repeat"), (["a"], "give each an id")])
def test_ids_that_do_not_tell_events_apart_are_refused(ids: list[str], said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        correction_reasons(pa.array(ids), pa.array([None, None], pa.string()), pa.array(["ani", "ani"]))
