"""Takes impressions, entries and interactions as views; gives every row its fate: whose slate caused it, or why none.

The rule stands here as SQL over one connection, in steps that each leave a table behind. Nothing is rendered and
nothing is written to disk.

The rule. Viewed, saved and hidden, and an application that names its slate, belong to the slate they name. Whatever
others report later (interview, offer, hire, retention, rejection, silence, and an application that an officer notes
without a slate) follows the person's own trail on that vacancy: the deepest step taken before it within the window,
the latest of equals; having been shown the vacancy is the shallowest step. So a hire goes to the slate that led to
the application, whatever slate the report names. A trail that begins without a slate is organic.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from matcher.domain.errors import InvalidInput
from matcher.measure.corrections import correction_reasons

FUNNEL = ("viewed", "saved", "applied", "interviewed", "offered", "hired", "retained_90d")
"""The steps of the funnel, shallow to deep; the depth of a step is its place, from 1."""

NEGATIVES = ("hidden", "rejected", "no_reply")

_ACTS = ("viewed", "saved", "hidden")
_REPORTS = ("applied", "interviewed", "offered", "hired", "retained_90d", "rejected", "no_reply")
_DAY_US = 86_400_000_000


@dataclass(frozen=True, slots=True)
class AttributionRule:
    """How many days after a slate was shown an event may still be its doing.

    ``act_days`` holds for what people do themselves (viewed, saved, hidden, applied), ``answer_days`` for what
    employers answer (interviewed, offered, hired, rejected, no_reply), ``retention_days`` for retained_90d.
    """

    act_days: int = 30
    answer_days: int = 120
    retention_days: int = 240

    def __post_init__(self) -> None:
        if not 1 <= self.act_days <= self.answer_days <= self.retention_days:
            raise InvalidInput(
                f"windows of {self.act_days}, {self.answer_days} and {self.retention_days} days: give at least 1 day, "
                "and no later step a shorter window than an earlier one"
            )


def attribute(
    connection: duckdb.DuckDBPyConnection, *, now_us: int, rule: AttributionRule, known: Collection[str] = ()
) -> None:
    """Leave the tables ``slate``, ``entry``, ``event`` and ``fate`` in `connection`.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
        With the views ``impressions``, ``impression_entries`` and ``interactions``.
    now_us : int
        Microseconds since 1970 in UTC; what lies after it has not happened.
    rule : AttributionRule
        The windows.
    known : collection of str
        Which of the views ``alumni`` and ``vacancies`` are there to tell the known ids; without one, every id is known.

    Notes
    -----
    Every row of every table has one fate. ``slate`` and ``entry`` carry a ``reason`` where they are set aside. ``fate``
    holds for every event its ``fate`` (attributed, organic, set_aside), the ``reason`` of the last, and of the first
    the slate and ``how``: named (the slate that the event names), moved (another one), followed (none was named, a step
    of the person led there) or shown (no step either: the last slate that showed the vacancy). Raises nothing.
    """
    connection.execute(f"SET VARIABLE now_us = {now_us}")
    for statement in _definitions(rule):
        connection.execute(statement)
    for table, key in (("alumni", "alumnus_id"), ("vacancies", "vacancy_id")):
        rows = f"SELECT DISTINCT {key} AS id FROM {table}" if table in known else "SELECT '' AS id WHERE false"
        connection.execute(f"CREATE TABLE known_{table} AS {rows}")
        connection.execute(f"CREATE MACRO is_{table}_given() AS {table in known}")
    for statement in (_SLATE, _ENTRY, _EVENT, _COLLAPSED):
        connection.execute(statement)
    _add_chains(connection)
    for statement in (_LIVE, _NAMED, _STEP_SHOWN, _FATE, _STEP_ACTS):
        connection.execute(statement)
    for kind in _REPORTS:
        connection.execute(_FOLLOW.format(kind=kind))
        connection.execute(_STEP_REPORTS.format(kind=kind))


def _quoted(kinds: tuple[str, ...]) -> str:
    return ", ".join(f"'{kind}'" for kind in kinds)


def _definitions(rule: AttributionRule) -> tuple[str, str]:
    depths = " ".join(f"WHEN '{kind}' THEN {place}" for place, kind in enumerate(FUNNEL, start=1))
    windows = (
        f"WHEN kind IN ({_quoted(_ACTS)}, 'applied') THEN {rule.act_days * _DAY_US} "
        f"WHEN kind = 'retained_90d' THEN {rule.retention_days * _DAY_US} ELSE {rule.answer_days * _DAY_US}"
    )
    return (
        f"CREATE MACRO depth_of(kind) AS CASE kind {depths} END",
        f"CREATE MACRO window_us(kind) AS CASE {windows} END::BIGINT",
    )


def _add_chains(connection: duckdb.DuckDBPyConnection) -> None:
    """Leave the table ``chain``: the reason of each event that does not stand among those that correct one another."""
    linked = connection.sql(_LINKED).to_arrow_table()
    ids, corrects, persons, rows = (_whole(linked[name]) for name in ("id", "corrects", "person", "line"))
    reasons = pa.array(correction_reasons(ids, corrects, persons).tolist(), pa.string())
    connection.register("chain_reasons", pa.table({"line": rows, "reason": reasons}))
    connection.execute("CREATE TABLE chain AS SELECT * FROM chain_reasons WHERE reason IS NOT NULL")
    connection.unregister("chain_reasons")


def _whole(column: pa.ChunkedArray) -> pa.Array:
    return pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], column.type)


_SLATE = """
CREATE TABLE slate AS
SELECT i.*, epoch_us(i.shown_at) AS shown_us, CASE
    WHEN i.impression_id IS NULL OR i.shown_at IS NULL OR i.alumnus_id IS NULL THEN 'incomplete'
    WHEN row_number() OVER (PARTITION BY i.impression_id ORDER BY i.shown_at, i.alumnus_id, i.policy) > 1
        THEN 'duplicate_id'
    WHEN epoch_us(i.shown_at) > getvariable('now_us') THEN 'future'
    WHEN is_alumni_given() AND known.id IS NULL THEN 'unknown_alumnus' END AS reason
FROM impressions i LEFT JOIN known_alumni known ON known.id = i.alumnus_id
"""

_ENTRY = """
CREATE TABLE entry AS
WITH first_slate AS (
    SELECT impression_id, alumnus_id, shown_us, reason FROM slate
    WHERE reason IS NULL OR reason NOT IN ('incomplete', 'duplicate_id')
), placed AS (
    SELECT e.impression_id, e.vacancy_id, e.position, e.score, e.propensity, s.alumnus_id, s.shown_us, CASE
        WHEN e.impression_id IS NULL OR e.vacancy_id IS NULL OR e.position IS NULL THEN 'incomplete'
        WHEN s.impression_id IS NULL THEN 'unknown_impression'
        WHEN s.reason IS NOT NULL THEN s.reason
        WHEN is_vacancies_given() AND known.id IS NULL THEN 'unknown_vacancy' END AS reason
    FROM impression_entries e
    LEFT JOIN first_slate s ON s.impression_id = e.impression_id
    LEFT JOIN known_vacancies known ON known.id = e.vacancy_id
)
SELECT * REPLACE (CASE
    WHEN reason IS NULL AND row_number() OVER (PARTITION BY impression_id, vacancy_id ORDER BY position, propensity) > 1
    THEN 'duplicate_entry' ELSE reason END AS reason)
FROM placed
"""

_EVENT = """
CREATE TABLE event AS
SELECT row_number() OVER () AS line, interaction_id, impression_id, alumnus_id, vacancy_id, kind, i.at AS happened_at,
    epoch_us(i.at) AS at_us, source, corrects_id
FROM interactions i
"""

# A client that repeats a call under a fresh id states the same fact twice: the first id stands for both.
_COLLAPSED = """
CREATE TABLE collapsed AS
WITH distinct_id AS (
    SELECT *, CASE
        WHEN interaction_id IS NULL OR alumnus_id IS NULL OR vacancy_id IS NULL OR kind IS NULL OR happened_at IS NULL
            THEN 'incomplete'
        WHEN row_number() OVER (PARTITION BY interaction_id ORDER BY at_us, alumnus_id, vacancy_id, kind,
            impression_id, source, corrects_id) > 1 THEN 'duplicate_id' END AS reason
    FROM event
)
SELECT line, interaction_id, alumnus_id, at_us, corrects_id, reason,
    CASE WHEN reason IS NULL THEN min(interaction_id) OVER (PARTITION BY alumnus_id, vacancy_id, kind, at_us,
        impression_id, corrects_id, reason) END AS stands_for
FROM distinct_id
"""

_LINKED = """
WITH standing AS (SELECT * FROM collapsed WHERE interaction_id = stands_for AND reason IS NULL),
link AS (
    SELECT s.line, s.interaction_id AS id, s.at_us, s.alumnus_id AS person,
        coalesce(target.stands_for, s.corrects_id) AS corrects
    FROM standing s LEFT JOIN collapsed target ON target.interaction_id = s.corrects_id AND target.reason IS NULL
)
SELECT * FROM link
WHERE corrects IS NOT NULL OR id IN (SELECT corrects FROM link WHERE corrects IS NOT NULL)
ORDER BY at_us, id
"""

_LIVE = f"""
CREATE TABLE live AS
SELECT e.*, CASE
    WHEN c.reason IS NOT NULL THEN c.reason
    WHEN c.interaction_id <> c.stands_for THEN 'repeated_event'
    WHEN chain.reason IS NOT NULL THEN chain.reason
    WHEN e.kind NOT IN ({_quoted(FUNNEL + NEGATIVES)}) THEN 'unknown_kind'
    WHEN e.at_us > getvariable('now_us') THEN 'future'
    WHEN is_alumni_given() AND person.id IS NULL THEN 'unknown_alumnus'
    WHEN is_vacancies_given() AND vacancy.id IS NULL THEN 'unknown_vacancy' END AS reason
FROM event e
JOIN collapsed c USING (line)
LEFT JOIN chain USING (line)
LEFT JOIN known_alumni person ON person.id = e.alumnus_id
LEFT JOIN known_vacancies vacancy ON vacancy.id = e.vacancy_id
"""

# Of an event that names a slate: why that slate cannot have caused it, or null and when it was shown.
_NAMED = """
CREATE TABLE named AS
SELECT e.line, s.shown_us, CASE
    WHEN s.impression_id IS NULL THEN 'unknown_impression'
    WHEN s.alumnus_id <> e.alumnus_id THEN 'another_persons_impression'
    WHEN e.at_us < s.shown_us THEN 'before_exposure'
    WHEN x.impression_id IS NULL THEN 'not_on_slate'
    WHEN e.at_us - s.shown_us > window_us(e.kind) THEN 'outside_window' END AS reason
FROM live e
LEFT JOIN (SELECT * FROM slate WHERE reason IS NULL OR reason NOT IN ('incomplete', 'duplicate_id')) s
    ON s.impression_id = e.impression_id
LEFT JOIN (SELECT impression_id, vacancy_id FROM entry WHERE reason IS NULL) x
    ON x.impression_id = e.impression_id AND x.vacancy_id = e.vacancy_id
WHERE e.reason IS NULL AND e.impression_id IS NOT NULL
"""

# Steps a report may follow; an organic step has no slate.
_STEP_SHOWN = f"""
CREATE TABLE step AS
SELECT x.alumnus_id, x.vacancy_id, 0 AS depth, x.shown_us AS at_us, x.shown_us, x.impression_id
FROM entry x SEMI JOIN (SELECT * FROM live WHERE reason IS NULL AND kind IN ({_quoted(_REPORTS)})) e
    ON x.alumnus_id = e.alumnus_id AND x.vacancy_id = e.vacancy_id
WHERE x.reason IS NULL
"""

_FATE = f"""
CREATE TABLE fate AS
SELECT e.line, CASE
    WHEN e.reason IS NOT NULL OR n.reason IS NOT NULL THEN 'set_aside'
    WHEN e.impression_id IS NULL THEN 'organic' ELSE 'attributed' END AS fate,
    coalesce(e.reason, n.reason) AS reason,
    CASE WHEN e.reason IS NULL AND n.reason IS NULL THEN e.impression_id END AS impression_id,
    n.shown_us,
    CASE WHEN e.reason IS NULL AND n.reason IS NULL AND e.impression_id IS NOT NULL THEN 'named' END AS how
FROM live e LEFT JOIN named n USING (line)
WHERE e.reason IS NOT NULL OR e.kind IN ({_quoted(_ACTS)}) OR (e.kind = 'applied' AND e.impression_id IS NOT NULL)
"""

_STEP_ACTS = """
INSERT INTO step
SELECT e.alumnus_id, e.vacancy_id, depth_of(e.kind), e.at_us, f.shown_us, f.impression_id
FROM fate f JOIN live e USING (line)
WHERE f.fate <> 'set_aside' AND e.kind IN ('viewed', 'saved', 'applied')
"""

_FOLLOW = """
INSERT INTO fate
WITH report AS (
    SELECT e.*, n.reason AS name_reason FROM live e LEFT JOIN named n USING (line)
    WHERE e.reason IS NULL AND e.kind = '{kind}' AND NOT (e.kind = 'applied' AND e.impression_id IS NOT NULL)
), trail AS (
    SELECT NULL AS line, alumnus_id, vacancy_id, at_us,
        {{'depth': depth, 'at_us': at_us, 'shown_us': shown_us, 'impression_id': impression_id}} AS step
    FROM step SEMI JOIN report USING (alumnus_id, vacancy_id)
    UNION ALL
    SELECT line, alumnus_id, vacancy_id, at_us, NULL FROM report
), led AS (
    SELECT line, max(step) OVER (PARTITION BY alumnus_id, vacancy_id ORDER BY at_us
        RANGE BETWEEN window_us('{kind}') PRECEDING AND CURRENT ROW) AS step
    FROM trail
), judged AS (
    SELECT r.line, r.impression_id AS named_id, led.step, CASE
        WHEN r.name_reason = 'another_persons_impression' THEN r.name_reason
        WHEN led.step IS NULL THEN r.name_reason
        WHEN r.at_us - led.step.shown_us > window_us('{kind}') THEN 'outside_window' END AS reason
    FROM report r JOIN led USING (line)
)
SELECT line,
    CASE WHEN reason IS NOT NULL THEN 'set_aside' WHEN step.impression_id IS NULL THEN 'organic' ELSE 'attributed' END,
    reason,
    CASE WHEN reason IS NULL THEN step.impression_id END,
    CASE WHEN reason IS NULL THEN step.shown_us END,
    CASE WHEN reason IS NOT NULL OR step.impression_id IS NULL THEN NULL
        WHEN named_id = step.impression_id THEN 'named' WHEN named_id IS NOT NULL THEN 'moved'
        WHEN step.depth > 0 THEN 'followed' ELSE 'shown' END
FROM judged
"""

_STEP_REPORTS = """
INSERT INTO step
SELECT e.alumnus_id, e.vacancy_id, depth_of(e.kind), e.at_us, f.shown_us, f.impression_id
FROM fate f JOIN live e USING (line)
WHERE e.kind = '{kind}' AND f.fate <> 'set_aside' AND depth_of(e.kind) IS NOT NULL
    AND NOT (e.kind = 'applied' AND e.impression_id IS NOT NULL)
"""
