"""Takes an encoder and a folder; gives the same rows, encoding each text once and keeping its row on disk.

Rows are found by a hash of role and text under the encoder's recipe; the texts themselves are not kept.
Decides nothing about how a text is encoded.
"""

from __future__ import annotations

import fcntl
import hashlib
import threading
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from matcher.domain.errors import NotFitted
from matcher.engine.encode import Encoder
from matcher.engine.prompts import Role, checked_texts

KEY = np.dtype([("hash", "V16"), ("checksum", "<u4")])
"""One record of ``keys.bin``; the row of the same number stands in ``rows.bin`` as float32."""

BLOCK_TEXTS = 4096
"""How many texts are encoded before their rows are kept: what a process that dies can lose."""


class CachedEncoder:
    """An encoder that remembers. Has the name, recipe and dimension of the encoder inside.

    Parameters
    ----------
    encoder : Encoder
        A fitted one: its recipe names the folder.
    folder : Path
        The cache; each recipe has its own folder below ``embeddings``.

    Raises
    ------
    NotFitted
        When the encoder still has to learn from a corpus.
    OSError
        When the folder cannot be made.

    Notes
    -----
    Two append-only files. Rows are written first and their keys after them, under a lock; so a process that dies
    leaves at most rows without keys, which the next append cuts off. A row whose checksum does not fit is encoded
    again. Reading takes no lock.
    """

    def __init__(self, encoder: Encoder, folder: Path) -> None:
        if not encoder.recipe:
            raise NotFitted(f"the encoder '{encoder.name}' has no recipe yet; fit it before its rows are kept")
        self.encoder = encoder
        self.name = encoder.name
        self.recipe = encoder.recipe
        self.dimension = encoder.dimension
        self.folder = folder / "embeddings" / encoder.recipe[:32]
        self.folder.mkdir(parents=True, exist_ok=True)
        self._keys_path, self._rows_path = self.folder / "keys.bin", self.folder / "rows.bin"
        self._row_bytes = 4 * self.dimension
        self._reading = threading.Lock()
        self._forget()
        self._read_appended()

    def encode(self, texts: Sequence[str], *, role: Role) -> NDArray[np.float32]:
        """Return one unit row per text: float32 (n_texts, dimension); see ``Encoder.encode``.

        Raises
        ------
        InvalidInput
            When a text is no string or the role is unknown.
        OSError
            When the cache cannot be written, for instance because the disk is full.
        """
        checked = checked_texts(texts, role)
        hashes = [_hash(role, text) for text in checked]
        self._read_appended()
        wanted = dict(zip(hashes, checked, strict=True))
        self._encode_missing({key: text for key, text in wanted.items() if not self._is_sound(key)}, role)
        return self._rows[[self._index[key] for key in hashes]].reshape(-1, self.dimension)

    def _encode_missing(self, texts: dict[bytes, str], role: Role) -> None:
        hashes = list(texts)
        for start in range(0, len(hashes), BLOCK_TEXTS):
            block = hashes[start : start + BLOCK_TEXTS]
            self._append(block, self.encoder.encode([texts[key] for key in block], role=role))
            self._read_appended()

    def _is_sound(self, key: bytes) -> bool:
        index = self._index.get(key)
        return index is not None and zlib.crc32(self._rows[index]) == self._checksums[index]

    def _append(self, hashes: Sequence[bytes], rows: NDArray[np.float32]) -> None:
        rows = np.ascontiguousarray(rows, dtype="<f4")
        keys = np.array([(key, zlib.crc32(row)) for key, row in zip(hashes, rows, strict=True)], dtype=KEY)
        with self._locked():
            n_kept = self._n_kept()
            _append_at(self._rows_path, n_kept * self._row_bytes, rows.tobytes())
            _append_at(self._keys_path, n_kept * KEY.itemsize, keys.tobytes())

    def _read_appended(self) -> None:
        with self._reading:
            n_kept = self._n_kept()
            if n_kept < len(self._rows):  # someone emptied the cache
                self._forget()
            n_known = len(self._rows)
            if n_kept == n_known:
                return
            keys = np.fromfile(self._keys_path, KEY, n_kept - n_known, offset=n_known * KEY.itemsize)
            rows = np.memmap(self._rows_path, dtype="<f4", mode="r", shape=(n_kept, self.dimension))
            self._rows = np.asarray(rows)
            self._checksums = np.concatenate([self._checksums, keys["checksum"]])
            self._index.update(zip(keys["hash"].tolist(), range(n_known, n_kept), strict=True))

    def _forget(self) -> None:
        self._index: dict[bytes, int] = {}
        self._checksums = np.empty(0, np.uint32)
        self._rows: NDArray[np.float32] = np.empty((0, self.dimension), np.float32)

    def _n_kept(self) -> int:
        return min(_size(self._keys_path) // KEY.itemsize, _size(self._rows_path) // self._row_bytes)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        with (self.folder / "lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def _hash(role: Role, text: str) -> bytes:
    return hashlib.blake2b(f"{role}\0{text}".encode(), digest_size=16).digest()


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _append_at(path: Path, offset: int, data: bytes) -> None:
    """Write `data` at `offset`, where a process that died may have left a tail; cut what stands behind."""
    with path.open("r+b" if path.exists() else "w+b") as file:
        file.seek(offset)
        file.write(data)
        file.truncate()
