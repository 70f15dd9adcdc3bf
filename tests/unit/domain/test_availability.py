"""Whether somebody looks for work: their own word first, then the jobs that are known of."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from matcher.domain.availability import Statement, busy_until
from matcher.domain.records import Outcome

BEGUN = date(2026, 10, 1)
SETTLED_ON = date(2027, 3, 30)
JOB = Outcome("o1", "a1", "employed", started_on=BEGUN)


@pytest.mark.parametrize(
    ("statement", "outcomes", "until"),
    [
        (None, [], None),
        (Statement(True, BEGUN), [], None),
        (Statement(False, BEGUN), [], date.max),
        (None, [JOB], SETTLED_ON),
        (Statement(True, date(2026, 9, 30)), [JOB], SETTLED_ON),
        (Statement(True, BEGUN), [JOB], None),
        (None, [Outcome("o1", "a1", "employed", started_on=BEGUN, ended_on=date(2026, 10, 9))], date(2026, 10, 9)),
        (None, [Outcome("o1", "a1", "employed", observed_on=BEGUN)], SETTLED_ON),
        (None, [Outcome("o1", "a1", "employed", asked_at=datetime(2026, 10, 1, tzinfo=UTC))], SETTLED_ON),
        (None, [Outcome("o1", "a1", "employed")], None),
        (None, [Outcome("o1", "a1", "self_employed", started_on=BEGUN)], None),
        (None, [JOB, Outcome("o2", "a1", "employed", started_on=date(2026, 9, 1))], SETTLED_ON),
    ],
)
def test_who_looks_for_no_work_and_until_when(
    statement: Statement | None, outcomes: list[Outcome], until: date | None
) -> None:
    assert busy_until(statement, outcomes) == until
