"""Takes a slate, its adverts and a catalogue; gives the lines of each card as a person reads them.

Ranks and renders nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from api.pages.links import phone_link, web_link
from api.pages.schooling import schooling
from api.pages.texts import Texts
from api.schemas import Line, RecommendedVacancy
from matcher.domain.records import Alumnus, Reason, Slate, Vacancy
from matcher.domain.regions import distance_km, place_name

ADVERT_CHARACTERS = 700
"""How much of an advert a card quotes; the whole stands behind ``/v1/vacancies/{id}``."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One named line of a card; ``icon`` names a picture that goes with the words."""

    icon: str
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Apply:
    """How to apply, in words; ``href`` where a safe link leads there, ``is_outside`` where it leaves the site."""

    text: str
    href: str | None = None
    is_outside: bool = False


@dataclass(frozen=True, slots=True)
class Card:
    """One vacancy of the slate as the page shows it."""

    position: int
    vacancy_id: str
    title: str
    employer: str
    labels: tuple[str, ...]
    facts: tuple[Fact, ...]
    reasons: tuple[str, ...]
    gaps: tuple[str, ...]
    apply: Apply
    advert: str | None


@dataclass(frozen=True, slots=True)
class Person:
    """What the page says about the alumnus, so that a wrong fact is noticed; ``choice`` is the line of the chooser."""

    alumnus_id: str
    choice: str
    place: str
    schooling: str
    certificates: tuple[str, ...]


def cards(slate: Slate, adverts: Sequence[Vacancy], *, texts: Texts, now: datetime) -> list[Card]:
    """Return the cards of `slate` in its order; `adverts` are its vacancies in the same order.

    Raises
    ------
    ValueError
        When `adverts` are not one for each item.
    """
    return [
        _card(item.position, advert, (_told(item.reasons, texts), _told(item.gaps, texts)), texts=texts, now=now)
        for item, advert in zip(slate.items, adverts, strict=True)
    ]


def answer_cards(
    items: Sequence[RecommendedVacancy], *, texts: Texts, now: datetime, home: str | None = None
) -> list[Card]:
    """Return the cards of a recommendation answer; `home` is the district that distances count from. Raises nothing."""
    return [
        _card(
            item.position,
            item.vacancy,
            (_lines(item.reasons, texts), _lines(item.gaps, texts)),
            texts=texts,
            now=now,
            home=home,
        )
        for item in items
    ]


def advert_card(advert: Vacancy, *, texts: Texts, now: datetime, home: str | None = None) -> Card:
    """Return the card of one vacancy with its whole advert, without reasons. Raises nothing."""
    card = _card(1, advert, ((), ()), texts=texts, now=now, home=home)
    return replace(card, advert=(advert.description or "").strip() or None)


def _lines(lines: Sequence[Line], texts: Texts) -> tuple[str, ...]:
    return tuple(line.text[texts.language] for line in lines)


def _card(
    position: int,
    advert: Vacancy,
    told: tuple[tuple[str, ...], tuple[str, ...]],
    *,
    texts: Texts,
    now: datetime,
    home: str | None = None,
) -> Card:
    reasons, gaps = told
    return Card(
        position=position,
        vacancy_id=advert.vacancy_id,
        title=advert.title,
        employer=advert.employer or texts("employer_unknown"),
        labels=_labels(advert, texts),
        facts=_facts(advert, texts, now, home),
        reasons=reasons,
        gaps=gaps,
        apply=_apply(advert, texts),
        advert=_opening(advert.description),
    )


def notices(slate: Slate, texts: Texts) -> tuple[str, ...]:
    """Return what the person must know about the slate; that it is empty the page itself tells. Raises nothing."""
    return _told([notice for notice in slate.notices if notice.code != "nothing_eligible"], texts)


def relaxations(slate: Slate, texts: Texts) -> tuple[str, ...]:
    """Return what would open more vacancies, where few are open. Raises nothing."""
    return _told(slate.relaxations, texts)


def person(alumnus: Alumnus, texts: Texts) -> Person:
    """Return what the page says about `alumnus`. Raises nothing for a record of the artifact."""
    place = place_name(alumnus.province_code, alumnus.district_code) or texts("unknown")
    certificates = tuple(certificate.title for certificate in alumnus.certificates)
    choice = f"{certificates[0]} - {place}" if certificates else place
    return Person(alumnus.alumnus_id, choice, place, schooling(alumnus.education, texts), certificates)


def _told(lines: Sequence[Reason], texts: Texts) -> tuple[str, ...]:
    return tuple(line.text_en if texts("language") == "en" else line.text_id for line in lines)


def _labels(advert: Vacancy, texts: Texts) -> tuple[str, ...]:
    is_internship = advert.is_internship or advert.employment_type == "internship"
    kind = None if is_internship or not advert.employment_type else f"type_{advert.employment_type}"
    marks = {"internship": is_internship, "abroad": advert.is_abroad, "remote": advert.is_remote, kind: kind}
    return tuple(texts(mark) for mark, holds in marks.items() if mark and holds)


def _facts(advert: Vacancy, texts: Texts, now: datetime, home: str | None) -> tuple[Fact, ...]:
    # A place, schooling or date that is not stated is told among the gaps, with what to do about it.
    told = {
        "place": _place_from(home, advert, texts),
        "pay": _pay(advert, texts),
        "schooling": _schooling(advert, texts),
        "openings": _openings(advert, texts),
        "posted": _posted(advert, texts, now),
        "closes": texts.day(advert.expires_at) if advert.expires_at else None,
    }
    return tuple(Fact(icon, texts(icon), text) for icon, text in told.items() if text)


def _place_from(home: str | None, advert: Vacancy, texts: Texts) -> str | None:
    place = _place(advert, texts)
    if home is None or advert.district_code is None or home == advert.district_code or advert.is_remote:
        return place
    away = round(distance_km(home, advert.district_code))
    return texts("place_away", place=place, km=texts.number(away)) if away else place


def _place(advert: Vacancy, texts: Texts) -> str | None:
    place = place_name(advert.province_code, advert.district_code)
    if advert.is_remote:
        return texts("place_remote_from", place=place) if place else texts("place_remote")
    return place or (texts("place_abroad") if advert.is_abroad else None)


def _pay(advert: Vacancy, texts: Texts) -> str:
    least, most = advert.salary_min_idr_month, advert.salary_max_idr_month
    named = {"least": texts.rupiah(least or 0), "most": texts.rupiah(most or 0)}
    if least and most:
        return texts("pay_one" if least == most else "pay_range", **named)
    return texts("pay_from" if least else "pay_to" if most else "pay_unknown", **named)


def _schooling(advert: Vacancy, texts: Texts) -> str | None:
    if advert.education_min == "none":
        return texts("schooling_none")
    return texts("schooling_least", level=advert.education_min) if advert.education_min else None


def _openings(advert: Vacancy, texts: Texts) -> str | None:
    told = []
    if advert.n_openings is not None:
        told.append(texts("people_wanted", openings=texts.number(advert.n_openings)))
    if advert.n_applicants is not None:
        told.append(texts("people_applied", applicants=texts.number(advert.n_applicants)))
    return ", ".join(told) or None


def _posted(advert: Vacancy, texts: Texts, now: datetime) -> str | None:
    if advert.posted_at is None:
        return None
    return texts("posted_on", date=texts.day(advert.posted_at), age=texts.age(advert.posted_at, now))


def _apply(advert: Vacancy, texts: Texts) -> Apply:
    if advert.apply_how == "walk_in":
        return Apply(texts("apply_walk_in" if advert.apply_at else "apply_walk_in_unknown", at=advert.apply_at))
    if advert.apply_how == "phone":
        known = texts("apply_phone" if advert.apply_at else "apply_phone_unknown", at=advert.apply_at)
        return Apply(known, phone_link(advert.apply_at))
    if advert.apply_how == "officer":
        return Apply(texts("apply_officer"))
    return _apply_by_link(advert, texts)


def _apply_by_link(advert: Vacancy, texts: Texts) -> Apply:
    for key, address in (("apply_link", advert.apply_at), ("apply_advert", advert.url)):
        link = web_link(address)
        if link:
            return Apply(texts(key, host=link.host), link.href, is_outside=True)
    is_refused = advert.apply_how == "link" and advert.apply_at
    return Apply(texts("apply_unsafe" if is_refused else "apply_officer"))


def _opening(description: str | None) -> str | None:
    text = (description or "").strip()
    if len(text) <= ADVERT_CHARACTERS:
        return text or None
    return text[:ADVERT_CHARACTERS].rsplit(maxsplit=1)[0] + " ..."
