"""Takes what the programme office looks at in a browser; gives its pages. Asks the same figures as ``/v1/pmo``."""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse

from api.dependencies import Figures, Now, require
from api.pages.charts import TRACK, curve, percent, span, tiles, track_end
from api.pages.office import (
    CLOCKS,
    MEASURES,
    Attribute,
    Cohort,
    cited,
    compared,
    course_lines,
    curve_lines,
    demand_lines,
    funnel_steps,
    interval,
    outcome_lines,
    policy_lines,
)
from api.pages.texts import texts_in
from api.pmo import questions
from api.pmo.figures import Figure
from api.routes.pages.desk import Desk, PageDesk
from matcher.domain.errors import InvalidInput, MissingFile
from matcher.domain.regions import provinces
from matcher.measure.rates import GOAL

router = APIRouter(
    prefix="/pmo", include_in_schema=False, default_response_class=HTMLResponse, dependencies=[require("pmo")]
)

Clock = Annotated[Literal["2m", "q2", "q4"], Query(alias="saat")]
MOST_GAPS = 60


@router.get("")
def show_goal(desk: PageDesk, figures: Figures, now: Now, clock: Clock = "2m") -> HTMLResponse:
    """Show the share at work against the goal, with interval, response and bounds; the map; the net effect."""
    texts = texts_in(desk.language)
    try:
        total = figures.figure(questions.outcomes("", clock), now=now)
        by_province = figures.figure(questions.outcomes("province_code", clock), now=now)
    except MissingFile:
        return _nothing_yet(desk)
    row = total.rows[0]
    most = track_end([row])
    shown = {
        "row": row, "rate": percent(row["rate"], texts), "interval": interval(row, "rate_", texts),
        "weighted": percent(row["weighted"], texts), "weighted_interval": interval(row, "weighted_", texts),
        "bounds": interval(row, "bound_", texts), "response": percent(row["response_rate"], texts, digits=0),
        "span": span(row, most=most), "goal_at": GOAL / most * TRACK, "sentence": total.sentences[desk.language],
        "sources": total.about["sources"], "source_names": [(one, n) for one, n in total.about["sources"].items()],
    }  # fmt: skip
    places = outcome_lines(by_province.rows, "province_code", texts, {})
    return desk.page(
        "pmo_goal.html",
        _framed(desk)
        | {"clock": clock, "clocks": CLOCKS, "total": shown, "cited": cited(total, texts)}
        | {"tiles": tiles(by_province.rows, texts), "places": places, "places_cited": cited(by_province, texts)}
        | {"goal_at": _goal_at(by_province), "effect": _effect(desk, figures, now, clock)},
    )


@router.get("/hasil")
def show_outcomes(desk: PageDesk, figures: Figures, now: Now, by: Cohort = "wave", clock: Clock = "2m") -> HTMLResponse:
    """Show the share at work by wave, place, course and group."""
    texts = texts_in(desk.language)
    try:
        figure = figures.figure(questions.outcomes(by, clock), now=now)
        titles = _titles(figures, now, clock) if by == "course_id" else {}
    except MissingFile:
        return _nothing_yet(desk)
    lines = outcome_lines(figure.rows, by, texts, titles)
    told = {"by": by, "cohorts": get_args(Cohort), "clock": clock, "clocks": CLOCKS, "lines": lines}
    return desk.page(
        "pmo_outcomes.html", _framed(desk) | told | {"goal_at": _goal_at(figure), "cited": cited(figure, texts)}
    )


@router.get("/waktu")
def show_time_to_work(desk: PageDesk, figures: Figures, now: Now) -> HTMLResponse:
    """Show how soon people found work."""
    texts = texts_in(desk.language)
    try:
        figure = figures.figure(questions.time_to_work(), now=now)
    except MissingFile:
        return _nothing_yet(desk)
    told = {"curve": curve(figure.rows, texts), "lines": curve_lines(figure.rows, texts), "about": figure.about}
    kept = figure.about.get("retention")
    retention = kept and {"value": percent(kept["value"], texts), "interval": interval(kept, "", texts)}
    return desk.page("pmo_time.html", _framed(desk) | told | {"retention": retention, "cited": cited(figure, texts)})


@router.get("/corong")
def show_funnel(desk: PageDesk, figures: Figures, now: Now) -> HTMLResponse:
    """Show how many people came how far, in the last year of lists."""
    texts = texts_in(desk.language)
    try:
        figure = figures.figure(questions.funnel(period="year"), now=now)
    except MissingFile:
        return _nothing_yet(desk)
    begins_on = figure.rows[-1]["begins_on"] if figure.rows else ""
    told = {"steps": funnel_steps(figure.rows, texts), "begins_on": begins_on}
    return desk.page("pmo_funnel.html", _framed(desk) | told | {"cited": cited(figure, texts)})


@router.get("/keadilan")
def show_fairness(desk: PageDesk, figures: Figures, now: Now, by: Attribute = "sex") -> HTMLResponse:
    """Show how groups fare: who is shown what, who applies, who is hired, and where that differs beyond chance."""
    texts = texts_in(desk.language)
    try:
        figure = figures.figure(questions.fairness(), now=now)
    except MissingFile:
        return _nothing_yet(desk)
    tables = [(measure, compared(figure.rows, by, measure, texts)) for measure in MEASURES]
    starved = figure.about["starved"]
    share = starved and starved["rate"] and percent(starved["rate"]["value"], texts)
    told = {"by": by, "attributes": get_args(Attribute), "tables": [one for one in tables if one[1]]}
    return desk.page(
        "pmo_fairness.html", _framed(desk) | told | {"starved": starved, "share": share, "cited": cited(figure, texts)}
    )


@router.get("/kebutuhan")
def show_demand(desk: PageDesk, figures: Figures, now: Now, province: str = "") -> HTMLResponse:
    """Show where places and certified people do not meet."""
    texts = texts_in(desk.language)
    try:
        figure = figures.figure(questions.demand_gap(province or None, MOST_GAPS), now=now)
    except MissingFile:
        return _nothing_yet(desk)
    told = {"province": province, "provinces": [(code, one.name) for code, one in provinces().items()]}
    lines = demand_lines(figure.rows, texts)
    return desk.page("pmo_demand.html", _framed(desk) | told | {"lines": lines, "cited": cited(figure, texts)})


@router.get("/kursus")
def show_courses(desk: PageDesk, figures: Figures, now: Now, clock: Clock = "2m") -> HTMLResponse:
    """Show what became of the takers of each course."""
    texts = texts_in(desk.language)
    try:
        figure = figures.figure(questions.course_value(clock), now=now)
    except MissingFile:
        return _nothing_yet(desk)
    told = {"clock": clock, "clocks": CLOCKS, "lines": course_lines(figure.rows, texts)}
    return desk.page("pmo_courses.html", _framed(desk) | told | {"cited": cited(figure, texts)})


@router.get("/kebijakan")
def show_policies(desk: PageDesk, figures: Figures, now: Now) -> HTMLResponse:
    """Show which orders served, and when."""
    texts = texts_in(desk.language)
    try:
        figure = figures.figure(questions.policies(), now=now)
    except MissingFile:
        return _nothing_yet(desk)
    lines = policy_lines(figure.rows, texts)
    return desk.page("pmo_policies.html", _framed(desk) | {"lines": lines, "cited": cited(figure, texts)})


_WAYS = ("", "/hasil", "/waktu", "/corong", "/keadilan", "/kebutuhan", "/kursus", "/kebijakan")


def _framed(desk: Desk) -> dict[str, object]:
    texts = texts_in(desk.language)
    ways = [(f"/pmo{way}", texts(f"office_{way.strip('/') or 'goal'}")) for way in _WAYS]
    return {"ways": ways, "here": desk.request.url.path}


def _nothing_yet(desk: Desk) -> HTMLResponse:
    return desk.page("pmo_nothing.html", _framed(desk), status=503)


def _goal_at(figure: Figure) -> float:
    return GOAL / track_end(figure.rows) * TRACK


def _titles(figures: Figures, now: Now, clock: Clock) -> dict[str, str]:
    rows = figures.figure(questions.course_value(clock), now=now).rows
    return {row["course_id"]: row["title"] for row in rows if row["title"]}


def _effect(desk: Desk, figures: Figures, now: Now, clock: Clock) -> dict[str, object] | None:
    """Return the net effect in words; None where nobody is held out, so that none can be told."""
    try:
        figure = figures.figure(questions.net_effect(clock), now=now)
    except InvalidInput:
        return None
    return {"sentence": figure.sentences[desk.language], "cited": cited(figure, texts_in(desk.language))}
