"""A tiny model file in the layout of the packed e5 weights, for tests that need a model but not its meaning.

Two layers of 64 dimensions over some seventy pieces; the weights are random and the file is a few hundred kilobytes.
"""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from matcher.engine.e5_weights import parse_model_file, write_sentence_transformer

HIDDEN, LAYERS, HEADS, WIDE, POSITIONS = 64, 2, 4, 128, 64
WORDS = ["kerja", "▁kerja", "▁juru", "▁masak", "▁penjahit", "▁satpam", "▁guru", "an", "▁me", "query", "passage", "日本"]
PIECES = ["<s>", "<pad>", "</s>", "<unk>", "▁", *WORDS, *"abcdefghijklmnopqrstuvwxyz", *"0123456789.,:-", "<mask>"]
SCORES = [0.0] * 4 + [-3.0] + [-5.0] * len(WORDS) + [-8.0] * 40 + [0.0]


def packed_model(seed: int = 0) -> bytes:
    """Return the bytes of a model file with random weights."""
    rng = np.random.default_rng(seed)
    tensors = {name: _weights(rng, name, shape) for name, shape in _shapes().items()}
    pieces = [piece.encode() for piece in PIECES]
    head = b"E5S1" + struct.pack("<I7ifi", 1, HIDDEN, LAYERS, HEADS, WIDE, len(PIECES), POSITIONS, 2, 1e-12, 32)
    head += struct.pack("<5iQ", len(pieces), 0, 2, 1, 3, sum(map(len, pieces)))
    head += np.cumsum([0, *map(len, pieces)]).astype("<u4").tobytes() + np.array(SCORES, "<f4").tobytes()
    head += b"".join(pieces) + struct.pack("<iI", 1, 5) + b"\x01\x00\x00\x00\x00" + struct.pack("<i", len(tensors))
    entry_bytes = sum(2 + len(name) + 1 + 4 + 8 + 8 for name in tensors)
    offset, directory = len(head) + entry_bytes, b""
    for name, data in tensors.items():
        directory += struct.pack("<H", len(name)) + name.encode() + struct.pack("<BIQQ", 0, 0, offset, len(data))
        offset += len(data)
    return head + directory + b"".join(tensors.values())


def tiny_sentence_transformer(folder: Path, seed: int = 0) -> Path:
    """Write the tiny model as a sentence-transformers folder and return the folder."""
    folder.mkdir(parents=True)
    write_sentence_transformer(parse_model_file(packed_model(seed)), folder)
    return folder


def _shapes() -> dict[str, tuple[int, ...]]:
    shapes: dict[str, tuple[int, ...]] = {
        "emb.word": (len(PIECES), HIDDEN), "emb.pos": (POSITIONS, HIDDEN), "emb.type": (2, HIDDEN),
        "emb.ln.w": (HIDDEN,), "emb.ln.b": (HIDDEN,),
    }  # fmt: skip
    for layer in range(LAYERS):
        for part, shape in {"q": (HIDDEN, HIDDEN), "k": (HIDDEN, HIDDEN), "v": (HIDDEN, HIDDEN), "ao": (HIDDEN, HIDDEN),
                            "fi": (WIDE, HIDDEN), "fo": (HIDDEN, WIDE)}.items():  # fmt: skip
            shapes |= {f"l{layer}.{part}.w": shape, f"l{layer}.{part}.b": shape[:1]}
        shapes |= {f"l{layer}.{norm}.{part}": (HIDDEN,) for norm in ("aln", "oln") for part in "wb"}
    return shapes


def _weights(rng: np.random.Generator, name: str, shape: tuple[int, ...]) -> bytes:
    values = rng.standard_normal(shape) * 0.2 + (1 if name.endswith("ln.w") else 0)
    is_matrix = len(shape) == 2 and name not in ("emb.pos", "emb.type")
    return four_bits(values) if is_matrix else values.astype("<f4").tobytes()


def four_bits(values: NDArray[np.float64]) -> bytes:
    """Return `values` in blocks of 32: an fp16 scale and 16 bytes, byte j holding value j below and j + 16 above."""
    blocks = values.reshape(-1, 32)
    scales = (np.abs(blocks).max(axis=1) / 7).astype("<f2")
    nibbles = (np.rint(blocks / scales[:, None].astype(float)).clip(-8, 7) + 8).astype(np.uint8)
    packed = nibbles[:, :16] | (nibbles[:, 16:] << 4)
    return b"".join(scale.tobytes() + row.tobytes() for scale, row in zip(scales, packed, strict=True))
