"""The cache of embeddings: nothing encoded twice, nothing lost or wrong when a process dies or two write."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from matcher.domain.errors import InvalidInput, NotFitted
from matcher.engine.embedding_cache import CachedEncoder
from matcher.engine.encode import TfidfEncoder
from matcher.engine.prompts import Role

DIMENSION = 384


class CountingEncoder:
    """Unit rows drawn from the text's hash; counts what it is asked."""

    def __init__(self, recipe: str = "a" * 64, dimension: int = DIMENSION) -> None:
        self.name, self.recipe, self.dimension = "counting", recipe, dimension
        self.asked: list[str] = []

    def encode(self, texts: Sequence[str], *, role: Role) -> NDArray[np.float32]:
        self.asked += texts
        seeds = [int.from_bytes(hashlib.md5(f"{role}{text}".encode()).digest()[:4]) for text in texts]
        angles = np.outer(np.array(seeds, np.float64), np.arange(1, self.dimension + 1))
        rows = np.sin(angles % 7.0 + 1).astype(np.float32).reshape(-1, self.dimension)
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def files(folder: Path) -> tuple[Path, Path]:
    (keys,), (rows,) = folder.rglob("keys.bin"), folder.rglob("rows.bin")
    return keys, rows


@given(st.lists(st.lists(st.text(max_size=8), max_size=6), max_size=4))
def test_rows_equal_those_of_the_encoder_and_none_is_asked_twice(
    tmp_path_factory: pytest.TempPathFactory, calls: list[list[str]]
) -> None:
    cached = CachedEncoder(inner := CountingEncoder(), tmp_path_factory.mktemp("cache"))
    for texts in calls:
        np.testing.assert_array_equal(cached.encode(texts, role="query"), CountingEncoder().encode(texts, role="query"))
    assert sorted(inner.asked) == sorted({text for texts in calls for text in texts})


def test_second_process_asks_nothing(tmp_path: Path) -> None:
    CachedEncoder(CountingEncoder(), tmp_path).encode(["penjahit", "satpam"], role="passage")
    cached = CachedEncoder(inner := CountingEncoder(), tmp_path)
    cached.encode(["satpam", "penjahit", "satpam"], role="passage")
    assert inner.asked == []


def test_roles_and_recipes_do_not_share_rows(tmp_path: Path) -> None:
    CachedEncoder(inner := CountingEncoder(), tmp_path).encode(["guru"], role="query")
    CachedEncoder(inner, tmp_path).encode(["guru"], role="passage")
    CachedEncoder(other := CountingEncoder("b" * 64), tmp_path).encode(["guru"], role="query")
    assert (inner.asked, other.asked) == (["guru", "guru"], ["guru"])


@pytest.mark.parametrize(("name", "tail"), [("rows.bin", 5000), ("rows.bin", 3), ("keys.bin", 7)])
def test_tail_of_a_process_that_died_is_cut(tmp_path: Path, name: str, tail: int) -> None:
    texts = ["guru", "sopir", "koki"]
    CachedEncoder(CountingEncoder(), tmp_path).encode(["guru"], role="query")
    with next(tmp_path.rglob(name)).open("ab") as file:
        file.write(b"\xff" * tail)
    CachedEncoder(CountingEncoder(), tmp_path).encode(texts, role="query")
    again = CachedEncoder(inner := CountingEncoder(), tmp_path)
    np.testing.assert_array_equal(again.encode(texts, role="query"), CountingEncoder().encode(texts, role="query"))
    assert inner.asked == []


@pytest.mark.parametrize("lost", ["keys.bin", "rows.bin"])
def test_lost_file_costs_only_time(tmp_path: Path, lost: str) -> None:
    CachedEncoder(CountingEncoder(), tmp_path).encode(["guru", "koki"], role="query")
    next(tmp_path.rglob(lost)).unlink()
    cached = CachedEncoder(CountingEncoder(), tmp_path)
    np.testing.assert_array_equal(
        cached.encode(["koki", "guru"], role="query"), CountingEncoder().encode(["koki", "guru"], role="query")
    )


def test_damaged_row_is_encoded_again(tmp_path: Path) -> None:
    CachedEncoder(CountingEncoder(), tmp_path).encode(["guru", "koki"], role="query")
    _, rows = files(tmp_path)
    data = bytearray(rows.read_bytes())
    data[4 * DIMENSION + 9] ^= 64
    rows.write_bytes(data)
    cached = CachedEncoder(inner := CountingEncoder(), tmp_path)
    np.testing.assert_array_equal(
        cached.encode(["koki"], role="query"), CountingEncoder().encode(["koki"], role="query")
    )
    cached.encode(["koki", "guru"], role="query")
    assert inner.asked == ["koki"]


def test_two_encoders_on_one_folder_see_each_other(tmp_path: Path) -> None:
    left, right = CachedEncoder(a := CountingEncoder(), tmp_path), CachedEncoder(b := CountingEncoder(), tmp_path)
    left.encode(["guru"], role="query")
    right.encode(["guru", "koki"], role="query")
    left.encode(["koki", "guru"], role="query")
    assert (a.asked, b.asked) == (["guru"], ["koki"])


def test_emptied_folder_is_filled_again(tmp_path: Path) -> None:
    cached = CachedEncoder(inner := CountingEncoder(), tmp_path)
    cached.encode(["guru", "koki"], role="query")
    for path in files(tmp_path):
        path.unlink()
    np.testing.assert_array_equal(
        cached.encode(["koki"], role="query"), CountingEncoder().encode(["koki"], role="query")
    )
    assert inner.asked == ["guru", "koki", "koki"]


def test_processes_writing_at_once_lose_nothing(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path\n"
        "from matcher.engine.embedding_cache import CachedEncoder\n"
        "from tests.unit.engine.test_embedding_cache import CountingEncoder\n"
        "cached = CachedEncoder(CountingEncoder(), Path(sys.argv[1]))\n"
        "for i in range(60): cached.encode([f'teks {i}', f'{sys.argv[2]} {i}'], role='query')\n"
    )
    root = Path(__file__).parents[3]
    writers = [subprocess.Popen([sys.executable, "-c", code, tmp_path, str(n)], cwd=root) for n in range(3)]
    assert [writer.wait() for writer in writers] == [0, 0, 0]
    texts = [f"{name} {i}" for name in ("teks", "0", "1", "2") for i in range(60)]
    cached = CachedEncoder(inner := CountingEncoder(), tmp_path)
    np.testing.assert_array_equal(cached.encode(texts, role="query"), CountingEncoder().encode(texts, role="query"))
    assert inner.asked == []


def test_sixty_thousand_rows_load_well_under_a_second(tmp_path: Path) -> None:
    texts = [f"lowongan nomor {i}" for i in range(60_000)]
    CachedEncoder(CountingEncoder(), tmp_path).encode(texts, role="passage")
    cpu = time.process_time()
    rows = CachedEncoder(inner := CountingEncoder(), tmp_path).encode(texts, role="passage")
    assert time.process_time() - cpu < 1.0
    assert rows.shape == (60_000, DIMENSION) and inner.asked == []


def test_no_texts_give_no_rows(tmp_path: Path) -> None:
    assert CachedEncoder(CountingEncoder(), tmp_path).encode([], role="query").shape == (0, DIMENSION)


def test_encoder_still_to_be_fitted_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotFitted, match="fit it"):
        CachedEncoder(TfidfEncoder(), tmp_path)


def test_one_string_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="put it in a list"):
        CachedEncoder(CountingEncoder(), tmp_path).encode("guru", role="query")
