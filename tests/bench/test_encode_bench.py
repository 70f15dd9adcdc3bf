"""Texts per second of the shipped encoder against plain `SentenceTransformer.encode` (fp32, defaults), same processors.

Run: pytest tests/bench/test_encode_bench.py -s. The two take turns, so that a busy machine slows both; the figure is
the median ratio of neighbouring turns. With PADAN_SHARED the texts are real titles and full adverts, else made up.
"""

from __future__ import annotations

import os
import random
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from matcher.engine.e5_weights import e5_small_folder
from matcher.engine.encode import MAX_TOKENS, load_encoder

ROUNDS, N_TEXTS = 5, 200
DUTY = "Bertanggung jawab atas {}, menyusun laporan harian, bekerja dalam tim dan bersedia kerja shift. "
TASKS = ("stok gudang", "kasir toko", "mesin jahit", "dapur restoran", "keamanan gedung", "data pelanggan")


def _made_up(rng: random.Random) -> tuple[list[str], list[str]]:
    titles = [f"Staf {rng.choice(TASKS)} {number}" for number in range(N_TEXTS)]
    return titles, [f"{title}. " + DUTY.format(rng.choice(TASKS)) * rng.randrange(2, 9) for title in titles]


def _real(folder: Path) -> tuple[list[str], list[str]]:
    import pyarrow.parquet as pq

    table = pq.read_table(folder / "data" / "vacancies.parquet", columns=["title", "description"]).to_pylist()
    return [row["title"] for row in table], [
        f"{row['title']}. {row['description']}" for row in table if len(row["description"] or "") > 150
    ]


@pytest.fixture(scope="module")
def texts() -> list[str]:
    """Three titles to one full advert, as in the corpus, in any order."""
    rng, named = random.Random(0), os.environ.get("PADAN_SHARED")
    titles, adverts = _real(Path(named)) if named else _made_up(rng)
    mixed = rng.sample(titles, N_TEXTS * 3 // 4) + rng.sample(adverts, N_TEXTS // 4)
    rng.shuffle(mixed)
    return mixed


def _seconds(work: Callable[[], np.ndarray]) -> tuple[float, np.ndarray]:
    begun = time.perf_counter()
    rows = work()
    return time.perf_counter() - begun, rows


def test_int8_encodes_three_times_the_texts_of_plain_fp32(texts: list[str], tmp_path: Path) -> None:
    from sentence_transformers import SentenceTransformer

    fast = load_encoder("e5-small", cache_folder=tmp_path)
    plain = SentenceTransformer(str(e5_small_folder(tmp_path)), device="cpu")
    plain.max_seq_length = MAX_TOKENS
    times, cosines = [], np.ones(len(texts))
    for _ in range(ROUNDS):
        slow_seconds, theirs = _seconds(lambda: plain.encode(texts, prompt_name="passage"))
        fast_seconds, ours = _seconds(lambda: fast.encode(texts, role="passage"))
        times.append((slow_seconds, fast_seconds))
        cosines = (ours * theirs).sum(axis=1)
    ratios = sorted(slow / quick for slow, quick in times)
    slow_median, fast_median = (statistics.median(column) for column in zip(*times, strict=True))
    print(
        f"\nplain fp32 {len(texts) / slow_median:.0f} texts/s, int8 {len(texts) / fast_median:.0f} texts/s, "
        f"ratio {statistics.median(ratios):.2f} [{ratios[0]:.2f}, {ratios[-1]:.2f}] over {ROUNDS} rounds; "
        f"cosine min {cosines.min():.4f} mean {cosines.mean():.4f}"
    )
    assert cosines.min() >= 0.99
    assert statistics.median(ratios) >= 3
