"""Takes a table of Indonesian job names with their English ones; gives pairs that tie both languages, and a question.

The table is written by hand for training. It trains nothing and is consulted by no search.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from matcher.domain.errors import InvalidInput, MissingFile
from matcher.domain.text import normalise
from matcher.engine.training_material import Concept, is_held_out
from matcher.engine.training_pairs import Pair
from matcher.engine.training_questions import Question

_LABELS_PER_NAME = 3


@dataclass(frozen=True, slots=True)
class JobName:
    """One job: its names in Bahasa Indonesia and in English, at least one of each."""

    indonesian: tuple[str, ...]
    english: tuple[str, ...]
    is_held_out: bool


def read_names(path: Path) -> list[JobName]:
    """Return the jobs of a TSV with the columns ``id`` and ``en``, several names parted by " / "; a tenth is held out.

    Raises
    ------
    MissingFile
        When there is no such file.
    InvalidInput
        When a column is missing or a row lacks a name.
    """
    if not path.is_file():
        raise MissingFile(f"{path}: no such table of job names; give a TSV with the columns id and en")
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        if not {"id", "en"} <= set(rows.fieldnames or ()):
            raise InvalidInput.at(str(path), "column missing", "give the columns id and en")
        return [_job_name(path, number, row) for number, row in enumerate(rows, start=1)]


def name_pairs(
    names: Sequence[JobName],
    concepts: Sequence[Concept],
    isco_labels: Mapping[str, Mapping[str, str]],
    *,
    rng: random.Random,
) -> dict[str, list[Pair]]:
    """Return the pairs of names by source: ``names`` (across languages and within) and ``isco`` (name to its group).

    Parameters
    ----------
    names : sequence of JobName
        Held-out jobs are passed over.
    concepts : sequence of Concept
        A job named like one of them also meets three of its English labels and its group; held-out ones are not used.
    isco_labels : mapping
        Group names by code and language.
    rng : random.Random
        Chooses the labels.

    Notes
    -----
    Raises nothing.
    """
    by_label: dict[str, Concept] = {}
    for concept in concepts:
        for label in concept.labels.get("en", []):
            by_label.setdefault(normalise(label), concept)
    found: dict[str, list[Pair]] = {"names": [], "isco": []}
    for job in names:
        if job.is_held_out:
            continue
        concept = next((by_label[name] for name in map(normalise, job.english) if name in by_label), None)
        known = None if concept is None or concept.is_held_out else concept
        labels = known.labels["en"] if known else []
        rights = dict.fromkeys([*job.english, *job.indonesian, *rng.sample(labels, min(_LABELS_PER_NAME, len(labels)))])
        group, family = (known.uri, known.isco_code) if known else (normalise(job.english[0]), "")
        for left in job.indonesian:
            found["names"] += [Pair(left, right, group, family) for right in rights if right != left]
            if known and known.isco_code in isco_labels:
                found["isco"].append(Pair(left, isco_labels[known.isco_code]["en"], known.isco_code))
    return found


def name_question(names: Sequence[JobName]) -> Question:
    """Return the question ``names``: a held-out job's Indonesian name -> the first English name of every job.

    Notes
    -----
    Raises nothing; without held-out jobs it has no queries.
    """
    corpus = list(dict.fromkeys(job.english[0] for job in names))
    place = {name: index for index, name in enumerate(corpus)}
    asked = [(name, frozenset({place[job.english[0]]})) for job in names if job.is_held_out for name in job.indonesian]
    return Question("names", [name for name, _ in asked], corpus, [answer for _, answer in asked])


def _job_name(path: Path, number: int, row: Mapping[str, str | None]) -> JobName:
    indonesian, english = (
        tuple(part.strip() for part in (row[column] or "").split(" / ") if part.strip()) for column in ("id", "en")
    )
    if not indonesian or not english:
        raise InvalidInput.at(str(path), "a name is missing", "write a name under id and under en", row=number)
    return JobName(indonesian, english, is_held_out(f"names/{normalise(english[0])}"))
