"""Takes the material that training commands are given; gives pairs, questions and the encoder to start from.

Parses and reads; the library does the work.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from scripts.arguments import cache_folder

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

    from matcher.engine.training_judgements import GradedCourse
    from matcher.engine.training_pairs import Pair
    from matcher.engine.training_questions import Question


def add_material(parser: argparse.ArgumentParser) -> None:
    """Add the options that say what is trained on, and from which encoder."""
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="folder with data/ and bench/")
    parser.add_argument("--names", type=Path, metavar="FILE", help="Indonesian and English job names (TSV: id, en)")
    parser.add_argument("--base", default="e5-small", help="encoder to start from (default e5-small)")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="seed of pairs and weights (default 0)")


@dataclass(frozen=True, slots=True)
class Lessons:
    """Pairs by source, graded courses, and the questions held out from both."""

    pairs: Mapping[str, Sequence[Pair]]
    courses: Sequence[GradedCourse]
    questions: Sequence[Question]


def read_lessons(arguments: argparse.Namespace, *, judgements: Path | None = None) -> Lessons:
    """Return what the options name; `judgements` is the folder of graded pairs, where they are used."""
    from matcher.engine.training_judgements import read_graded_courses
    from matcher.engine.training_material import read_material
    from matcher.engine.training_names import name_pairs, name_question, read_names
    from matcher.engine.training_pairs import build_pairs
    from matcher.engine.training_questions import build_questions

    material = read_material(arguments.data)
    courses = read_graded_courses(judgements, arguments.data) if judgements else []
    pairs = build_pairs(material, rng=random.Random(arguments.seed))
    questions = build_questions(material, rng=random.Random(1))
    if arguments.names:
        names = read_names(arguments.names)
        concepts = list(material.concepts.values())
        found = name_pairs(names, concepts, material.isco_labels, rng=random.Random(arguments.seed))
        pairs = pairs | {name: [*pairs.get(name, []), *more] for name, more in found.items()}
        questions.append(name_question(names))
    return Lessons(pairs, courses, questions)


def trainable(base: str) -> SentenceTransformer:
    """Return the encoder called `base`, ready to be trained."""
    from sentence_transformers import SentenceTransformer
    from torch.cuda import is_available

    from matcher.engine.model_folders import check_model_folder, find_model_folder

    folder = find_model_folder(_base_folder(base))
    check_model_folder(folder)
    # on a processor the fused attention of torch takes a third of a step's time at these lengths, the plain one little
    plain = {} if is_available() else {"attn_implementation": "eager"}
    return SentenceTransformer(str(folder), local_files_only=True, model_kwargs=plain)


def _base_folder(name: str) -> Path | str:
    from matcher.engine.e5_weights import E5_SMALL, e5_small_folder

    return e5_small_folder(cache_folder()) if name == E5_SMALL else name
