"""Takes pairs of texts of the same work and an encoder's word vectors; gives a small table of word vectors of its own.

It reads no material and asks no question: the caller brings the pairs and judges the result.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import torch
from numpy.typing import NDArray
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import StaticEmbedding
from tokenizers import Tokenizer
from torch.nn.functional import normalize

from matcher.domain.errors import InvalidInput
from matcher.engine.static_vectors import StaticVectors
from matcher.engine.train_encoder import Step
from matcher.engine.training_losses import contrastive_loss, wrong_answers
from matcher.engine.training_pairs import Pair

_SYMMETRIC = frozenset({"esco", "cross", "talentclef", "names"})


@dataclass(frozen=True, slots=True)
class StaticRecipe:
    """Everything that decides the training of a table, besides the pairs and the word vectors it starts from.

    A piece is kept that stands in ``least_texts`` texts; a source is used that has ``least_pairs`` pairs, in
    proportion to the square root of their number. The learning rate falls to nothing over ``n_steps``.
    """

    n_steps: int = 3_000
    batch: int = 384
    learning_rate: float = 2e-3
    temperature: float = 0.07
    sister_share: float = 0.2
    dimension: int = 192
    max_pieces: int = 64
    least_texts: int = 2
    least_pairs: int = 300
    seed: int = 0


@dataclass(frozen=True, slots=True)
class StaticTraining:
    """A table in training: ``module`` holds the vectors, ``pairs`` the sources that are used."""

    module: StaticEmbedding
    pairs: Mapping[str, Sequence[Pair]]
    recipe: StaticRecipe

    @classmethod
    def begin(
        cls, model: SentenceTransformer, pairs: Mapping[str, Sequence[Pair]], recipe: StaticRecipe
    ) -> StaticTraining:
        """Return the table that starts from the word vectors of `model`, with the pieces that the pairs use.

        Raises
        ------
        InvalidInput
            When no source has enough pairs, or the tokenizer of `model` is of another kind than unigram.
        """
        used = {name: found for name, found in pairs.items() if len(found) >= recipe.least_pairs}
        if not used:
            raise InvalidInput(
                f"no source has {recipe.least_pairs} pairs or more; give more material or lower least_pairs"
            )
        texts = sorted({text for found in used.values() for pair in found for text in pair[:2]})
        tokenizer, kept = trimmed_tokenizer(cast(Any, model.tokenizer).backend_tokenizer, texts, recipe)
        words = cast(Any, model[0]).model.get_input_embeddings().weight.detach().float().cpu().numpy()[kept]
        return cls(StaticEmbedding(tokenizer, embedding_weights=_directions(words, recipe.dimension)), used, recipe)

    def steps(self) -> Iterator[Step]:
        """Train the table in place and yield each step.

        Notes
        -----
        Raises nothing. Adam on symmetric in-batch contrastive loss, batches of one source each.
        """
        rng, names = random.Random(self.recipe.seed), list(self.pairs)
        shares = [len(self.pairs[name]) ** 0.5 for name in names]
        optimiser = torch.optim.Adam(self.module.parameters(), lr=self.recipe.learning_rate)
        for number in range(1, self.recipe.n_steps + 1):
            (name,) = rng.choices(names, shares)
            for group in optimiser.param_groups:
                group["lr"] = self.recipe.learning_rate * (1 - (number - 1) / self.recipe.n_steps)
            loss = self._loss(name, rng.sample(self.pairs[name], min(self.recipe.batch, len(self.pairs[name]))))
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            yield Step(number, name, float(loss.detach()))

    def table(self) -> StaticVectors:
        """Return the table as it stands, rounded to 8 bits. Raises nothing."""
        return StaticVectors.of(self.module.tokenizer, self.module.embedding.weight.detach().numpy())

    def _loss(self, name: str, batch: Sequence[Pair]) -> torch.Tensor:
        both = [pair.left for pair in batch] + [pair.right for pair in batch]
        rows = self.module(self.module.preprocess(both))["sentence_embedding"]
        left, right = normalize(rows, dim=1).split(len(batch))
        wrong = wrong_answers(batch, sister_share=self.recipe.sister_share)
        own_side = name in _SYMMETRIC
        return contrastive_loss(left, right, wrong, temperature=self.recipe.temperature, own_side=own_side)


def trimmed_tokenizer(whole: Tokenizer, texts: Sequence[str], recipe: StaticRecipe) -> tuple[Tokenizer, list[int]]:
    """Return a tokenizer that knows only the pieces the texts use, in small letters, and the old number of each piece.

    Raises
    ------
    InvalidInput
        When `whole` is of another kind than unigram.
    """
    told = json.loads(whole.to_str())
    if told["model"]["type"] != "Unigram":
        raise InvalidInput(f"a tokenizer of kind {told['model']['type']} cannot be trimmed; start from a unigram one")
    steps = [step for step in (told["normalizer"], {"type": "Lowercase"}) if step]
    told |= {"normalizer": {"type": "Sequence", "normalizers": steps}, "post_processor": None, "added_tokens": []}
    lower = Tokenizer.from_str(json.dumps(told))
    lower.no_padding()
    lower.enable_truncation(recipe.max_pieces)
    counts: Counter[int] = Counter()
    for cut in lower.encode_batch_fast(list(texts), add_special_tokens=False):
        counts.update(set(cut.ids))
    told, unknown = json.loads(lower.to_str()), told["model"]["unk_id"]
    pieces = told["model"]["vocab"]
    kept = [piece for piece in sorted(counts) if piece != unknown and _is_kept(pieces[piece][0], counts[piece], recipe)]
    told["model"] |= {"vocab": [pieces[piece] for piece in (unknown, *kept)], "unk_id": 0}
    return Tokenizer.from_str(json.dumps(told)), [unknown, *kept]


def _is_kept(piece: str, count: int, recipe: StaticRecipe) -> bool:
    return count >= recipe.least_texts or len(piece) == 1


def _directions(words: NDArray[np.float32], dimension: int) -> torch.Tensor:
    """Return the words along their `dimension` widest directions, about their mean; the first, unknown, is 0."""
    centred = words - words.mean(axis=0)
    centred[0] = 0
    _, axes = np.linalg.eigh(centred.T @ centred)
    return torch.from_numpy(np.ascontiguousarray(centred @ axes[:, ::-1][:, :dimension]))
