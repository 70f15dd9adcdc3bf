"""Takes the office's figures; gives the lines of their tables in words, with what is drawn beside them.

Computes nothing: a withheld figure stays withheld, and every line says of how many people it speaks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urlencode

from api.pages.charts import RateLine, Span, percent, span, track_end, verdict_of
from api.pages.texts import Texts
from api.pmo.figures import Figure
from matcher.domain.occupation_names import occupation_names
from matcher.domain.occupations import OCCUPATION_GROUPS
from matcher.domain.qualifications import EDUCATION_LEVELS
from matcher.domain.regions import place_name, provinces

Cohort = Literal[
    "wave", "province_code", "education", "sex", "has_disability", "is_returned_migrant", "provider", "course_id"
]
"""What the page of outcomes parts people by."""

Attribute = Literal["sex", "has_disability", "education", "province_code", "is_returned_migrant", "employer_size"]
"""What the page of fairness compares."""

CLOCKS = ("2m", "q2", "q4")
STEPS = ("shown", "viewed", "saved", "applied", "interviewed", "hired", "retained_90d")
MEASURES = ("reach", "suitable", "exposure", "application", "hire", "quality")


@dataclass(frozen=True, slots=True)
class Cited:
    """What a figure is cited by: its id, the day it speaks of, its recipe, and where it is downloaded."""

    figure_id: str
    as_of: str
    recipe: str
    href: str


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the funnel: people, their share of those shown in words and on a track, and organic ones apart."""

    name: str
    people: str
    rate: str
    span: Span | None
    organic: str


@dataclass(frozen=True, slots=True)
class Compared:
    """One group of the audit in one measure; ``is_gap`` where it differs from the others beyond chance."""

    group: str
    value: str
    interval: str
    people: str
    is_gap: bool
    is_suppressed: bool


def cited(figure: Figure, texts: Texts) -> Cited:
    """Return what `figure` is cited by. Raises nothing."""
    given = [(name, _written(value)) for name, value in figure.asked.given if value not in (None, (), "")]
    href = f"/v1/pmo/export?{urlencode([('figure', figure.asked.name), *given])}"
    return Cited(figure.figure_id, texts.day(figure.as_of), figure.asked.recipe, href)


def outcome_lines(
    rows: Sequence[Mapping[str, Any]], by: str, texts: Texts, titles: Mapping[str, str]
) -> list[RateLine]:
    """Return a line for each group, all people first. Raises nothing for the rows of the figure ``outcomes``."""
    most = track_end(rows)
    return [_outcome_line(row, by, most, texts, titles) for row in rows]


def curve_lines(rows: Iterable[Mapping[str, Any]], texts: Texts) -> list[list[str]]:
    """Return the curve as a table: a line for each fourth week. Raises nothing."""
    return [
        [texts("figure_weeks", n=row["day"] // 7), percent(row["share"], texts), interval(row, "", texts)]
        for row in rows
        if row["day"] % 28 == 0
    ]


def funnel_steps(rows: Sequence[Mapping[str, Any]], texts: Texts) -> list[Step]:
    """Return the steps of one row of the figure ``funnel``, every one; none of a withheld row. Raises nothing."""
    return [step for row in rows[-1:] if not row["is_suppressed"] for step in (_step(row, one, texts) for one in STEPS)]


def compared(rows: Iterable[Mapping[str, Any]], attribute: str, measure: str, texts: Texts) -> list[Compared]:
    """Return the groups of one attribute in one measure of the figure ``fairness``. Raises nothing."""
    return [
        Compared(
            group=group_name(row["group"], attribute, texts, {}),
            value=_measured(row, "value", measure, texts),
            interval="-" if row.get("low") is None else _between(row, measure, texts),
            people=texts("figure_few") if row["is_suppressed"] else texts.number(row["n"]),
            is_gap=bool(row.get("is_gap")),
            is_suppressed=row["is_suppressed"],
        )
        for row in sorted(rows, key=lambda row: _place_of(row["group"], attribute))
        if row["attribute"] == attribute and row["measure"] == measure
    ]


def course_lines(rows: Sequence[Mapping[str, Any]], texts: Texts) -> list[RateLine]:
    """Return the courses of the figure ``course-value``, the best first. Raises nothing."""
    named = [{**row, "value_low": row["low"], "value_high": row["high"]} for row in rows]
    most = track_end(named, of="value")
    return [
        RateLine(
            label=f"{row['title'] or row['course_id']}{' - ' + row['provider'] if row['provider'] else ''}",
            rate=texts("figure_few") if row["is_suppressed"] else percent(row["value"], texts),
            interval=interval(row, "value_", texts),
            people=texts("figure_few") if row["is_suppressed"] else texts.number(row["n"]),
            verdict="hidden" if row["is_suppressed"] else "none",
            span=None if row["is_suppressed"] else span(row, most=most, of="value"),
            is_suppressed=row["is_suppressed"],
        )
        for row in named
    ]


def demand_lines(rows: Iterable[Mapping[str, Any]], texts: Texts) -> list[list[str]]:
    """Return open places against certified people, by occupation and district. Raises nothing."""
    return [
        [
            _occupation(row["occupation_code"], row["category"]) or texts("figure_unknown"),
            place_name(row["province_code"], row["district_code"]),
            texts.number(row["n_openings"]),
            texts("figure_few") if row["is_suppressed"] else texts.number(row["n_alumni"]),
            "-" if row["gap"] is None else texts.number(row["gap"]),
        ]
        for row in rows
    ]


def policy_lines(rows: Iterable[Mapping[str, Any]], texts: Texts) -> list[list[str]]:
    """Return which orders served, when, on how many lists, and how much of it was drawn. Raises nothing."""
    return [
        [
            row["policy"],
            row["first_on"],
            row["last_on"],
            texts.number(row["n_slates"]),
            percent(row["share_explored"], texts),
        ]
        for row in rows
    ]


def drift_lines(rows: Iterable[Mapping[str, Any]], texts: Texts) -> list[list[str]]:
    """Return what was compared then and now, with what rose and fell and how it stands. Raises nothing."""
    return [
        [
            texts(f"drift_{row['table']}_{row['column']}"),
            _counted(row, "n_then", texts),
            _counted(row, "n_now", texts),
            _index(row, texts),
            _drifted(row, "risen", texts),
            _drifted(row, "fallen", texts),
            texts(f"drift_{row['verdict'] or 'few'}"),
        ]
        for row in rows
    ]


def exposure_lines(rows: Sequence[Mapping[str, Any]], texts: Texts, *, quarters: int = 6) -> list[list[str]]:
    """Return what people were shown and did quarter by quarter, the last one first. Raises nothing."""
    return [
        [
            texts("drift_quarter", n=(int(row["begins_on"][5:7]) + 2) // 3, year=row["begins_on"][:4]),
            texts("figure_few") if row["is_suppressed"] else texts.number(row["n_shown"]),
            *(percent(row.get(f"rate_{step}"), texts) for step in ("viewed", "applied", "hired")),
        ]
        for row in reversed(rows[-quarters:])
    ]


def interval(row: Mapping[str, Any], prefix: str, texts: Texts) -> str:
    """Return ``{prefix}low`` to ``{prefix}high`` in words, a dash where there is none. Raises nothing."""
    low, high = row.get(f"{prefix}low"), row.get(f"{prefix}high")
    if low is None or high is None:
        return "-"
    return texts("figure_interval", low=percent(low, texts), high=percent(high, texts))


def group_name(value: Any, by: str, texts: Texts, titles: Mapping[str, str]) -> str:
    """Return what a group is called: a province by its name, a course by its title, yes and no in words.

    Notes
    -----
    Raises nothing.
    """
    if value is None or value == "":
        return texts("figure_unknown")
    if by == "province_code":
        return provinces()[value].name if value in provinces() else str(value)
    if by == "course_id":
        return titles.get(value, value)
    known = f"group_{by}_{value}".casefold()
    return texts(known) if known in texts.texts else str(value)


def _outcome_line(row: Mapping[str, Any], by: str, most: float, texts: Texts, titles: Mapping[str, str]) -> RateLine:
    is_total, is_hidden = bool(row["totals_over"]) or not by, row["is_suppressed"]
    return RateLine(
        label=texts("figure_everybody") if is_total else group_name(row[by], by, texts, titles),
        rate=texts("figure_few") if is_hidden else percent(row["rate"], texts),
        interval=interval(row, "rate_", texts),
        people="-"
        if is_hidden
        else texts("figure_answered", n=texts.number(row["n_answered"]), of=texts.number(row["n_people"])),
        verdict=verdict_of(row),
        span=None if is_hidden else span(row, most=most),
        is_suppressed=is_hidden,
    )


def _step(row: Mapping[str, Any], name: str, texts: Texts) -> Step:
    organic = row.get(f"organic_{name}")
    return Step(
        name=texts(f"step_{name}"),
        people=texts.number(row[f"n_{name}"]),
        rate=percent(row[f"rate_{name}"], texts),
        span=span(row, most=1.0, of=f"rate_{name}"),
        organic="-" if organic is None else texts.number(organic),
    )


def _occupation(code: str | None, category: str | None) -> str:
    """Return an occupation by its code and official name, and the category it was told by."""
    return " ".join(one for one in (code, occupation_names().get(code or ""), category) if one)


def _place_of(group: Any, attribute: str) -> int:
    """Return where a group stands: schooling by its level, the unknown last, others as they come."""
    if attribute != "education":
        return 0
    return EDUCATION_LEVELS.index(group) if group in EDUCATION_LEVELS else len(EDUCATION_LEVELS)


def _measured(row: Mapping[str, Any], cell: str, measure: str, texts: Texts) -> str:
    value = row.get(cell)
    if row["is_suppressed"]:
        return texts("figure_few")
    if value is None:
        return "-"
    return percent(value, texts) if measure in {"reach", "suitable"} else texts.number(round(value, 3))


def _between(row: Mapping[str, Any], measure: str, texts: Texts) -> str:
    return texts(
        "figure_interval", low=_measured(row, "low", measure, texts), high=_measured(row, "high", measure, texts)
    )


def _written(value: Any) -> str:
    return ",".join(value) if isinstance(value, tuple) else str(value)


def _counted(row: Mapping[str, Any], name: str, texts: Texts) -> str:
    if row.get("is_suppressed"):
        return texts("figure_few")
    return "-" if row.get(name) is None else texts.number(row[name])


def _index(row: Mapping[str, Any], texts: Texts) -> str:
    """Return the index beside what chance alone reaches; of titles the share of words that were in none."""
    if row.get("unseen_share") is not None:
        return texts("drift_unseen", share=percent(row["unseen_share"], texts))
    if row.get("psi") is None:
        return "-"
    psi, chance = (texts.number(round(row[name], 3)) for name in ("psi", "by_chance"))
    return texts("drift_index", psi=psi, chance=chance)


def _drifted(row: Mapping[str, Any], name: str, texts: Texts) -> str:
    """Return the value that rose or fell most by its name; a dash where nothing changed beyond chance."""
    value = row.get(name)
    if value is None or row["verdict"] in {None, "steady"}:
        return "-"
    column = row["column"]
    if column == "occupation":
        group = OCCUPATION_GROUPS.get(value)
        return value if group is None else group.name_en if texts.language == "en" else group.name_id
    if column == "pay":
        return texts("drift_pay_fifth", n=value)
    known = f"type_{value}"
    return (
        texts(known) if column == "employment_type" and known in texts.texts else group_name(value, column, texts, {})
    )
