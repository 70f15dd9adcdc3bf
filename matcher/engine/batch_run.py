"""Takes an artifact, a folder of tables and a folder to write to; gives everybody's slates as Parquet, part by part.

A part is there whole or not at all, and knows no other; what was done stays done when the run is killed.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import threading
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from multiprocessing import get_context, parent_process
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from matcher.domain.errors import InvalidInput
from matcher.engine.artifacts import Artifact
from matcher.engine.batch import BatchEngine
from matcher.engine.batch_people import Demands, HeldCourses, PeopleTables
from matcher.engine.course_lists import CourseLists, areas_of
from matcher.engine.occupation_evidence import Occupations
from matcher.ingest.datasets import whole_or_nothing

PEOPLE_PER_PART = 250_000
_ROWS_AT_ONCE = 64


@dataclass(frozen=True, slots=True)
class BatchPlan:
    """What a run is: two runs of the same plan write the same rows.

    ``depth`` of the best by stored score are ranked, ``n_shown`` of them written; ``now`` ISO 8601 with zone; ``data``
    the checksum of each table of people.
    """

    artifact_id: str
    policy: str
    now: str
    depth: int
    n_shown: int
    people_per_part: int
    data: dict[str, str]

    @classmethod
    def of(
        cls, artifact: Artifact, data: Path, *, now: datetime, depth: int, n_shown: int,
        people_per_part: int = PEOPLE_PER_PART,
    ) -> BatchPlan:  # fmt: skip
        """Return the plan of slates for the people of the folder `data`.

        Raises
        ------
        InvalidInput
            When `now` has no zone or a number is out of range.
        """
        if now.tzinfo is None or not 1 <= n_shown <= depth or people_per_part < 1:
            raise InvalidInput(
                f"now {now.isoformat()}, {n_shown} of {depth} ranked, parts of {people_per_part}: give an instant with "
                "its zone, a slate of at least 1 that is no longer than what is ranked, and parts of at least 1"
            )
        names = ("alumni", "certificates", "licences")
        paths = {name: data / f"{name}.parquet" for name in names}
        checksums = {name: _checksum(path) for name, path in paths.items() if path.is_file()}
        policy = artifact.recommender.policy
        return cls(artifact.artifact_id, policy, now.isoformat(), depth, n_shown, people_per_part, checksums)


@dataclass(frozen=True, slots=True)
class BatchRun:
    """One run in its folder: ``run.json`` says what it is, ``PROVINCE-NUMBER.parquet`` are the slates of each part.

    ``.work`` holds what the parts are made of and a receipt of each that is done; ``manifest.json`` takes its place
    when all are.
    """

    artifact: Artifact
    plan: BatchPlan
    folder: Path

    @classmethod
    def begun(cls, artifact: Artifact, plan: BatchPlan, folder: Path) -> BatchRun:
        """Return the run of `plan` in `folder`, begun there or taken up again.

        Raises
        ------
        InvalidInput
            When the folder holds another run or anything else.
        OSError
            When the folder cannot be written.
        """
        folder.mkdir(parents=True, exist_ok=True)
        stated = folder / "run.json"
        if not stated.is_file():
            if any(path for path in folder.iterdir() if not path.name.startswith(".run.json-")):
                raise InvalidInput(f"{folder}: holds files that are no batch run; choose an empty or a new folder")
            with whole_or_nothing(stated) as draft:
                draft.write_text(json.dumps(asdict(plan), indent=1) + "\n", encoding="utf-8")
        held = json.loads(stated.read_text(encoding="utf-8"))
        differing = [name for name, value in asdict(plan).items() if held.get(name) != value]
        if differing:
            raise InvalidInput(
                f"{folder}: holds a run with another {', '.join(differing)}; choose another folder or remove this one"
            )
        for draft in folder.glob(".*.parquet-*"):
            draft.unlink()
        return cls(artifact, plan, folder)

    @property
    def is_done(self) -> bool:
        """Whether every part is there and the manifest says so."""
        return (self.folder / "manifest.json").is_file()

    def prepared(self, people: Path) -> dict[str, int]:
        """Return how many people each part has, the lists of courses and the parts made first where they are not.

        Raises
        ------
        MissingFile, InvalidInput
            When the tables in the folder `people` are missing or not in home form.
        ModelUnavailable
            When a certificate has a title that is not stored and the encoder cannot run.
        """
        ready = self._work / "prepared.json"
        if not ready.is_file():
            shutil.rmtree(self._work, ignore_errors=True)
            for name in ("people", "lists", "receipts"):
                (self._work / name).mkdir(parents=True)
            sizes = self._prepare(people)
            with whole_or_nothing(ready) as draft:
                draft.write_text(json.dumps(sizes), encoding="utf-8")
        return json.loads(ready.read_text(encoding="utf-8"))

    def todo(self, sizes: dict[str, int]) -> list[str]:
        """Return the parts that are not there yet, the largest first, so that no process waits long at the end.

        Notes
        -----
        Raises nothing. A part is there when its file has the checksum of its receipt.
        """
        return [name for name in sorted(sizes, key=lambda name: (-sizes[name], name)) if not self._is_there(name)]

    def work(self, names: list[str], *, processes: int) -> Iterator[str]:
        """Write these parts and yield each when it is there.

        Raises
        ------
        InvalidInput
            When a process was ended from outside, for example for want of memory.
        """
        if processes == 1:
            engine = self.engine()
            for name in names:
                self.write(name, engine)
                yield name
            return
        pool = ProcessPoolExecutor(
            processes, get_context("spawn"), initializer=_open, initargs=(self.without_parts(),)
        )  # fmt: skip
        try:
            for done in as_completed([pool.submit(_write, name) for name in names]):
                yield done.result()
        except BrokenProcessPool as problem:
            raise InvalidInput(
                f"{self.folder}: a process was ended from outside, perhaps for want of memory; what is done is kept, "
                "run the same command again with fewer processes"
            ) from problem
        finally:
            pool.shutdown(cancel_futures=True)

    def write(self, name: str, engine: BatchEngine) -> None:
        """Write one part and its receipt.

        Raises
        ------
        OSError
            When the folder cannot be written.
        """
        with pa.memory_map(str(self._work / "people" / f"{name}.arrow")) as source:
            people = pa.ipc.open_file(source).read_all()
        slates = engine.slates(people).replace_schema_metadata({"policy": self.plan.policy, "now": self.plan.now})
        with whole_or_nothing(self._file(name)) as draft:
            pq.write_table(slates, draft, compression="zstd", dictionary_pagesize_limit=1 << 26)
        receipt = {"people": people.num_rows, "slates": _n_slates(slates), "rows": slates.num_rows}
        with whole_or_nothing(self._receipt(name)) as draft:
            draft.write_text(json.dumps(receipt | {"sha256": _checksum(self._file(name))}), encoding="utf-8")

    def finish(self, sizes: dict[str, int]) -> dict[str, Any]:
        """Write the manifest over all parts and return it; what was only needed on the way is removed.

        Raises
        ------
        InvalidInput
            When a part is missing.
        """
        missing = self.todo(sizes)
        if missing:
            raise InvalidInput(f"{self.folder}: {len(missing)} parts are missing; run the same command again")
        parts = {name: json.loads(self._receipt(name).read_text(encoding="utf-8")) for name in sorted(sizes)}
        totals = {key: sum(part[key] for part in parts.values()) for key in ("people", "slates", "rows")}
        declined = json.loads((self._work / "courses.json").read_text(encoding="utf-8"))["n_declined"]
        manifest = asdict(self.plan) | {"explores": False, **totals, "declined": declined, "parts": parts}
        with whole_or_nothing(self.folder / "manifest.json") as draft:
            draft.write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")
        shutil.rmtree(self._work)
        return manifest

    def engine(self) -> BatchEngine:
        """Return what computes the parts of this prepared run.

        Raises
        ------
        OSError
            When the run is not prepared, or a file of it or of its artifact cannot be read.
        """
        whole = self.artifact.recommender
        courses = json.loads((self._work / "courses.json").read_text(encoding="utf-8"))
        targets = tuple(frozenset(words) for words in courses["targets"])
        with np.load(self._work / "spoken.npz") as spoken:
            occupations = Occupations(spoken["groups"], spoken["chances"])
        held = HeldCourses(np.array(courses["rows"], dtype=np.int32), targets)
        return BatchEngine(
            lists=CourseLists.load(self._work / "lists"),
            layout=whole.index.layout,
            columns=whole.columns,
            facts=whole.facts,
            vacancy_ids=whole.vacancies["vacancy_id"].combine_chunks(),
            courses=held,
            demands=Demands.of(whole.columns),
            scores=_Stored(whole.scores.values, np.load(self._work / "extra.npy")),
            occupations=occupations,
            now=datetime.fromisoformat(self.plan.now),
            n_shown=self.plan.n_shown,
            ranker=whole.ranker,
        )

    def has_receipt(self, name: str) -> bool:
        """Return whether this part was written, now or before. Raises nothing."""
        return self._receipt(name).is_file()

    def without_parts(self) -> BatchRun:
        """Return this run, to be sent to another process: of its artifact nothing is read, its folders are absolute.

        Raises nothing.
        """
        mine = self.artifact
        bare = Artifact(mine.folder.resolve(), mine.manifest, mine.cache_folder.resolve())
        return replace(self, artifact=bare, folder=self.folder.resolve())

    @property
    def _work(self) -> Path:
        return self.folder / ".work"

    def _file(self, name: str) -> Path:
        return self.folder / f"{name}.parquet"

    def _receipt(self, name: str) -> Path:
        return self._work / "receipts" / f"{name}.json"

    def _is_there(self, name: str) -> bool:
        receipt, file = self._receipt(name), self._file(name)
        if not receipt.is_file() or not file.is_file():
            return False
        return json.loads(receipt.read_text(encoding="utf-8"))["sha256"] == _checksum(file)

    def _prepare(self, people: Path) -> dict[str, int]:
        engine, now = self.artifact.recommender, datetime.fromisoformat(self.plan.now)
        scores = engine.scores
        sizes, unseen = self._lay_out(people)
        pa.default_memory_pool().release_unused()  # the tables of everybody are gone; the lists need their place
        extra = scores.score_titles(unseen) if unseen else np.zeros((0, len(engine.columns)), dtype=np.float32)
        np.save(self._work / "extra.npy", extra)
        spoken = scores.occupations.followed_by(scores.read_titles(unseen)) if unseen else scores.occupations
        np.savez(self._work / "spoken.npz", groups=spoken.groups, chances=spoken.chances)
        areas = areas_of(engine.columns, engine.index.layout, now=now)
        CourseLists.fit(_blocks(scores.values, extra), areas, k=self.plan.depth).save(self._work / "lists")
        return sizes

    def _lay_out(self, people: Path) -> tuple[dict[str, int], list[str]]:
        """Write the people of each part and what their certificates are of; return its sizes and the titles unseen."""
        engine, now = self.artifact.recommender, datetime.fromisoformat(self.plan.now)
        tables, demands = PeopleTables.read(people), Demands.of(engine.columns)
        encoded = tables.encoded(engine.scores.row_of, len(engine.scores.values), demands, now=now)
        sizes = {}
        for name, part in encoded.parts(self.plan.people_per_part):
            with (
                pa.OSFile(str(self._work / "people" / f"{name}.arrow"), "wb") as sink,
                pa.ipc.new_file(sink, part.schema) as writer,
            ):
                writer.write_table(part)
            sizes[name] = part.num_rows
        targets = [sorted(words) for words in encoded.courses.targets]
        courses = {"rows": encoded.courses.rows.tolist(), "targets": targets, "n_declined": tables.n_declined}
        (self._work / "courses.json").write_text(json.dumps(courses, ensure_ascii=False), encoding="utf-8")
        return sizes, list(encoded.courses.unseen)


@dataclass(frozen=True, slots=True)
class _Stored:
    """The stored scores, and behind their rows those of titles that had none."""

    values: NDArray[np.float32]
    extra: NDArray[np.float32]

    def __call__(self, rows: NDArray[np.int64], places: NDArray[np.int32]) -> NDArray[np.float32]:
        found = np.empty((len(rows), len(places)), dtype=np.float32)
        is_stored = rows < len(self.values)
        found[is_stored] = self.values[np.ix_(rows[is_stored], places)]
        found[~is_stored] = self.extra[np.ix_(rows[~is_stored] - len(self.values), places)]
        return found


def _blocks(*parts: NDArray[np.float32]) -> Iterator[NDArray[np.float32]]:
    for scores in parts:
        for start in range(0, len(scores), _ROWS_AT_ONCE):
            yield _read(scores, start, min(_ROWS_AT_ONCE, len(scores) - start))


def _read(scores: NDArray[np.float32], start: int, n: int) -> NDArray[np.float32]:
    """Return n rows; those of a mapped file are read, since pages that were mapped stay with the process."""
    if not isinstance(scores, np.memmap) or scores.filename is None:
        return scores[start : start + n]
    at = scores.offset + start * scores.strides[0]
    return np.fromfile(scores.filename, scores.dtype, n * scores.shape[1], offset=at).reshape(n, -1)


def _n_slates(slates: pa.Table) -> int:
    return int((np.asarray(slates["position"]) == 1).sum())


def _checksum(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


_opened: dict[str, tuple[BatchRun, BatchEngine]] = {}  # of a worker process: opened once, used for every part it gets


def _open(run: BatchRun) -> None:
    threading.Thread(target=_end_with_parent, daemon=True).start()
    pa.set_cpu_count(1)
    _opened["run"] = (run, run.engine())


def _end_with_parent() -> None:
    """End this process when the one that started it is gone: a kill leaves nobody behind."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _write(name: str) -> str:
    run, engine = _opened["run"]
    run.write(name, engine)
    return name
