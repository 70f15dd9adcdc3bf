"""Takes what the programme office asks; gives one figure: its rows, its sentence, its id and the recipe to repeat it.

Computes nothing itself: every figure is a room of `matcher.measure` over the exported tables. A figure is made once
for a state of the data and kept; small cells are withheld where it is made.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Literal

import numpy as np

from api.pmo.cohorts import Cohorts
from api.pmo.tables import FigureTables
from matcher.domain.errors import MissingFile
from matcher.domain.holdout import Holdout
from matcher.measure.attribution import AttributionRule
from matcher.measure.audit import audit
from matcher.measure.audit_words import audit_records
from matcher.measure.course_value import value_courses
from matcher.measure.course_value_words import course_value_record
from matcher.measure.demand_gap import demand_gap
from matcher.measure.disclosure_attack import LEAST_PEOPLE
from matcher.measure.drift import measure_drift
from matcher.measure.drift_words import drift_sentence
from matcher.measure.feedback import EVENT_TABLES, judge
from matcher.measure.funnel import FunnelRow, count_funnel
from matcher.measure.holdout_people import assigned, holdout_people
from matcher.measure.net_effect import estimate_net_effect
from matcher.measure.net_effect_words import net_effect_record
from matcher.measure.outcome_words import records, state_sentence
from matcher.measure.outcomes import OutcomeTable, publish_outcome_tables
from matcher.measure.policy_log import count_policies
from matcher.measure.published import held_register, published_together, read_register, write_register
from matcher.measure.time_to_work import Retention, follow_to_work

FigureName = Literal[
    "outcomes", "funnel", "fairness", "demand-gap", "policies", "net-effect", "course-value", "time-to-work", "drift"
]
Rows = list[dict[str, Any]]
_MOST_KEPT = 200


@dataclass(frozen=True, slots=True)
class Asked:
    """One question: the figure's name and what it was asked with, in a fixed order."""

    name: FigureName
    given: tuple[tuple[str, Any], ...] = ()

    def __getitem__(self, key: str) -> Any:
        return dict(self.given).get(key)

    @property
    def recipe(self) -> str:
        """The call that makes the same figure of the same tables."""
        stated = [f"{name}={_written(value)}" for name, value in self.given if value not in (None, (), "")]
        return f"GET /v1/pmo/{self.name}" + ("?" + "&".join(stated) if stated else "")


@dataclass(frozen=True, slots=True)
class Figure:
    """The answer: flat ``rows``, what stands beside them in ``about``, a sentence in each language where there is one.

    ``figure_id`` marks question and data; equal ids are equal figures.
    """

    asked: Asked
    figure_id: str
    data_id: str
    as_of: datetime
    rows: Rows
    about: dict[str, Any] = field(default_factory=dict)
    sentences: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Made:
    rows: Rows
    about: dict[str, Any] = field(default_factory=dict)
    sentences: dict[str, str] = field(default_factory=dict)


class Figures:
    """Makes figures and keeps the last ones; one is made at a time, so that a dashboard does not fill the machine."""

    def __init__(self, holdout: Holdout, registers: Path) -> None:
        cohorts = Cohorts()
        bound = {
            "net-effect": partial(_net_effect, holdout),
            "outcomes": partial(_outcomes, cohorts, registers),
            "course-value": partial(_course_value, cohorts, registers),
        }
        self._makers = {**_MAKERS, **bound}
        self._kept: OrderedDict[str, Figure] = OrderedDict()
        self._making = threading.Lock()

    def figure(self, asked: Asked, tables: FigureTables, *, now: datetime) -> Figure:
        """Return the figure asked for.

        Raises
        ------
        InvalidInput
            When the question cannot be answered as it is.
        MissingFile
            When the export lacks a table.
        """
        as_of = now.replace(hour=0, minute=0, second=0, microsecond=0)
        told = f"{asked.name} {asked.given} {tables.data_id} {as_of:%Y-%m-%d}"
        figure_id = hashlib.sha256(told.encode()).hexdigest()[:16]
        with self._making:
            if figure_id not in self._kept:
                made = self._makers[asked.name](asked, tables, as_of)
                self._kept[figure_id] = Figure(
                    asked, figure_id, tables.data_id, as_of, made.rows, made.about, made.sentences
                )
                if len(self._kept) > _MOST_KEPT:
                    self._kept.popitem(last=False)
            self._kept.move_to_end(figure_id)
            return self._kept[figure_id]


def _outcomes(cohorts: Cohorts, registers: Path, asked: Asked, tables: FigureTables, now: datetime) -> _Made:
    clock = asked["clock"]
    path, built = cohorts.cohort(tables, clock=clock, now=now)
    table = _published(registers, path, clock=clock, by=asked["by"])
    about = {
        "alumni": built.n_alumni, "completed": built.n_completed, "unripe": table.n_unripe, "sources": table.sources,
        "reports_read": built.reports.n_reports, "reports_used": built.reports.n_used,
        "reports_set_aside": dict(built.reports.set_aside), "contradicted": built.reports.n_contradicted,
    }  # fmt: skip
    languages = ("id", "en")
    sentences = {one: state_sentence(table.total, clock=clock, base=_BASE, language=one) for one in languages}
    rows = [row | {"totals_over": " ".join(row["totals_over"])} for row in records(table)]
    return _Made(rows, about, sentences)


_BASE = "not_working"
"""Whom the office's figures speak of. Beside those of all who completed they would give the few between them away."""


def _published(registers: Path, cohort: Path, *, clock: str, by: str | None) -> OutcomeTable:
    """Count a table, withheld with an eye on the tables that part its rows, and on all that was published of them."""
    tables = published_together(by)
    plan = {"clock": clock, "base": _BASE, "by": [list(one) for one in tables]}
    path = registers / f"{hashlib.sha256(json.dumps(plan).encode()).hexdigest()[:16]}.json"
    with held_register(path):
        before = read_register(path, plan)
        made, published = publish_outcome_tables(cohort, tables, clock=clock, base=_BASE, before=before)
        if not before or not before[-1].says_as(published):
            write_register(path, plan, [*before, published])
    return made[tables.index((by,) if by else ())]


def _funnel(asked: Asked, tables: FigureTables, now: datetime) -> _Made:
    feedback = judge(tables.take([*EVENT_TABLES, "alumni", "vacancies"]), now=now)
    sources = {"judgements": feedback.judgements, "organic": feedback.organic, **tables.take(["alumni"])}
    rule = AttributionRule()
    found = count_funnel(sources, now=now, by=asked["by"], period=asked["period"], rule=rule)
    return _Made([_funnel_row(row) for row in found], {"last_touch": True})


def _funnel_row(row: FunnelRow) -> dict[str, Any]:
    told: dict[str, Any] = {"begins_on": f"{row.begins_on:%Y-%m-%d}", "group": row.group}
    told["is_suppressed"] = row.steps is None
    for step in row.steps or ():
        told[f"n_{step.name}"] = step.n
        told[f"rate_{step.name}"] = step.rate and step.rate.value
        told[f"rate_{step.name}_low"] = step.rate and step.rate.low
        told[f"rate_{step.name}_high"] = step.rate and step.rate.high
    return told | {f"organic_{name}": n for name, n in (row.organic or {}).items()}


def _fairness(asked: Asked, tables: FigureTables, now: datetime) -> _Made:
    needed = tables.take([*EVENT_TABLES, "alumni", "vacancies"])
    beside = tables.take([name for name in ("certificates", "courses", "outcomes") if tables.has(name)])
    told = audit_records(audit({**needed, **beside}, since=now - timedelta(days=asked["days"]), now=now))
    rows = [
        {"attribute": table["attribute"], "group": row["group"], "n": row["n"], "is_suppressed": row["is_suppressed"],
         "measure": measure, **(row[measure] or {"value": None})}
        for table in (*told["people"], told["employers"])
        for row in table["groups"]
        for measure in (name for name in row if name not in {"group", "n", "is_suppressed"})
    ]  # fmt: skip
    return _Made(rows, {name: value for name, value in told.items() if name not in {"people", "employers"}})


def _demand_gap(asked: Asked, tables: FigureTables, now: datetime) -> _Made:
    found = demand_gap(**tables.read(["vacancies", "alumni", "certificates", "courses"]), now=now).to_pylist()
    province = asked["province"]
    rows = [_withheld(row) for row in found if province is None or row["province_code"] == province]
    return _Made(rows[: asked["most"]], {"rows_in_all": len(rows)})


def _withheld(row: dict[str, Any]) -> dict[str, Any]:
    """Leave out how few people there are, and the gap that would tell it; adverts are public."""
    if 0 < row["n_alumni"] < LEAST_PEOPLE:
        return row | {"n_alumni": None, "gap": None, "is_suppressed": True}
    return row | {"is_suppressed": False}


def _policies(_asked: Asked, tables: FigureTables, _now: datetime) -> _Made:
    return _Made(count_policies(tables.take(["impressions", "impression_entries"])))


def _drift(_asked: Asked, tables: FigureTables, now: datetime) -> _Made:
    """Hold the tables of now, as far as they are known here, against those that the artifact was built on."""
    if tables.artifact is None:
        raise MissingFile("artifact: none is served, so there is nothing to compare with; set PADAN_ARTIFACT")
    with tables.as_folder() as folder:
        drift = measure_drift(tables.artifact, folder, now=now)
    words = drift.words
    rows = [_few_left_out(asdict(one)) for one in drift.columns]
    rows.append({
        "table": "vacancies", "column": "title_words", "n_now": words.n_words, "unseen_share": words.unseen_share,
        "risen": ", ".join(words.examples) or None, "verdict": words.verdict,
    })  # fmt: skip
    about = {"built_at": f"{drift.built_at:%Y-%m-%d}", "artifact": tables.artifact.name, "verdict": drift.verdict}
    return _Made(rows, about, {one: drift_sentence(drift, one) for one in ("id", "en")})


def _few_left_out(row: dict[str, Any]) -> dict[str, Any]:
    """Leave out how few people there are; adverts and courses are public."""
    is_few = row["table"] == "alumni" and any(0 < row[name] < LEAST_PEOPLE for name in ("n_then", "n_now"))
    return row | ({"n_then": None, "n_now": None} if is_few else {}) | {"is_suppressed": is_few}


def _net_effect(holdout: Holdout, asked: Asked, tables: FigureTables, now: datetime) -> _Made:
    tables.take(["alumni", "outcomes"])
    with tables.as_folder() as folder:
        people = holdout_people(
            folder, assigned(folder, holdout), clock=asked["clock"], now=now, base=asked["base"], since=asked["since"]
        )
    effect = estimate_net_effect(people, clock=asked["clock"], base=asked["base"], rng=np.random.default_rng(_SEED))
    told = net_effect_record(effect)
    sentences = {language: told.pop(f"sentence_{language}") for language in ("id", "en")}
    rows = [
        {"arm": arm, **(told[arm] or {}), "response_rate": told[f"response_{arm}"]} for arm in ("treated", "held_out")
    ]
    return _Made(rows, told, sentences)


def _course_value(cohorts: Cohorts, registers: Path, asked: Asked, tables: FigureTables, now: datetime) -> _Made:
    courses, clock = tables.read(["courses"])["courses"], asked["clock"]
    path, _ = cohorts.cohort(tables, clock=clock, now=now)
    values = value_courses(path, courses, clock=clock, base=_BASE)
    counted = _published(registers, path, clock=clock, by="course_id")
    told = course_value_record(values)
    shown = {one.where.get("course_id") for one in counted.cohorts if one.figures}
    named = {row["course_id"]: row for row in courses.select(["course_id", "title", "provider"]).to_pylist()}
    rows = [
        (row if row["course_id"] in shown else _WITHHELD_COURSE | {"course_id": row["course_id"]})
        | named.get(row["course_id"], {"title": None, "provider": None})
        for row in told.pop("courses")
    ]
    return _Made(rows, told)


_WITHHELD_COURSE: dict[str, Any] = {
    **dict.fromkeys(("course_id", "n", "n_at_work", "value", "low", "high", "prior_mean")), "is_suppressed": True,
}  # fmt: skip


def _time_to_work(_asked: Asked, tables: FigureTables, now: datetime) -> _Made:
    taken = tables.take(["alumni", "outcomes"])
    curve, kept = follow_to_work(taken["alumni"], taken["outcomes"], now=now)
    about: dict[str, Any] = {"is_suppressed": curve.n_found < LEAST_PEOPLE}
    if about["is_suppressed"]:
        return _Made([], about)
    # A point a week: daily steps of a small group would show single people.
    at = [np.searchsorted(curve.day, day, side="right") - 1 for day in _CURVE_DAYS]
    rows = [
        {"day": day, "share": float(curve.share[i]), "low": float(curve.low[i]), "high": float(curve.high[i])}
        for day, i in zip(_CURVE_DAYS, at, strict=True)
        if i >= 0 and day <= curve.day[-1]
    ]
    counts = {"n_people": curve.n_people, "n_found": curve.n_found, "n_unheard": curve.n_unheard}
    return _Made(rows, about | counts | {"median_days": curve.median_days} | _retained(kept))


def _retained(kept: Retention) -> dict[str, Any]:
    if kept.rate is None or min(kept.n_kept, kept.n_left) < LEAST_PEOPLE:
        return {"retention": None}
    return {"retention": asdict(kept.rate)}


_CURVE_DAYS = range(0, 366, 7)

_SEED = 20_261_122
"""Of the draws behind the error of the Lee bounds, so that one table gives one figure."""

_MAKERS: Mapping[FigureName, Callable[[Asked, FigureTables, datetime], _Made]] = {
    "funnel": _funnel,
    "fairness": _fairness,
    "demand-gap": _demand_gap,
    "policies": _policies,
    "time-to-work": _time_to_work,
    "drift": _drift,
}


def columns_of(rows: Rows) -> list[str]:
    """Return the names of all columns of flat rows, in order of first sight. Raises nothing."""
    return list(dict.fromkeys(name for row in rows for name in row))


def _written(value: Any) -> str:
    return ",".join(map(str, value)) if isinstance(value, tuple) else str(value)
