"""The market of the benchmark: drawn with the shape of our embeddings, or taken from an artifact.

The drawn vectors have the mean length and the falling spectrum that the embeddings of 62,759 real adverts have.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray

from matcher.domain.text import normalise
from matcher.engine.columns import VacancyColumns
from matcher.engine.texts import texts_of
from tests.bench.peers.contest import Asked, Filter, Market

N_ASKED = 120
DIMENSION = 384
MEAN_LENGTH = 0.775
_SHARES = (0.4, 0.02, 0.18, 0.18, 0.2, 0.02)
_RANKS = (0, 2, 3, 4, 6, 7)


def drawn_market(n: int, seed: int = 0) -> Market:
    """A market of `n`: 38 provinces by Zipf's law, the schooling that adverts ask for, 40 words an advert."""
    rng = np.random.default_rng(seed)
    sizes = 1 / np.arange(1, 39)
    vectors, asked = drawn_vectors(n, rng, seed=seed), drawn_vectors(N_ASKED, rng, seed=seed)
    return Market(
        vectors, rng.choice(np.arange(1, 39), size=n, p=sizes / sizes.sum()).astype(np.int8),
        rng.choice(_RANKS, size=n, p=_SHARES).astype(np.int8), _texts(n, 40, rng),
        Asked(asked, np.arange(N_ASKED), _texts(N_ASKED, 12, rng)),
    )  # fmt: skip


def drawn_vectors(n: int, rng: np.random.Generator, *, seed: int) -> NDArray[np.float32]:
    """`n` unit rows around one mean, with variance falling as 1 / (place + 8) over turned axes."""
    turn = np.linalg.qr(np.random.default_rng(seed + 1).standard_normal((DIMENSION, DIMENSION)))[0].astype(np.float32)
    spread = np.sqrt((1 - MEAN_LENGTH**2) / (np.arange(DIMENSION) + 8) / (1 / (np.arange(DIMENSION) + 8)).sum())
    vectors = np.empty((n, DIMENSION), dtype=np.float32)
    for start in range(0, n, 50_000):
        part = vectors[start : start + 50_000]
        part[:] = (rng.standard_normal(part.shape, dtype=np.float32) * spread.astype(np.float32)) @ turn
        part += MEAN_LENGTH * turn[0]
        part /= np.linalg.norm(part, axis=1, keepdims=True)
    return vectors


def _texts(n: int, length: int, rng: np.random.Generator) -> list[str]:
    numbers = (rng.zipf(1.3, (n, length)) % 30_000).astype(str)
    return [" ".join(row) for row in numbers]


def artifact_market(folder: Path) -> Market:
    """The vacancies of an artifact, asked for with its courses (every one of them at most once, in drawn order)."""
    tables = {name: pq.read_table(folder / f"{name}.parquet") for name in ("vacancies", "courses")}
    columns = VacancyColumns.of(tables["vacancies"])
    with np.load(folder / "course_views.npz", allow_pickle=False) as views:
        courses = views["passages"].astype(np.float32)
    picked = np.random.default_rng(0).permutation(len(tables["courses"]))[:N_ASKED]
    vacancies, questions = (texts_of(tables[name]).passages for name in ("vacancies", "courses"))
    return Market(
        np.load(folder / "passages.npy").astype(np.float32), columns.provinces, columns.education_ranks,
        [normalise(text) for text in vacancies],
        Asked(courses[picked], np.arange(len(picked)), [normalise(questions[row]) for row in picked]),
    )  # fmt: skip


def filters_near(market: Market, shares: tuple[float, ...]) -> dict[Filter, float]:
    """For each share of the market the (province, schooling) whose own share is nearest in ratio, and that share."""
    cells = {
        Filter(province, rank): float(market.passing(Filter(province, rank)).mean())
        for province in np.unique(market.provinces[market.provinces > 0]).tolist()
        for rank in np.unique(market.education_ranks).tolist()
    }
    open_cells = {wanted: share for wanted, share in cells.items() if share > 0}
    nearest = [min(open_cells, key=lambda wanted: abs(np.log(open_cells[wanted] / share))) for share in shares]
    return {wanted: open_cells[wanted] for wanted in nearest}
