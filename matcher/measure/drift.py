"""Takes vacancies, people and courses then and now; gives how far the market has moved, in figures and in a word.

Compares shares of provinces, occupations, schooling and pay, and the words of titles. Measures no ranking: that a
market moved does not say that answers got worse.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy import stats

from matcher.domain.errors import ArtifactDamaged, InvalidInput, MissingFile
from matcher.domain.text import normalise
from matcher.measure.event_tables import Source, open_tables, table_of

SHIFTING, MOVED = 0.10, 0.25
"""Population stability indices from which a column shifts, and has moved: the usual marks of scorecards."""

UNSEEN_SHIFTING, UNSEEN_MOVED = 0.05, 0.15
"""Shares of title words never seen from which titles shift, and have moved; ours, to be revised with experience."""

CHANCE = 0.999
"""Share of the time that chance alone stays below the bound beside each index."""

LEAST_ROWS = 30
"""Fewest rows on either side for a comparison."""

VERDICTS = ("steady", "shifting", "moved")

COLUMNS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "vacancies": ("province_code", "occupation", "education_min", "pay", "employment_type"),
        "alumni": ("province_code", "education"),
        "courses": ("category",),
    }
)
"""What is compared, by table; ``occupation`` is the first two digits of the code, ``pay`` a fifth of the pay then."""


@dataclass(frozen=True, slots=True)
class ColumnDrift:
    """One column then and now.

    ``psi`` is the population stability index, ``by_chance`` what it stays below if nothing moved, ``divergence``
    Jensen and Shannon's, 0 to 1. All are ``None`` where either side has fewer than ``LEAST_ROWS`` rows. ``risen`` and
    ``fallen`` name the value whose share rose and fell most.
    """

    table: str
    column: str
    n_then: int
    n_now: int
    psi: float | None = None
    by_chance: float | None = None
    divergence: float | None = None
    risen: str | None = None
    fallen: str | None = None
    verdict: str | None = None


@dataclass(frozen=True, slots=True)
class WordDrift:
    """Words of titles now: how many, what share was in no title then, and the most frequent of these."""

    n_words: int
    unseen_share: float | None
    examples: tuple[str, ...]
    verdict: str | None


@dataclass(frozen=True, slots=True)
class Drift:
    """Everything compared, the worst verdict of all, and how old what was built is."""

    built_at: datetime
    now: datetime
    columns: tuple[ColumnDrift, ...]
    words: WordDrift

    @property
    def verdict(self) -> str | None:
        """The worst of all verdicts; ``None`` where nothing could be compared."""
        given = [one for one in (*(column.verdict for column in self.columns), self.words.verdict) if one]
        return max(given, key=VERDICTS.index, default=None)


def measure_drift(artifact: Path, data: Path, *, now: datetime) -> Drift:
    """Return how far the tables in `data` have moved from those that the artifact was built on.

    Parameters
    ----------
    artifact : Path
        Folder with ``manifest.json`` and the tables it was built from.
    data : Path
        Folder with ``vacancies.parquet``; ``alumni`` and ``courses`` are compared where both folders have them.
    now : datetime
        Aware instant; vacancies count that are open then, in the artifact those open when it was built.

    Raises
    ------
    MissingFile
        When a folder lacks its vacancies or the manifest.
    ArtifactDamaged
        When the manifest cannot be read.
    InvalidInput
        When `now` is naive, a table is not in home form, or no vacancy of `data` is open.
    """
    if now.tzinfo is None:
        raise InvalidInput(f"now = {now}: has no time zone; pass an aware instant")
    built_at = _built_at(artifact)
    then, today = _values(artifact, "vacancies", built_at), _values(data, "vacancies", now)
    if not today.num_rows:
        raise InvalidInput(f"{data}: no vacancy is open on {now:%Y-%m-%d}; pass another --now or newer tables")
    columns = [*_compared("vacancies", then, today)]
    for name in ("alumni", "courses"):
        if all((folder / f"{name}.parquet").is_file() for folder in (artifact, data)):
            columns += _compared(name, _values(artifact, name, built_at), _values(data, name, now))
    words = compare_words(then["title"].to_pylist(), today["title"].to_pylist())
    return Drift(built_at, now, tuple(columns), words)


def _compared(table: str, then: pa.Table, now: pa.Table) -> Iterator[ColumnDrift]:
    for column in COLUMNS[table]:
        yield compare_shares(table, column, then[column].drop_null(), now[column].drop_null())


def compare_shares(table: str, column: str, then: pa.ChunkedArray, now: pa.ChunkedArray) -> ColumnDrift:
    """Return how far the shares of the values of a column have moved.

    Parameters
    ----------
    table, column : str
        For the record; ``pay`` holds numbers, any other column texts.
    then, now : pyarrow.ChunkedArray
        Values without nulls.

    Notes
    -----
    PSI = sum (q - p) log(q / p), with half a row added to every value so that an empty one does not make it infinite.
    If nothing moved it is about (1 / n + 1 / m) times chi-square with one degree of freedom fewer than values
    (Yurdakul and Naranjo 2020), whose ``CHANCE`` quantile is ``by_chance``; below it the verdict is steady, however
    large the index. Rows are taken as independent. Jensen-Shannon divergence in bits. Raises nothing.

    Examples
    --------
    60 and 40 of 100 then, 40 and 60 now: 2 * 0.2 * log(60.5 / 40.5) * 100 / 101, which is 0.159.
    """
    n_then, n_now = len(then), len(now)
    drift = ColumnDrift(table, column, n_then, n_now)
    if min(n_then, n_now) < LEAST_ROWS:
        return drift
    names, counts = _counts(*_binned(column, then, now))
    p, q = ((side + 0.5) / (side.sum() + len(names) / 2) for side in counts)
    psi = float(np.sum((q - p) * np.log(q / p)))
    by_chance = float(stats.chi2.ppf(CHANCE, max(len(names) - 1, 1))) * (1 / n_then + 1 / n_now)
    middle = (p + q) / 2
    divergence = float(np.sum(p * np.log2(p / middle) + q * np.log2(q / middle)) / 2)
    return ColumnDrift(
        table, column, n_then, n_now, psi, by_chance, divergence,
        risen=names[int(np.argmax(q - p))] if psi else None, fallen=names[int(np.argmin(q - p))] if psi else None,
        verdict=_verdict(psi, (SHIFTING, MOVED)) if psi > by_chance else "steady",
    )  # fmt: skip


def compare_words(then: list[str], now: list[str]) -> WordDrift:
    """Return which share of the words of titles now was in no title then.

    Notes
    -----
    Words as ``domain.text.normalise`` parts them, each occurrence counted, numbers left out. Raises nothing.
    """
    known = {word for title in then for word in _words(title)}
    counted = Counter(word for title in now for word in _words(title))
    n_words = counted.total()
    unseen = Counter({word: n for word, n in counted.items() if word not in known})
    if not n_words or min(len(then), len(now)) < LEAST_ROWS:
        return WordDrift(n_words, None, (), None)
    share = unseen.total() / n_words
    most = sorted(unseen, key=lambda word: (-unseen[word], word))[:5]
    return WordDrift(n_words, share, tuple(most), _verdict(share, (UNSEEN_SHIFTING, UNSEEN_MOVED)))


def _words(title: str) -> Iterator[str]:
    return (word for word in normalise(title).split() if not word.isdigit())


def _verdict(value: float, marks: tuple[float, float]) -> str:
    return VERDICTS[int(value >= marks[0]) + int(value >= marks[1])]


def _built_at(artifact: Path) -> datetime:
    path = artifact / "manifest.json"
    if not path.is_file():
        raise MissingFile(f"{path}: no such file; name the folder that padan build wrote")
    try:
        built_at = datetime.fromisoformat(json.loads(path.read_text(encoding="utf-8"))["created_at"])
    except (ValueError, KeyError, TypeError) as problem:
        raise ArtifactDamaged(
            f"{path}: holds no date of building; copy the artifact again or build it anew"
        ) from problem
    if built_at.tzinfo is None:
        raise ArtifactDamaged(f"{path}: its date has no time zone; build the artifact anew")
    return built_at


def _values(folder: Path, name: str, at: datetime) -> pa.Table:
    sources: dict[str, Source] = {name: folder / f"{name}.parquet"}
    with open_tables(sources) as connection:
        connection.execute(f"SET VARIABLE at_us = {round(at.timestamp() * 1_000_000)}")
        return table_of(connection, _VALUES[name])


def _binned(column: str, then: pa.ChunkedArray, now: pa.ChunkedArray) -> tuple[NDArray[np.str_], NDArray[np.str_]]:
    """Give both sides as texts, pay as the fifth of the pay then in which it lies."""
    sides = then.to_numpy(), now.to_numpy()
    if column != "pay":
        return sides[0].astype(str), sides[1].astype(str)
    edges = np.unique(np.quantile(sides[0].astype(np.float64), (0.2, 0.4, 0.6, 0.8)))
    names = np.array([f"{place + 1}" for place in range(len(edges) + 1)])
    first, second = (names[np.searchsorted(edges, side.astype(np.float64), side="left")] for side in sides)
    return first, second


def _counts(then: NDArray[np.str_], now: NDArray[np.str_]) -> tuple[list[str], tuple[NDArray, NDArray]]:
    names, index = np.unique(np.concatenate([then, now]), return_inverse=True)
    sides = index[: len(then)], index[len(then) :]
    return [str(name) for name in names], tuple(np.bincount(side, minlength=len(names)) for side in sides)  # type: ignore[return-value]


_VALUES = {
    "vacancies": """
SELECT title, province_code, occupation_code[:2] AS occupation, education_min, employment_type,
    coalesce(salary_min_idr_month, salary_max_idr_month) AS pay
FROM vacancies WHERE coalesce(epoch_us(posted_at) <= getvariable('at_us'), true)
    AND coalesce(epoch_us(expires_at) >= getvariable('at_us'), true)
    AND coalesce(epoch_us(filled_at) > getvariable('at_us'), true)
""",
    "alumni": "SELECT province_code, education FROM alumni",
    "courses": "SELECT category FROM courses",
}
