"""Takes queries of course ids with a place and a schooling; gives ranked vacancies by the stored score.

Knows no person and no artifact.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
import pyarrow as pa

from matcher.domain.errors import UnknownIdentifier
from matcher.domain.qualifications import EDUCATION_LEVELS, education_rank
from matcher.domain.records import Alumnus
from matcher.engine.columns import VacancyColumns
from matcher.engine.encode import Encoder
from matcher.engine.index import VacancyIndex
from matcher.engine.ready_encoder import ready
from matcher.engine.similarity import Similarity
from matcher.engine.texts import texts_of


@dataclass(frozen=True, slots=True)
class CourseQuery:
    """One question: which vacancies fit these courses; ``None`` leaves place or schooling open."""

    query_id: str
    course_ids: tuple[str, ...]
    province_code: str | None = None
    education: str | None = None


@dataclass(frozen=True, slots=True)
class RankedQuery:
    """The answer: vacancy ids and scores, best first, at most k of each."""

    query_id: str
    vacancy_ids: list[str]
    scores: list[float]


def rank_queries(
    queries: Sequence[CourseQuery],
    tables: Mapping[str, pa.Table],
    encoder: Encoder,
    *,
    k: int,
    now: datetime | None,
    cache_folder: Path,
) -> Iterator[RankedQuery]:
    """Yield the exact `k` best vacancies of every query, by the stored score of its best course.

    Parameters
    ----------
    queries : sequence of CourseQuery
    tables : mapping of str to pyarrow.Table
        ``courses`` and ``vacancies`` in home form.
    encoder : Encoder
    k : int
        Hits a query, at least 1.
    now : datetime or None
        Aware instant that decides expiry; ``None`` drops place, schooling, licences and expiry alike.
    cache_folder : Path
        Where embeddings are kept.

    Raises
    ------
    UnknownIdentifier
        When a query names a course that the table does not hold.
    ModelUnavailable
        When the encoder cannot run.
    """
    rows = {course_id: row for row, course_id in enumerate(tables["courses"]["course_id"].to_pylist())}
    for query in queries:
        for course_id in query.course_ids:
            if course_id not in rows:
                raise UnknownIdentifier(
                    f"query {query.query_id}: no course '{course_id}' in the course table; check the id"
                )
    asked = sorted({rows[course_id] for query in queries for course_id in query.course_ids})
    place_of = {row: place for place, row in enumerate(asked)}
    courses = texts_of(tables["courses"])
    vacancies = texts_of(tables["vacancies"])
    prepared = ready(encoder, vacancies.passages, cache_folder=cache_folder)
    similarity = Similarity.fit(vacancies, courses, prepared)
    scores = np.concatenate(list(similarity.blocks(courses.take(asked), prepared)))
    columns = VacancyColumns.of(tables["vacancies"])
    index = VacancyIndex.build(columns)
    ids = tables["vacancies"]["vacancy_id"].to_pylist()
    for query in queries:
        best = scores[[place_of[rows[course_id]] for course_id in query.course_ids]].max(axis=0)[index.layout]
        hits = index.top(best, _runs(query, index, now), allowed=_allowed(query, columns, now)[index.layout], k=k)
        found = [ids[row] for row in index.layout[hits.layout_indices]]
        yield RankedQuery(query.query_id, found, hits.scores.tolist())


_HIGHEST = EDUCATION_LEVELS[-1]


def _runs(query: CourseQuery, index: VacancyIndex, now: datetime | None) -> list[slice]:
    if now is None:
        return index.prefixes(None, education_rank=education_rank(_HIGHEST), accepts_remote=True)
    places = None if query.province_code is None else [query.province_code]
    return index.prefixes(places, education_rank=education_rank(query.education or _HIGHEST), accepts_remote=True)


def _allowed(query: CourseQuery, columns: VacancyColumns, now: datetime | None) -> np.ndarray:
    if now is None:
        return np.ones(len(columns), dtype=bool)
    asker = Alumnus(query.query_id, province_code=query.province_code, education=query.education or _HIGHEST)
    return columns.eligible(asker, now=now)
