"""Takes impressions, their entries and interactions; gives judgements: what each vacancy shown to a person led to.

One row for every vacancy of every slate, with how deep it went in the funnel, when, and whether its time is up. Every
row that says nothing about a slate is kept apart with the reason. No event is changed, and nothing is learned here.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb
import pyarrow as pa

from matcher.domain.errors import InvalidInput
from matcher.measure.attribution import FUNNEL, NEGATIVES, AttributionRule, attribute
from matcher.measure.event_tables import Limits, Source, count, open_tables, table_of, write_answer

EVENT_TABLES = ("impressions", "impression_entries", "interactions")
"""The tables that are judged; ``alumni`` and ``vacancies`` beside them, where given, tell the known ids."""

WAYS = ("named", "moved", "followed", "shown")
"""How an event found its slate; see :func:`matcher.measure.attribution.attribute`."""

_KNOWN = ("alumni", "vacancies")
_STEPS = ("act", "answer", "retention")


@dataclass(frozen=True, slots=True)
class SetAside:
    """How many rows of `table` say nothing about a slate for one `reason`."""

    table: str
    reason: str
    n: int


@dataclass(frozen=True, slots=True)
class FeedbackReport:
    """The account of every row read: what was judged, what is organic, what was set aside and why.

    ``attributed`` counts the events by the way they found their slate (``WAYS``). Interactions are attributed, organic
    or set aside; entries are judgements or set aside; neither sum leaves a row over. ``n_unripe`` counts the judgements
    whose answer window is still open; ``n_without_propensity`` those that no off-policy estimate can use.
    """

    n_impressions: int
    n_entries: int
    n_interactions: int
    n_judgements: int
    n_organic: int
    n_unripe: int
    n_without_propensity: int
    attributed: Mapping[str, int]
    set_aside: tuple[SetAside, ...]

    def n_set_aside(self, table: str) -> int:
        """Return how many rows of `table` were set aside, for whatever reason."""
        return sum(part.n for part in self.set_aside if part.table == table)


@dataclass(frozen=True, slots=True)
class Feedback:
    """Judgements, the organic interactions and the rows set aside, with their account.

    ``judgements`` has one row for each vacancy of each slate, in the order of time: ``impression_id, vacancy_id,
    alumnus_id, shown_at, channel, policy, position, score, propensity``; ``depth``, the deepest step of the funnel from
    0 (shown) to 7 (retained_90d); ``<step>_at`` for the steps of the funnel and for hidden, rejected and no_reply, each
    the first time, null where it is not known to have happened; ``days_to_applied`` and ``days_to_hired`` since it was
    shown; ``observed_days``, how long it has been watched; ``is_ripe_for_act``, ``is_ripe_for_answer`` and
    ``is_ripe_for_retention``, whether the window of such a step is over. Before that, a missing step is no failure.
    """

    judgements: pa.Table
    organic: pa.Table
    set_aside: pa.Table
    report: FeedbackReport


def judge(tables: Mapping[str, Source], *, now: datetime, rule: AttributionRule | None = None) -> Feedback:
    """Return what the slates of `tables` led to, held in memory.

    Parameters
    ----------
    tables : mapping of str to (pyarrow.Table or Path)
        ``EVENT_TABLES`` in home form; also ``alumni`` and ``vacancies`` where ids are to be checked.
    now : datetime
        Aware instant. What lies after it is set aside, and windows that end after it are open.
    rule : AttributionRule, optional
        The windows.

    Raises
    ------
    InvalidInput
        When `now` is naive, one of ``EVENT_TABLES`` is missing, or a table lacks a column. No content of a row raises.
    MissingFile
        When a file is not there.
    """
    _check(tables, now)
    with open_tables(tables) as connection:
        _prepare(connection, now, rule or AttributionRule(), tables)
        return Feedback(
            judgements=table_of(connection, f"{_JUDGEMENTS} {_IN_ORDER}"),
            organic=table_of(connection, f"{_ORGANIC} ORDER BY i.happened_at, i.interaction_id"),
            set_aside=table_of(connection, f"{_SET_ASIDE} ORDER BY ALL"),
            report=_report(connection),
        )


def write_judgements(
    events: Path, to: Path, *, now: datetime, rule: AttributionRule | None = None, limits: Limits | None = None
) -> FeedbackReport:
    """Write what the slates of the folder `events` led to into the folder `to`, and return the account.

    The files ``judgements.parquet``, ``organic.parquet`` and ``set_aside.parquet`` hold the tables of
    :class:`Feedback`. Memory stays within `limits`; the rest is worked on in a scratch file in `to`.

    Parameters
    ----------
    events, to : Path
        Folder of ``EVENT_TABLES`` as Parquet in home form; ``alumni`` and ``vacancies`` are read where they stand
        there. `to` is made if it is missing.
    now, rule
        As for :func:`judge`.
    limits : Limits, optional
        Memory and threads.

    Raises
    ------
    InvalidInput
        When `now` is naive or a file is not in home form.
    MissingFile
        When one of ``EVENT_TABLES`` is not there.
    OSError
        When `to` cannot be written.
    """
    tables: dict[str, Source] = {name: events / f"{name}.parquet" for name in EVENT_TABLES}
    tables |= {name: path for name in _KNOWN if (path := events / f"{name}.parquet").is_file()}
    _check(tables, now)
    to.mkdir(parents=True, exist_ok=True)
    with open_tables(tables, scratch=to, limits=limits) as connection:
        _prepare(connection, now, rule or AttributionRule(), tables)
        write_answer(connection, f"{_JUDGEMENTS} {_IN_ORDER}", to / "judgements.parquet")
        write_answer(connection, _ORGANIC, to / "organic.parquet")
        write_answer(connection, _SET_ASIDE, to / "set_aside.parquet")
        return _report(connection)


def _check(tables: Mapping[str, Source], now: datetime) -> None:
    missing = [name for name in EVENT_TABLES if name not in tables]
    if missing:
        raise InvalidInput(f"tables: {', '.join(missing)} missing; pass {', '.join(EVENT_TABLES)}")
    if now.tzinfo is None:
        raise InvalidInput(f"now = {now}: has no time zone; pass an aware instant")


def _prepare(
    connection: duckdb.DuckDBPyConnection, now: datetime, rule: AttributionRule, tables: Collection[str]
) -> None:
    attribute(connection, now_us=round(now.timestamp() * 1_000_000), rule=rule, known=tables)
    for step, days in zip(_STEPS, (rule.act_days, rule.answer_days, rule.retention_days), strict=True):
        connection.execute(f"SET VARIABLE {step}_days = {days}")
    connection.execute(_REACHED)


def _report(connection: duckdb.DuckDBPyConnection) -> FeedbackReport:
    ways = dict(connection.execute("SELECT how, count(*) FROM fate WHERE how IS NOT NULL GROUP BY how").fetchall())
    reasons = connection.execute(
        f'SELECT "table", reason, count(*) FROM ({_SET_ASIDE}) GROUP BY ALL ORDER BY ALL'
    ).fetchall()
    return FeedbackReport(
        n_impressions=count(connection, "SELECT count(*) FROM slate"),
        n_entries=count(connection, "SELECT count(*) FROM entry"),
        n_interactions=count(connection, "SELECT count(*) FROM event"),
        n_judgements=count(connection, "SELECT count(*) FROM entry WHERE reason IS NULL"),
        n_organic=count(connection, "SELECT count(*) FROM fate WHERE fate = 'organic'"),
        n_unripe=count(connection, f"SELECT count(*) FROM entry x WHERE reason IS NULL AND NOT ({_is_ripe('answer')})"),
        n_without_propensity=count(
            connection, "SELECT count(*) FROM entry WHERE reason IS NULL AND propensity IS NULL"
        ),
        attributed={way: ways.get(way, 0) for way in WAYS},
        set_aside=tuple(SetAside(*row) for row in reasons),
    )


def _is_ripe(step: str) -> str:
    return f"{_OBSERVED_DAYS} >= getvariable('{step}_days')"


_OBSERVED_DAYS = "(getvariable('now_us') - x.shown_us) / 86400e6"

_FIRST_TIMES = ",\n    ".join(
    f"min(e.happened_at) FILTER (e.kind = '{kind}') AS {kind}_at" for kind in FUNNEL + NEGATIVES
)

_REACHED = f"""
CREATE TABLE reached AS
SELECT f.impression_id, e.vacancy_id, max(depth_of(e.kind)) AS depth,
    {_FIRST_TIMES}
FROM fate f JOIN live e USING (line)
WHERE f.fate = 'attributed'
GROUP BY f.impression_id, e.vacancy_id
"""

_JUDGEMENTS = f"""
SELECT x.impression_id, x.vacancy_id, x.alumnus_id, s.shown_at, s.channel, s.policy, x.position, x.score, x.propensity,
    coalesce(r.depth, 0)::TINYINT AS depth, {", ".join(f"r.{kind}_at" for kind in FUNNEL + NEGATIVES)},
    (epoch_us(r.applied_at) - x.shown_us) / 86400e6 AS days_to_applied,
    (epoch_us(r.hired_at) - x.shown_us) / 86400e6 AS days_to_hired,
    {_OBSERVED_DAYS} AS observed_days,
    {", ".join(f"{_is_ripe(step)} AS is_ripe_for_{step}" for step in _STEPS)}
FROM entry x
JOIN slate s ON s.impression_id = x.impression_id AND s.reason IS NULL
LEFT JOIN reached r ON r.impression_id = x.impression_id AND r.vacancy_id = x.vacancy_id
WHERE x.reason IS NULL
"""

_IN_ORDER = "ORDER BY s.shown_at, x.impression_id, x.position, x.vacancy_id"

_ORGANIC = """
SELECT i.interaction_id, i.impression_id, i.alumnus_id, i.vacancy_id, i.kind, i.happened_at AS at, i.source,
    i.corrects_id
FROM live i JOIN fate f USING (line) WHERE f.fate = 'organic'
"""

_SET_ASIDE = """
SELECT 'impressions' AS "table", reason, impression_id, NULL AS interaction_id, alumnus_id, NULL AS vacancy_id,
    NULL AS kind, shown_at AS at
FROM slate WHERE reason IS NOT NULL
UNION ALL
SELECT 'impression_entries', reason, impression_id, NULL, alumnus_id, vacancy_id, NULL, NULL
FROM entry WHERE reason IS NOT NULL
UNION ALL
SELECT 'interactions', f.reason, e.impression_id, e.interaction_id, e.alumnus_id, e.vacancy_id, e.kind, e.happened_at
FROM fate f JOIN live e USING (line) WHERE f.fate = 'set_aside'
"""
