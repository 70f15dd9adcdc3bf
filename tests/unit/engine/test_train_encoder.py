"""Training: a real run of a tiny encoder on a few invented pairs, and the laws of its losses and batches."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from peft import PeftModel
from safetensors.torch import load_file
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace
from tokenizers.processors import TemplateProcessing
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

from matcher.domain.errors import InvalidInput
from matcher.engine.train_encoder import (
    GRADED,
    Recipe,
    add_adapter,
    average_adapters,
    contrastive_loss,
    embed,
    encode,
    learning_rate_factor,
    listwise_loss,
    same_work,
    save_adapter,
    train,
)
from matcher.engine.training_batches import Source, batches, beside_neighbours, mine_neighbours, plan_steps
from matcher.engine.training_judgements import GradedCourse, GradedVacancy
from matcher.engine.training_pairs import Pair

JOBS = {
    "juru masak": "menyiapkan bumbu dapur",
    "penjahit": "memotong kain pola",
    "satpam": "menjaga gerbang malam",
    "kasir": "menghitung uang toko",
    "supir": "mengantar barang truk",
    "barista": "menyeduh kopi susu",
}
PAIRS = [Pair(title, duty, title) for title, duty in JOBS.items()]
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
    """A BERT of two layers and 16 dimensions over the words of this file, weights drawn at random."""
    folder = tmp_path_factory.mktemp("tiny")
    words = sorted({word for text in [*JOBS, *JOBS.values(), "query :"] for word in text.split()})
    vocabulary = {word: index for index, word in enumerate(["[PAD]", "[UNK]", "[CLS]", "[SEP]", *words])}
    tokenizer = Tokenizer(WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = Whitespace()
    tokenizer.post_processor = TemplateProcessing(single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)])
    names = {"pad_token": "[PAD]", "unk_token": "[UNK]", "cls_token": "[CLS]", "sep_token": "[SEP]"}
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, **names).save_pretrained(folder / "bert")
    torch.manual_seed(0)
    shape = {"hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 32}
    BertModel(BertConfig(vocab_size=len(vocabulary), **shape)).save_pretrained(folder / "bert")
    transformer = Transformer(str(folder / "bert"))
    SentenceTransformer(modules=[transformer, Pooling(16), Normalize()], device="cpu").save(str(folder / "st"))
    return folder / "st"


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


def test_training_repeats_with_the_same_seed(tiny_folder: Path) -> None:
    runs = []
    for _ in range(2):
        model = SentenceTransformer(str(tiny_folder), device="cpu")
        steps = train(model, add_adapter(model, RECIPE), {"duty": PAIRS}, recipe=replace(RECIPE, n_steps=4))
        runs.append([step.loss for step in steps])
    assert runs[0] == runs[1]


def test_training_leaves_the_base_and_the_lower_layers_alone(tiny: SentenceTransformer) -> None:
    recipe = replace(RECIPE, n_steps=3, first_layer=1)
    adapter = add_adapter(tiny, recipe)
    before = {name: value.clone() for name, value in adapter.state_dict().items()}
    list(train(tiny, adapter, {"duty": PAIRS}, recipe=recipe))
    changed = {name for name, value in adapter.state_dict().items() if not torch.equal(value, before[name])}
    assert changed
    assert all("lora_" in name and ".layer.1." in name for name in changed)


def test_training_on_grades_lifts_the_high_graded(tiny: SentenceTransformer) -> None:
    graded = [
        GradedCourse(f"c{i}", title, tuple(GradedVacancy(d, d, 3 * (d == JOBS[title])) for d in JOBS.values()), False)
        for i, title in enumerate(JOBS)
    ]
    recipe = replace(RECIPE, sources={GRADED: Source(1.0, batch=3, max_tokens=12, neighbours=6)})
    adapter = add_adapter(tiny, recipe)
    steps = list(train(tiny, adapter, {}, recipe=recipe, graded=graded))
    assert {step.source for step in steps} == {GRADED}
    assert _accuracy(tiny) == 1.0


def test_stop_after_ends_the_stage_early(tiny: SentenceTransformer) -> None:
    recipe = replace(RECIPE, stop_after=2)
    assert len(list(train(tiny, add_adapter(tiny, recipe), {"duty": PAIRS}, recipe=recipe))) == 2


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


def test_average_of_one_adapter_is_itself(tiny: SentenceTransformer, tmp_path: Path) -> None:
    save_adapter(add_adapter(tiny, RECIPE), tmp_path / "a", base_name="tiny")
    average_adapters([tmp_path / "a", tmp_path / "a"], tmp_path / "mean")
    one, mean = (load_file(tmp_path / name / "adapter_model.safetensors") for name in ("a", "mean"))
    assert all(torch.equal(one[name], mean[name]) for name in one)
    with pytest.raises(InvalidInput, match="at least one"):
        average_adapters([], tmp_path / "none")


def test_embedding_keeps_the_order_of_texts(tiny: SentenceTransformer) -> None:
    texts = ["juru masak menyiapkan bumbu dapur", "kasir", "supir mengantar"]
    together = embed(tiny, texts, max_tokens=12).detach()
    alone = torch.cat([embed(tiny, [text], max_tokens=12) for text in texts]).detach()
    assert torch.allclose(together, alone, atol=1e-5)
    assert torch.allclose(together.norm(dim=1), torch.ones(3), atol=1e-5)


def test_contrastive_loss_by_hand() -> None:
    rows = torch.eye(2)
    never = torch.zeros(2, 2, dtype=torch.bool)
    loss = contrastive_loss(rows, rows, never, temperature=1.0, own_side=False)
    assert float(loss) == pytest.approx(np.log(1 + np.exp(-1)))
    assert float(contrastive_loss(rows, rows, ~never, temperature=1.0, own_side=True)) == pytest.approx(0)


def test_listwise_loss_by_hand() -> None:
    scores = torch.tensor([[1.0, 0.0, 5.0]])
    wanted = torch.tensor([[1.0, 0.0, -1.0]])
    assert float(listwise_loss(scores, wanted, temperature=1.0)) == pytest.approx(np.log(1 + np.exp(-1)))
    assert float(listwise_loss(scores, torch.zeros(1, 3), temperature=1.0)) == 0


def test_same_group_and_same_text_are_no_negatives() -> None:
    batch = [
        Pair("koki", "dapur", "a"),
        Pair("juru masak", "bumbu", "a"),
        Pair("kasir", "dapur", "b"),
        Pair("x", "y", "c"),
    ]
    expected = [[1, 1, 1, 0], [1, 1, 0, 0], [1, 0, 1, 0], [0, 0, 0, 1]]
    assert same_work(batch).int().tolist() == expected


@given(st.lists(st.integers(0, 9), min_size=1, max_size=30, unique=True).map(len), st.integers(0, 5))
def test_neighbours_rearrange_and_lose_nothing(n: int, seed: int) -> None:
    rng = random.Random(seed)
    hard = [rng.sample(range(n), min(3, n)) for _ in range(n)]
    order = rng.sample(range(n), n)
    assert sorted(beside_neighbours(order, hard, 3, rng)) == list(range(n))


def test_a_pass_takes_every_pair_once() -> None:
    feed = batches(6, Source(1.0, batch=2), None, random.Random(0))
    assert sorted(index for _ in range(3) for index in next(feed)) == list(range(6))


@pytest.mark.parametrize("with_vectors", [False, True])
def test_mined_neighbours_are_near_and_of_another_group(with_vectors: bool) -> None:
    pairs = [
        Pair("memasak nasi", "dapur nasi", "a"),
        Pair("nasi bungkus", "jual nasi", "b"),
        Pair("las besi", "besi beton", "c"),
        Pair("nasi", "nasi", "a"),
    ]
    rows = np.array([[1, 0], [1, 0], [0, 1], [1, 0]], np.float32)
    found = mine_neighbours(pairs, np.concatenate([rows, rows]) if with_vectors else None, k=2)
    assert found[0] == [1]
    assert set(found[1]) == {0, 3}
    assert found[2] == []


def test_steps_follow_the_shares() -> None:
    sources = {"duty": Source(3.0), "skills": Source(1.0), "absent": Source(9.0)}
    steps = plan_steps(sources, {"duty": 5, "skills": 5}, n_steps=40, rng=random.Random(0))
    assert (steps.count("duty"), steps.count("skills")) == (30, 10)


def test_recipe_without_any_pairs_is_refused() -> None:
    with pytest.raises(InvalidInput, match="no pairs"):
        plan_steps({"duty": Source(1.0)}, {"duty": 1}, n_steps=4, rng=random.Random(0))


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
