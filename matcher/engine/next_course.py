"""Takes an alumnus and the stored scores; gives the courses that would open most good vacancies to this person.

Promises no job: what became of earlier takers stands beside a course and moves none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from matcher.domain.errors import InvalidInput
from matcher.domain.records import Alumnus
from matcher.engine.earlier_takers import EarlierTakers
from matcher.engine.explain import LEAST_VALUES
from matcher.engine.recommend import Recommender

GOOD_SCORE = LEAST_VALUES["similarity"]
"""From which stored score on a vacancy fits a course: as likely as not a reader calls the pair related."""


@dataclass(frozen=True, slots=True)
class NextCourse:
    """One course to take next: how many vacancies it would open, and the best fitting of them.

    ``earlier_takers`` is what became of those who took it before, ``None`` where that is withheld or not known.
    """

    course_id: str
    n_opened: int
    vacancy_ids: tuple[str, ...]
    earlier_takers: EarlierTakers | None = None


@dataclass(frozen=True, slots=True)
class CourseReach:
    """Which vacancies fit which course, one bit each.

    ``words`` uint64 (n_words, n_courses): bit b of word w tells of the vacancy at layout place ``64 * w + b``, so that
    one word of all courses lies together. ``n_vacancies`` places are in use; the rest are 0.
    """

    words: NDArray[np.uint64]
    n_vacancies: int

    @classmethod
    def of(cls, scores: NDArray[np.float32], *, least_score: float = GOOD_SCORE) -> CourseReach:
        """Return the reach of the courses whose stored scores are the rows of `scores`.

        Parameters
        ----------
        scores : ndarray of float32, shape (n_courses, n_vacancies)
            In layout order; read in blocks, so it may lie on disk.
        least_score : float
            A vacancy fits from this score on.

        Notes
        -----
        Raises nothing. Takes n_courses * n_vacancies / 8 bytes.
        """
        n_courses, n_vacancies = scores.shape
        words = np.zeros((-(-n_vacancies // _BITS), n_courses), dtype=np.uint64)
        for start in range(0, n_courses, _BLOCK_COURSES):
            block = slice(start, start + _BLOCK_COURSES)
            words[:, block] = _packed(scores[block] >= least_score).T
        return cls(words, n_vacancies)

    def counts(self, wanted: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Return how many of the `wanted` vacancies, bool (n_vacancies,), fit each course: int64 (n_courses,).

        Notes
        -----
        Raises nothing. Words without a wanted vacancy are not read, so a person's own province costs little.
        """
        asked = _packed(wanted[None])[0]
        n_courses = self.words.shape[1]
        counts = np.zeros(n_courses, dtype=np.int64)
        # one small buffer that stays in the processor's cache; fresh arrays of each block cost ten times as much
        both = np.empty((_BLOCK_WORDS, n_courses), dtype=np.uint64)
        places = np.flatnonzero(asked)
        for start in range(0, len(places), _BLOCK_WORDS):
            block = places[start : start + _BLOCK_WORDS]
            found = np.take(self.words, block, axis=0, out=both[: len(block)], mode="clip")
            found &= asked[block, None]
            counts += np.bitwise_count(found).sum(axis=0, dtype=np.uint16)
        return counts


@dataclass(frozen=True, slots=True)
class CourseAdviser:
    """The composition: the courses in order of their score rows, their reach, and the engine that knows the person.

    ``reach`` holds the vacancies of the build; an `engine` that knows of later ones may stand in place of the first.
    ``earlier`` tells by course id what became of earlier takers, where that is known.
    """

    course_ids: list[str]
    reach: CourseReach
    engine: Recommender
    earlier: Mapping[str, EarlierTakers] = field(default_factory=dict)

    def next_courses(self, alumnus: Alumnus, *, n: int = 5, n_examples: int = 3, now: datetime) -> list[NextCourse]:
        """Return the at most `n` courses that open most vacancies to `alumnus`, most first, with the best fitting ones.

        Parameters
        ----------
        alumnus : Alumnus
            With or without certificates.
        n, n_examples : int
            How many courses, and how many vacancies of each are named.
        now : datetime
            Aware instant that decides expiry.

        Raises
        ------
        InvalidInput
            When `n` is below 1 or the person's education is outside the ladder.
        ModelUnavailable
            When a certificate title has no stored row and the encoder cannot run.

        Notes
        -----
        A course opens a vacancy when the vacancy is eligible for this person now, fits the course (``GOOD_SCORE``), and
        fits no certificate the person has. Counts are exact. Equals stand in the order of the course table; a course
        that opens nothing is not named. Earlier takers move no course: they differ in more than the course they took.
        """
        if n < 1:
            raise InvalidInput(f"n = {n}: at least one course must be asked for")
        wanted = self._unopened(alumnus, now)
        counts = self._counts(wanted)
        order = np.argsort(-counts, kind="stable")[:n]
        return [
            NextCourse(course_id, int(counts[row]), self._best(row, wanted, n_examples), self.earlier.get(course_id))
            for row, course_id in ((row, self.course_ids[row]) for row in order.tolist())
            if counts[row]
        ]

    def _unopened(self, alumnus: Alumnus, now: datetime) -> NDArray[np.bool_]:
        """Return, in layout order, what is open to the person and fits no certificate yet."""
        eligible = self.engine.columns.eligible(alumnus, now=now)[self.engine.index.layout]
        return eligible & ~(self.engine.scores.of(alumnus.certificates) >= GOOD_SCORE).any(axis=0)

    def _counts(self, wanted: NDArray[np.bool_]) -> NDArray[np.int64]:
        place = self.reach.n_vacancies
        counts = self.reach.counts(wanted[:place])
        for part in self.engine.scores.later:
            asked = np.flatnonzero(wanted[place : place + part.shape[1]])
            counts += np.count_nonzero(part[: len(counts), asked] >= GOOD_SCORE, axis=1)
            place += part.shape[1]
        return counts

    def _best(self, row: int, wanted: NDArray[np.bool_], n_examples: int) -> tuple[str, ...]:
        rows = self.engine.scores
        scores = np.concatenate([rows.values[row], *(part[row] for part in rows.later)])
        places = np.flatnonzero(wanted & (scores >= GOOD_SCORE))
        best = places[np.argsort(-scores[places], kind="stable")[:n_examples]]
        ids = self.engine.vacancies["vacancy_id"]
        return tuple(ids[table_row].as_py() for table_row in self.engine.index.layout[best].tolist())


_BITS = 64
_BLOCK_COURSES = 64
_BLOCK_WORDS = 16


def _packed(flags: NDArray[np.bool_]) -> NDArray[np.uint64]:
    """Return the flags of each row as bits, 64 a word: uint64 (n_rows, n_words)."""
    n_words = -(-flags.shape[1] // _BITS)
    packed = np.zeros((len(flags), n_words * 8), dtype=np.uint8)
    packed[:, : -(-flags.shape[1] // 8)] = np.packbits(flags, axis=1, bitorder="little")
    return packed.view("<u8")
