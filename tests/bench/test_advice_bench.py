"""Advice for one person at the size of the whole market: what to relax, what to learn next.

Relaxations over 62,759 invented vacancies; next courses over 6,000 courses and 200,000 vacancies. Prints milliseconds,
memory and the ratio to NumPy on one byte a pair; asserts what the service promises, in processor time.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import cycle

import numpy as np
import pytest

from matcher.domain.records import Alumnus, Certificate, Licence
from matcher.domain.regions import provinces
from matcher.engine.columns import VacancyColumns
from matcher.engine.next_course import CourseReach
from matcher.engine.relax import Relaxer

NOW = datetime(2026, 11, 22, tzinfo=UTC)
pytestmark = pytest.mark.benchmark(timer=time.process_time)  # one thread, so the load of the machine does not count
ENTRIES = [
    *[f"SIM {name}" for name in ("A", "B1", "B2", "C", "A Umum", "B1 Umum", "B2 Umum", "A atau SIM C")],
    *[f"STR {name}" for name in ("Perawat", "Bidan", "Apoteker", "Fisioterapis")],
    *[f"SIO {name} kelas {number}" for name in ("forklift", "crane", "excavator") for number in (1, 2, 3)],
    *[f"BNSP {name}" for name in ("Barista", "Juru Masak", "Satpam", "Las", "Menjahit", "Listrik", "Tata Rias")],
    "K3 Umum", "Ahli K3", "K3 Listrik", "Gada Pratama", "Gada Madya", "Brevet A", "TOEFL", "Sertifikat Las 6G",
]  # fmt: skip


def _columns(n: int, rng: np.random.Generator) -> VacancyColumns:
    codes = np.array([int(code) for code in provinces()], dtype=np.int8)
    asking = rng.permutation(n)[: n // 8]
    sets = [(entry,) for entry in ENTRIES] + [(ENTRIES[i], ENTRIES[-1 - i]) for i in range(8)]
    parts = np.array_split(asking, len(sets))
    return VacancyColumns(
        provinces=codes[np.minimum(rng.geometric(0.15, n), len(codes)) - 1],
        is_remote=rng.random(n) < 0.03,
        education_ranks=rng.choice([0, 1, 2, 3, 6, 7], size=n, p=[0.4, 0.02, 0.08, 0.3, 0.1, 0.1]).astype(np.int8),
        opens_at=np.zeros(n, dtype=np.int64),
        closes_at=np.where(rng.random(n) < 0.1, 0, np.iinfo(np.int64).max),
        requirements={names: np.sort(rows) for names, rows in zip(sets, parts, strict=True)},
    )


def _p95_ms(benchmark) -> float:
    times = np.sort(benchmark.stats.stats.data)
    return 1e3 * float(times[int(len(times) * 0.95)])


def test_relaxations(benchmark) -> None:
    relaxer = Relaxer.of(_columns(62_759, np.random.default_rng(5)))
    people = cycle(
        Alumnus(
            f"a{number}", province_code=code, education=education, accepts_remote=number % 3 != 0,
            certificates=(Certificate("Memasak"), Certificate("BNSP Las", scheme="bnsp", evidence="competence")),
            licences=(Licence("SIM C"),) if number % 2 else (),
        )
        for number, (code, education) in enumerate(zip(provinces(), cycle(["SD", "SMP", "SMA", "D3"]), strict=False))
    )  # fmt: skip
    benchmark.pedantic(lambda: relaxer.relaxations(next(people), now=NOW), rounds=200, warmup_rounds=38)
    print(f"\nrelaxations: p50 {1e3 * benchmark.stats.stats.median:.2f} ms, p95 {_p95_ms(benchmark):.2f} ms")
    assert _p95_ms(benchmark) <= 5


COURSES, VACANCIES = 6_000, 200_000


@pytest.fixture(scope="module")
def reach() -> CourseReach:
    rng = np.random.default_rng(9)
    words = rng.integers(0, 2**64, size=(VACANCIES // 64, COURSES), dtype=np.uint64)
    for _ in range(4):  # one pair in 32 fits
        words &= rng.integers(0, 2**64, size=words.shape, dtype=np.uint64)
    print(f"\n{COURSES:,} courses x {VACANCIES:,} vacancies: {words.nbytes / 2**20:.0f} MiB")
    return CourseReach(words, VACANCIES)


def _bytes(reach: CourseReach, n_courses: int) -> np.ndarray:
    columns = np.ascontiguousarray(reach.words[:, :n_courses].T).view(np.uint8)
    return np.unpackbits(columns, axis=1, bitorder="little")


@pytest.mark.parametrize(("who", "share"), [("one province, a fifth", 0.2), ("every vacancy of the country", 1.0)])
def test_next_courses(benchmark, reach: CourseReach, who: str, share: float) -> None:
    wanted = np.zeros(VACANCIES, dtype=bool)
    wanted[: int(share * VACANCIES)] = np.random.default_rng(1).random(int(share * VACANCIES)) < 0.8
    benchmark.pedantic(lambda: reach.counts(wanted), rounds=40, warmup_rounds=2)
    p95 = _p95_ms(benchmark)
    print(f"\nnext courses, {who}: p50 {1e3 * benchmark.stats.stats.median:.1f} ms, p95 {p95:.1f} ms")
    assert p95 <= 50


@pytest.mark.parametrize("way", ["padan", "numpy, a byte a pair"])
def test_next_courses_against_numpy(benchmark, reach: CourseReach, way: str) -> None:
    few = CourseReach(np.ascontiguousarray(reach.words[:, :600]), VACANCIES)
    plain, wanted = _bytes(few, 600), np.random.default_rng(1).random(VACANCIES) < 0.2
    ways: dict[str, Callable[[], np.ndarray]] = {
        "padan": lambda: few.counts(wanted),
        "numpy, a byte a pair": lambda: (plain & wanted).sum(axis=1),
    }
    answer = benchmark.pedantic(ways[way], rounds=10, warmup_rounds=1)
    print(f"\n600 courses, {way}: {1e3 * benchmark.stats.stats.median:.1f} ms")
    assert answer.tolist() == (plain[:, wanted]).sum(axis=1).tolist()
