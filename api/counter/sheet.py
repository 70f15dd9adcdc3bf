"""Takes a counter session; gives the vacancies of its person as a sheet to print, and as a short text to send.

The slate is stored as an impression before it is given. Prints and sends nothing.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from uuid import uuid4

from pydantic import TypeAdapter

from api.alumni.objection import objects_to_ranking
from api.alumni.recommending import RELOAD_WINDOW, slate_in_arm
from api.counter.desk import Desk
from api.counter.people import card_of
from api.counter.visits import open_visit
from api.pages.cards import Card, cards, notices
from api.pages.texts import Language, Texts, texts_in
from api.refusals import NotAllowed
from api.storage.events import append_impressions
from api.storage.people import person_of
from api.storage.recent_answers import RecentAnswer, keep_answer, recent_answer
from api.storage.trail import Access, note_accesses
from matcher.domain.errors import UnknownIdentifier
from matcher.domain.records import Alumnus, Impression, Slate

VACANCIES = 10
MESSAGE_CHARACTERS = 480
"""Three short messages of the 7-bit alphabet; one of WhatsApp."""

_SLATE = TypeAdapter(Slate)


@dataclass(frozen=True, slots=True)
class PrintedVacancy:
    """One vacancy on paper: every line as printed; ``apply`` holds the address in full, for paper has no links."""

    position: int
    title: str
    employer: str
    labels: str
    place: str
    pay: str
    closes: str
    why: str
    apply: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is printed: for whom (masked), when, from how many open vacancies, and the vacancies in their order."""

    impression_id: str
    person: str
    printed_on: str
    eligible: int
    notices: tuple[str, ...]
    vacancies: tuple[PrintedVacancy, ...]
    language: Language


def printed(desk: Desk, session_id: str, lang: Language) -> Sheet:
    """Return the sheet of the person in session, its slate stored as an impression of the counter.

    Printed again within half an hour, on paper or as text, it is the same slate, without what closed since.

    Raises
    ------
    UnknownIdentifier
        When the session is not open, or the person is not here any more.
    NotAllowed
        When the person gave no consent to recommendations, or objects to the automatic order.
    InvalidInput
        When no certificate of theirs is known.
    """
    visit = open_visit(desk.session, desk.officer, session_id, now=desk.wall_now)
    known = person_of(desk.session, visit.alumnus_id)
    masked = card_of(desk.session, desk.keys, visit.alumnus_id)
    if known is None or masked is None:
        raise UnknownIdentifier("person: was erased since; end the session")
    if "recommend" not in known.alumnus.consents:
        raise NotAllowed("recommend: the person gave no consent; note it with the receipt of a counter session")
    if objects_to_ranking(desk.session, visit.alumnus_id):
        raise NotAllowed("person: objects to the automatic order; look through the vacancies together with them")
    impression_id, slate = _shown(desk, known.alumnus)
    officer = desk.officer.account_id
    note_accesses(desk.session, [Access(officer, "counter", visit.alumnus_id, "sheet", desk.wall_now)])
    texts = texts_in(lang)
    adverts = desk.artifact.adverts([item.vacancy_id for item in slate.items])
    lines = [_line(one, texts) for one in cards(slate, adverts, texts=texts, now=desk.now)]
    return Sheet(
        impression_id=impression_id,
        person=f"{masked.masked_name or texts('sheet_nameless')}, {masked.place or texts('unknown')}",
        printed_on=texts.day(desk.now),
        eligible=slate.eligible,
        notices=notices(slate, texts),
        vacancies=tuple(lines),
        language=lang,
    )


def short_message(sheet: Sheet) -> str:
    """Return the sheet as a text of at most 480 characters: as many vacancies as fit, whole ones. Raises nothing."""
    texts = texts_in(sheet.language)
    head, foot = texts("message_head", date=sheet.printed_on), texts("message_foot")
    if not sheet.vacancies:
        return f"{head} {texts('message_none')} {foot}"
    told = head
    for one in sheet.vacancies:
        line = f"\n{one.position}. {_cut(one.title, 60)}, {_cut(one.employer, 40)}, {_cut(one.place, 40)}"
        if len(told) + len(line) + 1 + len(foot) > MESSAGE_CHARACTERS:
            break
        told += line
    return f"{told}\n{foot}"


def _shown(desk: Desk, alumnus: Alumnus) -> tuple[str, Slate]:
    """Return a slate and the id under which it is stored: that of a moment ago, or a fresh one."""
    asked = hashlib.sha256(f"sheet {alumnus!r}".encode()).hexdigest()
    found = recent_answer(desk.session, alumnus.alumnus_id, asked, since=desk.now - RELOAD_WINDOW)
    if found is not None:
        slate = _SLATE.validate_python(found.answer)
        still_open = desk.artifact.arrivals.open_among([one.vacancy_id for one in slate.items], now=desk.now)
        items = tuple(one for one in slate.items if one.vacancy_id in still_open)
        if items:
            return found.impression_id, replace(slate, items=items)
    slate = slate_in_arm(desk.artifact, desk.artifact.recommender, alumnus, k=VACANCIES, now=desk.now)
    shown = Impression(
        uuid4().hex, desk.now, alumnus.alumnus_id, slate.policy, "counter", slate.eligible, slate.scored, slate.items
    )
    append_impressions(desk.session, [shown], now=desk.now)
    kept = RecentAnswer(
        alumnus.alumnus_id, asked, shown.impression_id, desk.now, _SLATE.dump_python(slate, mode="json")
    )
    keep_answer(desk.session, kept)
    return shown.impression_id, slate


def _line(card: Card, texts: Texts) -> PrintedVacancy:
    facts = {fact.icon: fact.text for fact in card.facts}
    href = card.apply.href if card.apply.href and card.apply.is_outside else ""
    return PrintedVacancy(
        position=card.position,
        title=card.title,
        employer=card.employer,
        labels=", ".join(card.labels),
        place=facts.get("place", texts("unknown")),
        pay=facts.get("pay", ""),
        closes=facts.get("closes", ""),
        why=next(iter(card.reasons), ""),
        apply=f"{card.apply.text}: {href}" if href else card.apply.text,
    )


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 3].rstrip() + "..."
