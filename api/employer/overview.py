"""Takes an employer; gives its adverts as its first page shows them, and what waits for it. Changes nothing."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from api.employer.bodies import PostedAdvert
from api.employer.posting import ENDED, LIVE, own_employer, own_vacancy, shown
from api.refusals import Conflicting
from api.security.accounts import SignedIn
from api.storage.applicants import waiting_counts
from api.storage.invitations import invitations_of_employer
from api.storage.vacancies import PostedVacancy, vacancies_of, vacancies_of_employer

MOST_ADVERTS = 500
"""Adverts that the first page looks through."""

SHOWN_ADVERTS = 30
"""Adverts on the first page; live ones first."""

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class AdvertLine:
    """One own advert: its state now, and how many people wait for an answer."""

    vacancy_id: str
    title: str
    state: str
    n_openings: int | None
    expires_at: datetime | None
    n_waiting: int


@dataclass(frozen=True, slots=True)
class Overview:
    """What an employer sees first; `adverts` are the first of `n_adverts`."""

    name: str
    is_verified: bool
    adverts: tuple[AdvertLine, ...]
    n_adverts: int
    n_waiting: int
    n_accepted: int

    @property
    def waiting(self) -> AdvertLine | None:
        """The advert for which most people wait."""
        return max((one for one in self.adverts if one.n_waiting), key=lambda one: one.n_waiting, default=None)

    @property
    def held_back(self) -> tuple[AdvertLine, ...]:
        """Adverts that nobody sees until somebody acts."""
        return tuple(one for one in self.adverts if one.state in {"in_review", "draft"})


def overview(session: Session, account: SignedIn, *, now: datetime) -> Overview:
    """Return what waits for the employer, and its adverts: those with waiting applicants first, then live, then late.

    Raises
    ------
    NotAllowed
        When the account acts for no employer.
    """
    employer = own_employer(session, account)
    waits = waiting_counts(session, employer.employer_id)
    found = vacancies_of_employer(session, employer.employer_id, limit=MOST_ADVERTS)
    late_first = sorted(found, key=lambda one: one.vacancy.posted_at or _LONG_AGO, reverse=True)
    lines = [_line(one, waits.get(one.vacancy.vacancy_id, 0), now) for one in late_first]
    lines.sort(key=lambda one: (one.n_waiting == 0, one.state not in LIVE))
    invited = invitations_of_employer(session, employer.employer_id, limit=MOST_ADVERTS)
    return Overview(
        name=employer.name, is_verified=employer.state == "verified", adverts=tuple(lines[:SHOWN_ADVERTS]),
        n_adverts=len(lines), n_waiting=sum(waits.values()),
        n_accepted=sum(one.state == "accepted" for one in invited),
    )  # fmt: skip


def advert(session: Session, account: SignedIn, vacancy_id: str, *, now: datetime) -> PostedAdvert:
    """Return one own advert with what the check says of it now.

    Raises
    ------
    UnknownIdentifier
        When it is none of this employer's.
    NotAllowed
        When the account acts for no employer.
    """
    return shown(own_vacancy(session, own_employer(session, account).employer_id, vacancy_id), now)


def changeable(session: Session, account: SignedIn, vacancy_id: str, *, now: datetime) -> PostedAdvert:
    """Return one own advert that may still be changed.

    Raises
    ------
    Conflicting
        When it was filled or withdrawn.
    UnknownIdentifier, NotAllowed
        As `advert`.
    """
    found = advert(session, account, vacancy_id, now=now)
    if found.state in ENDED:
        raise Conflicting(f"vacancy '{vacancy_id}': is {found.state}; post it again as a fresh one")
    return found


def _line(one: PostedVacancy, n_waiting: int, now: datetime) -> AdvertLine:
    it = one.vacancy
    return AdvertLine(it.vacancy_id, it.title, one.state_at(now), it.n_openings, it.expires_at, n_waiting)


def titles(session: Session, account: SignedIn, vacancy_ids: Collection[str]) -> dict[str, str]:
    """Return the titles of own vacancies by id; another employer's is left out.

    Raises
    ------
    NotAllowed
        When the account acts for no employer.
    """
    employer_id = own_employer(session, account).employer_id
    found = vacancies_of(session, list(vacancy_ids))
    return {key: one.vacancy.title for key, one in found.items() if one.vacancy.employer_id == employer_id}


def open_titles(session: Session, account: SignedIn, *, now: datetime) -> list[tuple[str, str]]:
    """Return id and title of the own open vacancies, by title.

    Raises
    ------
    NotAllowed
        When the account acts for no employer.
    """
    found = vacancies_of_employer(session, own_employer(session, account).employer_id, limit=MOST_ADVERTS)
    named = [(one.vacancy.vacancy_id, one.vacancy.title) for one in found if one.state_at(now) == "open"]
    return sorted(named, key=lambda pair: pair[1])
