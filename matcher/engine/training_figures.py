"""Takes an encoder in training and held-out questions; gives the figures that choose between checkpoints.

No benchmark is among the questions, and it trains nothing.
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence

from sentence_transformers import SentenceTransformer

from matcher.engine.train_encoder import encode
from matcher.engine.training_judgements import GradedCourse, graded_quality
from matcher.engine.training_questions import Question, answer_quality

VIEWS = ("title", "passage")
"""What of a vacancy a held-out course is compared with."""


def held_out_figures(
    model: SentenceTransformer, questions: Sequence[Question], courses: Sequence[GradedCourse]
) -> dict[str, float]:
    """Return the mean quality of each question, of each view of the held-out courses, and ``mean``, theirs: 0 to 1.

    Parameters
    ----------
    model : SentenceTransformer
        The encoder, adapter included.
    questions : sequence of Question
        Those without queries are left out.
    courses : sequence of GradedCourse
        Those not held out are left out.

    Raises
    ------
    statistics.StatisticsError
        When nothing is asked at all.

    Notes
    -----
    A question counts as much as another, however many queries it has.
    """
    figures = {question.name: _answered(model, question) for question in questions if question.queries}
    held = [course for course in courses if course.is_held_out]
    for view in VIEWS if held else ():
        figures[f"graded_{view}"] = statistics.fmean(_ordered(model, course, view) for course in held)
    return figures | {"mean": statistics.fmean(figures.values())}


def _answered(model: SentenceTransformer, question: Question) -> float:
    scores = encode(model, question.queries) @ encode(model, question.corpus).T
    return float(answer_quality(scores, question.answers).mean())


def _ordered(model: SentenceTransformer, course: GradedCourse, view: str) -> float:
    rows = encode(model, [getattr(vacancy, view) for vacancy in course.vacancies])
    grades = [vacancy.grade for vacancy in course.vacancies]
    return graded_quality(rows @ encode(model, [course.title])[0], grades)
