"""Takes an employer's advert; gives it checked and stored: open, waiting for an officer, or held back as a double.

Decides about no doubt: an officer does, in `api.operator.reviewing`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy.orm import Session

from api.employer.bodies import (
    AdvertBody,
    AdvertNote,
    CheckBody,
    CheckedAdvert,
    EditBody,
    PostedAdvert,
    PostedAdverts,
)
from api.refusals import Conflicting, NotAllowed
from api.security.accounts import SignedIn
from api.storage.employers import Employer, employer_of
from api.storage.reviews import AdvertReview, decide_review, open_review, reviews_of_vacancy
from api.storage.vacancies import (
    PostedVacancy,
    edit_vacancy,
    post_vacancy,
    set_vacancy_state,
    vacancies_of_employer,
    vacancy_of,
)
from matcher.domain.advert_rules import AdvertFlag, check_advert
from matcher.domain.errors import InvalidInput, UnknownIdentifier
from matcher.domain.minimum_wages import MinimumWage, minimum_wage_of
from matcher.domain.occupations import parse_occupation_code
from matcher.domain.qualifications import parse_education
from matcher.domain.records import Vacancy
from matcher.domain.regions import parse_district_code, parse_province_code
from matcher.ingest.duplicates import duplicate_groups

PAGE_ROWS = 50
LONGEST_DAYS = 366
LIVE = frozenset({"open", "in_review"})
ENDED = frozenset({"withdrawn", "filled"})
_MOST_COMPARED = 2000


def own_employer(session: Session, account: SignedIn, *, verified: bool = False) -> Employer:
    """Return the employer that the account acts for.

    Raises
    ------
    NotAllowed
        When the account belongs to none, an operator refused it, or `verified` is asked and it is not.
    """
    found = None if account.employer_id is None else employer_of(session, account.employer_id)
    if found is None or found.state == "refused":
        raise NotAllowed("account: acts for no employer that may use this; ask an operator")
    if verified and found.state != "verified":
        raise NotAllowed("employer: is not verified yet; an operator verifies it before people are shown")
    return found


def own_vacancy(session: Session, employer_id: str, vacancy_id: str) -> PostedVacancy:
    """Return a vacancy of this employer.

    Raises
    ------
    UnknownIdentifier
        When it is not here, or another employer's: nobody learns which.
    """
    found = vacancy_of(session, vacancy_id)
    if found is None or found.vacancy.employer_id != employer_id:
        raise UnknownIdentifier(f"vacancy '{vacancy_id}': none of yours; list your vacancies for the ids")
    return found


def post(session: Session, account: SignedIn, sent: AdvertBody, *, now: datetime) -> PostedAdvert:
    """Return an advert posted: open at once where nothing speaks against it.

    Raises
    ------
    InvalidInput
        When a code is none, or place, pay or dates contradict each other.
    NotAllowed
        When the account may not post.
    """
    employer = own_employer(session, account)
    vacancy = vacancy_as_sent(sent, employer, vacancy_id=f"v-{uuid4().hex}", posted_at=now, now=now)
    return put(session, employer, vacancy, doubles_among(session, employer, [vacancy], now), version=None, now=now)


def check(session: Session, account: SignedIn, sent: CheckBody, *, now: datetime) -> CheckedAdvert:
    """Return what posting an advert would make of it; nothing is stored.

    Raises
    ------
    UnknownIdentifier
        When the vacancy it would replace is none of this employer's.
    InvalidInput, NotAllowed
        As `post`.
    """
    employer = own_employer(session, account)
    if sent.vacancy_id is not None:
        own_vacancy(session, employer.employer_id, sent.vacancy_id)
    vacancy_id = sent.vacancy_id or f"v-{uuid4().hex}"
    vacancy = vacancy_as_sent(sent, employer, vacancy_id=vacancy_id, posted_at=now, now=now)
    double = doubles_among(session, employer, [vacancy], now).get(vacancy_id)
    told = _checked(session, employer, vacancy, double, now=now).answer(1)
    return CheckedAdvert(
        state=told.state, flags=told.flags, minimum_wage_year=told.minimum_wage_year, duplicate_of=told.duplicate_of
    )


def edit(session: Session, account: SignedIn, vacancy_id: str, sent: EditBody, *, now: datetime) -> PostedAdvert:
    """Return an advert after an edit; it is checked like a fresh one.

    Raises
    ------
    UnknownIdentifier
        When it is none of this employer's.
    Conflicting
        When it was filled or withdrawn, or another change was faster.
    InvalidInput, NotAllowed
        As `post`.
    """
    employer = own_employer(session, account)
    before = own_vacancy(session, employer.employer_id, vacancy_id)
    if before.state in ENDED:
        raise Conflicting(f"vacancy '{vacancy_id}': is {before.state}; post it again as a fresh one")
    posted_at = before.vacancy.posted_at or now
    vacancy = vacancy_as_sent(sent, employer, vacancy_id=vacancy_id, posted_at=posted_at, now=now)
    doubles = doubles_among(session, employer, [vacancy], now)
    return put(session, employer, vacancy, doubles, version=sent.version, now=now)


def put(
    session: Session,
    employer: Employer,
    vacancy: Vacancy,
    doubles: Mapping[str, str],
    *,
    version: int | None,
    now: datetime,
) -> PostedAdvert:
    """Return an advert checked and stored: a fresh one, or in place of its version `version`; in doubt it is queued.

    Raises
    ------
    UnknownIdentifier, Conflicting
        When the version is not the stored one, or the id of a fresh one is taken.
    """
    checked = _checked(session, employer, vacancy, doubles.get(vacancy.vacancy_id), now=now)
    if version is None:
        post_vacancy(session, vacancy, state=checked.state, now=now)
        stored = 1
    else:
        stored = edit_vacancy(session, vacancy, state=checked.state, version=version, now=now)
        _supersede(session, vacancy.vacancy_id, employer, now=now)
    _queue(session, checked, now=now)
    return checked.answer(stored)


def end(session: Session, account: SignedIn, vacancy_id: str, state: str, *, now: datetime) -> PostedAdvert:
    """Return a vacancy after it was filled or withdrawn; every worker hides it within a second.

    Raises
    ------
    UnknownIdentifier
        When it is none of this employer's.
    Conflicting
        When it ended otherwise before.
    NotAllowed
        As `post`.
    """
    employer_id = own_employer(session, account).employer_id
    before = own_vacancy(session, employer_id, vacancy_id)
    if before.state in ENDED - {state}:
        raise Conflicting(f"vacancy '{vacancy_id}': is {before.state} already; nothing is left to end")
    set_vacancy_state(session, vacancy_id, state, now=now)
    return shown(own_vacancy(session, employer_id, vacancy_id), now)


def own_adverts(session: Session, account: SignedIn, *, after: str | None, now: datetime) -> PostedAdverts:
    """Return a page of the employer's vacancies in any state, by id.

    Raises
    ------
    NotAllowed
        As `post`.
    """
    employer_id = own_employer(session, account).employer_id
    found = vacancies_of_employer(session, employer_id, after=after, limit=PAGE_ROWS)
    last = found[-1].vacancy.vacancy_id if len(found) == PAGE_ROWS else None
    return PostedAdverts(items=[shown(one, now) for one in found], next_after=last)


@dataclass(frozen=True, slots=True)
class _Checked:
    """An advert, what the rules say of it, and the state that follows."""

    vacancy: Vacancy
    flags: tuple[AdvertFlag, ...]
    wage: MinimumWage | None
    duplicate_of: str | None
    doubts: tuple[str, ...]
    state: str

    def answer(self, version: int) -> PostedAdvert:
        return PostedAdvert(
            vacancy_id=self.vacancy.vacancy_id,
            state=self.state,
            version=version,
            flags=[_note(flag) for flag in self.flags],
            minimum_wage_year=self.wage and self.wage.year,
            duplicate_of=self.duplicate_of,
            vacancy=self.vacancy,
        )


def _checked(session: Session, employer: Employer, vacancy: Vacancy, double: str | None, *, now: datetime) -> _Checked:
    wage = minimum_wage_of(vacancy, now=now)
    flags = check_advert(vacancy, least_pay_idr_month=wage and wage.idr_month)
    doubts = _doubts(session, employer, vacancy, flags)
    state = "draft" if double else "in_review" if doubts else "open"
    return _Checked(vacancy, flags, wage, double, doubts, state)


def _doubts(session: Session, employer: Employer, vacancy: Vacancy, flags: tuple[AdvertFlag, ...]) -> tuple[str, ...]:
    """Return why an officer has to look first; pay under the minimum is told, and keeps no advert back."""
    told = ["blocking_phrase"] if any(flag.rule.severity == "blocks" for flag in flags) else []
    told += ["unverified_employer"] if employer.state != "verified" else []
    told += ["refused_before"] if _last_decided(session, vacancy.vacancy_id) else []
    return tuple(told)


def doubles_among(session: Session, employer: Employer, vacancies: Sequence[Vacancy], now: datetime) -> dict[str, str]:
    """Return those of `vacancies` that say nearly the same as a live advert of the employer, or as one another.

    Notes
    -----
    Raises nothing. The id of each stands with the id of the advert that stands for it.
    """
    ids = {vacancy.vacancy_id for vacancy in vacancies}
    found = vacancies_of_employer(session, employer.employer_id, limit=_MOST_COMPARED)
    others = [one.vacancy for one in found if one.state_at(now) in LIVE and one.vacancy.vacancy_id not in ids]
    # As if posted last, so that the one that is here already stands for the group.
    groups = duplicate_groups([*others, *(replace(vacancy, posted_at=None) for vacancy in vacancies)])
    return {other: group.shown_id for group in groups for other in group.other_ids if other in ids}


def _queue(session: Session, checked: _Checked, *, now: datetime) -> None:
    if checked.state != "in_review":
        return
    flags: list[dict[str, Any]] = [_note(flag).model_dump() for flag in checked.flags]
    flags += [{"rule": doubt} for doubt in checked.doubts if doubt != "blocking_phrase"]
    open_review(session, AdvertReview(uuid4().hex, checked.vacancy.vacancy_id, flags, now))


_BY_EMPLOYER = "employer "
"""Begins who decided where an employer's own edit took an advert out of the queue."""


def _supersede(session: Session, vacancy_id: str, employer: Employer, *, now: datetime) -> None:
    """Close the review of what the advert said before: nobody shall clear words that are not there any more."""
    by = f"{_BY_EMPLOYER}{employer.employer_id}"
    for one in reviews_of_vacancy(session, vacancy_id):
        if one.state in {"open", "appealed"}:
            decide_review(session, one.review_id, "refused", by=by, now=now, note="replaced by an edit")


def _last_decided(session: Session, vacancy_id: str) -> AdvertReview | None:
    """Return the last review that an officer decided, where the decision was a refusal."""
    decided = [
        one
        for one in reviews_of_vacancy(session, vacancy_id)
        if one.decided_by is not None and not one.decided_by.startswith(_BY_EMPLOYER)
    ]
    return decided[0] if decided and decided[0].state == "refused" else None


def shown(posted: PostedVacancy, now: datetime) -> PostedAdvert:
    """Return a stored advert with what the check says of it now. Raises nothing."""
    wage = minimum_wage_of(posted.vacancy, now=now)
    flags = check_advert(posted.vacancy, least_pay_idr_month=wage and wage.idr_month)
    return _Checked(posted.vacancy, flags, wage, None, (), posted.state_at(now)).answer(posted.version)


def _note(flag: AdvertFlag) -> AdvertNote:
    rule = flag.rule
    return AdvertNote.model_validate(
        {
            "rule": rule.code,
            "severity": rule.severity,
            "field": flag.field,
            "start": flag.start,
            "end": flag.end,
            "phrase": flag.phrase,
            "sources": list(rule.sources),
            "name": {"id": rule.name_id, "en": rule.name_en},
            "remedy": {"id": rule.remedy_id, "en": rule.remedy_en},
        }
    )


_PARSERS: dict[str, Callable[[str], str]] = {
    "province_code": parse_province_code,
    "district_code": parse_district_code,
    "education_min": parse_education,
    "occupation_code": parse_occupation_code,
}


def vacancy_as_sent(
    sent: AdvertBody, employer: Employer, *, vacancy_id: str, posted_at: datetime, now: datetime
) -> Vacancy:
    """Return an advert as a vacancy of this employer.

    Raises
    ------
    InvalidInput
        When a code is none, or place, pay or dates contradict each other; the message begins with the field.
    """
    cells: dict[str, Any] = sent.model_dump(exclude={"version", "vacancy_id"})
    for name, parse in _PARSERS.items():
        cells[name] = _parsed(name, cells[name], parse)
    cells |= {name: tuple(cell) for name, cell in cells.items() if isinstance(cell, list)}
    vacancy = Vacancy(
        vacancy_id=vacancy_id, employer_id=employer.employer_id, employer=employer.name, posted_at=posted_at,
        source="employer", **cells,
    )  # fmt: skip
    _agree(vacancy, now)
    return vacancy


def _parsed(name: str, text: str | None, parse: Callable[[str], str]) -> str | None:
    try:
        return None if text is None else parse(text)
    except (InvalidInput, UnknownIdentifier) as problem:
        raise InvalidInput(f"{name}: {problem}") from problem


def _agree(vacancy: Vacancy, now: datetime) -> None:
    province, district = vacancy.province_code, vacancy.district_code
    if district is not None and province is not None and not district.startswith(province):
        raise InvalidInput(f"district_code {district}: lies outside province {province}; correct one of them")
    least, most = vacancy.salary_min_idr_month, vacancy.salary_max_idr_month
    if least is not None and most is not None and least > most:
        raise InvalidInput(f"salary_min_idr_month {least}: above salary_max_idr_month {most}; exchange them")
    ends = vacancy.expires_at
    if ends is not None and not now < ends <= now + timedelta(days=LONGEST_DAYS):
        raise InvalidInput(f"expires_at: not within the next {LONGEST_DAYS} days; give a day to come")
