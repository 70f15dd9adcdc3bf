"""Takes statements as they run; gives the plan that PostgreSQL chose for each, with its time, rows and pages.

The server tells them itself (`auto_explain`, to the client), so that a plan is that of the very statement the service
ran: its parameters, its cursor, and the general plan once the driver has prepared it.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median
from typing import Any

from psycopg.errors import Diagnostic
from sqlalchemy import Engine, event

_TOLD = (
    "LOAD 'auto_explain'",
    "SET auto_explain.log_min_duration = 0",
    "SET auto_explain.log_analyze = on",
    "SET auto_explain.log_buffers = on",
    "SET auto_explain.log_timing = off",
    "SET auto_explain.log_triggers = on",
    "SET auto_explain.log_format = json",
    "SET auto_explain.log_level = notice",
)
_JSON = re.compile(r"plan:\s*(\{.*\})", re.DOTALL)
_VERBS = re.compile(r"^\s*(?:DECLARE .*? CURSOR.*? FOR\s+)?(\w+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Plan:
    """What one statement did: ``shape`` are its nodes, ``n_passed_over`` rows it read in vain, ``pages`` of 8 kB."""

    statement: str
    shape: str
    n_rows: int
    n_passed_over: int
    ms: float
    pages: int


@dataclass(frozen=True, slots=True)
class Summary:
    """The runs of one statement that took one shape."""

    statement: str
    shape: str
    n_runs: int
    n_rows: float
    median_ms: float
    most_ms: float
    pages: float


def listen(engine: Engine) -> list[Plan]:
    """Return a list that grows by the plan of every statement that `engine` runs from now on."""
    plans: list[Plan] = []

    def connected(connection: Any, _record: object) -> None:
        for statement in _TOLD:
            connection.execute(statement)
        connection.commit()
        connection.add_notice_handler(lambda said: plans.extend(_plans(said)))

    event.listen(engine, "connect", connected)
    return plans


def summed(plans: list[Plan]) -> list[Summary]:
    """Return one summary a statement and shape, in the order in which they first ran."""
    alike: defaultdict[tuple[str, str], list[Plan]] = defaultdict(list)
    for plan in plans:
        alike[plan.statement, plan.shape].append(plan)
    return [_summary(*key, runs) for key, runs in alike.items()]


def _summary(statement: str, shape: str, runs: list[Plan]) -> Summary:
    ms = [run.ms for run in runs]
    rows, pages = median(run.n_rows for run in runs), median(run.pages for run in runs)
    return Summary(statement, shape, len(runs), rows, median(ms), max(ms), pages)


def _plans(said: Diagnostic) -> Iterator[Plan]:
    found = _JSON.search(said.message_primary or "")
    if found is None:
        return
    told = json.loads(found[1])
    root = told["Plan"]
    spent = float(re.findall(r"duration: ([\d.]+) ms", said.message_primary or "")[0])
    pages = root.get("Shared Hit Blocks", 0) + root.get("Shared Read Blocks", 0)
    text = " ".join(told["Query Text"].split())
    yield Plan(_named(text), _shape(root), _n_rows(root), _n_passed_over(root), spent, pages)


def _named(text: str) -> str:
    """Return the verb of a statement and the table it is about."""
    verb = _VERBS.match(text)
    table = re.search(r"(?:FROM|INTO|UPDATE)\s+(?:ONLY\s+)?\"?(\w+)", text)
    return f"{verb[1].lower() if verb else '?'} {table[1] if table else ''}".strip()


def _shape(node: dict[str, Any]) -> str:
    """Return the nodes of a plan that read or join, the outermost first."""
    return " > ".join(_nodes(node)) or node["Node Type"]


def _nodes(node: dict[str, Any]) -> Iterator[str]:
    kind, beside = node["Node Type"], node.get("Index Name") or node.get("Relation Name")
    if beside or "Join" in kind or kind in {"Nested Loop", "Sort", "Aggregate", "Hash"}:
        yield f"{kind} {beside}" if beside else kind
    for below in node.get("Plans", ()):
        yield from _nodes(below)


def _n_rows(node: dict[str, Any]) -> int:
    """Return the rows a plan gave; of one that writes, the rows it was given."""
    below = node.get("Plans", [])
    return _n_rows(below[0]) if node["Node Type"] == "ModifyTable" and below else node.get("Actual Rows", 0)


def _n_passed_over(node: dict[str, Any]) -> int:
    here = node.get("Rows Removed by Filter", 0) * node.get("Actual Loops", 1)
    return here + sum(_n_passed_over(below) for below in node.get("Plans", ()))
