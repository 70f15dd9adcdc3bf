"""Takes graded (course, vacancy) pairs and the tables they point into; gives the graded vacancies of each course.

Courses outside the training list are refused. It trains nothing and grades nothing.
"""

from __future__ import annotations

import csv
import statistics
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray

from matcher.domain.errors import InvalidInput, MissingFile, UnknownIdentifier
from matcher.domain.text import passage
from matcher.engine.training_material import FILES, clean_title, is_held_out, without_contacts

UNJUDGED = "unjudged"
"""How the name of a file starts whose pairs nobody has graded yet."""

GRADES = range(4)
"""0 another field, 1 marginal, 2 clearly related, 3 what the course prepares for."""


@dataclass(frozen=True, slots=True)
class GradedVacancy:
    """One vacancy graded 0 to 3 for a course: its title and its whole passage."""

    title: str
    passage: str
    grade: int


@dataclass(frozen=True, slots=True)
class GradedCourse:
    """One course with the vacancies that were read and graded for it."""

    course_id: str
    title: str
    vacancies: tuple[GradedVacancy, ...]
    is_held_out: bool


def read_graded_courses(judgements: Path, folder: Path) -> list[GradedCourse]:
    """Return the graded courses of the files in `judgements`, about a tenth of them held out.

    Parameters
    ----------
    judgements : Path
        Folder of CSV or TSV files with ``course_id, vacancy_id, grade`` (0 to 3) and, where the parts were fixed
        before, ``split``: a course with any ``split`` but "train" is held out. More columns are ignored, and so are
        files named ``unjudged...``, which list what is still to be read.
    folder : Path
        The training folder, as ``read_material`` takes it.

    Raises
    ------
    MissingFile
        When the folder holds no such file.
    InvalidInput
        When a column is missing or a grade is no whole number from 0 to 3.
    UnknownIdentifier
        When a course is not in the training list or in no table, or a vacancy is in no table.

    Notes
    -----
    A pair graded more than once gets the lower median of its grades. Without ``split`` the hash of the course id
    decides what is held out.
    """
    grades, held = _read_grades(judgements)
    allowed = set((folder / FILES[2]).read_text(encoding="utf-8").split())
    titles = {row["course_id"]: row["title"] for row in _table(folder / FILES[1], ("course_id", "title"))}
    outside = sorted(set(grades) - (allowed & set(titles)))
    if outside:
        raise UnknownIdentifier(f"{judgements}: course {outside[0]} is not in the training list; take its grades out")
    columns = ("vacancy_id", "title", "category", "skills", "description")
    vacancies = {row["vacancy_id"]: row for row in _table(folder / FILES[0], columns)}
    return [
        GradedCourse(
            course_id,
            clean_title(titles[course_id]),
            tuple(_graded_vacancy(vacancies, vacancy_id, grade) for vacancy_id, grade in sorted(graded.items())),
            course_id in held,
        )
        for course_id, graded in sorted(grades.items())
    ]


def graded_quality(scores: NDArray[np.float32], grades: Sequence[int]) -> float:
    """Return the nDCG at 10 of one course's graded vacancies in the order of `scores`, 0 to 1 (no gain at all: 1).

    Parameters
    ----------
    scores : float32 (n_vacancies,)
        Larger is better; ties go to the earlier vacancy.
    grades : sequence of int
        0 to 3, in the same order.

    Notes
    -----
    Raises nothing. Gain 2^grade - 1, discount log2(rank + 1) (Burges 2005). It orders what was graded only: it is no
    measure of what a search over every vacancy finds.
    """
    gains = 2.0 ** np.asarray(grades) - 1
    discounts = 1 / np.log2(np.arange(2, 2 + min(10, len(gains))))
    ideal = float(np.sort(gains)[::-1][:10] @ discounts)
    found = float(gains[np.argsort(-scores, kind="stable")][:10] @ discounts)
    return found / ideal if ideal else 1.0


def _graded_vacancy(vacancies: Mapping[str, Mapping[str, Any]], vacancy_id: str, grade: int) -> GradedVacancy:
    if vacancy_id not in vacancies:
        raise UnknownIdentifier(f"vacancy {vacancy_id} was graded but stands in no table; take its grades out")
    row = vacancies[vacancy_id]
    title = clean_title(str(row["title"]))
    skills = [part.strip() for part in str(row["skills"] or "").replace("Program studi:", "").split(";")]
    description = without_contacts(str(row["description"] or ""))
    whole = passage(title, category=row["category"], skills=[s for s in skills if s], description=description)
    return GradedVacancy(title, whole, grade)


def _read_grades(folder: Path) -> tuple[dict[str, dict[str, int]], set[str]]:
    tables = sorted([*folder.glob("*.csv"), *folder.glob("*.tsv")])
    files = [path for path in tables if not path.name.startswith(UNJUDGED)]
    if not files:
        raise MissingFile(f"{folder}: no CSV or TSV of grades; give the folder that holds them")
    found: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    held: set[str] = set()
    for path in files:
        for row in _grade_rows(path):
            course_id = row["course_id"]
            found[course_id][row["vacancy_id"]].append(int(row["grade"]))
            if row["split"] != "train" if "split" in row else is_held_out(course_id):
                held.add(course_id)
    grades = {
        course_id: {vacancy_id: statistics.median_low(given) for vacancy_id, given in graded.items()}
        for course_id, graded in found.items()
    }
    return grades, held


def _grade_rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t" if path.suffix == ".tsv" else ",")
        for column in ("course_id", "vacancy_id", "grade"):
            if column not in (rows.fieldnames or ()):
                raise InvalidInput.at(
                    str(path), "column missing", "give course_id, vacancy_id and grade", column=column
                )
        for number, row in enumerate(rows, start=1):
            if row["grade"] not in {str(grade) for grade in GRADES}:
                problem = f"{row['grade']!r} is no grade"
                raise InvalidInput.at(str(path), problem, "write 0, 1, 2 or 3", row=number, column="grade")
            yield row


def _table(path: Path, columns: tuple[str, ...]) -> list[dict[str, Any]]:
    return pq.read_table(path, columns=list(columns)).to_pylist()
