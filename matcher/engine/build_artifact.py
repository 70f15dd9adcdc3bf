"""Takes tables and an encoder; gives the artifact folder: every score, view and list that serving reads.

Written beside its place and renamed, so that nobody ever opens half of one.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from matcher.domain.errors import InvalidInput
from matcher.domain.text import TEXT_RECIPE, normalise
from matcher.engine.artifact_folder import put_in_place, seal
from matcher.engine.artifacts import Artifact, load
from matcher.engine.columns import VacancyColumns
from matcher.engine.course_scores import CourseViews
from matcher.engine.earlier_takers import save_course_values
from matcher.engine.encode import Encoder, TfidfEncoder
from matcher.engine.grounds import occupation_rows
from matcher.engine.index import VacancyIndex
from matcher.engine.occupation_evidence import StoredOccupations
from matcher.engine.papers import positions
from matcher.engine.ready_encoder import ready
from matcher.engine.similarity import Similarity, Texts
from matcher.engine.talent_file import TALENT_FILE, save_pool
from matcher.engine.talent_pool import TalentPool
from matcher.engine.texts import texts_of
from matcher.ingest.datasets import empty_table, write_table

TABLES = ("courses", "vacancies", "alumni", "certificates", "licences")


def build(tables: Mapping[str, pa.Table], encoder: Encoder, *, to: Path, cache_folder: Path, now: datetime) -> Artifact:
    """Write the artifact of `tables` into the folder `to`, all of it or nothing, and return it opened.

    Parameters
    ----------
    tables : mapping of str to pyarrow.Table
        ``courses`` and ``vacancies`` in home form; ``alumni``, ``certificates`` and ``licences`` where there are any,
        and ``course_value`` as ``read_course_values`` gives it.
    encoder : Encoder
        Gives the embeddings; its name and recipe enter the manifest.
    to : Path
        Folder to make or to replace. It is written beside itself and renamed, so a reader sees the old or the new one.
    cache_folder : Path
        Where the encoder finds its weights.
    now : datetime
        Aware instant written as ``created_at``.

    Raises
    ------
    InvalidInput
        When there is no course or no vacancy.
    ModelUnavailable
        When the encoder cannot run.
    """
    for name in ("courses", "vacancies"):
        if tables[name].num_rows == 0:
            raise InvalidInput(f"{name}: the table is empty; an artifact needs at least one row, ingest some first")
    to.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{to.name}-", dir=to.parent) as scratch:
        draft = Path(scratch) / to.name
        draft.mkdir()
        texts = texts_of(tables["vacancies"])
        prepared = ready(encoder, texts.passages, cache_folder=cache_folder)
        _write_parts(draft, tables, texts, prepared)
        seal(draft, _about(tables, prepared, now))
        put_in_place(draft, to, Path(scratch) / "replaced")
    return load(to, cache_folder=cache_folder)


def _write_parts(draft: Path, tables: Mapping[str, pa.Table], vacancies: Texts, encoder: Encoder) -> None:
    if isinstance(encoder, TfidfEncoder):
        np.savez(draft / "tfidf.npz", allow_pickle=False, **encoder.state())
    for name in TABLES:
        if name in tables:
            write_table(tables[name], name, draft)
    save_course_values(tables, draft)
    keys, queries = _rows(tables)
    save_pool(_pool(tables, keys, draft), draft / TALENT_FILE)
    similarity = Similarity.fit(vacancies, queries, encoder)
    similarity.save(draft)
    keys, queries = _with_occupations(keys, queries)
    CourseViews.fit(queries, similarity.views.lexical, encoder).save(draft)
    StoredOccupations.fit(queries.titles, similarity.views.titles, encoder).save(draft)
    layout = VacancyIndex.build(VacancyColumns.of(tables["vacancies"])).layout
    stored = np.lib.format.open_memmap(
        draft / "scores.npy", mode="w+", dtype=np.float32, shape=(len(queries), len(layout))
    )
    start = 0
    for block in similarity.blocks(queries, encoder):
        stored[start : start + len(block)] = block[:, layout]
        start += len(block)
    stored.flush()
    (draft / "rows.json").write_text(json.dumps(keys, ensure_ascii=False), encoding="utf-8")


def _rows(tables: Mapping[str, pa.Table]) -> tuple[dict[str, int], Texts]:
    """Return key and texts of every score row: each course, then each title of a certificate gained elsewhere."""
    courses = tables["courses"]
    texts = texts_of(courses)
    keys = {normalise(title): row for row, title in reversed(list(enumerate(texts.titles)))}
    keys |= {course_id: row for row, course_id in enumerate(courses["course_id"].to_pylist())}
    if "certificates" in tables:
        held = tables["certificates"].select(["course_id", "title"])
        elsewhere = held.filter(pa.array(positions(held["course_id"], pa.array(list(keys), pa.string())) < 0))
        for title in sorted(filter(None, elsewhere["title"].unique().to_pylist())):
            if keys.setdefault(normalise(title), len(texts)) == len(texts):
                texts.titles.append(title)
                texts.passages.append(title)
    return keys, texts


def _pool(tables: Mapping[str, pa.Table], row_of: Mapping[str, int], draft: Path) -> TalentPool:
    people = (tables.get(name, empty_table(name)) for name in ("alumni", "certificates", "licences"))
    return TalentPool.of(*people, row_of=row_of, key=_digest(draft))


def _digest(draft: Path) -> str:
    """Return what nobody can foresee who does not hold every table, and what is the same in each build of them."""
    digest = hashlib.sha256()
    for name in TABLES:
        path = draft / f"{name}.parquet"
        if path.is_file():
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _with_occupations(keys: Mapping[str, int], texts: Texts) -> tuple[dict[str, int], Texts]:
    """Return key and texts of every score row, and behind them those of what people want to work in or worked in."""
    named = occupation_rows()
    passages, titles = zip(*named.values(), strict=True)
    rows = {key: len(texts) + number for number, key in enumerate(named)}
    return {**keys, **rows}, Texts([*texts.passages, *passages], [*texts.titles, *titles])


def _about(tables: Mapping[str, pa.Table], encoder: Encoder, now: datetime) -> dict[str, Any]:
    return {
        "created_at": now.astimezone(UTC).isoformat(),
        "text_recipe": TEXT_RECIPE,
        "encoder": {"name": encoder.name, "recipe": encoder.recipe, "dimension": encoder.dimension},
        "counts": {name: table.num_rows for name, table in tables.items()},
    }
