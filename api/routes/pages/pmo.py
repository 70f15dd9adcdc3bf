"""Takes what the programme office looks at in a browser; gives its pages. Asks the same figures as ``/v1/pmo``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Literal, get_args

from fastapi import APIRouter, Depends, Query
from fastapi.responses import HTMLResponse

from api.dependencies import Figures, Now, require
from api.pages.charts import TRACK, RateLine, curve, percent, span, tiles, track_end
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
    drift_lines,
    exposure_lines,
    funnel_steps,
    interval,
    outcome_lines,
    policy_lines,
)
from api.pages.texts import Texts, texts_in
from api.pmo import questions
from api.pmo.figures import Asked, Figure
from api.routes.pages.desk import Desk, PageDesk
from matcher.domain.errors import InvalidInput, MissingFile
from matcher.domain.regions import provinces
from matcher.measure.rates import GOAL

router = APIRouter(
    prefix="/pmo", include_in_schema=False, default_response_class=HTMLResponse, dependencies=[require("pmo")]
)

Clock = Annotated[Literal["2m", "q2", "q4"], Query(alias="saat")]
MOST_GAPS = 60
MOST_COURSES = 100
_WAYS = ("", "/hasil", "/waktu", "/corong", "/keadilan", "/kebutuhan", "/kursus", "/kebijakan", "/perubahan")


@dataclass(frozen=True, slots=True)
class Office:
    """Draws the office's pages of one request from figures."""

    desk: Desk
    figures: Figures
    now: Now

    @property
    def texts(self) -> Texts:
        """The words of the page."""
        return texts_in(self.desk.language)

    def page(self, template: str, shown: Callable[..., dict[str, Any]], *asked: Asked) -> HTMLResponse:
        """Return a page of what `shown` makes of the figures asked for; it cites the first of them.

        Where a figure lacks its tables, the page says who prepares them.

        Raises
        ------
        InvalidInput
            When a question cannot be answered as it is.
        """
        framed = {
            "ways": [(f"/pmo{way}", self.texts(f"office_{way.strip('/') or 'goal'}")) for way in _WAYS],
            "here": self.desk.request.url.path,
        }
        try:
            made = [self.figure(one) for one in asked]
        except MissingFile:
            return self.desk.page("pmo_nothing.html", framed, status=503)
        return self.desk.page(template, framed | {"cited": cited(made[0], self.texts)} | shown(*made))

    def figure(self, asked: Asked) -> Figure:
        """Return one figure; raises as `FigureDesk.figure`."""
        return self.figures.figure(asked, now=self.now)


def _office(desk: PageDesk, figures: Figures, now: Now) -> Office:
    return Office(desk, figures, now)


OpenOffice = Annotated[Office, Depends(_office)]


@router.get("")
def show_goal(office: OpenOffice, clock: Clock = "2m") -> HTMLResponse:
    """Show the share at work against the goal, with interval, response and bounds; the map; the net effect."""
    texts = office.texts

    def shown(total: Figure, by_province: Figure) -> dict[str, Any]:
        places = outcome_lines(by_province.rows, "province_code", texts, {})
        return {
            "clock": clock, "clocks": CLOCKS, "total": _total(total, office), "effect": _effect(office, clock),
            "tiles": tiles(by_province.rows, texts), "places": places, "places_cited": cited(by_province, texts),
            "goal_at": _goal_at(by_province),
        }  # fmt: skip

    return office.page(
        "pmo_goal.html", shown, questions.outcomes("", clock), questions.outcomes("province_code", clock)
    )


@router.get("/hasil")
def show_outcomes(office: OpenOffice, by: Cohort = "wave", clock: Clock = "2m") -> HTMLResponse:
    """Show the share at work by wave, place, course and group."""

    def shown(figure: Figure, *courses: Figure) -> dict[str, Any]:
        titles = {row["course_id"]: row["title"] for one in courses for row in one.rows if row["title"]}
        lines = outcome_lines(figure.rows, by, office.texts, titles)
        told = {"by": by, "cohorts": get_args(Cohort), "clock": clock, "clocks": CLOCKS, "goal_at": _goal_at(figure)}
        return told | (_first(lines) if by == "course_id" else {"lines": lines, "n_more": 0})

    named = [questions.course_value(clock)] if by == "course_id" else []
    return office.page("pmo_outcomes.html", shown, questions.outcomes(by, clock), *named)


@router.get("/waktu")
def show_time_to_work(office: OpenOffice) -> HTMLResponse:
    """Show how soon people found work."""
    texts = office.texts

    def shown(figure: Figure) -> dict[str, Any]:
        kept = figure.about.get("retention")
        retention = kept and {"value": percent(kept["value"], texts), "interval": interval(kept, "", texts)}
        told = {"curve": curve(figure.rows, texts), "lines": curve_lines(figure.rows, texts), "about": figure.about}
        return told | {"retention": retention}

    return office.page("pmo_time.html", shown, questions.time_to_work())


@router.get("/corong")
def show_funnel(office: OpenOffice) -> HTMLResponse:
    """Show how many people came how far, in the last year of lists."""

    def shown(figure: Figure) -> dict[str, Any]:
        begins_on = figure.rows[-1]["begins_on"] if figure.rows else ""
        return {"steps": funnel_steps(figure.rows, office.texts), "begins_on": begins_on}

    return office.page("pmo_funnel.html", shown, questions.funnel(period="year"))


@router.get("/keadilan")
def show_fairness(office: OpenOffice, by: Attribute = "sex") -> HTMLResponse:
    """Show how groups fare: who is shown what, who applies, who is hired, and where that differs beyond chance."""
    texts = office.texts

    def shown(figure: Figure) -> dict[str, Any]:
        tables = [(measure, compared(figure.rows, by, measure, texts)) for measure in MEASURES]
        starved = figure.about["starved"]
        share = starved and starved["rate"] and percent(starved["rate"]["value"], texts)
        told = {"by": by, "attributes": get_args(Attribute), "starved": starved, "share": share}
        return told | {"tables": [one for one in tables if one[1]]}

    return office.page("pmo_fairness.html", shown, questions.fairness())


@router.get("/kebutuhan")
def show_demand(office: OpenOffice, province: str = "") -> HTMLResponse:
    """Show where places and certified people do not meet."""

    def shown(figure: Figure) -> dict[str, Any]:
        choices = [(code, one.name) for code, one in provinces().items()]
        return {"province": province, "provinces": choices, "lines": demand_lines(figure.rows, office.texts)}

    return office.page("pmo_demand.html", shown, questions.demand_gap(province or None, MOST_GAPS))


@router.get("/kursus")
def show_courses(office: OpenOffice, clock: Clock = "2m") -> HTMLResponse:
    """Show what became of the takers of each course."""

    def shown(figure: Figure) -> dict[str, Any]:
        return {"clock": clock, "clocks": CLOCKS} | _first(course_lines(figure.rows, office.texts))

    return office.page("pmo_courses.html", shown, questions.course_value(clock))


@router.get("/kebijakan")
def show_policies(office: OpenOffice) -> HTMLResponse:
    """Show which orders served, and when."""
    return office.page(
        "pmo_policies.html", lambda figure: {"lines": policy_lines(figure.rows, office.texts)}, questions.policies()
    )


@router.get("/perubahan")
def show_changes(office: OpenOffice) -> HTMLResponse:
    """Show what changed since the order was built, and in what people were shown quarter by quarter."""
    texts = office.texts

    def shown(funnel: Figure) -> dict[str, Any]:
        return {"exposure": exposure_lines(funnel.rows, texts), "drift": _drift(office)}

    return office.page("pmo_drift.html", shown, questions.funnel(period="quarter"))


def _drift(office: Office) -> dict[str, Any]:
    """Return the drift in words and lines, or the key of the words that say what it lacks."""
    try:
        figure = office.figure(questions.drift())
    except MissingFile:
        return {"lacks": "drift_lacks_artifact"}
    except InvalidInput:
        return {"lacks": "drift_lacks_open"}
    sentence, lines = figure.sentences[office.desk.language], drift_lines(figure.rows, office.texts)
    return {"lacks": "", "sentence": sentence, "lines": lines, "cited": cited(figure, office.texts)}


def _total(total: Figure, office: Office) -> dict[str, Any]:
    """Return the figure of all people in words."""
    row, texts = total.rows[0], office.texts
    most = track_end([row])
    return {
        "row": row, "rate": percent(row["rate"], texts), "interval": interval(row, "rate_", texts),
        "weighted": percent(row["weighted"], texts), "weighted_interval": interval(row, "weighted_", texts),
        "bounds": interval(row, "bound_", texts), "response": percent(row["response_rate"], texts, digits=0),
        "span": span(row, most=most), "goal_at": GOAL / most * TRACK, "sentence": total.sentences[office.desk.language],
        "source_names": list(total.about["sources"].items()),
    }  # fmt: skip


def _first(lines: list[RateLine]) -> dict[str, Any]:
    """Return the courses that a page shows, of thousands: those with a figure; and how many more there are."""
    told = [one for one in lines if one.span is not None][:MOST_COURSES]
    return {"lines": told, "n_more": len(lines) - len(told)}


def _goal_at(figure: Figure) -> float:
    return GOAL / track_end(figure.rows) * TRACK


def _effect(office: Office, clock: Clock) -> dict[str, Any] | None:
    """Return the net effect in words; None where nobody is held out, so that none can be told."""
    try:
        figure = office.figure(questions.net_effect(clock))
    except InvalidInput:
        return None
    return {"sentence": figure.sentences[office.desk.language], "cited": cited(figure, office.texts)}
