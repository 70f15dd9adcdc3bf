"""Takes what the database says of people since the artifact was built; gives who may be found, in this process.

A question then reads no changed person from the database. Ranks nobody and follows nothing by itself.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from api.storage.availability import busy_people
from api.storage.people import people_of
from api.storage.talent_feed import TalentChange, changed_since, last_talent_change, still_here, talent_changes_after
from matcher.domain.errors import MatcherError
from matcher.engine.artifacts import Artifact
from matcher.engine.papers import LASTING, day_of
from matcher.engine.talent_arrivals import LatePerson, TalentArrivals

_LOG = logging.getLogger("api.live.talent")
_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class LiveTalent:
    """Who may be found, with every change up to number ``seq`` of the feed."""

    arrivals: TalentArrivals
    seq: int


def first_talent(artifact: Artifact, session: Session | None) -> LiveTalent:
    """Return who may be found of the artifact, and as they stand now those who changed since it was built.

    Notes
    -----
    Raises nothing for a whole artifact. Of one without alumni only who changed since is found.
    """
    arrivals = TalentArrivals(artifact.talent_pool, artifact.talent_pool_of)
    if session is None:
        return LiveTalent(arrivals, 0)
    seq = last_talent_change(session)
    since = datetime.fromisoformat(artifact.manifest["created_at"])
    return LiveTalent(_told(arrivals, session, changed_since(session, since)), seq)


def next_talent(talent: LiveTalent, session: Session) -> tuple[LiveTalent, list[TalentChange]]:
    """Return who may be found after the next changes, a thousand at most, and those changes. Raises nothing."""
    changes = talent_changes_after(session, talent.seq, limit=_AT_ONCE)
    if not changes:
        return talent, changes
    ids = list(dict.fromkeys(change.alumnus_id for change in changes if change.alumnus_id is not None))
    if any(change.alumnus_id is None for change in changes):
        # an erased person has no id to call them by: whoever came late and is here no more goes
        late = talent.arrivals.late_ids
        ids += sorted(set(late) - still_here(session, late) - set(ids))
    return LiveTalent(_told(talent.arrivals, session, ids), changes[-1].seq), changes


def _told(arrivals: TalentArrivals, session: Session, alumnus_ids: Sequence[str]) -> TalentArrivals:
    for start in range(0, len(alumnus_ids), _AT_ONCE):
        ids = alumnus_ids[start : start + _AT_ONCE]
        here, busy = people_of(session, ids), busy_people(session, ids)
        people = [LatePerson(one.alumnus, _day(busy.get(key))) for key, one in here.items()]
        arrivals = _changed(arrivals, people, [key for key in ids if key not in here])
    return arrivals


def _changed(arrivals: TalentArrivals, people: Sequence[LatePerson], gone: Sequence[str]) -> TalentArrivals:
    """Return the arrivals after the changes; who cannot be used is left out and told, and holds up no other."""
    try:
        return arrivals.changed(people, gone)
    except MatcherError as refusal:
        if len(people) > 1:
            for one in people:
                arrivals = _changed(arrivals, [one], [])
            return _changed(arrivals, [], gone)
        ids = [one.alumnus.alumnus_id for one in people]
        _LOG.error("person left out", extra={"told": {"alumnus_ids": ids, "refusal": type(refusal).__name__}})
        return arrivals.changed([], [*ids, *gone])


def _day(until: date | None) -> int:
    return 0 if until is None else LASTING if until == date.max else day_of(until)
