"""Which vacancies have no opening left: by hires through slates or not, or as reported."""

from __future__ import annotations

from datetime import UTC, datetime

import pyarrow as pa

from matcher.ingest.schemas import SCHEMAS
from matcher.measure.full_vacancies import full_vacancies

NOW = datetime(2026, 3, 1, tzinfo=UTC)
HIRED, APPLIED = 6, 3


def full(judged: list[tuple[str, str, int]], organic: list[tuple[str, str, str]], vacancies: list[dict]) -> set[str]:
    judgements = pa.table({name: list(column) for name, column in zip(
        ("vacancy_id", "alumnus_id", "depth"), zip(*judged, strict=True), strict=True)})  # fmt: skip
    told = [dict(zip(("vacancy_id", "alumnus_id", "kind"), row, strict=True)) for row in organic]
    schema = pa.schema([(name, pa.string()) for name in ("vacancy_id", "alumnus_id", "kind")])
    return set(
        full_vacancies(judgements, pa.Table.from_pylist(told, schema=schema),
                       pa.Table.from_pylist(vacancies, schema=SCHEMAS["vacancies"]), now=NOW)
    )  # fmt: skip


def test_hires_through_slates_and_organic_ones_fill_a_vacancy_together() -> None:
    vacancies = [{"vacancy_id": name, "title": "Penjahit", "n_openings": 2} for name in ("a", "b", "c")]
    judged = [("a", "p1", HIRED), ("b", "p2", HIRED), ("b", "p3", APPLIED), ("c", "p4", HIRED)]
    organic = [("a", "p5", "hired"), ("b", "p2", "hired"), ("c", "p6", "applied")]
    assert full(judged, organic, vacancies) == {"a"}


def test_reported_as_filled_counts_from_that_day_on_and_unknown_openings_are_one() -> None:
    early, late = (datetime(2026, month, 1, tzinfo=UTC) for month in (2, 4))
    vacancies = [
        {"vacancy_id": "a", "title": "Barista", "n_openings": 9, "filled_at": early},
        {"vacancy_id": "b", "title": "Barista", "n_openings": 9, "filled_at": late},
        {"vacancy_id": "c", "title": "Barista"},
    ]
    assert full([("c", "p1", HIRED), ("b", "p1", APPLIED)], [], vacancies) == {"a", "c"}
