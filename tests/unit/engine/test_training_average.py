"""The mean of adapters: what it adds to the base is the mean of what they add."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from peft import PeftModel
from safetensors.torch import load_file, save_file
from sentence_transformers import SentenceTransformer

from matcher.domain.errors import InvalidInput, MissingFile
from matcher.engine.train_encoder import Recipe, add_adapter, save_adapter
from matcher.engine.training_average import average_adapters
from tests.training_world import write_tiny_encoder

pytestmark = pytest.mark.filterwarnings("ignore:.*is_gradient_checkpointing:FutureWarning")  # peft 0.21, transformers 5


@pytest.fixture(scope="module")
def tiny_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_encoder(tmp_path_factory.mktemp("tiny"), ["juru", "masak"])


def _adapter(tiny_folder: Path, folder: Path, seed: int, rank: int) -> Path:
    """Write an adapter with weights drawn at random."""
    model = SentenceTransformer(str(tiny_folder), device="cpu")
    adapter = add_adapter(model, replace(Recipe(), rank=rank, alpha=8, seed=seed))
    with torch.no_grad():
        for name, value in adapter.named_parameters():
            if "lora_" in name:
                value.normal_(generator=torch.Generator().manual_seed(seed))
    save_adapter(adapter, folder, base_name="tiny")
    return folder


def _merged(tiny_folder: Path, adapter: Path) -> dict[str, torch.Tensor]:
    bert = SentenceTransformer(str(tiny_folder), device="cpu")[0].model
    return PeftModel.from_pretrained(bert, str(adapter)).merge_and_unload().state_dict()


def test_mean_adds_the_mean_whatever_the_ranks(tiny_folder: Path, tmp_path: Path) -> None:
    one, other = _adapter(tiny_folder, tmp_path / "a", 0, 2), _adapter(tiny_folder, tmp_path / "b", 1, 4)
    average_adapters([one, other], tmp_path / "mean")
    first, second, mean = (_merged(tiny_folder, folder) for folder in (one, other, tmp_path / "mean"))
    assert all(torch.allclose(mean[name], (first[name] + second[name]) / 2, atol=0.05, rtol=0.01) for name in mean)
    assert not all(torch.allclose(mean[name], first[name], atol=0.05, rtol=0.01) for name in mean)


def test_adapters_of_other_layers_are_refused(tiny_folder: Path, tmp_path: Path) -> None:
    one, other = _adapter(tiny_folder, tmp_path / "a", 0, 2), _adapter(tiny_folder, tmp_path / "b", 1, 2)
    weights = load_file(other / "adapter_model.safetensors")
    weights.pop(min(weights))
    save_file(weights, other / "adapter_model.safetensors")
    with pytest.raises(InvalidInput, match="other layers"):
        average_adapters([one, other], tmp_path / "mean")


def test_folders_that_hold_no_adapter_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="at least one"):
        average_adapters([], tmp_path / "none")
    with pytest.raises(MissingFile, match="holds an adapter"):
        average_adapters([tmp_path / "absent"], tmp_path / "none")
