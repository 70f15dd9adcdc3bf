"""One recommendation on real adverts, against two peers given the same filter, in one run.

Prints ratios; asserts only exactness.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from sentence_transformers.util import semantic_search
from sklearn.neighbors import NearestNeighbors

from matcher.domain.records import Alumnus, Certificate
from matcher.engine.artifacts import Artifact
from matcher.engine.build_artifact import build
from matcher.engine.encode import load_encoder
from matcher.engine.retrieve import retrieve
from matcher.ingest.folders import load_file
from scripts.arguments import cache_folder

NOW = datetime(2026, 11, 22, tzinfo=UTC)
PEOPLE = 200


@pytest.fixture(scope="module")
def artifact(shared_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Artifact:
    tables = {name: load_file(name, shared_folder / "data" / f"{name}.parquet") for name in ("courses", "vacancies")}
    cache = cache_folder()
    encoder = load_encoder("padan", cache_folder=cache)
    return build(tables, encoder, to=tmp_path_factory.mktemp("bench") / "artifact", cache_folder=cache, now=NOW)


@pytest.fixture(scope="module")
def people(artifact: Artifact) -> list[Alumnus]:
    draw = random.Random(0)
    courses = artifact.courses.select(["course_id", "title"]).to_pylist()
    provinces = sorted({code for code in artifact.vacancies["province_code"].to_pylist() if code})
    return [
        Alumnus(
            f"a{number}", province_code=draw.choice(provinces), education=draw.choice(["SD", "SMP", "SMA", "D3", "S1"]),
            certificates=tuple(Certificate(**course) for course in draw.sample(courses, draw.randint(1, 3))),
        )
        for number in range(PEOPLE)
    ]  # fmt: skip


def _peer(artifact: Artifact, search: Callable[[np.ndarray, np.ndarray, int], object]) -> Callable[[Alumnus], object]:
    engine = artifact.recommender
    passages = np.load(artifact.folder / "passages.npy").astype(np.float32)
    rows = {course_id: row for row, course_id in enumerate(artifact.courses["course_id"].to_pylist())}
    courses = artifact.encoder.encode(artifact.courses["title"].to_pylist(), role="query")

    def answer(person: Alumnus) -> object:
        open_rows = np.flatnonzero(engine.columns.eligible(person, now=NOW))
        asked = courses[[rows[c.course_id] for c in person.certificates if c.course_id]]
        return search(asked, passages[open_rows], min(10, len(open_rows))) if len(open_rows) else None

    return answer


def _sklearn(asked: np.ndarray, passages: np.ndarray, k: int) -> object:
    return NearestNeighbors(n_neighbors=k, algorithm="brute", metric="cosine").fit(passages).kneighbors(asked)


def _semantic_search(asked: np.ndarray, passages: np.ndarray, k: int) -> object:
    return semantic_search(asked, passages, top_k=k)  # type: ignore[arg-type]


@pytest.mark.parametrize("path", ["padan", "sklearn NearestNeighbors + filter", "semantic_search + filter"])
def test_one_recommendation(benchmark, artifact: Artifact, people: list[Alumnus], path: str) -> None:
    engine = artifact.recommender
    answers = {
        "padan": lambda person: engine.recommend(person, now=NOW),
        "sklearn NearestNeighbors + filter": _peer(artifact, _sklearn),
        "semantic_search + filter": _peer(artifact, _semantic_search),
    }
    everyone = iter(people * 100)
    benchmark.pedantic(lambda: answers[path](next(everyone)), rounds=PEOPLE, warmup_rounds=20)


def test_exact_against_brute_force(artifact: Artifact, people: list[Alumnus]) -> None:
    engine = artifact.recommender
    for person in people:
        scores = engine.scores.of(person.certificates)
        found = retrieve(person, scores, columns=engine.columns, index=engine.index, now=NOW, depth=50)
        best = np.empty(len(engine.columns), dtype=np.float32)
        best[engine.index.layout] = scores.max(axis=0)
        open_scores = best[engine.columns.eligible(person, now=NOW)]
        assert found.scores.tolist() == sorted(open_scores.tolist(), reverse=True)[:50]
