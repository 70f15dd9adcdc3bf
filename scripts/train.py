"""Takes a folder of training material; gives a trained encoder adapter with its record.

Parses and prints; the library does the work.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from matcher.domain.errors import InvalidInput
from scripts.arguments import cache_folder
from scripts.train_fusion import register_part

if TYPE_CHECKING:
    from matcher.engine.train_encoder import Recipe
    from matcher.engine.training_judgements import GradedCourse
    from matcher.engine.training_pairs import Pair

TRAINING_FILE = "training.json"
"""What stands beside the weights: recipes, material hashes, counts and held-out figures."""


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``padan train`` with its parts, ``encoder`` and ``fusion``, to `subparsers`."""
    parser = subparsers.add_parser("train", help="train a part that ships with the project")
    parts = parser.add_subparsers(dest="part", required=True, metavar="PART")
    encoder = parts.add_parser("encoder", help="train the adapter of the text encoder")
    encoder.add_argument("--data", type=Path, required=True, metavar="DIR", help="folder with data/ and bench/")
    encoder.add_argument("--to", type=Path, required=True, metavar="DIR", help="adapter folder to write")
    encoder.add_argument("--judgements", type=Path, metavar="DIR", help="graded pairs; adds the second stage")
    encoder.add_argument("--base", default="e5-small", help="encoder to start from (default e5-small)")
    encoder.add_argument("--seed", type=int, default=0, metavar="N", help="seed of pairs and weights (default 0)")
    encoder.add_argument("--steps", type=int, metavar="N", help="only so many steps on pairs, for a quick trial")
    encoder.set_defaults(run=run)
    register_part(parts)


def run(arguments: argparse.Namespace) -> int:
    """Train, write the adapter with its record and print the held-out figures; return 0."""
    if arguments.seed < 0 or (arguments.steps or 1) < 1:
        raise InvalidInput(f"--seed {arguments.seed}, --steps {arguments.steps}: give a seed from 0 and steps from 1")
    # torch takes seconds to import, and every other stage goes without it
    from sentence_transformers import SentenceTransformer

    from matcher.engine.model_folders import check_model_folder, find_model_folder
    from matcher.engine.train_encoder import add_adapter, save_adapter
    from matcher.engine.training_judgements import read_graded_courses
    from matcher.engine.training_material import material_hashes, read_material
    from matcher.engine.training_pairs import build_pairs

    stages = _stages(arguments)
    material = read_material(arguments.data)
    hashes = material_hashes(arguments.data)
    courses = read_graded_courses(arguments.judgements, arguments.data) if arguments.judgements else []
    pairs = build_pairs(material, rng=random.Random(arguments.seed))
    folder = find_model_folder(_base_folder(arguments.base))
    check_model_folder(folder)
    model = SentenceTransformer(str(folder), local_files_only=True)
    adapter = add_adapter(model, stages[0])
    for stage in stages:
        _train_stage(model, adapter, pairs, stage, courses)
    save_adapter(adapter, arguments.to, base_name=arguments.base)
    figures = _held_out_figures(model, material, courses)
    record = {
        "recipes": [asdict(stage) for stage in stages],
        "pairs": {name: len(found) for name, found in pairs.items()},
        "graded_pairs": sum(len(course.vacancies) for course in courses),
        "material_sha256": hashes,
        "held_out": figures,
    }
    (arguments.to / TRAINING_FILE).write_text(json.dumps(record, indent=1), encoding="utf-8")
    print(f"{arguments.to}: " + ", ".join(f"{name} {figure:.3f}" for name, figure in figures.items()))
    return 0


def _stages(arguments: argparse.Namespace) -> list[Recipe]:
    from matcher.engine.encoder_recipe import STAGES, WITH_GRADES

    if arguments.steps:
        return [replace(STAGES[0], seed=arguments.seed, n_steps=arguments.steps, stop_after=None)]
    stages = STAGES if arguments.judgements else [stage for stage in STAGES if stage is not WITH_GRADES]
    return [replace(stage, seed=stage.seed + arguments.seed) for stage in stages]


def _base_folder(name: str) -> Path | str:
    from matcher.engine.e5_weights import E5_SMALL, e5_small_folder

    return e5_small_folder(cache_folder()) if name == E5_SMALL else name


def _train_stage(
    model: Any, adapter: Any, pairs: Mapping[str, Sequence[Pair]], recipe: Recipe, courses: Sequence[GradedCourse]
) -> None:
    from tqdm import tqdm

    from matcher.engine.encoder_recipe import MINED
    from matcher.engine.train_encoder import train
    from matcher.engine.training_batches import mine_neighbours

    hard = {name: mine_neighbours(pairs[name]) for name in MINED if name in pairs}
    learnt = [course for course in courses if not course.is_held_out]
    steps = train(model, adapter, pairs, recipe=recipe, hard=hard, graded=learnt)
    with tqdm(steps, total=recipe.n_steps, file=sys.stderr) as bar:
        for step in bar:
            bar.set_postfix_str(f"{step.source} {step.loss:.2f}")


def _held_out_figures(model: Any, material: Any, courses: Sequence[GradedCourse]) -> dict[str, float]:
    from matcher.engine.train_encoder import encode
    from matcher.engine.training_judgements import graded_quality
    from matcher.engine.training_questions import answer_quality, build_questions

    figures = {}
    for question in build_questions(material, rng=random.Random(1)):
        scores = encode(model, question.queries) @ encode(model, question.corpus).T
        figures[question.name] = float(answer_quality(scores, question.answers).mean())
    held = [course for course in courses if course.is_held_out]
    if held:
        asked = encode(model, [course.title for course in held])
        found = [encode(model, [vacancy.title for vacancy in course.vacancies]) for course in held]
        grades = [[vacancy.grade for vacancy in course.vacancies] for course in held]
        values = [graded_quality(rows @ row, given) for rows, row, given in zip(found, asked, grades, strict=True)]
        figures["graded"] = sum(values) / len(values)
    return figures
