"""Takes an artifact folder; gives its parts: the recommender, the pool of people, the tables. Computes none of them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from matcher.domain.errors import MissingFile, UnknownIdentifier
from matcher.domain.records import Alumnus, Vacancy
from matcher.engine.artifact_folder import verified_manifest
from matcher.engine.columns import VacancyColumns
from matcher.engine.course_scores import CourseViews
from matcher.engine.earlier_takers import load_earlier_takers
from matcher.engine.encode import Encoder, TfidfEncoder, load_encoder, require_encoder
from matcher.engine.features import RankingFacts
from matcher.engine.grounds import occupation_rows
from matcher.engine.index import VacancyIndex
from matcher.engine.next_course import CourseAdviser, CourseReach
from matcher.engine.occupation_evidence import Occupations, StoredOccupations
from matcher.engine.papers import positions
from matcher.engine.rank import LinearRanker
from matcher.engine.ready_encoder import ready
from matcher.engine.recommend import Recommender, ScoreRows
from matcher.engine.similarity import Similarity, Texts
from matcher.engine.talent_file import TALENT_FILE, load_pool
from matcher.engine.talent_pool import TalentPool
from matcher.engine.tree_ranker import RANKER_FILE, TreeRanker
from matcher.ingest.datasets import alumni_of, empty_table, read_table, vacancies_of


@dataclass(frozen=True)
class Artifact:
    """An opened artifact folder; its parts are read once, when first asked for."""

    folder: Path
    manifest: Mapping[str, Any]
    cache_folder: Path

    @property
    def artifact_id(self) -> str:
        """Short hash over every file: two folders with the same id answer alike."""
        return str(self.manifest["artifact_id"])

    @cached_property
    def vacancies(self) -> pa.Table:
        """The vacancy table, in home form and table order."""
        return read_table("vacancies", self.folder).combine_chunks()

    @cached_property
    def courses(self) -> pa.Table:
        """The course table, in home form."""
        return read_table("courses", self.folder)

    @property
    def has_alumni(self) -> bool:
        """Whether it was built with alumni; a service whose people are all in its database needs none."""
        return "alumni" in self.manifest["counts"]

    @cached_property
    def people(self) -> tuple[pa.Table, pa.Table, pa.Table]:
        """The tables of alumni, certificates and licences; an artifact built without alumni raises MissingFile."""
        counts = self.manifest["counts"]
        if not self.has_alumni:
            raise MissingFile(
                f"{self.folder}: built without alumni; put alumni among its tables and run padan build again"
            )
        alumni, certificates, licences = (
            read_table(name, self.folder) if name in counts else empty_table(name)
            for name in ("alumni", "certificates", "licences")
        )
        return alumni, certificates, licences

    @cached_property
    def talent_pool(self) -> TalentPool:
        """Everybody of this artifact who agreed to be found; those who came since stand in pools of their own."""
        return load_pool(self.folder / TALENT_FILE)

    def talent_pool_of(self, alumni: pa.Table, certificates: pa.Table, licences: pa.Table) -> TalentPool:
        """Return the pool of these people, to be searched together with ``talent_pool``.

        Raises
        ------
        InvalidInput
            When a schooling or a grade of evidence is outside its scale.
        """
        courses = {key: row for key, row in self._row_of.items() if row < self.n_course_rows}
        return TalentPool.of(alumni, certificates, licences, row_of=courses, key=self.talent_pool.key)

    @cached_property
    def encoder(self) -> Encoder:
        """The encoder this artifact was built with; another recipe raises ArtifactIncompatible."""
        built = self.manifest["encoder"]
        encoder = load_encoder(built["name"], cache_folder=self.cache_folder)
        if isinstance(encoder, TfidfEncoder):
            with np.load(self.folder / "tfidf.npz") as state:
                encoder.set_state(dict(state))
        require_encoder(encoder, recipe=built["recipe"], dimension=built["dimension"])
        return ready(encoder, [], cache_folder=self.cache_folder)

    @cached_property
    def similarity(self) -> Similarity:
        """What the stored scores were computed with: views of the vacancies, statistics and weights."""
        return Similarity.load(self.folder)

    @cached_property
    def recommender(self) -> Recommender:
        """The engine over this artifact."""
        columns = VacancyColumns.of(self.vacancies)
        index = VacancyIndex.build(columns)
        scores, told = np.load(self.folder / "scores.npy", mmap_mode="r"), self._occupations
        rows = ScoreRows(scores, self._row_of, self._score_titles, told.of_rows, self._occupations_of_titles)
        learned = self.folder / RANKER_FILE if RANKER_FILE in self.manifest["files"] else None
        ranker = TreeRanker.load(learned) if learned else LinearRanker()
        return Recommender(
            self.vacancies, columns, RankingFacts.of(self.vacancies, told.of_vacancies), index, rows, ranker,
            policy=f"{'learned' if learned else 'hand-set'}@{self.artifact_id}",
        )  # fmt: skip

    @cached_property
    def course_adviser(self) -> CourseAdviser:
        """What to learn next, over the courses of this artifact."""
        course_ids = self.courses["course_id"].to_pylist()
        reach = CourseReach.of(self.recommender.scores.values[: len(course_ids)])
        return CourseAdviser(course_ids, reach, self.recommender, load_earlier_takers(self.folder))

    def alumni(self, alumnus_ids: pa.Array | None = None) -> list[Alumnus]:
        """Return those of `alumnus_ids`, or all, in table order, with certificates and licences.

        Raises
        ------
        MissingFile
            When the artifact was built without alumni.
        """
        if alumnus_ids is None:
            return alumni_of(*self.people)
        whose = (table.filter(pa.array(positions(table["alumnus_id"], alumnus_ids) >= 0)) for table in self.people)
        return alumni_of(*whose)

    def alumnus(self, alumnus_id: str) -> Alumnus:
        """Return one alumnus.

        Raises
        ------
        UnknownIdentifier
            When the artifact holds no such alumnus.
        MissingFile
            When it was built without alumni.
        """
        found = self.alumni(pa.array([alumnus_id], pa.string()))
        if not found:
            raise UnknownIdentifier(
                f"alumnus '{alumnus_id}': not among the {self.people[0].num_rows} of {self.folder}; "
                "check the id or build with its table"
            )
        return found[0]

    def adverts(self, vacancy_ids: Sequence[str]) -> list[Vacancy]:
        """Return the vacancies with these ids, in this order.

        Raises
        ------
        UnknownIdentifier
            When the artifact holds no such vacancy.
        """
        rows = pa.array([self._table_row(vacancy_id) for vacancy_id in vacancy_ids], type=pa.int64())
        return vacancies_of(self.vacancies.take(rows))

    def stored_course_scores(self, vacancy_id: str) -> NDArray[np.float32]:
        """Return the stored score of one vacancy with every course: float32 (n_course_rows,).

        Raises
        ------
        UnknownIdentifier
            When the artifact holds no such vacancy.
        """
        engine = self.recommender
        place = int(np.flatnonzero(engine.index.layout == self._table_row(vacancy_id))[0])
        return np.array(engine.scores.values[: self.n_course_rows, place])

    def course_scores_of(self, vacancies: Texts) -> NDArray[np.float32]:
        """Return the score of vacancies that are not stored, or of words to search by, with every course.

        Returns
        -------
        ndarray of float32, shape (n_course_rows, n_vacancies)

        Raises
        ------
        ModelUnavailable
            When the encoder cannot run.
        """
        return self.row_scores_of(vacancies)[: self.n_course_rows]

    def row_scores_of(self, vacancies: Texts) -> NDArray[np.float32]:
        """Return the score of vacancies that are not stored with every score row.

        Returns
        -------
        ndarray of float32, shape (n_rows, n_vacancies)

        Raises
        ------
        ModelUnavailable
            When the encoder cannot run.
        """
        similarity = self.similarity
        return self._course_views.scores(vacancies, similarity.fusion, similarity.views.lexical, self.encoder)

    def occupations_of(self, vacancies: Texts) -> Occupations:
        """Return the occupations that vacancies which are not stored speak of, by their titles.

        Raises
        ------
        ModelUnavailable
            When the encoder cannot run.
        """
        return self._occupations.evidence.of_vacancies(self.encoder.encode(vacancies.titles, role="passage"))

    def title_of_row(self, score_row: int) -> str:
        """Return the title of a score row: of the course as printed, of one gained elsewhere normalised.

        Notes
        -----
        Raises StopIteration when there is no such row: a defect of the caller.
        """
        if score_row < self.courses.num_rows:
            return self.courses["title"][score_row].as_py()
        return next(key for key, row in self._row_of.items() if row == score_row)

    def _table_row(self, vacancy_id: str) -> int:
        if vacancy_id not in self._table_rows:
            raise UnknownIdentifier(f"vacancy '{vacancy_id}': not in the artifact {self.artifact_id}; check the id")
        return self._table_rows[vacancy_id]

    @cached_property
    def n_course_rows(self) -> int:
        """How many score rows are of courses and of certificates gained elsewhere; those of occupations follow."""
        return min(self._row_of[key] for key in occupation_rows())

    @cached_property
    def _course_views(self) -> CourseViews:
        return CourseViews.load(self.folder)

    @cached_property
    def _occupations(self) -> StoredOccupations:
        return StoredOccupations.load(self.folder)

    @cached_property
    def _row_of(self) -> Mapping[str, int]:
        return json.loads((self.folder / "rows.json").read_text(encoding="utf-8"))

    @cached_property
    def _table_rows(self) -> Mapping[str, int]:
        return {vacancy_id: row for row, vacancy_id in enumerate(self.vacancies["vacancy_id"].to_pylist())}

    def _score_titles(self, titles: Sequence[str]) -> NDArray[np.float32]:
        asked = Texts(list(titles), list(titles))
        return np.concatenate(list(self.similarity.blocks(asked, self.encoder)))[:, self.recommender.index.layout]

    def _occupations_of_titles(self, titles: Sequence[str]) -> Occupations:
        return self._occupations.evidence.of_courses(titles, self.encoder)


def load(folder: Path, *, cache_folder: Path) -> Artifact:
    """Return the artifact in `folder`, its checksums verified.

    Raises
    ------
    MissingFile
        When the folder or its manifest is not there.
    ArtifactIncompatible
        When its schema or text recipe is another than this code's.
    ArtifactDamaged
        When a file is missing, added or changed since it was written.
    """
    return Artifact(folder, verified_manifest(folder), cache_folder)
