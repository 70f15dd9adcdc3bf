"""Takes a folder of training material; gives a small table of word vectors with its record.

Parses and prints; the library does the work.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from matcher.domain.errors import InvalidInput
from scripts.lessons import add_material, read_lessons, trainable

if TYPE_CHECKING:
    from matcher.engine.static_vectors import StaticVectors
    from matcher.engine.training_questions import Question

RECORD = "training.json"
"""What stands beside the vectors: recipe, material hashes, counts and held-out figures."""


def register_part(parts: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``padan train static`` to `parts`."""
    parser = parts.add_parser("static", help="train the word vectors that stand beside the text encoder")
    add_material(parser)
    parser.add_argument("--to", type=Path, required=True, metavar="DIR", help="folder to write")
    parser.add_argument("--steps", type=int, metavar="N", help="only so many steps, for a quick trial")
    parser.add_argument("--least-pairs", type=int, metavar="N", help="leave out sources with fewer pairs")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Train the table, write it with its record, print the held-out figures; return 0."""
    if arguments.seed < 0 or min(n for n in (arguments.steps, arguments.least_pairs, 1) if n is not None) < 1:
        raise InvalidInput(
            f"--seed {arguments.seed}, --steps {arguments.steps}, --least-pairs {arguments.least_pairs}: "
            "give a seed from 0 and the others from 1"
        )
    # torch takes seconds to import, and every other stage goes without it
    from tqdm import tqdm

    from matcher.engine.training_material import material_hashes
    from matcher.engine.training_static import StaticRecipe, StaticTraining

    given = {"seed": arguments.seed, "n_steps": arguments.steps, "least_pairs": arguments.least_pairs}
    recipe = StaticRecipe(**{name: value for name, value in given.items() if value is not None})
    hashes, lessons = material_hashes(arguments.data), read_lessons(arguments)
    training = StaticTraining.begin(trainable(arguments.base), lessons.pairs, recipe)
    with tqdm(training.steps(), total=recipe.n_steps, file=sys.stderr) as bar:
        for step in bar:
            bar.set_postfix_str(f"{step.source} {step.loss:.2f}")
    table = training.table()
    figures = _held_out(table, lessons.questions)
    table.save(arguments.to)
    record = {
        "recipe": asdict(recipe),
        "pairs": {name: len(found) for name, found in training.pairs.items()},
        "n_pieces": len(table.whole),
        "material_sha256": hashes,
        "held_out": figures,
    }
    (arguments.to / RECORD).write_text(json.dumps(record, indent=1), encoding="utf-8")
    print(f"{arguments.to}: " + ", ".join(f"{name} {figure:.4f}" for name, figure in figures.items()))
    return 0


def _held_out(table: StaticVectors, questions: Sequence[Question]) -> dict[str, float]:
    from matcher.engine.training_questions import answer_quality

    figures = {
        one.name: float(answer_quality(table.encode(one.queries) @ table.encode(one.corpus).T, one.answers).mean())
        for one in questions
        if one.queries
    }
    return figures | {"mean": statistics.fmean(figures.values())}
