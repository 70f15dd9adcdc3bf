"""Takes graduates, those heard of and those who found work, by course; says whose graduates find nothing.

Small courses stand together and small counts are withheld. Says nothing of what a course adds.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy.stats import hypergeom

from matcher.measure.disclosure import suppress
from matcher.measure.group_gaps import FALSE_SHARE, q_values
from matcher.measure.rates import Rate, wilson_rate

LEAST_GRADUATES = 30
"""Fewest graduates of a course for a row of its own; the others stand together."""


@dataclass(frozen=True, slots=True)
class CourseFinding:
    """Graduates of one course who were not working at entry; all but the course is ``None`` where withheld.

    ``share`` found work of those heard of, with Wilson's interval; ``is_low`` where it lies below that of all other
    courses beyond chance. ``course_id`` is ``None`` for the small courses together.
    """

    course_id: str | None
    title: str | None
    n_people: int | None = None
    n_heard: int | None = None
    n_found: int | None = None
    share: Rate | None = None
    q_value: float | None = None
    is_low: bool = False


def judge_courses(courses: pa.Table) -> tuple[CourseFinding, ...]:
    """Return the courses, those whose graduates find least first, withheld and small ones last.

    Parameters
    ----------
    courses : pyarrow.Table
        ``course_id, title`` (string), ``n_people, n_heard, n_found`` (int64), a row a course.

    Notes
    -----
    Each course is held against all others by Fisher's exact test of a lower share, the false alarms controlled over
    all courses (Benjamini and Hochberg). Who was not heard of is in no share. Raises nothing.
    """
    if not courses.num_rows:
        return ()
    labels, counts = _rows(courses)
    adjusted = q_values(_p_values(counts[:, 1], counts[:, 2]))
    found = [
        _finding(label, row, float(q_value)) if is_shown else CourseFinding(*label)
        for label, row, q_value, is_shown in zip(labels, counts, adjusted, _is_shown(counts), strict=True)
    ]
    return tuple(sorted(found, key=lambda one: (one.course_id is None, one.share.value if one.share else 2.0)))


def _rows(courses: pa.Table) -> tuple[list[tuple[str | None, str | None]], NDArray[np.int64]]:
    counts = np.column_stack([courses[name].to_numpy() for name in ("n_people", "n_heard", "n_found")]).astype(np.int64)
    is_large = counts[:, 0] >= LEAST_GRADUATES
    names = zip(courses["course_id"].to_pylist(), courses["title"].to_pylist(), strict=True)
    labels: list[tuple[str | None, str | None]] = [name for name, large in zip(names, is_large, strict=True) if large]
    if is_large.all():
        return labels, counts
    return [*labels, (None, None)], np.vstack([counts[is_large], counts[~is_large].sum(axis=0)])


def _p_values(heard: NDArray[np.int64], found: NDArray[np.int64]) -> NDArray[np.float64]:
    """Give Fisher's one-sided p-value of each course against all others."""
    return np.asarray(hypergeom.cdf(found, heard.sum(), found.sum(), heard), dtype=np.float64)


def _is_shown(counts: NDArray[np.int64]) -> NDArray[np.bool_]:
    n_people, heard, found = counts.T
    parts = np.column_stack([n_people, found, heard - found, n_people - heard])
    rows = np.vstack([np.ones(len(counts), dtype=bool), np.eye(len(counts), dtype=bool)])
    return suppress(parts, rows).is_published[1:]


def _finding(label: tuple[str | None, str | None], row: NDArray[np.int64], q_value: float) -> CourseFinding:
    n_people, n_heard, n_found = (int(count) for count in row)
    is_low = label[0] is not None and q_value <= FALSE_SHARE
    return CourseFinding(*label, n_people, n_heard, n_found, wilson_rate(n_found, n_heard), q_value, is_low)
