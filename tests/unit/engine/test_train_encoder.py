"""Training: a real run of a tiny encoder on a few invented pairs, the same each time, interrupted or not."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from peft import PeftModel
from safetensors.torch import load_file
from sentence_transformers import SentenceTransformer

from matcher.domain.errors import InvalidInput
from matcher.engine.train_encoder import (
    GRADED,
    Recipe,
    add_adapter,
    embed,
    encode,
    learning_rate_factor,
    save_adapter,
    train,
)
from matcher.engine.training_batches import Source
from matcher.engine.training_checkpoint import Checkpoint
from matcher.engine.training_judgements import GradedCourse, GradedVacancy
from matcher.engine.training_pairs import Pair
from tests.training_world import write_tiny_encoder

JOBS = {
    "juru masak": "menyiapkan bumbu dapur",
    "penjahit": "memotong kain pola",
    "satpam": "menjaga gerbang malam",
    "kasir": "menghitung uang toko",
    "supir": "mengantar barang truk",
    "barista": "menyeduh kopi susu",
}
PAIRS = [Pair(title, duty, title) for title, duty in JOBS.items()]
COURSES = [
    GradedCourse(f"c{i}", title, tuple(GradedVacancy(d, d, 3 * (d == JOBS[title])) for d in JOBS.values()), False)
    for i, title in enumerate(JOBS)
]
GRADED_SOURCE = {GRADED: Source(1.0, batch=3, max_tokens=12, vacancies=6)}
RECIPE = Recipe(
    n_steps=30,
    rank=4,
    alpha=8,
    learning_rate=2e-2,
    warmup_steps=2,
    sources={"duty": Source(1.0, batch=6, max_tokens=12)},
)


@pytest.fixture(scope="module")
def tiny_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    words = sorted({word for text in [*JOBS, *JOBS.values(), "query :"] for word in text.split()})
    return write_tiny_encoder(tmp_path_factory.mktemp("tiny"), words)


@pytest.fixture
def tiny(tiny_folder: Path) -> SentenceTransformer:
    return SentenceTransformer(str(tiny_folder), device="cpu")


def _accuracy(model: SentenceTransformer) -> float:
    scores = encode(model, list(JOBS)) @ encode(model, list(JOBS.values())).T
    return float((scores.argmax(axis=1) == np.arange(len(JOBS))).mean())


def test_training_brings_pairs_together(tiny: SentenceTransformer) -> None:
    adapter = add_adapter(tiny, RECIPE)
    losses = [step.loss for step in train(tiny, adapter, {"duty": PAIRS}, recipe=RECIPE)]
    assert losses[-1] < 0.5 * losses[0]
    assert _accuracy(tiny) == 1.0


def _weights_after(
    folder: Path, recipe: Recipe, *, checkpoint: Checkpoint | None = None, n_steps: int | None = None
) -> dict[str, torch.Tensor]:
    """Return the adapter's weights after `n_steps` of the recipe, all where none is given."""
    model = SentenceTransformer(str(folder), device="cpu")
    adapter = add_adapter(model, recipe)
    steps = train(model, adapter, {"duty": PAIRS}, recipe=recipe, graded=COURSES, checkpoint=checkpoint)
    list(itertools.islice(steps, n_steps))
    return {name: value.clone() for name, value in adapter.state_dict().items() if "lora_" in name}


def test_training_repeats_with_the_same_seed(tiny_folder: Path) -> None:
    recipe = replace(RECIPE, n_steps=4, sources=RECIPE.sources | GRADED_SOURCE)
    one, other, unlike = (_weights_after(tiny_folder, replace(recipe, seed=seed)) for seed in (0, 0, 1))
    assert all(torch.equal(one[name], other[name]) for name in one)
    assert not all(torch.equal(one[name], unlike[name]) for name in one)


def test_training_leaves_the_base_and_the_lower_layers_alone(tiny: SentenceTransformer) -> None:
    recipe = replace(RECIPE, n_steps=3, first_layer=1)
    adapter = add_adapter(tiny, recipe)
    before = {name: value.clone() for name, value in adapter.state_dict().items()}
    list(train(tiny, adapter, {"duty": PAIRS}, recipe=recipe))
    changed = {name for name, value in adapter.state_dict().items() if not torch.equal(value, before[name])}
    assert changed
    assert all("lora_" in name and ".layer.1." in name for name in changed)


def test_training_on_grades_lifts_the_high_graded(tiny: SentenceTransformer) -> None:
    recipe = replace(RECIPE, sources=GRADED_SOURCE)
    adapter = add_adapter(tiny, recipe)
    steps = list(train(tiny, adapter, {}, recipe=recipe, graded=COURSES))
    assert {step.source for step in steps} == {GRADED}
    assert _accuracy(tiny) == 1.0


def test_interrupted_training_ends_with_the_same_weights(tiny_folder: Path, tmp_path: Path) -> None:
    recipe = replace(RECIPE, n_steps=7, sources={"duty": Source(1.0, batch=3, max_tokens=12), **GRADED_SOURCE})
    checkpoint = Checkpoint(tmp_path / "stage.pt", every=2)
    whole = _weights_after(tiny_folder, recipe)
    _weights_after(tiny_folder, recipe, checkpoint=checkpoint, n_steps=5)
    resumed = _weights_after(tiny_folder, recipe, checkpoint=checkpoint)
    assert all(torch.equal(whole[name], resumed[name]) for name in whole)
    assert _weights_after(tiny_folder, recipe, checkpoint=checkpoint, n_steps=0).keys() == whole.keys()


def test_checkpoint_of_another_recipe_is_refused(tiny_folder: Path, tmp_path: Path) -> None:
    checkpoint = Checkpoint(tmp_path / "stage.pt", every=1)
    _weights_after(tiny_folder, replace(RECIPE, n_steps=2), checkpoint=checkpoint)
    with pytest.raises(InvalidInput, match="another recipe"):
        _weights_after(tiny_folder, replace(RECIPE, n_steps=3), checkpoint=checkpoint)
    checkpoint.path.write_bytes(b"half")
    with pytest.raises(InvalidInput, match="no checkpoint"):
        _weights_after(tiny_folder, RECIPE, checkpoint=checkpoint)


@pytest.mark.filterwarnings("ignore:.*is_gradient_checkpointing:FutureWarning")  # peft 0.21 on transformers 5
def test_saved_adapter_gives_the_same_vectors_in_half_precision(tiny_folder: Path, tmp_path: Path) -> None:
    model = SentenceTransformer(str(tiny_folder), device="cpu")
    adapter = add_adapter(model, RECIPE)
    list(train(model, adapter, {"duty": PAIRS}, recipe=RECIPE))
    save_adapter(adapter, tmp_path / "adapter", base_name="tiny")
    again = SentenceTransformer(str(tiny_folder), device="cpu")
    again[0].model = PeftModel.from_pretrained(again[0].model, str(tmp_path / "adapter")).merge_and_unload()
    assert np.sum(encode(model, list(JOBS)) * encode(again, list(JOBS)), axis=1).min() > 0.999
    assert {t.dtype for t in load_file(tmp_path / "adapter/adapter_model.safetensors").values()} == {torch.float16}


def test_embedding_keeps_the_order_of_texts(tiny: SentenceTransformer) -> None:
    texts = ["juru masak menyiapkan bumbu dapur", "kasir", "supir mengantar"]
    together = embed(tiny, texts, max_tokens=12).detach()
    alone = torch.cat([embed(tiny, [text], max_tokens=12) for text in texts]).detach()
    assert torch.allclose(together, alone, atol=1e-5)
    assert torch.allclose(together.norm(dim=1), torch.ones(3), atol=1e-5)


def test_encoder_of_another_kind_is_refused(tiny: SentenceTransformer) -> None:
    tiny[0].model = torch.nn.Linear(4, 4)
    with pytest.raises(InvalidInput, match="BERT-like"):
        add_adapter(tiny, RECIPE)


def test_learning_rate_warms_up_and_falls_to_a_tenth() -> None:
    recipe = replace(RECIPE, n_steps=100, warmup_steps=10)
    factors = [learning_rate_factor(number, recipe) for number in range(1, 101)]
    assert factors[0] < factors[4] < factors[9]
    assert factors[9:] == sorted(factors[9:], reverse=True)
    assert factors[-1] == pytest.approx(0.1)
