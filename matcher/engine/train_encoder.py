"""Takes a sentence encoder and pairs of texts; gives a low-rank adapter trained to bring each pair together.

Wrong answers are the other texts of a batch, and vacancies that a reader graded low for a course.
It reads no material and chooses no recipe: the caller brings both.
"""

from __future__ import annotations

import json
import math
import random
import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch
from numpy.typing import NDArray
from peft import LoraConfig, PeftModel, get_peft_model
from safetensors.torch import load_file, save_file
from sentence_transformers import SentenceTransformer
from torch.nn.functional import normalize

from matcher.domain.errors import InvalidInput
from matcher.engine.training_batches import Source, batches, plan_steps
from matcher.engine.training_checkpoint import Checkpoint, load_checkpoint, save_checkpoint
from matcher.engine.training_judgements import GradedCourse
from matcher.engine.training_losses import contrastive_loss, listwise_loss, wrong_answers
from matcher.engine.training_pairs import Pair

PREFIX = "query: "
"""Both sides of every pair carry it: the adapter compares texts of one kind, no questions with documents."""

LAYERS = ("query", "key", "value", "attention.output.dense", "intermediate.dense", "output.dense")
"""The linear layers that receive a low-rank part."""

GRADED = "graded"
"""Name of the source whose batches are graded courses: `batch` courses, `vacancies` of each."""

GAINS = (0.0, 0.15, 0.5, 1.0)
"""Weight of the grades 0 to 3 in the wanted distribution over a course's vacancies."""

_CHUNK_TEXTS = 128
_LAYER = re.compile(r"\.layer\.(\d+)\.")
_SYMMETRIC = frozenset({"esco", "cross", "talentclef", "synonym", "names"})


@dataclass(frozen=True, slots=True)
class Recipe:
    """Everything that decides a stage of training, besides the material and the encoder it starts from.

    The learning rate falls over `n_steps`. Layers below `first_layer` stay as they are, which spares the way back
    through them: from the middle up a step takes 0.6 of the time. `sister_share` says how far texts of one family
    count as wrong answers to each other.
    """

    n_steps: int = 1000
    first_layer: int = 0
    rank: int = 16
    alpha: int = 32
    learning_rate: float = 7e-4
    warmup_steps: int = 40
    temperature: float = 0.03
    sister_share: float = 1.0
    seed: int = 0
    sources: Mapping[str, Source] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of training: its 1-based number, the source of its batch, its loss."""

    number: int
    source: str
    loss: float


def add_adapter(model: SentenceTransformer, recipe: Recipe) -> PeftModel:
    """Put a fresh low-rank adapter on the transformer of `model` and return it; everything else is frozen.

    Raises
    ------
    InvalidInput
        When the transformer has none of ``LAYERS``: it is no BERT-like encoder.
    """
    torch.manual_seed(recipe.seed)
    config = LoraConfig(r=recipe.rank, lora_alpha=recipe.alpha, target_modules=list(LAYERS), lora_dropout=0.0)
    transformer = cast(Any, model[0])
    try:
        with warnings.catch_warnings():
            # peft 0.21 still asks transformers 5 for a property under its old name
            warnings.filterwarnings("ignore", message=".*is_gradient_checkpointing", category=FutureWarning)
            adapter = get_peft_model(transformer.model, config)
    except ValueError as error:
        raise InvalidInput(f"this encoder cannot take the adapter: {error}; give a BERT-like encoder") from error
    return cast(PeftModel, adapter)


def train(
    model: SentenceTransformer,
    adapter: PeftModel,
    pairs: Mapping[str, Sequence[Pair]],
    *,
    recipe: Recipe,
    graded: Sequence[GradedCourse] = (),
    checkpoint: Checkpoint | None = None,
) -> Iterator[Step]:
    """Train `adapter` in place and yield each step; the caller may save or judge between steps.

    Parameters
    ----------
    model : SentenceTransformer
        Gives tokenizer and pooling; its transformer is the one inside `adapter`.
    adapter : PeftModel
        From ``add_adapter``.
    pairs : mapping of str to sequence of Pair
        By source name.
    recipe : Recipe
        Names the sources to use; sources without pairs are skipped.
    graded : sequence of GradedCourse
        Used where the recipe names the source ``GRADED``.
    checkpoint : Checkpoint, optional
        Where the state is kept. A file already there is gone on from: its steps are not yielded again, and the weights
        after the last step are those of an uninterrupted run.

    Raises
    ------
    InvalidInput
        When no source of the recipe has two pairs, or the checkpoint is of another recipe.
    OSError
        When the checkpoint cannot be written.

    Notes
    -----
    Each batch holds one source. Dropout is off: with a thousand steps over frozen weights there is little to
    overfit, and steps are faster. Matrix products run in bfloat16, the loss in float32.
    """
    rng = random.Random(recipe.seed)
    sizes = {name: len(found) for name, found in pairs.items()} | {GRADED: len(graded)}
    schedule = plan_steps(recipe.sources, sizes, n_steps=recipe.n_steps, rng=rng)
    feeds = {name: batches(sizes[name], recipe.sources[name], rng) for name in sorted(set(schedule))}
    trained = _trained_parameters(adapter, recipe.first_layer)
    optimiser = torch.optim.AdamW(trained.values(), lr=recipe.learning_rate, weight_decay=0.01)
    state = {"recipe": repr(recipe), "trained": trained, "optimiser": optimiser}
    n_done = load_checkpoint(checkpoint.path, **state) if checkpoint else 0
    model.eval()
    for number, name in enumerate(schedule, start=1):
        chosen = next(feeds[name])
        if number <= n_done:
            continue
        for group in optimiser.param_groups:
            group["lr"] = recipe.learning_rate * learning_rate_factor(number, recipe)
        if name == GRADED:
            loss = _graded_step(model, [graded[i] for i in chosen], recipe, random.Random(recipe.seed * 10**6 + number))
        else:
            loss = _pair_step(model, [pairs[name][i] for i in chosen], name, recipe)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(trained.values(), 1.0)
        optimiser.step()
        if checkpoint and (number % checkpoint.every == 0 or number == len(schedule)):
            save_checkpoint(checkpoint.path, number=number, **state)
        yield Step(number, name, float(loss.detach()))


def learning_rate_factor(number: int, recipe: Recipe) -> float:
    """Return the share (0, 1] of the full learning rate at the 1-based step: linear warm-up, then cosine to a tenth.

    Notes
    -----
    Raises nothing.
    """
    warm = min(1.0, number / max(1, recipe.warmup_steps))
    return warm * (0.55 + 0.45 * math.cos(math.pi * number / max(1, recipe.n_steps)))


def embed(model: SentenceTransformer, texts: Sequence[str], *, max_tokens: int) -> torch.Tensor:
    """Return unit rows with gradient: float32 (n_texts, dimension), in the order of `texts`.

    Notes
    -----
    Raises nothing. Texts run in chunks of like length, which leaves the values as they are and wastes little padding.
    """
    tokenizer = cast(Any, model.tokenizer)
    encoded = tokenizer([PREFIX + text for text in texts], truncation=True, max_length=max_tokens)
    order = sorted(range(len(texts)), key=lambda i: len(encoded["input_ids"][i]))
    rows: list[torch.Tensor] = []
    for start in range(0, len(order), _CHUNK_TEXTS):
        chosen = order[start : start + _CHUNK_TEXTS]
        chunk = tokenizer.pad({n: [values[i] for i in chosen] for n, values in encoded.items()}, return_tensors="pt")
        rows.append(model(dict(chunk.to(model.device)))["sentence_embedding"].float())
    place = torch.empty(len(order), dtype=torch.long)
    place[torch.tensor(order)] = torch.arange(len(order))
    return normalize(torch.cat(rows), dim=1)[place.to(model.device)]


def encode(model: SentenceTransformer, texts: Sequence[str], *, max_tokens: int = 64) -> NDArray[np.float32]:
    """Return unit rows without gradient: float32 (n_texts, dimension).

    Notes
    -----
    Raises nothing. Equal texts are encoded once.
    """
    unique = sorted(set(texts), key=lambda text: (len(text), text))
    place = {text: index for index, text in enumerate(unique)}
    with torch.inference_mode(), torch.autocast(model.device.type, dtype=torch.bfloat16):
        parts = [embed(model, unique[i : i + 512], max_tokens=max_tokens) for i in range(0, len(unique), 512)]
    return torch.cat(parts).float().cpu().numpy()[[place[text] for text in texts]]


def save_adapter(adapter: PeftModel, folder: Path, *, base_name: str) -> None:
    """Write the adapter to `folder` in peft's form, its weights in half precision, naming `base_name` as its base.

    Raises
    ------
    OSError
        When the folder cannot be written.

    Notes
    -----
    ``config_sentence_transformers.json`` beside the weights names the prompt of both roles: ``PREFIX``.
    """
    folder.mkdir(parents=True, exist_ok=True)
    adapter.peft_config["default"].base_model_name_or_path = base_name
    kept = (folder / "README.md").read_bytes() if (folder / "README.md").is_file() else None
    adapter.save_pretrained(str(folder), save_embedding_layers=False)
    (folder / "README.md").unlink(missing_ok=True)
    if kept is not None:
        (folder / "README.md").write_bytes(kept)
    prompts = dict.fromkeys(("query", "passage", "document"), PREFIX)
    (folder / "config_sentence_transformers.json").write_text(json.dumps({"prompts": prompts}), encoding="utf-8")
    weights = folder / "adapter_model.safetensors"
    halves = {name: tensor.to(torch.float16).contiguous() for name, tensor in load_file(weights).items()}
    save_file(halves, weights, metadata={"format": "pt"})


def _trained_parameters(adapter: PeftModel, first_layer: int) -> dict[str, torch.nn.Parameter]:
    """Return the low-rank parts from `first_layer` up by name and let only them take a gradient."""
    trained = {}
    for name, parameter in adapter.named_parameters():
        layer = _LAYER.search(name)
        parameter.requires_grad = "lora_" in name and layer is not None and int(layer[1]) >= first_layer
        if parameter.requires_grad:
            trained[name] = parameter
    return trained


def _pair_step(model: SentenceTransformer, batch: Sequence[Pair], name: str, recipe: Recipe) -> torch.Tensor:
    both = [pair.left for pair in batch] + [pair.right for pair in batch]
    with torch.autocast(model.device.type, dtype=torch.bfloat16):
        rows = embed(model, both, max_tokens=recipe.sources[name].max_tokens)
    left, right = rows.float().split(len(batch))
    wrong = wrong_answers(batch, sister_share=recipe.sister_share).to(rows.device)
    return contrastive_loss(left, right, wrong, temperature=recipe.temperature, own_side=name in _SYMMETRIC)


def _graded_step(
    model: SentenceTransformer, courses: Sequence[GradedCourse], recipe: Recipe, rng: random.Random
) -> torch.Tensor:
    """Return the listwise loss of some courses over their own graded vacancies and those of the others."""
    source = recipe.sources[GRADED]
    texts: list[str] = []
    wanted: list[tuple[int, float]] = []
    whole = rng.random() < 0.5
    for row, course in enumerate(courses):
        for vacancy in rng.sample(course.vacancies, min(source.vacancies, len(course.vacancies))):
            texts.append(vacancy.passage if whole else vacancy.title)
            wanted.append((row, GAINS[vacancy.grade]))
    with torch.autocast(model.device.type, dtype=torch.bfloat16):
        rows = embed(model, [course.title for course in courses] + texts, max_tokens=source.max_tokens)
    asked, found = rows.float().split([len(courses), len(texts)])
    gains = torch.zeros(len(courses), len(texts))
    for column, (row, gain) in enumerate(wanted):
        gains[row, column] = gain
    for row, course in enumerate(courses):
        own = {vacancy.title for vacancy in course.vacancies} | {vacancy.passage for vacancy in course.vacancies}
        for column, text in enumerate(texts):
            if wanted[column][0] != row and text in own:
                gains[row, column] = -1.0
    return listwise_loss(asked @ found.T, gains.to(rows.device), temperature=recipe.temperature)
