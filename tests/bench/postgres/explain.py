"""Takes a loaded PostgreSQL database; gives the plan of every statement that the service asks it often.

Each question is asked by the real functions of `api.storage`, of people and vacancies drawn at random, and committed.

Run: python -m tests.bench.postgres.explain URL RUNS [QUESTION ...] (the role must be superuser). It writes
events and erases people; ``export`` alone takes minutes.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import Column, func, select, tablesample
from sqlalchemy.orm import Session

from api.database import Database, open_database
from api.storage import exports
from api.storage.accounts import accounts_of_employer, accounts_of_login
from api.storage.applicants import applicants_of, vacancy_counts
from api.storage.availability import busy_people
from api.storage.consents import consenting
from api.storage.contacts import alumnus_of_nik, contacts_of_key
from api.storage.erasure import Erasure, erase_person
from api.storage.events import append_impressions, append_interactions, impressions_of, interactions_of_person
from api.storage.finding import alumni_of_certificate
from api.storage.people import people_of, person_of
from api.storage.personal_export import rows_about
from api.storage.presence import hold_person
from api.storage.recent_answers import RecentAnswer, keep_answer, prune_answers, recent_answer
from api.storage.schema.accounts import accounts
from api.storage.schema.events import impressions, interactions
from api.storage.schema.people import accesses, certificates, contacts, people
from api.storage.schema.vacancies import vacancies
from api.storage.talent_feed import changed_since, last_talent_change, note_changed, talent_changes_after
from api.storage.trail import Access, accesses_of, audit, note_accesses
from api.storage.vacancies import open_vacancies, vacancies_of_employer
from matcher.domain.records import Impression, Interaction
from tests.bench.postgres.plans import Plan, listen, summed

_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Sample:
    """What one run asks about: ids drawn at random, and the instant of the last event."""

    now: datetime
    alumnus_id: str
    slate: Impression
    vacancy_id: str
    employer_id: str
    certificate_no: str
    nik_hash: str
    person_key: str
    login: str
    officer_id: str
    many: tuple[str, ...]


Question = Callable[[Session, Sample], object]


def recommend(session: Session, one: Sample) -> None:
    """Read the person, look for a recent answer, hold the person, and store slate and answer."""
    person_of(session, one.alumnus_id)
    recent_answer(session, one.alumnus_id, "f" * 64, since=one.now - timedelta(minutes=10))
    hold_person(session, one.alumnus_id)
    consenting(session, "recommend", [one.alumnus_id])
    shown = replace(one.slate, impression_id=uuid4().hex, alumnus_id=one.alumnus_id, shown_at=one.now)
    append_impressions(session, [shown], now=one.now)
    keep_answer(session, RecentAnswer(one.alumnus_id, "f" * 64, shown.impression_id, one.now, {"slate": "x" * 4000}))


def append_events(session: Session, one: Sample) -> None:
    """Append a look at each vacancy of a slate, with its cause checked."""
    looks = [
        Interaction(uuid4().hex, one.slate.alumnus_id, item.vacancy_id, "viewed", one.now, one.slate.impression_id)
        for item in one.slate.entries
    ]
    append_interactions(session, looks, now=one.now)


def apply_for(session: Session, one: Sample) -> None:
    """Read what a person applied for."""
    interactions_of_person(session, one.slate.alumnus_id, kinds=("applied",))


def find(session: Session, one: Sample) -> None:
    """Find somebody by certificate, by identity number, by name and birth date, and note the look."""
    alumni_of_certificate(session, one.certificate_no)
    alumnus_of_nik(session, [one.nik_hash])
    contacts_of_key(session, [one.person_key])
    note_accesses(session, [Access(one.officer_id, "counter", one.alumnus_id, "found", one.now)])


def follow(session: Session, one: Sample) -> None:
    """Announce a change and read the feed."""
    last = last_talent_change(session)
    talent_changes_after(session, last - 10)
    note_changed(session, [one.alumnus_id])


def see_trail(session: Session, one: Sample) -> None:
    """Read who looked at a person, and what an officer did."""
    accesses_of(session, one.alumnus_id)
    audit(session, account_id=one.officer_id)


def see_inbox(session: Session, one: Sample) -> None:
    """Read an employer's vacancies, who applied for one, and the report of a year."""
    vacancies_of_employer(session, one.employer_id)
    applicants_of(session, one.vacancy_id)
    vacancy_counts(session, one.employer_id, since=one.now - timedelta(days=365), until=one.now)
    accounts_of_employer(session, one.employer_id)


def sign_in(session: Session, one: Sample) -> None:
    """Find the accounts of a telephone."""
    accounts_of_login(session, [one.login])


def tell_all(session: Session, one: Sample) -> None:
    """Give a person everything that is stored about them."""
    rows_about(session, one.alumnus_id)


def erase(session: Session, one: Sample) -> None:
    """Erase a person."""
    erase_person(session, one.alumnus_id, Erasure(uuid4().hex * 2, one.now))


def start(session: Session, one: Sample) -> None:
    """Read, as a process does at its start, what changed in a week and what is open."""
    changed_since(session, one.now - timedelta(days=7))
    people_of(session, one.many)
    busy_people(session, one.many)
    for _ in open_vacancies(session, now=one.now):
        pass


def tidy(session: Session, one: Sample) -> None:
    """Forget old answers."""
    prune_answers(session, before=one.now - timedelta(days=1))


def export(session: Session, one: Sample) -> None:
    """Write the tables for learning."""
    with tempfile.TemporaryDirectory() as folder:
        exports.export_events(session, Path(folder))
        exports.export_people(session, Path(folder))
        exports.export_vacancies(session, Path(folder), now=one.now)


OFTEN: tuple[Question, ...] = (
    recommend, append_events, apply_for, find, follow, see_trail, see_inbox, sign_in, tell_all, erase,
)  # fmt: skip
SELDOM: tuple[Question, ...] = (start, tidy, export)


def samples(session: Session, n: int, *, percent: int = 2) -> list[Sample]:
    """Return `n` draws, from so many percent of the pages of each table."""
    drawn = {name: _drawn(session, column, n, percent) for name, column in _DRAWN.items()}
    now = session.scalar(select(func.max(interactions.c.at)))
    assert now is not None
    slates = impressions_of(session, drawn.pop("slate"))
    many = tuple(_drawn(session, people.c.alumnus_id, _AT_ONCE, percent))
    rows = zip(*drawn.values(), slates.values(), strict=True)
    return [Sample(now=now, many=many, **dict(zip([*drawn, "slate"], row, strict=True))) for row in rows]


_DRAWN: dict[str, Column[Any]] = {
    "alumnus_id": people.c.alumnus_id, "slate": impressions.c.impression_id, "vacancy_id": interactions.c.vacancy_id,
    "employer_id": vacancies.c.employer_id, "certificate_no": certificates.c.certificate_no,
    "nik_hash": contacts.c.nik_hash, "person_key": contacts.c.person_key, "login": accounts.c.login,
    "officer_id": accesses.c.account_id,
}  # fmt: skip


def _drawn(session: Session, column: Column[Any], n: int, percent: int) -> list[str]:
    drawn = tablesample(column.table, func.system(percent))
    found = session.scalars(select(drawn.c[column.name]).limit(50 * n)).all()
    return random.Random(1).sample(sorted(set(found)), n)


def asked(database: Database, plans: list[Plan], question: Question, drawn: Sequence[Sample]) -> Iterator[str]:
    """Ask a question of each draw; yield a line for the question and one for each statement and plan of it."""
    plans.clear()
    seconds = []
    for one in drawn:
        began = time.perf_counter()
        with database.session.begin() as session:
            question(session, one)
        seconds.append(time.perf_counter() - began)
    middle, most = sorted(seconds)[len(seconds) // 2], max(seconds)
    yield f"{question.__name__}: {1000 * middle:,.1f} ms median, {1000 * most:,.1f} most, {len(seconds)} runs"
    for one in summed(plans):
        yield (
            f"  {one.statement} | {one.shape} | x{one.n_runs} | {one.n_rows:,.0f} rows | {one.median_ms:,.2f} ms"
            f" (most {one.most_ms:,.1f}) | {one.pages:,.0f} pages"
        )


def main(url: str, n: int, names: Sequence[str]) -> None:
    """Print the plans of the questions of these names, or of all."""
    database = open_database(url)
    with database.reading() as session:
        drawn = samples(session, n)
    plans = listen(database.engine)
    database.engine.dispose()
    for question in (*OFTEN, *SELDOM):
        if names and question.__name__ not in names:
            continue
        for line in asked(database, plans, question, drawn if question in OFTEN else drawn[:1]):
            print(line, flush=True)
    began = time.perf_counter()
    database.scrub()
    print(f"scrub after it: {time.perf_counter() - began:.1f} s")
    database.close()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3:])
