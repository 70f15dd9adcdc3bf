"""What every contestant of the search benchmark gets and gives: one market in files, filters, and one way to be asked.

Measures nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from matcher.engine.columns import VacancyColumns

K = 50
N_TUNING = 20


@dataclass(frozen=True)
class Filter:
    """Vacancies of one province that ask for no more than this schooling."""

    province: int
    education_rank: int


@dataclass(frozen=True)
class Asked:
    """m questions: ``vectors`` float32 (m, 384) unit rows, their ``rows`` among all questions, and their ``texts``."""

    vectors: NDArray[np.float32]
    rows: NDArray[np.int64]
    texts: list[str]

    def take(self, rows: slice) -> Asked:
        return Asked(self.vectors[rows], self.rows[rows], self.texts[rows])

    def __len__(self) -> int:
        return len(self.rows)


@dataclass(frozen=True)
class Market:
    """n vacancies: ``vectors`` float32 (n, 384) unit rows, ``provinces``, ``education_ranks`` int8 (n,), ``texts``."""

    vectors: NDArray[np.float32]
    provinces: NDArray[np.int8]
    education_ranks: NDArray[np.int8]
    texts: list[str]
    asked: Asked

    def passing(self, wanted: Filter) -> NDArray[np.bool_]:
        return (self.provinces == wanted.province) & (self.education_ranks <= wanted.education_rank)

    def columns(self) -> VacancyColumns:
        """The hard facts as the engine takes them: nobody asks for papers, all are open, none is remote."""
        n, far = len(self.provinces), np.iinfo(np.int64).max
        return VacancyColumns(
            self.provinces, np.zeros(n, bool), self.education_ranks, np.full(n, -far), np.full(n, far), {}
        )

    def save(self, folder: Path) -> None:
        np.save(folder / "vectors.npy", self.vectors)
        np.savez(
            folder / "facts.npz", provinces=self.provinces, education_ranks=self.education_ranks,
            asked=self.asked.vectors,
        )  # fmt: skip
        (folder / "texts.txt").write_text("\n".join(self.texts), encoding="utf-8")
        (folder / "asked.txt").write_text("\n".join(self.asked.texts), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Market:
        with np.load(folder / "facts.npz") as facts:
            asked, provinces, ranks = (facts[name] for name in ("asked", "provinces", "education_ranks"))
        texts, questions = (
            (folder / name).read_text(encoding="utf-8").split("\n") for name in ("texts.txt", "asked.txt")
        )
        vectors = np.load(folder / "vectors.npy", mmap_mode="r")
        return cls(vectors, provinces, ranks, texts, Asked(asked, np.arange(len(asked)), questions))


Setting = dict[str, Any]


class Peer(Protocol):
    """One way to find the K best vacancies that pass a filter."""

    name: str
    """As the page tells it."""
    settings: tuple[Setting, ...]
    """What is tuned at search time, on questions of its own."""
    orders_by_vectors: bool
    """Whether the K best vectors are what it looks for; recall is then told."""
    outside_bytes: int
    """What it keeps in another process or on disk; the memory of this process is measured."""

    def build(self, market: Market) -> None:
        """Take everything in."""
        ...

    def prepare(self, wanted: Filter) -> object:
        """Make whatever can be made of a filter once and kept; not timed."""
        ...

    def search(self, asked: Asked, prepared: object, setting: Setting) -> NDArray[np.int64]:
        """Return the rows found, (m, K), best first, -1 where there are fewer; timed."""
        ...

    def processor_seconds(self) -> float:
        """Processor time spent so far, wherever it runs."""
        ...

    def close(self) -> None:
        """Leave nothing running."""
        ...


def padded(found: NDArray[np.integer]) -> NDArray[np.int64]:
    """One answer of at most K rows as (K,), filled up with -1."""
    row = np.full(K, -1, dtype=np.int64)
    row[: min(len(found), K)] = found[:K]
    return row
