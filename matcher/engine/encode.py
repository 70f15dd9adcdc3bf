"""Takes texts; gives their embeddings as unit rows, from a sentence-transformers model or from TF-IDF as the baseline.

Everything that changes a vector is summed up in an encoder's `recipe`. Keeps no embeddings: see `embedding_cache.py`.
"""

from __future__ import annotations

import json
import math
import os
import warnings
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from matcher.domain.errors import ArtifactIncompatible, InvalidInput, ModelUnavailable
from matcher.engine import quantise
from matcher.engine.e5_weights import E5_SMALL, E5_SMALL_IDENTITY, e5_small_folder
from matcher.engine.model_folders import check_model_folder, digest, find_model_folder, fingerprint, is_intact, publish
from matcher.engine.prompts import Role, checked_texts, role_prompt
from matcher.engine.tfidf import TfidfEncoder

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

__all__ = ["Encoder", "QuantisedEncoder", "Role", "SentenceEncoder", "TfidfEncoder", "load_encoder", "require_encoder"]

MAX_TOKENS = 128
"""Where a text is cut: a title, its skills and the opening of a description fit, boilerplate does not."""

BATCH_TOKENS = 512
"""Tokens encoded together: more of them fall out of a processor's own cache, fewer wait for the weights."""

_TORCH_FORM = "torch-fp32-1"


class Encoder(Protocol):
    """Texts -> unit rows. Two encoders of the same `recipe` give the same rows, up to rounding."""

    name: str
    recipe: str
    dimension: int

    def encode(self, texts: Sequence[str], *, role: Role) -> NDArray[np.float32]:
        """Return one unit row per text, in order: float32 (n_texts, dimension); the dot product is the cosine.

        Parameters
        ----------
        role : {"query", "passage"}
            A course or what someone asks for is a query; a vacancy or what is searched is a passage.

        Raises
        ------
        InvalidInput
            When a text is no string or the role is unknown.
        NotFitted
            When the encoder learns from a corpus and has seen none.
        """
        ...


class SentenceEncoder:
    """A sentence-transformers model in fp32 torch: the reference, and the only way for models that are no BERT.

    Parameters
    ----------
    folder_or_name : Path or str
        A sentence-transformers folder, or the name of a model that the hub cache of this machine holds. Nothing is
        ever downloaded.
    adapter : Path, optional
        A LoRA adapter folder (peft), merged into the weights at load.
    max_tokens : int
        Where a text is cut, special tokens and prompt included; the model's own limit where that is lower. A model
        of static word vectors, which has no limit, reads the whole text.

    Raises
    ------
    ModelUnavailable
        When the model or the adapter is missing, half-downloaded or does not load.

    Notes
    -----
    The prompts of the two roles are the model's own (`config_sentence_transformers.json`); a model that names none
    for a role reads the bare text. An adapter may name its own. torch is imported here and not at the top: it takes
    seconds, and most commands never encode.
    """

    def __init__(
        self, folder_or_name: Path | str, *, adapter: Path | None = None, max_tokens: int = MAX_TOKENS
    ) -> None:
        folder = _whole_folder(folder_or_name)
        self.name = _name(folder_or_name, adapter)
        self.recipe = digest(*_identity(fingerprint(folder), adapter, max_tokens, _TORCH_FORM))
        self.model = _load_sentence_transformer(folder, adapter)
        limit = self.model.max_seq_length
        if limit and math.isfinite(limit):
            self.model.max_seq_length = min(max_tokens, limit)
        self.dimension = int(self.model.get_embedding_dimension() or 0)

    def encode(self, texts: Sequence[str], *, role: Role) -> NDArray[np.float32]:
        """Return one unit row per text: float32 (n_texts, dimension); see ``Encoder.encode``.

        Raises
        ------
        InvalidInput
            When a text is no string or the role is unknown.
        """
        checked = checked_texts(texts, role)
        if not checked:
            return np.empty((0, self.dimension), np.float32)
        prompt = role_prompt(self.model.prompts, role)
        rows = self.model.encode(
            checked, prompt=prompt, show_progress_bar=False, convert_to_numpy=True, normalize_embeddings=True
        )
        return np.asarray(rows, dtype=np.float32)


class QuantisedEncoder:
    """The same model in int8 on ONNX Runtime: several times the texts per second, and no torch to import.

    Parameters
    ----------
    folder : Path
        What ``quantise.write_quantised`` filled.
    name, identity
        What it was made from: the name to show, and the parts of the recipe.
    max_tokens : int
        Where a text is cut, special tokens and prompt included; the model's own limit where that is lower.
    n_threads : int, optional
        Batches encoded at once; as many as this process may use processors when left out.

    Raises
    ------
    ModelUnavailable
        When a file of the folder is missing or cannot be read.

    Notes
    -----
    A batch holds texts of equally many tokens, and one thread takes a batch, so the processors share no work. Each
    row is scaled by itself, so the company a text is in does not matter.
    """

    def __init__(
        self, folder: Path, *, name: str, identity: Sequence[bytes], max_tokens: int, n_threads: int | None = None
    ) -> None:
        self.name = name
        self.recipe = digest(*identity)
        self.n_threads = n_threads or _n_processors()
        try:
            settings = json.loads((folder / quantise.SETTINGS).read_text(encoding="utf-8"))
            self._words = np.load(folder / quantise.WORDS, mmap_mode="r")
            self._positions = np.load(folder / quantise.POSITIONS)
        except (OSError, ValueError) as error:
            raise ModelUnavailable(f"the quantised model {folder} cannot be read: {error}; delete it") from error
        self.dimension = int(settings["dimension"])
        self.prompts: dict[str, str] = settings["prompts"]
        self._tokenizer = _load_tokenizer(folder / quantise.TOKENIZER, min(max_tokens, int(settings["max_tokens"])))
        self._session = _open_session(folder / quantise.GRAPH)

    def encode(self, texts: Sequence[str], *, role: Role) -> NDArray[np.float32]:
        """Return one unit row per text: float32 (n_texts, dimension); see ``Encoder.encode``.

        Raises
        ------
        InvalidInput
            When a text is no string or the role is unknown.
        """
        prompt = role_prompt(self.prompts, role)
        encodings = self._tokenizer.encode_batch_fast([prompt + text for text in checked_texts(texts, role)])
        tokens = [encoding.ids for encoding in encodings]
        rows = np.empty((len(tokens), self.dimension), np.float32)

        def fill(batch: list[int]) -> None:
            rows[batch] = self._run([tokens[index] for index in batch])

        with ThreadPoolExecutor(self.n_threads) as threads:
            list(threads.map(fill, batches([len(ids) for ids in tokens])))
        return rows

    def _run(self, tokens: list[list[int]]) -> NDArray[np.float32]:
        ids = np.array(tokens)
        embedded = self._words[ids].astype(np.float32) + self._positions[: ids.shape[1]]
        return self._session.run(["rows"], {"tokens": embedded})[0]


def batches(lengths: Sequence[int], *, budget: int = BATCH_TOKENS) -> Iterator[list[int]]:
    """Yield the indices of texts to encode together: of the same length, so that nothing is padded; longest first.

    Parameters
    ----------
    lengths : sequence of int
        Tokens of each text.
    budget : int
        Tokens of a batch at most; a text longer than that is a batch of its own.

    Notes
    -----
    Raises nothing. Every index comes once.
    """
    by_length = sorted(range(len(lengths)), key=lambda index: -lengths[index])
    for length, group in groupby(by_length, key=lambda index: lengths[index]):
        indices, size = list(group), max(1, budget // max(1, length))
        yield from (indices[start : start + size] for start in range(0, len(indices), size))


PADAN = "padan"
SHIPPED_ADAPTER = Path(__file__).parents[2] / "models" / "e5-small-padan"
"""The adapter in the project's own models folder; its card tells how it was trained."""


def load_encoder(
    name: str, *, cache_folder: Path, adapter: Path | None = None, max_tokens: int = MAX_TOKENS
) -> Encoder:
    """Return the encoder that `name` stands for, as fast as this machine runs it.

    Parameters
    ----------
    name : str
        "padan": multilingual-e5-small with the adapter that this project trained. "e5-small": without it. "tfidf":
        the baseline, still to be fitted. Anything else: a sentence-transformers folder, or the name of a model in the
        hub cache of this machine. "BASE+FOLDER" adds the
        adapter in FOLDER; the `name` of an encoder with an adapter is of this form.
    cache_folder : Path
        Where unpacked and quantised models are kept.
    adapter : Path, optional
        A LoRA adapter folder to merge into the model.
    max_tokens : int
        Where a text is cut, special tokens and prompt included.

    Raises
    ------
    ModelUnavailable
        When the model or the adapter is missing, half-downloaded or does not load.
    InvalidInput
        When the TF-IDF baseline is asked to take an adapter.
    OSError
        When the cache folder cannot be written.

    Notes
    -----
    A BERT model is quantised once, after merging, and kept under the checksums of its parts; from then on neither
    torch nor the model itself is read again. Other models run as ``SentenceEncoder``.
    """
    if name == PADAN:
        encoder = load_encoder(E5_SMALL, cache_folder=cache_folder, adapter=SHIPPED_ADAPTER, max_tokens=max_tokens)
        encoder.name = PADAN
        return encoder
    if adapter is None and "+" in name and not Path(name).is_dir():
        name, adapter = name.partition("+")[0], Path(name.partition("+")[2])
    if name == TfidfEncoder.name:
        if adapter is not None:
            raise InvalidInput(f"the tfidf encoder takes no adapter, got {adapter}; name a sentence-transformers model")
        return TfidfEncoder()
    source = E5_SMALL_IDENTITY if name == E5_SMALL else fingerprint(_whole_folder(name))
    identity = _identity(source, adapter, max_tokens, quantise.FORM)
    made_from = digest(source.encode(), _adapter_fingerprint(adapter).encode(), quantise.FORM.encode())
    folder = cache_folder / "models" / f"{quantise.FORM}-{made_from[:24]}"
    if not is_intact(folder):
        reference = SentenceEncoder(
            e5_small_folder(cache_folder) if name == E5_SMALL else name, adapter=adapter, max_tokens=max_tokens
        )
        if not quantise.is_quantisable(reference.model):
            return reference
        publish(folder, lambda draft: quantise.write_quantised(reference.model, draft))
    return QuantisedEncoder(folder, name=_name(name, adapter), identity=identity, max_tokens=max_tokens)


def require_encoder(encoder: Encoder, *, recipe: str, dimension: int) -> None:
    """Refuse an encoder whose rows do not compare with those of `recipe`.

    Raises
    ------
    ArtifactIncompatible
        When dimension or recipe differ.
    """
    remedy = "build the artifact again with this encoder, or load the encoder it was built with"
    if encoder.dimension != dimension:
        raise ArtifactIncompatible(
            f"encoder '{encoder.name}' gives {encoder.dimension} dimensions, the artifact has {dimension}; {remedy}"
        )
    if encoder.recipe != recipe:
        raise ArtifactIncompatible(
            f"encoder '{encoder.name}' has the recipe {encoder.recipe[:12]}, the artifact {recipe[:12]}; {remedy}"
        )


def _name(folder_or_name: Path | str, adapter: Path | None) -> str:
    return str(folder_or_name) if adapter is None else f"{folder_or_name}+{adapter}"


def _identity(source: str, adapter: Path | None, max_tokens: int, form: str) -> list[bytes]:
    return [form.encode(), source.encode(), _adapter_fingerprint(adapter).encode(), str(max_tokens).encode()]


def _adapter_fingerprint(adapter: Path | None) -> str:
    if adapter is None:
        return ""
    for name in ("adapter_config.json", "adapter_model.safetensors"):
        if not (adapter / name).is_file():
            raise ModelUnavailable(f"the adapter {adapter} has no {name}; fetch or train it again, or leave it out")
    return fingerprint(adapter)


def _whole_folder(folder_or_name: Path | str) -> Path:
    folder = find_model_folder(folder_or_name)
    check_model_folder(folder)
    return folder


def _load_sentence_transformer(folder: Path, adapter: Path | None) -> SentenceTransformer:
    import torch
    from safetensors import SafetensorError
    from sentence_transformers import SentenceTransformer

    try:
        with _quiet():
            model = SentenceTransformer(str(folder), device="cpu", local_files_only=True)
            if adapter is not None:
                _merge(model, adapter)
    except (OSError, ValueError, KeyError, RuntimeError, TypeError, AttributeError, SafetensorError) as error:
        reason = " ".join(str(error).split())[:200]
        raise ModelUnavailable(
            f"the model {_name(folder, adapter)} does not load: {reason}; fetch it again or name another"
        ) from error
    return model.eval().to(torch.float32)


def _merge(model: SentenceTransformer, adapter: Path) -> None:
    from peft import PeftModel

    transformer: Any = model[0]
    with warnings.catch_warnings():
        # peft 0.21 asks transformers 5 for an attribute by its old name.
        warnings.filterwarnings("ignore", message="`is_gradient_checkpointing`", category=FutureWarning)
        adapted: Any = PeftModel.from_pretrained(transformer.model, str(adapter), local_files_only=True)
    transformer.model = adapted.merge_and_unload()
    settings = adapter / "config_sentence_transformers.json"
    if settings.is_file():
        model.prompts.update(json.loads(settings.read_text(encoding="utf-8")).get("prompts", {}))


@contextmanager
def _quiet() -> Iterator[None]:
    """Switch off the progress bars and load reports of transformers for as long as a model loads."""
    from transformers.utils import logging

    verbosity, has_bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(verbosity)
        if has_bars:
            logging.enable_progress_bar()


def _load_tokenizer(path: Path, max_tokens: int) -> Any:
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_padding()
    tokenizer.enable_truncation(max_tokens)
    return tokenizer


def _open_session(path: Path) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    # Higher levels fuse sum and normalisation into an operator that ran seven times slower than the two.
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def _n_processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
