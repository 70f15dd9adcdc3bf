"""Takes an artifact and the vacancies posted, edited or closed since it was built; gives an engine that knows of them.

Rebuilds nothing and writes nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from matcher.domain.errors import InvalidInput
from matcher.domain.records import Vacancy
from matcher.domain.seniority import seniority
from matcher.engine.artifacts import Artifact
from matcher.engine.columns import VacancyColumns
from matcher.engine.features import RankingFacts
from matcher.engine.recommend import Recommender
from matcher.engine.similarity import Similarity, Texts, Views
from matcher.engine.texts import texts_of
from matcher.ingest.datasets import SCHEMAS, vacancies_of


@dataclass(frozen=True, slots=True)
class Arrivals:
    """An artifact with what changed since; read-only, so a reader sees all of a change or nothing of it.

    ``recommender`` answers over everything that is open. ``rows`` holds the row in its vacancy table of every vacancy
    that came later, the last version of each; ``batches`` what was computed of them, in table order behind the rows of
    the artifact. What closed keeps its row and is open to nobody.
    """

    artifact: Artifact
    recommender: Recommender
    stored_rows: Mapping[str, int]
    rows: Mapping[str, int]
    batches: tuple[_Batch, ...]

    @classmethod
    def of(cls, artifact: Artifact) -> Arrivals:
        """Return the artifact as it was built, with nothing posted and nothing closed.

        Raises
        ------
        OSError
            When a file of the artifact cannot be read.
        ArtifactIncompatible, ModelUnavailable
            When the encoder of the artifact cannot run.

        Notes
        -----
        Reads all that a change needs, the encoder too, so that the first vacancy posted need not wait for it.
        """
        artifact.course_scores_of(Texts([""], [""]))
        ids = artifact.vacancies["vacancy_id"].to_pylist()
        return cls(artifact, artifact.recommender, {key: row for row, key in enumerate(ids)}, {}, ())

    def changed(self, *, posted: Sequence[Vacancy] = (), closed: Sequence[str] = ()) -> Arrivals:
        """Return the arrivals after a batch of changes; these stay as they are.

        Parameters
        ----------
        posted : sequence of Vacancy
            As they stand now, new or edited or open again; an earlier version is open to nobody from here on.
        closed : sequence of str
            Ids of the filled and the withdrawn. An id that is not here is passed over: it may have come and gone
            between two looks. Expiry needs no change; `now` decides it.

        Raises
        ------
        InvalidInput
            When an id comes twice in the batch, or a level of schooling is outside the ladder; nothing is changed then.
        ModelUnavailable
            When the encoder cannot run.

        Notes
        -----
        Scores are what a build with the statistics of this artifact would store: same encoder, same weights, same
        counts of words.
        """
        _check(posted, closed)
        ids = [vacancy.vacancy_id for vacancy in posted]
        earlier = [row for row in map(self._row, [*ids, *closed]) if row is not None]
        engine = replace(self.recommender, columns=self.recommender.columns.closed(earlier))
        if not posted:
            return replace(self, recommender=engine)
        vacancies = pa.Table.from_pylist([asdict(vacancy) for vacancy in posted], schema=SCHEMAS["vacancies"])
        batches, n = self.batches, len(engine.columns)
        for start in range(0, len(posted), _MOST_AT_ONCE):
            batches = _joined([*batches, _Batch.of(vacancies.slice(start, _MOST_AT_ONCE), self.artifact)])
        return replace(
            self,
            recommender=replace(
                engine,
                vacancies=_whole([self.artifact.vacancies, *(one.vacancies for one in batches)]),
                columns=engine.columns.followed_by(VacancyColumns.of(vacancies)),
                facts=engine.facts.followed_by(
                    RankingFacts.of(vacancies, self.artifact.occupations_of(texts_of(vacancies)))
                ),
                index=engine.index.followed_by(len(ids)),
                scores=replace(
                    engine.scores,
                    later=tuple(one.scores for one in batches),
                    score_titles=_TitleScorer(self.artifact, batches),
                ),
            ),
            rows={**self.rows, **{key: n + place for place, key in enumerate(ids)}},
            batches=batches,
        )

    def open_among(self, vacancy_ids: Collection[str], *, now: datetime) -> set[str]:
        """Return those of `vacancy_ids` that are open at the aware instant `now`; a stranger is not. Raises nothing."""
        rows = {one: row for one in vacancy_ids if (row := self._row(one)) is not None}
        is_open = self.recommender.columns.open_at(now, list(rows.values()))
        return {one for one, flag in zip(rows, is_open.tolist(), strict=True) if flag}

    def without(self, vacancy_ids: Collection[str]) -> Recommender:
        """Return the engine as if `vacancy_ids` were closed; a stranger is passed over. Raises nothing."""
        rows = [row for row in map(self._row, vacancy_ids) if row is not None]
        engine = self.recommender
        return replace(engine, columns=engine.columns.closed(rows)) if rows else engine

    def adverts(self, vacancy_ids: Sequence[str]) -> list[Vacancy]:
        """Return the vacancies with these ids as they were last posted, closed ones too, in this order.

        Raises
        ------
        UnknownIdentifier
            When neither the artifact nor an arrival has such an id.
        """
        late = [vacancy_id for vacancy_id in vacancy_ids if vacancy_id in self.rows]
        if not late:
            return self.artifact.adverts(vacancy_ids)
        stored = self.artifact.adverts([vacancy_id for vacancy_id in vacancy_ids if vacancy_id not in self.rows])
        later = pa.concat_tables([batch.vacancies for batch in self.batches])
        places = pa.array([self.rows[vacancy_id] - len(self.stored_rows) for vacancy_id in late], pa.int64())
        found = {vacancy.vacancy_id: vacancy for vacancy in (*stored, *vacancies_of(later.take(places)))}
        return [found[vacancy_id] for vacancy_id in vacancy_ids]

    def course_scores(self, vacancy_id: str) -> NDArray[np.float32]:
        """Return the score of one vacancy, stored or later, with every course: float32 (n_course_rows,).

        Raises
        ------
        UnknownIdentifier
            As ``adverts``.
        """
        if vacancy_id not in self.rows:
            return self.artifact.stored_course_scores(vacancy_id)
        place = self.rows[vacancy_id] - len(self.stored_rows)
        ends = np.cumsum([len(batch) for batch in self.batches])
        number = int(np.searchsorted(ends, place, side="right"))
        return self.batches[number].scores[: self.artifact.n_course_rows, place - ends[number]]

    def _row(self, vacancy_id: str) -> int | None:
        return self.rows.get(vacancy_id, self.stored_rows.get(vacancy_id))


_MOST_AT_ONCE = 256


@dataclass(frozen=True, slots=True)
class _Batch:
    """n vacancies that came later, in home form, their views, and ``scores`` float32 (n_rows, n) with every course."""

    vacancies: pa.Table
    views: Views
    scores: NDArray[np.float32]

    @classmethod
    def of(cls, vacancies: pa.Table, artifact: Artifact) -> _Batch:
        texts = texts_of(vacancies)
        return cls(vacancies, _views(texts, artifact), artifact.row_scores_of(texts))

    def __len__(self) -> int:
        return self.vacancies.num_rows

    def followed_by(self, later: _Batch) -> _Batch:
        ours, theirs = self.views, later.views
        return _Batch(
            pa.concat_tables([self.vacancies, later.vacancies]).combine_chunks(),
            Views(
                np.concatenate([ours.passages, theirs.passages]),
                np.concatenate([ours.titles, theirs.titles]),
                ours.lexical.followed_by(theirs.lexical),
                np.concatenate([ours.seniorities, theirs.seniorities]),
            ),
            np.hstack([self.scores, later.scores]),
        )


@dataclass(frozen=True, slots=True)
class _TitleScorer:
    """Scores titles that have no row with every vacancy, stored and later."""

    artifact: Artifact
    batches: tuple[_Batch, ...]

    def __call__(self, titles: Sequence[str]) -> NDArray[np.float32]:
        asked, fusion = Texts(list(titles), list(titles)), self.artifact.similarity.fusion
        later = [
            np.concatenate(list(Similarity(batch.views, fusion).blocks(asked, self.artifact.encoder)))
            for batch in self.batches
        ]
        return np.hstack([self.artifact.recommender.scores.score_titles(titles), *later])


def _views(vacancies: Texts, artifact: Artifact) -> Views:
    return Views(
        passages=artifact.encoder.encode(vacancies.passages, role="passage"),
        titles=artifact.encoder.encode(vacancies.titles, role="passage"),
        lexical=artifact.similarity.views.lexical.weigh_later(vacancies.passages),
        seniorities=np.array([seniority(title) for title in vacancies.titles], dtype=np.int8),
    )


def _whole(tables: Sequence[pa.Table]) -> pa.Table:
    """Return one table, each column in one piece but the descriptions, which are most of the bytes and seldom read.

    Taking rows copies a column of several pieces whole.
    """
    table = pa.concat_tables(tables)
    columns = [
        column if name == "description" else column.combine_chunks()
        for name, column in zip(table.column_names, table.columns, strict=True)
    ]
    return pa.table(columns, schema=table.schema)


def _joined(batches: Sequence[_Batch]) -> tuple[_Batch, ...]:
    """Return the batches, the last ones joined until each is at least twice the next.

    So a request reads few arrays, and no vacancy is copied more often than the logarithm of how many came.
    """
    *earlier, last = batches
    while earlier and len(earlier[-1]) < 2 * len(last):
        last = earlier.pop().followed_by(last)
    return (*earlier, last)


def _check(posted: Sequence[Vacancy], closed: Sequence[str]) -> None:
    counts = Counter([*(vacancy.vacancy_id for vacancy in posted), *set(closed)])
    for vacancy_id, count in counts.items():
        if count > 1:
            raise InvalidInput(
                f"vacancy '{vacancy_id}': {count} times in one batch of changes; give the last state of each only"
            )
