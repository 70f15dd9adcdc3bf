"""Takes the hand-written content and a generator; gives course and vacancy rows. Draws no people and writes no file."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import numpy as np

from matcher.domain.regions import districts
from matcher.simulate.content import AdvertText, Occupation, Place, employers, occupations, phrases, places
from matcher.simulate.draws import LeastUsed, between, chance, pick, pick_some, quotas
from matcher.simulate.wording import written_text, written_title

Row = dict[str, Any]

LEAST_PER_PROVINCE = 6
FOR_ALL_PER_PROVINCE = 3
"""Of each province's vacancies, those surely open to somebody with primary school and no licence."""

SPREAD = 0.6
"""Vacancies and people grow with recipients to this power, so that small provinces are not empty."""

ADVERTISES_AGAIN = 0.45
NAMELESS = 0.04

_SMALL_EMPLOYERS = frozenset(
    "penjahit bengkel_las bengkel_motor servis_hp warung katering roti usaha_mitra toko rumah_tangga laundry salon "
    "tani ternak tambak konveksi mebel kriya".split()
)
_POPULAR = frozenset("clerk spreadsheet bookkeeping social_media graphic web it_support hotel_desk".split())


def draw_courses(rng: np.random.Generator) -> list[Row]:
    """Return one row for every course of the content, in its order, with drawn provider, price and length.

    Notes
    -----
    Raises nothing.
    """
    written = [(course, occupation) for occupation in occupations() for course in occupation.courses]
    rows = [
        _course(rng, course.title, course.about, occupation.course_category)
        | {"occupation_code": occupation.code, "skills": list(course.skills)}
        for course, occupation in written
    ]
    generic = phrases()["generic"]
    rows += [
        _course(rng, title, about, "Pengembangan Diri") | {"occupation_code": None, "skills": []}
        for title, about in zip(generic["titles"], generic["abouts"], strict=True)
    ]
    return [{"course_id": f"c-{number:03d}"} | row for number, row in enumerate(rows, start=1)]


def _course(rng: np.random.Generator, title: str, about: str, category: str) -> Row:
    catalogue = phrases()["catalogue"]
    special = catalogue["special"].get(category)
    mode = pick(rng, ("online", "webinar", "offline", "blended"), (50, 25, 15, 10))
    return {
        "title": title,
        "provider": special if special and chance(rng, 0.5) else pick(rng, catalogue["providers"]),
        "platform": pick(rng, catalogue["platforms"]),
        "category": category,
        "description": f"{about} {pick(rng, catalogue['closers'])}" if chance(rng, 0.7) else about,
        "mode": mode,
        "hours": float(pick(rng, (15, 16, 18, 20, 24, 30, 40))),
        "price_idr": 25_000 * between(rng, 8, 60 if mode in ("offline", "blended") else 36),
    }


def draw_vacancies(rng: np.random.Generator, n: int, *, now: datetime) -> list[Row]:
    """Return `n` vacancy rows, drawn for the 38 provinces with at least ``LEAST_PER_PROVINCE`` each, in random order.

    Parameters
    ----------
    rng : numpy.random.Generator
    n : int
    now : datetime
        Aware instant around which adverts are posted, lapse and are filled.

    Raises
    ------
    InvalidInput
        When `n` is below ``38 * LEAST_PER_PROVINCE``.

    Notes
    -----
    Beside the columns of the table a row names its ``trade``, the key of its occupation in the content.
    One remote advert in three then loses its province. Employers advertise again with ``ADVERTISES_AGAIN``.
    """
    counts = quotas({place: place.recipients**SPREAD for place in places()}, n, least=LEAST_PER_PROVINCE)
    board = _Board(rng, now)
    rows = [
        board.vacancy(place, is_for_all=number < FOR_ALL_PER_PROVINCE)
        for place, count in counts.items()
        for number in range(count)
    ]
    order = rng.permutation(len(rows))
    return [_numbered(rows[int(index)], number) for number, index in enumerate(order, start=1)]


def _numbered(row: Row, number: int) -> Row:
    vacancy_id = f"v-{number:04d}"
    return row | {
        "vacancy_id": vacancy_id,
        "apply_at": f"https://lamar.example/{vacancy_id}" if row["apply_how"] == "link" else row["apply_at"],
        "url": f"https://lowongan.example/{vacancy_id}" if row["source"] == "portal" else None,
    }


class _Employer(NamedTuple):
    employer_id: str | None
    name: str | None
    kind: str
    district_code: str


class _Board:
    """What was advertised so far: no text returns before the others, and employers advertise more than once."""

    def __init__(self, rng: np.random.Generator, now: datetime) -> None:
        self._rng = rng
        self._now = now
        self._adverts: LeastUsed[AdvertText] = LeastUsed()
        self._titles: LeastUsed[str] = LeastUsed()
        self._words: LeastUsed[str] = LeastUsed()
        self._known: defaultdict[str, list[_Employer]] = defaultdict(list)
        self._n_employers = 0

    def vacancy(self, place: Place, *, is_for_all: bool) -> Row:
        """Return one vacancy row of a province without its id; where `is_for_all`, the first that shuts nobody out."""
        row = self._vacancy(place)
        while is_for_all and not _is_for_all(row, self._now):
            row = self._vacancy(place)
        return row

    def _vacancy(self, place: Place) -> Row:
        rng = self._rng
        known = self._known[place.code]
        again = pick(rng, known) if known and chance(rng, ADVERTISES_AGAIN) else None
        markets = {again.district_code: place.districts[again.district_code]} if again else place.districts
        occupation, advert = self._advert(frozenset().union(*markets.values()), again.kind if again else None)
        district_code = pick(rng, [code for code, has in markets.items() if _fits(advert, has)])
        employer = again or self._employer(pick(rng, advert.employers), district_code)
        row = (
            {"trade": occupation.key, "employer_id": employer.employer_id, "employer": employer.name}
            | _place(rng, advert, district_code)
            | _terms(rng, occupation, advert, place.minimum_wage)
            | _dates(rng, self._now)
            | _application(rng, employer.kind, district_code)
        )
        title = self._titles.pick(rng, advert.titles)
        row["title"] = written_title(rng, title, None if advert.is_remote else districts()[district_code].name)
        return row | {"description": written_text(rng, advert, row)}

    def _advert(self, tags: frozenset[str], kind: str | None) -> tuple[Occupation, AdvertText]:
        """Return an occupation and one of its adverts that a place with these tags, and an employer of `kind`, has."""
        fitting = {
            one: [
                advert for advert in one.adverts if _fits(advert, tags) and (kind is None or kind in advert.employers)
            ]
            for one in occupations()
        }
        open_to = [one for one, adverts in fitting.items() if adverts]
        occupation = pick(self._rng, open_to, [one.weight for one in open_to])
        return occupation, self._adverts.pick(self._rng, fitting[occupation])

    def _employer(self, kind: str, district_code: str) -> _Employer:
        if chance(self._rng, 0.5 if kind in employers()["anonymous"] else NAMELESS):
            return _Employer(None, None, kind, district_code)
        self._n_employers += 1
        employer = _Employer(f"e-{self._n_employers:03d}", self._name(kind), kind, district_code)
        self._known[district_code[:2]].append(employer)
        return employer

    def _name(self, kind: str) -> str:
        named = employers()
        form = pick(self._rng, named["names"][kind])
        return form.format(w=self._words.pick(self._rng, named["words"]), p=pick(self._rng, named["people"]))


def _fits(advert: AdvertText, tags: Iterable[str]) -> bool:
    return not advert.places or not advert.places.isdisjoint(tags)


def _is_for_all(row: Row, now: datetime) -> bool:
    is_open = row["filled_at"] is None and (row["expires_at"] is None or row["expires_at"] > now)
    return is_open and row["education_min"] in (None, "none", "SD") and not row["required_certificates"]


def _place(rng: np.random.Generator, advert: AdvertText, district_code: str) -> Row:
    is_nowhere = advert.is_remote and chance(rng, 0.35)
    return {
        "province_code": None if is_nowhere else district_code[:2],
        "district_code": None if is_nowhere or chance(rng, 0.06) else district_code,
        "is_remote": advert.is_remote,
        "is_abroad": advert.is_abroad,
    }


def _terms(rng: np.random.Generator, occupation: Occupation, advert: AdvertText, minimum_wage: int) -> Row:
    schooling = _schooling(rng, advert)
    is_schooled = schooling["education_min"] in ("SMA/SMK", "D3", "S1")
    n_openings = None if chance(rng, 0.07) else between(rng, *advert.openings)
    return (
        schooling
        | _pay(rng, advert, minimum_wage)
        | {
            "fields_of_study": list(advert.fields) if is_schooled and chance(rng, 0.6) else [],
            "required_certificates": list(advert.requires),
            "occupation_code": occupation.code if chance(rng, 0.55) else None,
            "employment_type": _employment_type(rng, advert),
            "n_openings": n_openings,
            "n_applicants": _applicants(rng, occupation, advert, n_openings or 1),
            "category": occupation.category if chance(rng, 0.85) else None,
            "skills": pick_some(rng, occupation.asked, 3) if chance(rng, 0.6) else [],
            "min_experience_years": _years(rng, advert),
            "is_internship": advert.is_internship,
            "accessible_for": pick_some(rng, ("tuli", "daksa", "netra"), 2) if chance(rng, 0.06) else [],
        }
    )


def _schooling(rng: np.random.Generator, advert: AdvertText) -> Row:
    level = pick(rng, list(advert.education), list(advert.education.values()))
    stated = [name for name in advert.education if name not in ("unstated", "none")]
    if level != "unstated":
        return {"education_min": level, "education_hint": None}
    return {"education_min": None, "education_hint": pick(rng, stated) if stated and chance(rng, 0.25) else None}


def _employment_type(rng: np.random.Generator, advert: AdvertText) -> str | None:
    if advert.is_internship:
        return "internship"
    return pick(rng, list(advert.types), list(advert.types.values())) if chance(rng, 0.9) else None


def _years(rng: np.random.Generator, advert: AdvertText) -> float | None:
    if advert.is_internship:
        return 0.0
    return float(advert.years) if advert.years else pick(rng, (None, 0.0, 1.0, 2.0), (60, 20, 15, 5))


def _pay(rng: np.random.Generator, advert: AdvertText, minimum_wage: int) -> Row:
    """Draw the pay, in steps of 50,000 rupiah as adverts round it; half of them do not state it."""
    if not chance(rng, 0.5):
        return {"salary_min_idr_month": None, "salary_max_idr_month": None}
    low, high = advert.pay
    least = 50_000 * round(minimum_wage * (low + (high - low) * rng.random()) / 50_000)
    most = least + 50_000 * between(rng, 2, 20) if chance(rng, 0.6) else None
    return {"salary_min_idr_month": least, "salary_max_idr_month": most}


def _applicants(rng: np.random.Generator, occupation: Occupation, advert: AdvertText, n_openings: int) -> int | None:
    if chance(rng, 0.35):
        return None
    crowd = 12 if advert.is_internship or advert.is_remote or occupation.key in _POPULAR else 4
    return between(rng, 0, crowd * (n_openings + 3)) * between(rng, 0, 3)


def _dates(rng: np.random.Generator, now: datetime) -> Row:
    """Draw when an advert was posted, lapses and was filled: 8 in 100 have lapsed and 5 are filled, 10 name no day."""
    posted_days = min(between(rng, 0, 75), between(rng, 0, 75))
    is_lapsed = chance(rng, 0.08)
    if is_lapsed:
        posted_days = between(rng, 25, 90)
    posted_at = now - timedelta(days=posted_days, hours=between(rng, 1, 14), minutes=5 * between(rng, 0, 11))
    ends_days = -between(rng, 1, 20) if is_lapsed else between(rng, 3, 45)
    has_end = is_lapsed or chance(rng, 0.6)
    filled_at = posted_at + (now - posted_at) * between(rng, 3, 9) / 10 if chance(rng, 0.05) else None
    return {
        "posted_at": None if chance(rng, 0.1) else posted_at,
        "expires_at": now + timedelta(days=ends_days) if has_end else None,
        "filled_at": filled_at,
    }


def _application(rng: np.random.Generator, kind: str, district_code: str) -> Row:
    weights = (5, 4, 1, 1) if kind in _SMALL_EMPLOYERS else (2, 2, 6, 2)
    how = None if chance(rng, 0.05) else pick(rng, ("walk_in", "phone", "link", "officer"), weights)
    place = districts()[district_code].name
    addresses: Mapping[str | None, str | None] = {
        "walk_in": f"{pick(rng, phrases()['streets']['names'])} {between(rng, 1, 180)}, {place}",
        "phone": f"0000-0000-{between(rng, 0, 9999):04d}" if chance(rng, 0.6) else None,
        "officer": f"Dinas Tenaga Kerja {place}",
    }
    source = "dinas" if how == "officer" else pick(rng, ("portal", "media sosial", "papan pengumuman"), (6, 3, 1))
    return {"apply_how": how, "apply_at": addresses.get(how), "source": source}
