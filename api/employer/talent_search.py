"""Takes an own vacancy or words; gives people who agreed to be found, under pseudonyms, the best first.

The live view keeps who may be found; whether those shown still agree is read at answer time. Opens no name; age, sex
and disability are nowhere in it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from datetime import datetime

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from api.employer.bodies import TalentBody, TalentCard, TalentFiltersBody, TalentPage
from api.employer.inbox import card, note_looks
from api.employer.posting import own_employer, own_vacancy
from api.live.view import LiveView
from api.page_cursor import next_cursor, read_cursor
from api.security.accounts import SignedIn
from api.security.keys import KeyRing
from api.storage.consents import consenting
from api.storage.people import people_of
from matcher.domain.errors import InvalidInput, UnknownIdentifier
from matcher.domain.qualifications import parse_education
from matcher.domain.records import Alumnus, Vacancy
from matcher.domain.regions import parse_district_code, parse_province_code
from matcher.domain.text import normalise
from matcher.engine.artifacts import Artifact
from matcher.engine.similarity import Texts
from matcher.engine.talent import TalentAnswer, TalentItem, TalentQuery, salt_of, search_talent
from matcher.engine.talent_pool import CONSENT, TalentFilters, TalentPool, demands_of
from matcher.engine.texts import texts_of
from matcher.ingest.datasets import SCHEMAS

MOST_PEOPLE = 1000
"""People that a search can be paged to."""


def search(
    session: Session, keys: KeyRing, view: LiveView, account: SignedIn, sent: TalentBody, *, now: datetime
) -> TalentPage:
    """Return a page of people who agree to be found, ranked for an own vacancy or for words.

    Raises
    ------
    InvalidInput
        When neither or both are given, or a filter or the cursor is none.
    UnknownIdentifier
        When the vacancy is none of this employer's.
    NotAllowed
        When the employer is not verified.
    """
    employer_id = own_employer(session, account, verified=True).employer_id
    asked = _query(session, view, employer_id, sent)
    start = _start(sent.cursor)
    answer, found = _agreeing(session, view.talent.arrivals.pools, asked, start + sent.limit + 1, now)
    page = found[start : start + sent.limit]
    people = people_of(session, [one.alumnus_id for one in page])
    cards = [
        _card(view.artifact, keys, employer_id, one, people[one.alumnus_id].alumnus, start + place)
        for place, one in enumerate(page, 1)
    ]
    note_looks(session, account, [(one.alumnus_id, "talent search") for one in page], now=now)
    more = len(found) > start + sent.limit and start + sent.limit < MOST_PEOPLE
    return TalentPage(
        items=cards,
        eligible=answer.eligible,
        scored=answer.scored,
        exact=answer.exact,
        next_cursor=next_cursor((str(start + sent.limit), "talent")) if more else None,
    )


def removals(session: Session, view: LiveView, account: SignedIn, sent: TalentBody, *, now: datetime) -> dict[str, int]:
    """Return how many people each chosen filter alone leaves out; nobody is shown, so nothing is noted.

    Notes
    -----
    A place other than the vacancy's own leaves out nobody who was there before it: then 0.

    Raises
    ------
    InvalidInput, UnknownIdentifier, NotAllowed
        As `search`.
    """
    employer_id = own_employer(session, account, verified=True).employer_id

    def eligible(asked: TalentBody) -> int:
        query = _query(session, view, employer_id, asked)
        return search_talent(view.talent.arrivals.pools, query, k=1, now=now).eligible

    chosen = sent.filters.model_dump(exclude_defaults=True)
    kept = eligible(sent)
    return {name: max(0, eligible(_without(sent, name)) - kept) for name in chosen}


def _without(sent: TalentBody, name: str) -> TalentBody:
    filters = sent.filters.model_copy(update={name: TalentFiltersBody.model_fields[name].default})
    return sent.model_copy(update={"filters": filters})


def _start(cursor: str | None) -> int:
    if cursor is None:
        return 0
    told, _ = read_cursor(cursor, str)
    if not told.isascii() or not told.isdigit() or len(told) > 4 or int(told) >= MOST_PEOPLE:
        raise InvalidInput("cursor: not one this list gave; use next_cursor of the page before, or none")
    return int(told)


def _agreeing(
    session: Session, pools: Sequence[TalentPool], asked: TalentQuery, wanted: int, now: datetime
) -> tuple[TalentAnswer, list[TalentItem]]:
    """Return the first `wanted` people who agree now; who took it back leaves no gap."""
    k = min(2 * wanted, MOST_PEOPLE)
    while True:
        answer = search_talent(pools, asked, k=k, now=now)
        agree = consenting(session, CONSENT, [one.alumnus_id for one in answer.items])
        found = [one for one in answer.items if one.alumnus_id in agree]
        if len(found) >= wanted or len(answer.items) < k or k == MOST_PEOPLE:
            return answer, found
        k = min(4 * k, MOST_PEOPLE)


def _query(session: Session, view: LiveView, employer_id: str, sent: TalentBody) -> TalentQuery:
    if (sent.vacancy_id is None) == (sent.query is None):
        raise InvalidInput("vacancy_id, query: give one of them, the vacancy or the words")
    if sent.vacancy_id is not None:
        vacancy = own_vacancy(session, employer_id, sent.vacancy_id).vacancy
        filters, near, salt = demands_of(vacancy), vacancy.district_code, vacancy.vacancy_id
        scores = _vacancy_scores(view, vacancy)
    else:
        words = sent.query or ""
        filters, near, salt = TalentFilters(), None, words
        scores = view.artifact.course_scores_of(Texts([words], [words]))[:, 0]
    filters = _narrowed(view, filters, sent.filters)
    return TalentQuery(scores, filters, district_code=filters.district_code or near, salt=salt_of(salt))


def _vacancy_scores(view: LiveView, vacancy: Vacancy) -> NDArray[np.float32]:
    """Return the scores of a vacancy with every course; computed here where it is not open to people yet."""
    try:
        return view.course_scores(vacancy.vacancy_id)
    except UnknownIdentifier:
        table = pa.Table.from_pylist([asdict(vacancy)], schema=SCHEMAS["vacancies"])
        return view.artifact.course_scores_of(texts_of(table))[:, 0]


def _narrowed(view: LiveView, filters: TalentFilters, sent: TalentFiltersBody) -> TalentFilters:
    province = _parsed("province_code", sent.province_code, parse_province_code)
    district = _parsed("district_code", sent.district_code, parse_district_code)
    education = _parsed("education", sent.education, parse_education)
    if province is not None:
        filters = replace(filters, province_code=province, is_remote=False)
    if education is not None:
        filters = replace(filters, education=education)
    rows = tuple(_row(view.artifact, title) for title in sent.certificates)
    return replace(
        filters, district_code=district, evidence=sent.evidence, score_rows=rows, only_available=sent.only_available
    )


def _row(artifact: Artifact, title: str) -> int:
    """Return the score row of a course by its id or title."""
    titles = artifact.courses["title"].to_pylist()
    ids = artifact.courses["course_id"].to_pylist()
    if title in ids:
        return ids.index(title)
    wanted = normalise(title)
    for row, one in enumerate(titles):
        if normalise(one) == wanted:
            return row
    raise InvalidInput("filters.certificates: no course has this title or id; write it as on the certificate")


def _parsed(name: str, text: str | None, parse: Callable[[str], str]) -> str | None:
    try:
        return None if text is None else parse(text)
    except (InvalidInput, UnknownIdentifier) as problem:
        raise InvalidInput(f"filters.{name}: {problem}") from problem


def _card(
    artifact: Artifact, keys: KeyRing, employer_id: str, one: TalentItem, alumnus: Alumnus, position: int
) -> TalentCard:
    shown = card(alumnus, keys.pseudonym(one.alumnus_id, audience=employer_id))
    return TalentCard(
        **shown.model_dump(),
        position=position,
        score=one.score,
        certificate=artifact.title_of_row(one.score_row),
        standing=one.standing,
        distance_km=one.distance_km,
    )
