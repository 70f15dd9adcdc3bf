"""Takes slates just ranked, of many people; stores each whose person still agrees, before it is shown. Ranks nothing.

A reload within `RELOAD_WINDOW` is shown the same impression. All who wait are stored by the same few statements, in one
transaction (`api.group_commit`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from api.group_commit import GroupCommit
from api.live.view import LiveView
from api.storage.consents import consenting
from api.storage.events import append_impressions
from api.storage.presence import held_people
from api.storage.recent_answers import RecentAnswer, keep_answers, recent_answer, recent_answers_of
from api.storage.schema.columns import Written
from matcher.domain.records import Impression

RELOAD_WINDOW = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class FreshSlate:
    """A slate to be shown: its impression, the answer that shows it, the hash of the question, and who ranked it."""

    impression: Impression
    answer: Written
    asked: str
    view: LiveView

    @property
    def key(self) -> tuple[str, str]:
        """Whose answer it is, and to which question."""
        return self.impression.alumnus_id, self.asked


Showing = GroupCommit[FreshSlate, dict[str, Any] | None]
"""Stores a slate with those of other requests; tells what the person is shown, None where they agree no more."""


def store_slates(session: Session, fresh: Sequence[FreshSlate]) -> list[dict[str, Any] | None]:
    """Store slates before they are shown; return what each person is shown, None where they agree no more.

    Notes
    -----
    Raises nothing for slates of the engine. Where another request with the same question was faster, its answer is
    shown and the slate is not stored.
    """
    ids = [one.impression.alumnus_id for one in fresh]
    agreed = held_people(session, ids) & consenting(session, "recommend", ids)
    since = min(one.impression.shown_at for one in fresh) - RELOAD_WINDOW
    faster = {
        (one.alumnus_id, one.request_hash): one
        for one in recent_answers_of(session, ids, [slate.asked for slate in fresh], since=since)
    }
    shown: dict[tuple[str, str], dict[str, Any]] = {}
    kept: list[FreshSlate] = []
    for one in fresh:
        if one.impression.alumnus_id not in agreed or one.key in shown:
            continue
        again = _again(faster.get(one.key), one.view, now=one.impression.shown_at)
        shown[one.key] = again or one.answer
        if again is None:
            kept.append(one)
    _keep(session, kept)
    return [shown.get(one.key) for one in fresh]


def remembered(
    session: Session, view: LiveView, alumnus_id: str, asked: str, *, now: datetime
) -> dict[str, Any] | None:
    """Return the answer that `asked` got a short while ago, without what closed since; None where it got none.

    Notes
    -----
    Raises nothing. What closed is named in ``closed``; the other items keep the positions they were shown at. Where
    nothing of it is open any more, the question is asked anew.
    """
    return _again(recent_answer(session, alumnus_id, asked, since=now - RELOAD_WINDOW), view, now=now)


def _again(found: RecentAnswer | None, view: LiveView, *, now: datetime) -> dict[str, Any] | None:
    if found is None:
        return None
    shown = [item["vacancy_id"] for item in found.answer["items"]]
    still_open = view.arrivals.open_among(shown, now=now)
    if shown and not still_open:
        return None
    items = [item for item in found.answer["items"] if item["vacancy_id"] in still_open]
    return {**found.answer, "items": items, "closed": [one for one in shown if one not in still_open]}


def _keep(session: Session, fresh: Sequence[FreshSlate]) -> None:
    if not fresh:
        return
    shown = [one.impression for one in fresh]
    append_impressions(session, shown, now=max(one.shown_at for one in shown))
    keep_answers(
        session,
        [
            RecentAnswer(one.alumnus_id, slate.asked, one.impression_id, one.shown_at, slate.answer)
            for one, slate in zip(shown, fresh, strict=True)
        ],
    )
