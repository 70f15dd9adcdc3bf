"""Generated people who may be found, their papers and what is asked of them; and the same search by brute force."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import numpy as np
import pyarrow as pa
from hypothesis import strategies as st

from matcher.domain.licences import requirement_met
from matcher.domain.qualifications import education_rank, evidence_rank, is_current
from matcher.domain.records import Alumnus, Certificate
from matcher.domain.regions import distance_km
from matcher.engine.talent import TalentQuery
from matcher.engine.talent_pool import TalentFilters, TalentPool
from matcher.ingest.datasets import alumni_of
from tests.unit.engine.strategies import NOW
from tests.world import table

TITLES = ("Memasak", "Menjahit", "Satpam", "BNSP Juru Masak", "Operator Forklift SIO", "Tata Boga")
COURSE_IDS = ("c0", "c1", "c2")
ROW_OF = {course_id: row for row, course_id in enumerate(COURSE_IDS)} | {
    "bnsp juru masak": 3, "operator forklift sio": 4,
}  # fmt: skip
N_ROWS = 5
DISTRICTS = ("32.73", "32.04", "33.74", "91.71")
ENTRIES = (
    "SIM B1",
    "SIM C atau SIM A",
    "BNSP Juru Masak",
    "Memasak",
    "STR",
    "sertifikat",
    "SIO forklift",
    "K3",
    "bersertifikat BNSP",
)

LICENCES = (
    ("SIM B2", None), ("SIM C", None), ("Surat Tanda Registrasi", None), ("SIO", "forklift"), ("Ahli K3", None),
    ("Keselamatan dan Kesehatan Kerja", "Umum"),
)  # fmt: skip


def _people(seed: int, n: int) -> dict[str, pa.Table]:
    """Draw `n` people, half of them with equals, and papers, some of somebody who is not there."""
    draw = random.Random(seed)
    provinces, homes = (None, "32", "33", "91"), (None, *DISTRICTS)
    days = (None, *(NOW.date() + timedelta(days=days) for days in (-2, -1, 0, 1)))
    alumni = [
        {
            "alumnus_id": f"a{number}",
            "province_code": draw.choice(provinces),
            "district_code": draw.choice(homes),
            "education": draw.choice((None, "SMP", "SMA", "D3", "S1")),
            "willing_province_codes": draw.choice((None, [], ["32"], ["33", "32"])),
            "accepts_remote": draw.choice((None, True, False)),
            "consents": draw.choice((*[["recommend", "discoverable"]] * 5, ["recommend"], [], None)),
        }
        for number in range(n)
    ]
    certificates = [
        {
            "alumnus_id": f"a{draw.randint(0, n)}",
            "course_id": draw.choice((None, None, *COURSE_IDS, "c-unknown")),
            "title": draw.choice(TITLES),
            "scheme": draw.choice((None, "course", "bnsp", "other")),
            "evidence": draw.choice((None, "attended", "passed", "competence")),
            "issued_on": draw.choice((None, *(NOW.date() - timedelta(days=days) for days in (-5, 10, 400, 3_000)))),
            "expires_on": draw.choice(days),
        }
        for _ in range(2 * n)
    ]
    licences = []
    for _ in range(n):
        kind, of_class = draw.choice(LICENCES)
        whose = f"a{draw.randint(0, n)}"
        licences.append({"alumnus_id": whose, "kind": kind, "class": of_class, "expires_on": draw.choice(days)})
    rows = {"alumni": alumni, "certificates": certificates, "licences": licences}
    return {name: table(name, given) for name, given in rows.items()}


people = st.builds(_people, seed=st.integers(0, 9_999), n=st.integers(0, 25))


def _or_none(*values: Any) -> st.SearchStrategy[Any]:
    """Mostly no filter, so that several together leave somebody."""
    return st.sampled_from((None,) * 2 * len(values) + values)


filters = st.builds(
    TalentFilters,
    province_code=_or_none("32", "91"),
    is_remote=st.booleans(),
    district_code=_or_none(*DISTRICTS[:2]),
    education=_or_none("SD", "SMA/SMK", "S1"),
    evidence=_or_none("attended", "passed", "competence"),
    score_rows=_or_none((0,), (3, 1)).map(lambda rows: rows or ()),
    required_certificates=_or_none(*((entry,) for entry in ENTRIES), ("STR", "SIM C")).map(lambda names: names or ()),
)
queries = st.builds(
    TalentQuery,
    scores=st.lists(st.integers(0, 2), min_size=N_ROWS, max_size=N_ROWS).map(lambda s: np.array(s, np.float32)),
    filters=filters,
    district_code=st.none() | st.sampled_from(DISTRICTS),
    salt=st.integers(0, 3),
)


def pool_of(tables: Mapping[str, pa.Table]) -> TalentPool:
    """The pool of these tables."""
    return TalentPool.of(tables["alumni"], tables["certificates"], tables["licences"], row_of=ROW_OF, key="kunci")


def twins(n: int) -> dict[str, pa.Table]:
    """Tables of `n` people who are equal in everything."""
    alumni = [{"alumnus_id": f"a{number:04d}", "consents": ["discoverable"]} for number in range(n)]
    held = [{"alumnus_id": row["alumnus_id"], "course_id": "c0", "title": "Memasak"} for row in alumni]
    return {
        "alumni": table("alumni", alumni),
        "certificates": table("certificates", held),
        "licences": table("licences", []),
    }


def records_of(tables: Mapping[str, pa.Table]) -> list[Alumnus]:
    """The people who agreed and hold a certificate with a score row."""
    everyone = alumni_of(tables["alumni"], tables["certificates"], tables["licences"])
    return [
        one for one in everyone if "discoverable" in one.consents and any(_row(c) is not None for c in one.certificates)
    ]


def passes(person: Alumnus, asked: TalentFilters) -> bool:
    """Whether one person passes the filters, read from the records."""
    homes = (person.province_code, *person.willing_province_codes)
    is_reached = person.province_code is None or asked.province_code in homes
    is_remote = asked.is_remote and person.accepts_remote is not False
    has_place = (asked.province_code is None and not asked.is_remote) or is_reached or is_remote
    return (
        has_place
        and asked.district_code in (None, person.district_code)
        and education_rank(person.education or "SD") >= education_rank(asked.education or "none")
        and bool(counting(person, asked))
        and all(any(_row(c) == row for c in counting(person, asked)) for row in asked.score_rows)
        and all(
            requirement_met(entry, certificates=person.certificates, licences=person.licences, now=NOW)
            for entry in asked.required_certificates
        )
    )


def counting(person: Alumnus, asked: TalentFilters) -> list[Certificate]:
    """The certificates of one person that count."""
    scored = [c for c in person.certificates if _row(c) is not None]
    return [c for c in scored if asked.evidence is None or _standing(c) > evidence_rank(asked.evidence)]


def score(person: Alumnus, query: TalentQuery) -> int:
    """The points of one person, counted from the records."""
    counted = [(_fit(query, c), _fit(query, c) + _worth(c), _row(c)) for c in counting(person, query.filters)]
    most = max((points, fit) for fit, points, _ in counted)
    # of equals the lower row is the best certificate, and the others are of other courses
    best = min(row for fit, points, row in counted if row is not None and (points, fit) == most)
    second = max((fit for fit, _, row in counted if row != best), default=0)
    return most[0] + max(second, 0) // 8 + _near(person, query)


def _fit(query: TalentQuery, certificate: Certificate) -> int:
    exact = query.scores.astype(float)
    middle = float(np.median(exact))
    if exact.max() == middle:
        return 0 if exact[_row(certificate)] == middle else -20_000
    return round(max(10_000 * (exact[_row(certificate)] - middle) / (exact.max() - middle), -20_000.0))


def _worth(certificate: Certificate) -> int:
    day = certificate.issued_on
    quarters = 99 if day is None else (NOW.year - day.year) * 4 + (NOW.month - 1) // 3 - (day.month - 1) // 3
    return (0, 400, 800, 1_200)[_standing(certificate)] + 20 * max(20 - max(quarters, 0), 0)


def _near(person: Alumnus, query: TalentQuery) -> int:
    if person.district_code is None or query.district_code is None:
        return 0
    return round(800 * max(1 - float(distance_km(person.district_code, query.district_code)) / 200, 0.0))


def by_brute_force(persons: Sequence[Alumnus], query: TalentQuery) -> list[tuple[int, str]]:
    """(score, id) of everybody who passes, best first; people of one score in no meaningful order."""
    return sorted(((score(one, query), one.alumnus_id) for one in persons if passes(one, query.filters)), reverse=True)


def _standing(certificate: Certificate) -> int:
    return evidence_rank(certificate.evidence) + 1 if is_current(certificate.expires_on, NOW) else 0


def _row(certificate: Certificate) -> int | None:
    return ROW_OF.get(certificate.course_id or "", ROW_OF.get(certificate.title.casefold()))
