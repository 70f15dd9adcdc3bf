"""Takes a folder of training material; gives a trained encoder adapter with its record.

Parses and prints; the library does the work.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from matcher.domain.errors import InvalidInput
from scripts import train_fusion, train_static
from scripts.lessons import Lessons, add_material, read_lessons, trainable

if TYPE_CHECKING:
    from peft import PeftModel
    from sentence_transformers import SentenceTransformer

    from matcher.engine.train_encoder import Recipe

TRAINING_FILE = "training.json"
"""What stands beside the weights: recipes, material hashes, counts and held-out figures."""


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``padan train`` with its parts to `subparsers`."""
    parser = subparsers.add_parser("train", help="train a part that ships with the project")
    parts = parser.add_subparsers(dest="part", required=True, metavar="PART")
    encoder = parts.add_parser("encoder", help="train the adapter of the text encoder")
    add_material(encoder)
    encoder.add_argument("--to", type=Path, required=True, metavar="DIR", help="adapter folder to write")
    encoder.add_argument("--judgements", type=Path, metavar="DIR", help="graded pairs; adds the second stage")
    encoder.add_argument(
        "--checkpoints",
        type=Path,
        metavar="DIR",
        help="where an interrupted run goes on from (default: TO.checkpoints)",
    )
    encoder.add_argument("--every", type=int, default=150, metavar="N", help="judge every N steps (default 150)")
    encoder.add_argument("--steps", type=int, metavar="N", help="at most so many steps a stage, for a quick trial")
    encoder.set_defaults(run=run)
    mean = parts.add_parser("average", help="average adapters of one base that were trained apart")
    mean.add_argument("adapters", type=Path, nargs="+", metavar="DIR", help="adapter folders")
    mean.add_argument("--to", type=Path, required=True, metavar="DIR", help="adapter folder to write")
    mean.set_defaults(run=run_average)
    train_static.register_part(parts)
    train_fusion.register_part(parts)


def run_average(arguments: argparse.Namespace) -> int:
    """Write the mean of the adapters and say so; return 0."""
    from matcher.engine.training_average import average_adapters

    average_adapters(arguments.adapters, arguments.to)
    print(f"{arguments.to}: the mean of {len(arguments.adapters)} adapters")
    return 0


def run(arguments: argparse.Namespace) -> int:
    """Train, keep the adapter of the best held-out figures with its record, print those figures; return 0."""
    if arguments.seed < 0 or min(1 if arguments.steps is None else arguments.steps, arguments.every) < 1:
        raise InvalidInput(
            f"--seed {arguments.seed}, --steps {arguments.steps}, --every {arguments.every}: "
            "give a seed from 0 and steps from 1"
        )
    # torch takes seconds to import, and every other stage goes without it
    from matcher.engine.train_encoder import add_adapter
    from matcher.engine.training_material import material_hashes

    stages = _stages(arguments)
    hashes = material_hashes(arguments.data)
    lessons = read_lessons(arguments, judgements=arguments.judgements)
    record = {
        "recipes": [asdict(stage) for stage in stages],
        "pairs": {name: len(found) for name, found in lessons.pairs.items()},
        "graded_pairs": sum(len(course.vacancies) for course in lessons.courses),
        "material_sha256": hashes,
    }
    model = trainable(arguments.base)
    training = _Training(arguments, lessons, model, add_adapter(model, stages[0]), record)
    for number, stage in enumerate(stages, start=1):
        training.train(number, stage)
    figures = training.keep_best()
    print(f"{arguments.to}: " + ", ".join(f"{name} {figure:.3f}" for name, figure in figures.items()))
    return 0


@dataclass(frozen=True, slots=True)
class _Training:
    """The model in training, and the folder that keeps what an interrupted run goes on from."""

    arguments: argparse.Namespace
    lessons: Lessons
    model: SentenceTransformer
    adapter: PeftModel
    record: Mapping[str, Any]

    @property
    def folder(self) -> Path:
        to: Path = self.arguments.to
        return self.arguments.checkpoints or to.with_name(f"{to.name}.checkpoints")

    def train(self, number: int, stage: Recipe) -> None:
        """Train one stage, judged every so many steps and at its end."""
        from tqdm import tqdm

        from matcher.engine.train_encoder import train
        from matcher.engine.training_checkpoint import Checkpoint

        kept = Checkpoint(self.folder / f"stage-{number}.pt")
        graded = [course for course in self.lessons.courses if not course.is_held_out]
        steps = train(self.model, self.adapter, self.lessons.pairs, recipe=stage, graded=graded, checkpoint=kept)
        with tqdm(steps, total=stage.n_steps, file=sys.stderr, desc=f"stage {number}") as bar:
            for step in bar:
                bar.set_postfix_str(f"{step.source} {step.loss:.2f}")
                if step.number % self.arguments.every == 0 and step.number < stage.n_steps:
                    self.judge(self.folder / f"stage-{number}-{step.number:04}")
        last = self.folder / f"stage-{number}-{stage.n_steps:04}"
        if not (last / TRAINING_FILE).is_file():
            self.judge(last)

    def judge(self, folder: Path) -> None:
        """Save the adapter to `folder` with its held-out figures, and print them."""
        from matcher.engine.train_encoder import save_adapter
        from matcher.engine.training_figures import held_out_figures

        figures = held_out_figures(self.model, self.lessons.questions, self.lessons.courses)
        save_adapter(self.adapter, folder, base_name=self.arguments.base)
        record = {"checkpoint": folder.name, **self.record, "held_out": figures}
        (folder / TRAINING_FILE).write_text(json.dumps(record, indent=1), encoding="utf-8")
        print(f"{folder.name}: " + ", ".join(f"{name} {figure:.4f}" for name, figure in figures.items()), flush=True)

    def keep_best(self) -> dict[str, float]:
        """Copy the best checkpoint of this very training to the result's folder; return its held-out figures."""
        wanted = json.loads(json.dumps(self.record))
        found = {path.parent: json.loads(path.read_text("utf-8")) for path in self.folder.glob(f"*/{TRAINING_FILE}")}
        own = {kept: record for kept, record in found.items() if wanted.items() <= record.items()}
        best = max(own, key=lambda kept: own[kept]["held_out"]["mean"])
        shutil.copytree(best, self.arguments.to, dirs_exist_ok=True)
        for path in self.folder.glob("stage-*.pt"):
            path.unlink()
        return own[best]["held_out"]


def _stages(arguments: argparse.Namespace) -> list[Recipe]:
    from matcher.engine.encoder_recipe import STAGES, WITH_GRADES

    stages = STAGES if arguments.judgements else [stage for stage in STAGES if stage is not WITH_GRADES]
    return [
        replace(stage, seed=stage.seed + arguments.seed, n_steps=min(stage.n_steps, arguments.steps or stage.n_steps))
        for stage in stages
    ]
