"""Takes adapters of one base encoder, trained apart; gives the one adapter whose weights are their mean.

It trains and judges nothing.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file

from matcher.domain.errors import InvalidInput, MissingFile

_CONFIG, _WEIGHTS, _PROMPTS = "adapter_config.json", "adapter_model.safetensors", "config_sentence_transformers.json"
_FIRST_FACTOR = ".lora_A.weight"


def average_adapters(folders: Sequence[Path], folder: Path) -> None:
    """Write to `folder` the adapter that adds the mean of what the adapters in `folders` add to their base.

    Parameters
    ----------
    folders : sequence of Path
        Adapters in peft's form on the same layers, of any rank.
    folder : Path
        Gets weights in half precision, of the sum of all ranks.

    Raises
    ------
    InvalidInput
        When no folder is given, or two of them do not adapt the same layers.
    MissingFile
        When a folder lacks a part.
    OSError
        When a folder cannot be read or written.

    Notes
    -----
    The mean of products is no product of means, so the factors are stacked, which is exact. Weights of models that
    were fitted from one start lie in one basin, and their mean is often better than each (Wortsman 2022).
    """
    if not folders:
        raise InvalidInput("no adapter to average; give at least one folder")
    absent = [path / name for path in folders for name in (_CONFIG, _WEIGHTS, _PROMPTS) if not (path / name).is_file()]
    if absent:
        raise MissingFile(f"{absent[0]}: no such file; give a folder that holds an adapter")
    parts = [load_file(path / _WEIGHTS) for path in folders]
    configs = [json.loads((path / _CONFIG).read_text(encoding="utf-8")) for path in folders]
    unlike = [path for path, part in zip(folders, parts, strict=True) if part.keys() != parts[0].keys()]
    if unlike:
        raise InvalidInput(f"{unlike[0]} adapts other layers than {folders[0]}; give adapters of one kind")
    rank = sum(config["r"] for config in configs)
    folder.mkdir(parents=True, exist_ok=True)
    save_file(_stacked(parts, [_gain(config) for config in configs]), folder / _WEIGHTS, metadata={"format": "pt"})
    whole = configs[0] | {"r": rank, "lora_alpha": rank}
    (folder / _CONFIG).write_text(json.dumps(whole, indent=2, sort_keys=True), encoding="utf-8")
    (folder / _PROMPTS).write_bytes((folders[0] / _PROMPTS).read_bytes())


def _gain(config: dict[str, Any]) -> float:
    """Return what the product of both factors is multiplied with."""
    return config["lora_alpha"] / config["r"]


def _stacked(parts: Sequence[dict[str, torch.Tensor]], gains: Sequence[float]) -> dict[str, torch.Tensor]:
    """Return factors whose product, with a gain of 1, is the mean of the products; both factors share the gain."""
    stacked = {}
    for name in parts[0]:
        is_first = name.endswith(_FIRST_FACTOR)
        scaled = [part[name].float() * (gain / len(parts)) ** 0.5 for part, gain in zip(parts, gains, strict=True)]
        stacked[name] = torch.cat(scaled, dim=0 if is_first else 1).half().contiguous()
    return stacked
