"""Takes a person's objection to the automatic order; gives whether it holds, and a question to an officer.

Ranks nothing: while it holds an officer answers instead (UU 27/2022).
"""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from sqlalchemy.orm import Session

from api.storage.questions import Correction, OfficerQuestion, ask_correction, ask_officer, corrections_of
from api.storage.recent_answers import forget_answers

OBJECTION_FIELD = "automatic_order"
"""Under which objections stand among the corrections: the last one holds, none is changed."""

_OBJECTS, _ACCEPTS = "objects", "accepts"


def object_or_accept(session: Session, alumnus_id: str, objects: bool, text: str | None, *, now: datetime) -> None:
    """Store an objection or its end; an objection is put to an officer at once, with the person's own words.

    Notes
    -----
    Raises nothing for a person who is here. Saying the same twice asks no officer twice.
    """
    if objects is objects_to_ranking(session, alumnus_id):
        return
    word = _OBJECTS if objects else _ACCEPTS
    ask_correction(session, Correction(uuid4().hex, alumnus_id, OBJECTION_FIELD, word, now, state="done"))
    forget_answers(session, alumnus_id)
    if objects:
        words = f"Keberatan atas urutan otomatis. {text or ''}".strip()
        ask_officer(session, OfficerQuestion(uuid4().hex, alumnus_id, now, text=words))


def objects_to_ranking(session: Session, alumnus_id: str) -> bool:
    """Return whether the person objects now. Raises nothing."""
    last = next((one for one in corrections_of(session, alumnus_id) if one.field == OBJECTION_FIELD), None)
    return last is not None and last.told == _OBJECTS
