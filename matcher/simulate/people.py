"""Takes drawn courses and a generator; gives alumni with their certificates and licences. Draws no vacancy.

Shares follow what the programme office publishes of its participants.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

import numpy as np

from matcher.domain.qualifications import UNKNOWN_EDUCATION, education_rank
from matcher.domain.regions import districts
from matcher.simulate.adverts import SPREAD
from matcher.simulate.content import Occupation, Place, occupations, places
from matcher.simulate.draws import between, chance, dealt, pick, quotas

Row = dict[str, Any]

LEAST_PER_PROVINCE = 3
PULL = 4.0
"""How much one opening at home that a person has the schooling for adds to the weight of its occupation."""

EDUCATION_SHARES: Mapping[str | None, float] = {
    "none": 0.02, "SD": 0.16, "SMP": 0.21, "SMA": 0.29, "SMK": 0.20, "D1": 0.01, "D3": 0.03, "S1": 0.07, None: 0.01,
}  # fmt: skip
SEX_SHARES = {"female": 0.515, "male": 0.485}
ENTRY_SHARES = {"not_working": 0.60, "employee": 0.25, "self_employed": 0.15}
DISABILITY_SHARES = {True: 0.03, False: 0.30, None: 0.67}
MIGRANT_SHARES = {True: 0.03, False: 0.97}

_MIGRANT_WORK = ("9111", "5322", "8219", "9215", "9216")
_FIELDS = {
    "SMA": ("IPA", "IPS", "Bahasa"),
    "SMK": (
        "Teknik Sepeda Motor", "Tata Boga", "Tata Busana", "Akuntansi", "Otomatisasi Perkantoran", "Teknik Pemesinan",
        "Teknik Komputer dan Jaringan", "Perhotelan", "Agribisnis Perikanan", "Teknik Instalasi Tenaga Listrik",
    ),
    "D1": ("Perhotelan", "Teknik Informatika"),
    "D3": ("Akuntansi", "Keperawatan", "Kebidanan", "Teknik Mesin", "Perhotelan"),
    "S1": ("Manajemen", "Hukum", "Pendidikan Bahasa Inggris", "Teknik Informatika", "Ilmu Komunikasi", "Agroteknologi"),
}  # fmt: skip
_REGISTERED = {"Keperawatan": "STR Perawat", "Kebidanan": "STR Bidan"}
_EVERYBODY = ("SIM C", "SIM A")
_EVERYBODY_SHARES = (0.45, 0.12)


class _Opening(NamedTuple):
    trade: str
    least_rank: int


def draw_people(
    rng: np.random.Generator, n: int, *, courses: Sequence[Row], vacancies: Sequence[Row], now: datetime
) -> tuple[list[Row], list[Row], list[Row]]:
    """Return alumni, certificate and licence rows of `n` people, ``LEAST_PER_PROVINCE`` or more in each province.

    Parameters
    ----------
    rng : numpy.random.Generator
    n : int
    courses : sequence of course rows
        Each certificate of a course names one of them.
    vacancies : sequence of vacancy rows
        As ``draw_vacancies`` gives them: people train rather for what their province has openings in.
    now : datetime
        Aware instant; nobody completed a course after it.

    Raises
    ------
    InvalidInput
        When `n` is below ``38 * LEAST_PER_PROVINCE``.

    Notes
    -----
    Shares of schooling, sex, disability, return from work abroad and work at entry are exact quotas, each dealt
    independently of the others. Of them only schooling sways which course is taken.
    """
    counts = quotas({place: place.recipients**SPREAD for place in places()}, n, least=LEAST_PER_PROVINCE)
    homes = [place for place, count in counts.items() for _ in range(count)]
    dealt_homes = [homes[int(index)] for index in rng.permutation(n)]
    columns = {
        "education": dealt(rng, EDUCATION_SHARES, n),
        "sex": dealt(rng, SEX_SHARES, n),
        "employment_at_entry": dealt(rng, ENTRY_SHARES, n),
        "has_disability": dealt(rng, DISABILITY_SHARES, n),
        "is_returned_migrant": dealt(rng, MIGRANT_SHARES, n),
    }
    markets = _markets(vacancies, now)
    alumni, certificates, licences = [], [], []
    for index, home in enumerate(dealt_homes):
        given = {name: values[index] for name, values in columns.items()}
        person = given | {"alumnus_id": f"a-{index + 1:04d}"}
        trade, worked = (_trade(rng, person["education"], markets[home.code]) for _ in range(2))
        person |= _circumstances(rng, person, home, now.date()) | _work(rng, person, trade, worked)
        alumni.append(person)
        certificates += _certificates(rng, person, trade, courses, now.date())
        licences += _licences(rng, person, trade, now.date())
    return alumni, certificates, licences


def _rank(education: str | None) -> int:
    return education_rank(education or UNKNOWN_EDUCATION)


def _markets(vacancies: Sequence[Row], now: datetime) -> Mapping[str | None, list[_Opening]]:
    markets: defaultdict[str | None, list[_Opening]] = defaultdict(list)
    for row in vacancies:
        if row["filled_at"] is None and (row["expires_at"] is None or row["expires_at"] > now):
            least = education_rank(row["education_min"] or "none")
            markets[row["province_code"]].append(_Opening(row["trade"], least))
    return markets


def _trade(rng: np.random.Generator, education: str | None, market: Sequence[_Opening]) -> Occupation:
    """Draw an occupation that suits a schooling, rather one that the home province has openings in."""
    rank = _rank(education)
    group = 0 if rank <= _rank("SMP") else 1 if rank <= _rank("SMA") else 2
    openings = Counter(opening.trade for opening in market if opening.least_rank <= rank)
    weights = [one.learners[group] * (1 + PULL * openings[one.key]) for one in occupations()]
    return pick(rng, occupations(), weights)


def _circumstances(rng: np.random.Generator, person: Row, home: Place, today: date) -> Row:
    completed_on = today - timedelta(days=between(rng, 20, 700))
    return {
        "province_code": home.code,
        "district_code": _home_district(rng, home),
        "field_of_study": pick(rng, _FIELDS[person["education"]]) if person["education"] in _FIELDS else None,
        "birth_year": today.year - _age(rng, person["education"]),
        "wave": f"{completed_on.year}-{(completed_on.month + 2) // 3}",
        "completed_on": completed_on,
        "willing_province_codes": _willing(rng, home),
        "accepts_remote": pick(rng, (True, False, None), (45, 20, 35)),
        "salary_min_idr_month": _least_pay(rng, home) if chance(rng, 0.4) else None,
        "consents": _consents(rng, person),
    }


def _age(rng: np.random.Generator, education: str | None) -> int:
    """Draw an age of which the schooling is possible, rather young; nobody was below 18 at the course."""
    youngest = 20 + max(0, _rank(education) - _rank("SMA"))
    return youngest + min(between(rng, 0, 40), between(rng, 0, 40))


def _home_district(rng: np.random.Generator, home: Place) -> str:
    if chance(rng, 0.6):
        return pick(rng, list(home.districts))
    return pick(rng, [code for code in districts() if code.startswith(f"{home.code}.")])


def _willing(rng: np.random.Generator, home: Place) -> list[str]:
    if not chance(rng, 0.25):
        return []
    others = [place for place in places() if place.code != home.code]
    wanted = {pick(rng, others, [place.recipients**SPREAD for place in others]).code for _ in range(2)}
    return sorted(wanted)


def _work(rng: np.random.Generator, person: Row, trade: Occupation, worked: Occupation) -> Row:
    codes = [pick(rng, _MIGRANT_WORK)] if person["is_returned_migrant"] else []
    if person["employment_at_entry"] != "not_working" or chance(rng, 0.3):
        codes.append((trade if chance(rng, 0.4) else worked).code)
    return {
        "wanted_occupation_codes": [trade.code] if chance(rng, 0.6) else [],
        "experience_occupation_codes": list(dict.fromkeys(codes)),
    }


def _least_pay(rng: np.random.Generator, home: Place) -> int:
    return 100_000 * round(home.minimum_wage * (0.55 + 0.5 * rng.random()) / 100_000)


def _consents(rng: np.random.Generator, person: Row) -> list[str]:
    """Draw what a person agreed to; who told of a disability, or of none, agreed that this is used."""
    asked = {"recommend": 0.97, "discoverable": 0.6, "contact": 0.75, "research": 0.5}
    given = [purpose for purpose, share in asked.items() if chance(rng, share)]
    return given if person["has_disability"] is None else [*given, "disability_use"]


def _certificates(
    rng: np.random.Generator, person: Row, trade: Occupation, courses: Sequence[Row], today: date
) -> list[Row]:
    first = [row for row in courses if row["occupation_code"] == trade.code]
    near = [row for row in courses if row["category"] in (trade.course_category, "Pengembangan Diri")]
    taken = [pick(rng, first)] + [pick(rng, near) for _ in range(pick(rng, (0, 1, 2), (55, 32, 13)))]
    unique = list({row["course_id"]: row for row in taken}.values())
    rows = [_of_course(rng, person, row, order, today) for order, row in enumerate(unique)]
    if trade.schemes and chance(rng, 0.35):
        return [*rows[:2], _of_scheme(rng, person, trade, today)]
    return rows


def _of_course(rng: np.random.Generator, person: Row, course: Row, order: int, today: date) -> Row:
    issued_on = min(person["completed_on"] + timedelta(days=between(rng, 20, 60) * order), today)
    return {
        "alumnus_id": person["alumnus_id"],
        "course_id": course["course_id"],
        "title": course["title"],
        "scheme": "course",
        "evidence": pick(rng, ("attended", "passed"), (35, 65)),
        "certificate_no": f"SRT/{issued_on.year}/{between(rng, 1, 999_999):06d}" if chance(rng, 0.8) else None,
        "issued_on": issued_on,
        "expires_on": None,
    }


def _of_scheme(rng: np.random.Generator, person: Row, trade: Occupation, today: date) -> Row:
    """Draw a certificate of competence; about one in four has lapsed."""
    scheme = pick(rng, trade.schemes)
    issued_on = today - timedelta(days=between(rng, 30, 365 * scheme.years * 4 // 3))
    return {
        "alumnus_id": person["alumnus_id"],
        "course_id": None,
        "title": scheme.title,
        "scheme": scheme.scheme,
        "evidence": "competence",
        "certificate_no": f"LSP/{issued_on.year}/{between(rng, 1, 99_999):05d}",
        "issued_on": issued_on,
        "expires_on": issued_on + timedelta(days=365 * scheme.years),
    }


def _licences(rng: np.random.Generator, person: Row, trade: Occupation, today: date) -> list[Row]:
    held = [name for name, share in zip(_EVERYBODY, _EVERYBODY_SHARES, strict=True) if chance(rng, share)]
    held += [name for name in _of_trade(rng, person, trade) if name not in held]
    return [_licence(rng, person, name, today) for name in held]


def _of_trade(rng: np.random.Generator, person: Row, trade: Occupation) -> list[str]:
    registered = _REGISTERED.get(person["field_of_study"] or "")
    licences = (*trade.licences, registered) if registered else trade.licences
    return [name for name in licences if chance(rng, 0.7)]


def _licence(rng: np.random.Generator, person: Row, name: str, today: date) -> Row:
    """Split a name into kind and class; about one licence in twelve has lapsed."""
    kind, licence_class = (name, None) if name.startswith("SIM") else name.split(" ", 1)
    days = -between(rng, 5, 300) if chance(rng, 0.08) else between(rng, 20, 1_800)
    return {
        "alumnus_id": person["alumnus_id"],
        "kind": kind,
        "class": licence_class,
        "expires_on": today + timedelta(days=days),
    }
