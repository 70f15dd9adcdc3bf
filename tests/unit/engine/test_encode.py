"""Encoders: what loads, what is refused by name, and that the int8 form is the same model."""

from __future__ import annotations

import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.domain.errors import ArtifactIncompatible, InvalidInput, ModelUnavailable
from matcher.engine.encode import (
    QuantisedEncoder,
    SentenceEncoder,
    TfidfEncoder,
    batches,
    load_encoder,
    require_encoder,
)
from matcher.engine.model_folders import MANIFEST
from tests.packed_model import HIDDEN, tiny_sentence_transformer

TEXTS = ["juru masak warung", "penjahit", "satpam malam 12 jam", "guru", "kerja kerja kerja kerja kerja kerja", ""]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_sentence_transformer(tmp_path_factory.mktemp("tiny") / "model")


@pytest.fixture(scope="module")
def adapter(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A LoRA adapter that turns the embeddings well away from where they were."""
    import torch
    from peft import LoraConfig, get_peft_model

    model = SentenceEncoder(folder).model[0].model
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="`is_gradient_checkpointing`", category=FutureWarning)
        adapted = get_peft_model(model, LoraConfig(r=4, target_modules=["query", "value"]))
    with torch.no_grad():
        for number, (name, weight) in enumerate(adapted.named_parameters()):
            if "lora_" in name:
                weight.copy_(torch.linspace(-0.4, 0.6, weight.numel()).roll(number).reshape(weight.shape))
    adapted.save_pretrained(str(to := tmp_path_factory.mktemp("adapter")))
    return to


def test_sentence_encoder_equals_sentence_transformers(folder: Path) -> None:
    from sentence_transformers import SentenceTransformer

    theirs = SentenceTransformer(str(folder)).encode(TEXTS, prompt_name="query", show_progress_bar=False)
    np.testing.assert_allclose(SentenceEncoder(folder).encode(TEXTS, role="query"), theirs, atol=1e-6)


def test_quantised_encoder_is_near_the_reference(folder: Path, tmp_path: Path) -> None:
    fast, reference = load_encoder(str(folder), cache_folder=tmp_path), SentenceEncoder(folder)
    assert isinstance(fast, QuantisedEncoder)
    cosines = (fast.encode(TEXTS, role="passage") * reference.encode(TEXTS, role="passage")).sum(axis=1)
    assert cosines.min() > 0.99


def test_quantised_adapter_is_near_the_merged_reference(folder: Path, adapter: Path, tmp_path: Path) -> None:
    fast = load_encoder(str(folder), adapter=adapter, cache_folder=tmp_path).encode(TEXTS, role="query")
    merged = SentenceEncoder(folder, adapter=adapter).encode(TEXTS, role="query")
    plain = SentenceEncoder(folder).encode(TEXTS, role="query")
    assert (fast * merged).sum(axis=1).min() > 0.99
    assert (plain * merged).sum(axis=1).mean() < 0.95


def test_name_of_an_adapted_encoder_loads_it_again(folder: Path, adapter: Path, tmp_path: Path) -> None:
    encoder = load_encoder(str(folder), adapter=adapter, cache_folder=tmp_path)
    again = load_encoder(encoder.name, cache_folder=tmp_path)
    assert (again.name, again.recipe) == (encoder.name, encoder.recipe)


def test_recipe_changes_with_all_that_changes_vectors(folder: Path, adapter: Path, tmp_path: Path) -> None:
    other = tiny_sentence_transformer(tmp_path / "other", seed=1)
    encoders = [
        load_encoder(str(folder), cache_folder=tmp_path),
        load_encoder(str(folder), cache_folder=tmp_path, max_tokens=7),
        load_encoder(str(folder), cache_folder=tmp_path, adapter=adapter),
        load_encoder(str(other), cache_folder=tmp_path),
        SentenceEncoder(folder),
    ]
    assert len({encoder.recipe for encoder in encoders}) == len(encoders)


def test_ready_model_is_read_without_torch(folder: Path, tmp_path: Path) -> None:
    load_encoder(str(folder), cache_folder=tmp_path)
    code = (
        "import sys; from pathlib import Path; from matcher.engine.encode import load_encoder\n"
        "rows = load_encoder(sys.argv[1], cache_folder=Path(sys.argv[2])).encode(['juru masak'], role='query')\n"
        "print(rows.shape, sorted({'torch', 'transformers', 'onnx'} & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", code, folder, tmp_path], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == (f"(1, {HIDDEN}) []\n", "")


def test_damaged_quantised_folder_is_written_again(folder: Path, tmp_path: Path) -> None:
    before = load_encoder(str(folder), cache_folder=tmp_path).encode(TEXTS, role="query")
    (graph,) = tmp_path.glob("models/*/encoder.onnx")
    graph.write_bytes(graph.read_bytes()[:1000])
    np.testing.assert_array_equal(load_encoder(str(folder), cache_folder=tmp_path).encode(TEXTS, role="query"), before)


def test_model_that_is_no_bert_runs_in_torch(tmp_path: Path, folder: Path) -> None:
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    SentenceTransformer(modules=[StaticEmbedding(tokenizer, embedding_dim=16)], device="cpu").save(str(tmp_path / "s"))
    encoder = load_encoder(str(tmp_path / "s"), cache_folder=tmp_path)
    assert isinstance(encoder, SentenceEncoder)
    assert encoder.encode(TEXTS[:4], role="query").shape == (4, 16)


def test_text_is_cut_at_max_tokens(folder: Path, tmp_path: Path) -> None:
    encoder = load_encoder(str(folder), cache_folder=tmp_path, max_tokens=9)
    rows = encoder.encode(["guru guru guru guru guru guru kerja", "guru guru guru guru guru guru masak"], role="query")
    np.testing.assert_array_equal(rows[0], rows[1])


@pytest.mark.parametrize("name", ["no/such-model", "mistyped model name", "/no/such/folder", "../nowhere", ""])
def test_unknown_model_is_refused_without_network(name: str, tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match="sentence-transformers folder"):
        load_encoder(name, cache_folder=tmp_path)


@pytest.mark.parametrize(
    ("missing", "told"),
    [("modules.json", "modules.json"), ("model.safetensors", "no weights"), ("tokenizer.json", "no tokenizer")],
)
def test_folder_with_a_part_missing_is_refused(missing: str, told: str, tmp_path: Path) -> None:
    folder = tiny_sentence_transformer(tmp_path / "model")
    (folder / missing).unlink()
    with pytest.raises(ModelUnavailable, match=told):
        load_encoder(str(folder), cache_folder=tmp_path)


@pytest.mark.parametrize("length", [0, 5, 200, -1])
def test_weights_cut_short_are_refused(length: int, tmp_path: Path) -> None:
    folder = tiny_sentence_transformer(tmp_path / "model")
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:length])
    with pytest.raises(ModelUnavailable, match=r"model\.safetensors"):
        SentenceEncoder(folder)


def test_damaged_settings_are_refused_by_folder(tmp_path: Path) -> None:
    folder = tiny_sentence_transformer(tmp_path / "model")
    (folder / "config.json").write_text("{}", encoding="utf-8")
    with pytest.raises(ModelUnavailable, match="does not load"):
        SentenceEncoder(folder)


@pytest.mark.parametrize("modules", ["", "[]", "{", '{"a": 1}', '[{"path": "elsewhere"}]'])
def test_damaged_list_of_modules_is_refused(modules: str, tmp_path: Path) -> None:
    folder = tiny_sentence_transformer(tmp_path / "model")
    (folder / "modules.json").write_text(modules, encoding="utf-8")
    with pytest.raises(ModelUnavailable, match=r"modules\.json"):
        SentenceEncoder(folder)


def test_adapter_without_weights_is_refused(folder: Path, adapter: Path, tmp_path: Path) -> None:
    (tmp_path / "adapter_config.json").write_bytes((adapter / "adapter_config.json").read_bytes())
    with pytest.raises(ModelUnavailable, match=r"no adapter_model\.safetensors"):
        load_encoder(str(folder), adapter=tmp_path, cache_folder=tmp_path / "cache")


def test_damaged_adapter_is_refused(folder: Path, adapter: Path, tmp_path: Path) -> None:
    (tmp_path / "adapter_config.json").write_bytes((adapter / "adapter_config.json").read_bytes())
    (tmp_path / "adapter_model.safetensors").write_bytes((adapter / "adapter_model.safetensors").read_bytes()[:99])
    with pytest.raises(ModelUnavailable, match="does not load"):
        load_encoder(str(folder), adapter=tmp_path, cache_folder=tmp_path / "cache")


def test_tfidf_takes_no_adapter(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="takes no adapter"):
        load_encoder("tfidf", adapter=tmp_path, cache_folder=tmp_path)


def test_encoder_of_another_recipe_is_refused() -> None:
    encoder = TfidfEncoder().fit(["juru masak", "penjahit"])
    require_encoder(encoder, recipe=encoder.recipe, dimension=encoder.dimension)
    with pytest.raises(ArtifactIncompatible, match="recipe"):
        require_encoder(encoder, recipe="0" * 64, dimension=encoder.dimension)
    with pytest.raises(ArtifactIncompatible, match="dimensions"):
        require_encoder(encoder, recipe=encoder.recipe, dimension=384)


@given(st.lists(st.integers(2, 128), max_size=80), st.integers(1, 600))
def test_batches_hold_every_text_once_within_the_budget(lengths: list[int], budget: int) -> None:
    drawn = list(batches(lengths, budget=budget))
    assert sorted(index for batch in drawn for index in batch) == list(range(len(lengths)))
    assert all(len({lengths[index] for index in batch}) == 1 for batch in drawn)
    assert all(len(batch) == 1 or len(batch) * lengths[batch[0]] <= budget for batch in drawn)


def test_manifest_of_the_quantised_folder_names_every_file(folder: Path, tmp_path: Path) -> None:
    load_encoder(str(folder), cache_folder=tmp_path)
    (made,) = (tmp_path / "models").iterdir()
    assert {path.name for path in made.iterdir()} == {
        MANIFEST, "encoder.onnx", "positions.npy", "settings.json", "tokenizer.json", "words.npy",
    }  # fmt: skip
