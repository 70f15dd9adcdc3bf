"""The slates of everybody against the slate of each."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from matcher.domain.text import normalise
from matcher.engine.batch import SLATES, BatchEngine
from matcher.engine.batch_people import Demands, PeopleTables
from matcher.engine.columns import VacancyColumns
from matcher.engine.course_lists import CourseLists, areas_of
from matcher.engine.features import RankingFacts
from matcher.engine.grounds import occupation_key
from matcher.engine.index import VacancyIndex
from matcher.engine.occupation_evidence import Occupations
from matcher.engine.rank import LinearRanker
from matcher.engine.recommend import Recommender, ScoreRows
from matcher.ingest.datasets import SCHEMAS, alumni_of

NOW = datetime(2026, 11, 22, tzinfo=UTC)
TITLES = [
    "Memasak bagi Juru Masak Hotel", "Menjahit bagi Penjahit Pakaian", "Las Dasar bagi Juru Las", "Sertifikat K3 Umum",
    "Mengemudi bagi Pengemudi Truk", "Microsoft Excel",
]  # fmt: skip
UNITS = ["5120", "7531", "8332"]
N_ROWS = len(TITLES) + len(UNITS)
LEVELS = [None, "none", "SD", "SMP", "SMA/SMK", "D3", "S1"]
PLACES = [(None, None), ("32", "32.73"), ("32", "32.04"), ("33", "33.74"), ("91", None)]


def _picked(rng: np.random.Generator, values: list[Any], n: int) -> list[Any]:
    return [values[number] for number in rng.integers(len(values), size=n)]


def _table(name: str, columns: dict[str, list[Any]]) -> pa.Table:
    rows = [dict(zip(columns, cells, strict=True)) for cells in zip(*columns.values(), strict=True)]
    return pa.Table.from_pylist(rows, schema=SCHEMAS[name])


def _vacancies(rng: np.random.Generator, n: int) -> pa.Table:
    places = _picked(rng, PLACES, n)
    return _table(
        "vacancies",
        {
            "vacancy_id": [f"v{number}" for number in range(n)],
            "title": _picked(rng, ["Juru Masak", "Penjahit", "Juru Las Hotel", "Pengemudi Truk", "Staf"], n),
            "employer_id": _picked(rng, [None, "e1", "e2", "e3"], n),
            "province_code": [province for province, _ in places],
            "district_code": [district for _, district in places],
            "is_remote": _picked(rng, [None, None, None, True], n),
            "education_min": _picked(rng, LEVELS, n),
            "education_hint": _picked(rng, LEVELS, n),
            "fields_of_study": _picked(rng, [None, ["Teknik"], ["Tata Boga", "Tata Busana"]], n),
            "required_certificates": _picked(
                rng, [None] * 5 + [["SIM B1"], ["K3 Umum"], ["SIM A dan K3 Umum"], ["sertifikat"]], n
            ),
            "salary_min_idr_month": _picked(rng, [None, 2_000_000, 5_000_000], n),
            "n_openings": _picked(rng, [None, 1, 5], n),
            "n_applicants": _picked(rng, [None, 3, 100], n),
            "posted_at": [NOW - timedelta(days=int(days)) for days in rng.integers(-2, 60, size=n)],
            "expires_at": _picked(rng, [None, NOW - timedelta(days=1), NOW + timedelta(days=9)], n),
            "is_internship": _picked(rng, [None, False, True], n),
        },
    )


def _people(rng: np.random.Generator, n: int) -> PeopleTables:
    places = _picked(rng, PLACES, n)
    ids = [f"a{number}" for number in rng.permutation(n)]
    alumni = _table(
        "alumni",
        {
            "alumnus_id": ids,
            "province_code": [province for province, _ in places],
            "district_code": [district for _, district in places],
            "education": _picked(rng, [*LEVELS, "S3"], n),
            "field_of_study": _picked(rng, [None, "Teknik Mesin", "Tata Boga"], n),
            "willing_province_codes": _picked(rng, [None, [], ["33"], ["91", "32"]], n),
            "accepts_remote": _picked(rng, [None, False, True], n),
            "wanted_occupation_codes": _picked(rng, [None, [], ["7531"], ["5120.01", "51", "7531.02"]], n),
            "experience_occupation_codes": _picked(rng, [None, ["8332"], ["7531", "8332", "9999"]], n),
            "salary_min_idr_month": _picked(rng, [None, 3_000_000], n),
        },
    )
    days = [None, date(2026, 11, 21), date(2026, 11, 22), date(2030, 1, 1)]
    m = 2 * n
    courses = rng.integers(len(TITLES), size=m).tolist()
    certificates = _table(
        "certificates",
        {
            "alumnus_id": _picked(rng, [*ids[1:], "a-stranger"], m),
            "course_id": [None if course == 3 else f"c{course}" for course in courses],
            "title": [TITLES[course] for course in courses],
            "scheme": _picked(rng, [None, "course", "bnsp"], m),
            "evidence": _picked(rng, [None, "attended", "passed", "competence"], m),
            "expires_on": _picked(rng, days, m),
        },
    )
    licences = _table(
        "licences",
        {
            "alumnus_id": _picked(rng, ids, n // 2),
            "kind": _picked(rng, ["SIM", "SIM A", "K3"], n // 2),
            "class": _picked(rng, ["B1", "A", "Umum"], n // 2),
            "expires_on": _picked(rng, days, n // 2),
        },
    )
    return PeopleTables(alumni, certificates, licences)


def _recommender(vacancies: pa.Table, scores: np.ndarray) -> Recommender:
    columns = VacancyColumns.of(vacancies)
    row_of = {f"c{row}": row for row in range(len(TITLES))} | {normalise(TITLES[3]): 3}
    row_of |= {occupation_key(unit): len(TITLES) + place for place, unit in enumerate(UNITS)}
    rng = np.random.default_rng(len(scores) + vacancies.num_rows)
    held, asked = _spoken(rng, len(scores)), _spoken(rng, vacancies.num_rows)
    rows = ScoreRows(
        scores, row_of, lambda titles: scores[: len(titles)], held, lambda titles: held.take(np.arange(len(titles)))
    )
    index = VacancyIndex.build(columns)
    return Recommender(vacancies, columns, RankingFacts.of(vacancies, asked), index, rows, LinearRanker(), policy="p")


def _spoken(rng: np.random.Generator, n: int) -> Occupations:
    """Texts that speak of few groups, so that some agree."""
    groups = np.stack([rng.permutation([2512, 4110, 5120, 5223, 7231, 8322])[:5] for _ in range(n)])
    return Occupations(groups.astype(np.int16), rng.dirichlet(np.full(5, 0.2), n).astype(np.float32))


def _engine(engine: Recommender, people: PeopleTables, *, k: int, n_shown: int) -> tuple[BatchEngine, pa.Table]:
    scores, columns = np.asarray(engine.scores.values), engine.columns
    demands = Demands.of(columns)
    encoded = people.encoded(engine.scores.row_of, len(scores), demands, now=NOW)
    lists = CourseLists.fit([scores], areas_of(columns, engine.index.layout, now=NOW), k=k)
    batch = BatchEngine(
        lists=lists, layout=engine.index.layout, columns=columns, facts=engine.facts,
        vacancy_ids=engine.vacancies["vacancy_id"].combine_chunks(), courses=encoded.courses, demands=demands,
        scores=lambda rows, places: scores[np.ix_(rows, places)], now=NOW, n_shown=n_shown,
        occupations=engine.scores.occupations, ranker=engine.ranker,
    )  # fmt: skip
    return batch, pa.concat_tables([part for _, part in encoded.parts(7)])


def _by_person(slates: pa.Table) -> dict[str, list[tuple[Any, ...]]]:
    found: dict[str, list[tuple[Any, ...]]] = {}
    for row in slates.to_pylist():
        found.setdefault(row["alumnus_id"], []).append(
            (row["position"], row["vacancy_id"], row["score"], row["reasons"])
        )
    return found


@pytest.mark.parametrize(("seed", "k", "n_shown"), [(1, 50, 10), (2, 7, 3), (3, 3, 3), (4, 200, 50), (5, 12, 10)])
def test_batch_gives_everybody_the_slate_that_recommend_gives(seed: int, k: int, n_shown: int) -> None:
    rng = np.random.default_rng(seed)
    vacancies, people = _vacancies(rng, 160), _people(rng, 60)
    engine = _recommender(vacancies, (rng.integers(-8, 9, size=(N_ROWS, 160)) / 4).astype(np.float32))
    batch, encoded = _engine(engine, people, k=k, n_shown=n_shown)
    expected = {}
    for person in alumni_of(people.alumni, people.certificates, people.licences):
        items = engine.recommend(person, k=n_shown, now=NOW, depth=k).items if person.certificates else ()
        if items:
            expected[person.alumnus_id] = [
                (item.position, item.vacancy_id, item.score, ";".join(reason.code for reason in item.reasons))
                for item in items
            ]
    assert _by_person(batch.slates(encoded)) == expected


def test_slates_of_a_person_depend_on_nobody_else() -> None:
    rng = np.random.default_rng(6)
    vacancies, people = _vacancies(rng, 80), _people(rng, 40)
    engine = _recommender(vacancies, rng.standard_normal((N_ROWS, 80)).astype(np.float32))
    batch, encoded = _engine(engine, people, k=20, n_shown=5)
    alone = [batch.slates(encoded.slice(row, 1)) for row in range(len(encoded))]
    together = _by_person(batch.slates(encoded))
    assert {name: rows for one in alone for name, rows in _by_person(one).items()} == together


def test_nobody_gives_an_empty_table() -> None:
    rng = np.random.default_rng(7)
    engine = _recommender(_vacancies(rng, 9), np.zeros((N_ROWS, 9), dtype=np.float32))
    batch, encoded = _engine(engine, _people(rng, 4), k=5, n_shown=5)
    assert batch.slates(encoded.slice(0, 0)).schema == SLATES
    nothing_open = replace(batch, lists=CourseLists.fit([np.zeros((6, 9), np.float32)], {}, k=5))
    assert nothing_open.slates(encoded.slice(0, 4)).schema == SLATES
