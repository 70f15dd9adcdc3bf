"""Takes what the programme office asks; gives figures as JSON, and each as CSV with its id and recipe. Makes none.

Every figure speaks of the exported tables, never of the database.
"""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Response

from api.dependencies import Figures, Now, require
from api.pmo import questions
from api.pmo.bodies import ExportQuery, FigureAnswer
from api.pmo.figures import Figure, columns_of
from api.routes.auth import never_stored
from api.routes.responses import refusals

router = APIRouter(
    prefix="/v1/pmo",
    tags=["pmo"],
    dependencies=[require("pmo"), Depends(never_stored)],
    responses=refusals(401, 403, 404, 422, 429, 503),
)

Clock = Annotated[Literal["2m", "q2", "q4"], Query(description="When work is asked about")]
Base = Annotated[Literal["not_working", "all"], Query(description="Of whom: not working at entry, or all")]
By = Annotated[str, Query(max_length=120, description="Column to part people by; none for everybody")]
Group = Annotated[
    Literal["sex", "has_disability", "education", "province_code", "is_returned_migrant"] | None,
    Query(alias="by", description="What people are parted by"),
]
Period = Annotated[Literal["month", "quarter", "year"], Query(description="Of the day the slate was shown")]
Days = Annotated[int, Query(ge=1, le=3660, description="How far back slates count")]
Since = Annotated[date | None, Query(description="Day the holdout began; people before it are left out")]
Province = Annotated[str | None, Query(max_length=8, description="Of one province only")]
Most = Annotated[int, Query(ge=1, le=10_000, description="Rows at most, the widest gap first")]


@router.get("/outcomes")
def read_outcomes(figures: Figures, now: Now, by: By = "", clock: Clock = "2m") -> FigureAnswer:
    """Show who works after the course: rate, interval, response, bounds, the weighted estimate against 30 %."""
    return _answer(figures.figure(questions.outcomes(by, clock), now=now))


@router.get("/net-effect")
def read_net_effect(
    figures: Figures, now: Now, clock: Clock = "2m", base: Base = "not_working", since: Since = None
) -> FigureAnswer:
    """Show what the ranking adds to work, from the randomised holdout, or why that cannot be told."""
    return _answer(figures.figure(questions.net_effect(clock, base, since), now=now))


@router.get("/funnel")
def read_funnel(figures: Figures, now: Now, by: Group = None, period: Period = "month") -> FigureAnswer:
    """Show how many people came how far, from shown to retained, organic apart."""
    return _answer(figures.figure(questions.funnel(by, period), now=now))


@router.get("/fairness")
def read_fairness(figures: Figures, now: Now, days: Days = 365) -> FigureAnswer:
    """Show exposure, applications, hires and quality by group, with intervals, and who is starved."""
    return _answer(figures.figure(questions.fairness(days), now=now))


@router.get("/demand-gap")
def read_demand_gap(figures: Figures, now: Now, province: Province = None, most: Most = 1_000) -> FigureAnswer:
    """Show open places against certified people by occupation and district."""
    return _answer(figures.figure(questions.demand_gap(province, most), now=now))


@router.get("/course-value")
def read_course_value(figures: Figures, now: Now, clock: Clock = "2m") -> FigureAnswer:
    """Show what became of the takers of each course, few drawn towards provider and occupation, with intervals."""
    return _answer(figures.figure(questions.course_value(clock), now=now))


@router.get("/time-to-work")
def read_time_to_work(figures: Figures, now: Now) -> FigureAnswer:
    """Show how soon people who were not working found work, week by week with its band, and who kept it 90 days."""
    return _answer(figures.figure(questions.time_to_work(), now=now))


@router.get("/policies")
def read_policies(figures: Figures, now: Now) -> FigureAnswer:
    """Show which policies ran, when, on how many slates, and how much of it explored."""
    return _answer(figures.figure(questions.policies(), now=now))


@router.get("/drift")
def read_drift(figures: Figures, now: Now) -> FigureAnswer:
    """Show how far vacancies, people and courses have moved since the served artifact was built."""
    return _answer(figures.figure(questions.drift(), now=now))


@router.get("/export", response_class=Response, responses={200: {"content": {"text/csv": {}}}})
def export(figures: Figures, now: Now, wanted: Annotated[ExportQuery, Query()]) -> Response:
    """Give a figure as CSV: its rows, each with the figure's id, its day and its recipe."""
    asked = {
        "outcomes": lambda: questions.outcomes(wanted.by, wanted.clock),
        "funnel": lambda: questions.funnel(wanted.by or None, wanted.period),
        "fairness": lambda: questions.fairness(wanted.days),
        "demand-gap": lambda: questions.demand_gap(wanted.province, wanted.most),
        "policies": questions.policies,
        "drift": questions.drift,
        "time-to-work": questions.time_to_work,
        "course-value": lambda: questions.course_value(wanted.clock),
        "net-effect": lambda: questions.net_effect(wanted.clock, wanted.base, wanted.since),
    }[wanted.figure]()
    made = figures.figure(asked, now=now)
    name = f"padan-{made.asked.name}-{made.figure_id}.csv"
    return Response(
        _csv(made), media_type="text/csv", headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


def _answer(made: Figure) -> FigureAnswer:
    return FigureAnswer(
        name=made.asked.name, figure_id=made.figure_id, data_id=made.data_id, as_of=made.as_of,
        recipe=made.asked.recipe, sentences=made.sentences, about=made.about, rows=made.rows,
    )  # fmt: skip


def _csv(made: Figure) -> str:
    cited = {"figure_id": made.figure_id, "as_of": f"{made.as_of:%Y-%m-%d}", "recipe": made.asked.recipe}
    text = io.StringIO()
    writer = csv.DictWriter(text, [*columns_of(made.rows), *cited], lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(row | cited for row in made.rows)
    return text.getvalue()
