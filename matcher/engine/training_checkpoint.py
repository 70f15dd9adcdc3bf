"""Takes a stage of training in progress; gives one file to go on from, so that an interrupted run loses minutes.

It keeps what is trained and the optimiser's state, never the frozen encoder.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import is_zipfile

import torch

from matcher.domain.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Where a stage keeps its state, and after how many steps it writes it."""

    path: Path
    every: int = 100


def save_checkpoint(
    path: Path, *, recipe: str, number: int, trained: Mapping[str, torch.Tensor], optimiser: torch.optim.Optimizer
) -> None:
    """Write the state after step `number` of the stage named by `recipe` to `path`, whole or not at all.

    Raises
    ------
    OSError
        When the folder cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    whole = path.with_suffix(".part")
    weights = {name: value.detach().cpu() for name, value in trained.items()}
    state = {"recipe": recipe, "number": number, "weights": weights, "optimiser": optimiser.state_dict()}
    torch.save(state, whole)
    whole.replace(path)


def load_checkpoint(
    path: Path, *, recipe: str, trained: Mapping[str, torch.Tensor], optimiser: torch.optim.Optimizer
) -> int:
    """Put the state of `path` into `trained` and `optimiser`; return how many steps it has behind it, 0 without a file.

    Raises
    ------
    InvalidInput
        When the file is of another recipe or no checkpoint.
    """
    if not path.is_file():
        return 0
    state = _read(path)
    if state["recipe"] != recipe or set(state["weights"]) != set(trained):
        raise InvalidInput(f"{path}: checkpoint of another recipe or encoder; remove it to train from the start")
    with torch.no_grad():
        for name, value in trained.items():
            value.copy_(state["weights"][name])
    optimiser.load_state_dict(state["optimiser"])
    return int(state["number"])


def _read(path: Path) -> dict[str, Any]:
    if not is_zipfile(path):
        raise InvalidInput(f"{path}: no checkpoint; remove it to train from the start")
    return torch.load(path, map_location="cpu", weights_only=True)
