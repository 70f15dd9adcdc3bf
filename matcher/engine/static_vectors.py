"""Takes texts; gives unit rows, each the mean of one vector a word piece, from the small table the project trained.

Knows no word order and reads no table of answers. Trains nothing.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.domain.errors import ModelUnavailable
from matcher.engine.prompts import checked_texts

SHIPPED_VECTORS = Path(__file__).parents[2] / "models" / "static-padan"
"""The table in the project's own models folder; its card tells how it was trained."""

TOKENIZER = "tokenizer.json"
VECTORS = "vectors.safetensors"
_MOST = 127


@dataclass(frozen=True, slots=True)
class StaticVectors:
    """One vector a word piece: ``whole`` int8 (n_pieces, dimension) times ``scales`` float32 (n_pieces,).

    ``tokenizer`` cuts texts into pieces; the first piece stands for what it does not know, and its vector is 0.
    """

    tokenizer: Any
    whole: NDArray[np.int8]
    scales: NDArray[np.float32]

    @classmethod
    def of(cls, tokenizer: Any, vectors: NDArray[np.float32]) -> StaticVectors:
        """Return `vectors`, float32 (n_pieces, dimension), rounded to 8 bits, each by its own scale. Raises nothing."""
        scales = np.abs(vectors).max(axis=1) / _MOST
        whole = np.rint(vectors / np.where(scales > 0, scales, 1)[:, None]).astype(np.int8)
        return cls(tokenizer, whole, scales.astype(np.float32))

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return one row per text: float32 (n_texts, dimension), of length 1, or 0 where no piece is known.

        Raises
        ------
        InvalidInput
            When a text is no string.
        """
        checked = checked_texts(texts, "passage")
        rows = np.zeros((len(checked), self.whole.shape[1]), dtype=np.float32)
        for row, pieces in zip(rows, self.tokenizer.encode_batch_fast(checked, add_special_tokens=False), strict=True):
            row[:] = self.scales[pieces.ids] @ self.whole[pieces.ids]
        lengths = np.linalg.norm(rows, axis=1, keepdims=True)
        lengths[lengths == 0] = 1
        return rows / lengths

    def save(self, folder: Path) -> None:
        """Write the table and its tokenizer into `folder`.

        Raises
        ------
        OSError
            When the folder cannot be written.
        """
        from safetensors.numpy import save_file

        folder.mkdir(parents=True, exist_ok=True)
        (folder / TOKENIZER).write_text(self.tokenizer.to_str(), encoding="utf-8")
        save_file({"whole": self.whole, "scales": self.scales}, folder / VECTORS)

    @classmethod
    def load(cls, folder: Path) -> StaticVectors:
        """Return the table that ``save`` wrote into `folder`.

        Raises
        ------
        ModelUnavailable
            When a file is missing or damaged, or the two do not belong together.
        """
        from safetensors import SafetensorError
        from safetensors.numpy import load_file
        from tokenizers import Tokenizer

        for name in (TOKENIZER, VECTORS):
            if not (folder / name).is_file():
                raise ModelUnavailable(f"the word vectors {folder} have no {name}; fetch or train them again")
        told = (folder / TOKENIZER).read_text(encoding="utf-8")
        try:
            json.loads(told)  # of a file cut short tokenizers says so with a bare Exception
            table = load_file(folder / VECTORS)
            found = cls(Tokenizer.from_str(told), table["whole"], table["scales"])
        except (SafetensorError, KeyError, ValueError) as error:
            raise ModelUnavailable(
                f"the word vectors {folder} are damaged: {error}; fetch or train them again"
            ) from error
        n_pieces = found.tokenizer.get_vocab_size()
        if found.whole.shape[:1] != (n_pieces,) or found.scales.shape != (n_pieces,):
            raise ModelUnavailable(
                f"the word vectors {folder} hold {len(found.whole)} vectors for {n_pieces} pieces; fetch them again"
            )
        return found
