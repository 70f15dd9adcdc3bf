"""Takes outcomes; gives them as a sentence in Bahasa Indonesia or English, as a table on paper, and as plain records.

Computes no figure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from matcher.domain.errors import InvalidInput
from matcher.measure.outcomes import Cohort, Figures, OutcomeTable
from matcher.measure.rates import GOAL, Rate, against_goal

LANGUAGES = ("id", "en")

_Words = Mapping[str, str]

_AFTER: Mapping[str, _Words] = MappingProxyType(
    {
        "id": {"2m": "setelah 2 bulan", "q2": "pada triwulan ke-2 sesudahnya", "q4": "pada triwulan ke-4 sesudahnya"},
        "en": {"2m": "after 2 months", "q2": "in the second quarter after", "q4": "in the fourth quarter after"},
    }
)

_PHRASES: Mapping[str, _Words] = MappingProxyType(
    {
        "id": {
            "wave": "gelombang {}",
            "idle": " dan tidak bekerja saat masuk",
            "withheld": "Angka {who} disembunyikan: kurang dari 10 orang, atau dapat dihitung dari angka lain.",
            "nobody": "Belum ada orang yang menyelesaikan {who}{idle} dan sudah lewat waktunya {after}: "
            "tidak ada angka.",
            "silent": "Dari {people} orang yang menyelesaikan {who}{idle}, tidak seorang pun menjawab {after}: "
            "tidak ada angka, kemungkinannya antara 0 dan 100 %.",
            "told": "Dari {people} orang yang menyelesaikan {who}{idle}, {answered} menjawab {after} ({response} %); "
            "{rate} % [{low}; {high}] dari mereka bekerja atau berusaha sendiri; bagi semua yang menyelesaikan, "
            "angkanya antara {worst} dan {best} %, perkiraan berbobot {weighted} % "
            "[{weighted_low}; {weighted_high}], {verdict}.",
            "above": "di atas sasaran {goal} %",
            "below": "di bawah sasaran {goal} %",
            "undecided": "tidak dapat dibedakan dari sasaran {goal} %",
            "all": "pelatihan",
        },
        "en": {
            "wave": "wave {}",
            "idle": " and were not working at entry",
            "withheld": "The figures of {who} are withheld: fewer than 10 people, or other figures would reveal them.",
            "nobody": "Nobody completed {who}{idle} whose clock {after} is over: there is no figure.",
            "silent": "Of {people} who completed {who}{idle}, nobody answered {after}: there is no figure, it may be "
            "anything between 0 and 100 %.",
            "told": "Of {people} who completed {who}{idle}, {answered} answered {after} ({response} %); {rate} % "
            "[{low}, {high}] of them work or run a business; for all who completed it lies between {worst} and "
            "{best} %, weighted estimate {weighted} % [{weighted_low}, {weighted_high}], {verdict}.",
            "above": "above the goal of {goal} %",
            "below": "below the goal of {goal} %",
            "undecided": "not distinguishable from the goal of {goal} %",
            "all": "a course",
        },
    }
)


def state_sentence(cohort: Cohort, *, clock: str, base: str = "not_working", language: str = "id") -> str:
    """Return one sentence with denominator, clock, response, rate, bounds and the weighted estimate against the goal.

    Raises
    ------
    InvalidInput
        When the language is none of ``LANGUAGES``.

    Notes
    -----
    The weighted estimate is the figure held against ``GOAL``; above or below is said only where its whole interval is.
    """
    if language not in LANGUAGES:
        raise InvalidInput(f"language '{language}': unknown; choose {' or '.join(LANGUAGES)}")
    words = _PHRASES[language]
    said = {
        "who": _who(cohort, words),
        "idle": words["idle"] if base == "not_working" else "",
        "after": _AFTER[language][clock],
    }
    figures = cohort.figures
    if figures is None:
        return words["withheld"].format(**said)
    if figures.n_people == 0:
        return words["nobody"].format(**said)
    said["people"] = number(figures.n_people, language)
    if figures.weighted is None:
        return words["silent"].format(**said)
    return words["told"].format(**said, **_figures_said(figures, figures.weighted.rate, language))


def number(value: float, language: str = "id", *, decimals: int = 0) -> str:
    """Return `value` as the language writes it: 1.234,5 or 1,234.5. Raises nothing for the languages known."""
    text = f"{value:,.{decimals}f}"
    return text.translate(str.maketrans(",.", ".,")) if language == "id" else text


def paper_lines(table: OutcomeTable) -> Iterator[str]:
    """Yield the table in Bahasa Indonesia, at most 100 characters wide, withheld rows marked. Raises nothing."""
    heads = f"{'orang':>10}{'jawab':>7}{'kerja':>9}{'usaha':>8}{'angka % [95 %]':>20}{'batas %':>12}{'bobot':>7}"
    yield f"{'kelompok':<26}{heads}"
    for cohort in table.cohorts:
        label = ", ".join(value or "tidak diketahui" for value in cohort.where.values()) or "Semua"
        yield f"{label[:25]:<26}" + (_row(cohort.figures) if cohort.figures else f"{'disembunyikan':>17}")


def records(table: OutcomeTable) -> list[dict[str, Any]]:
    """Return one flat record a row; withheld figures are ``None`` and ``is_suppressed`` is true. Raises nothing."""
    return [_record(cohort, table.by) for cohort in table.cohorts]


def _who(cohort: Cohort, words: _Words) -> str:
    rest = [f"{name} {value or '?'}" for name, value in cohort.where.items() if name != "wave"]
    wave = words["wave"].format(cohort.where["wave"] or "?") if "wave" in cohort.where else words["all"]
    return wave + (f" ({', '.join(rest)})" if rest else "")


def _figures_said(figures: Figures, weighted: Rate, language: str) -> dict[str, str]:
    rate, bounds = figures.rate, figures.bounds
    if rate is None or bounds is None:
        raise InvalidInput("sentence: a weighted estimate without answers; count the cohort again")
    shares = {
        "rate": rate.value, "low": rate.low, "high": rate.high, "worst": bounds[0], "best": bounds[1],
        "weighted": weighted.value, "weighted_low": weighted.low, "weighted_high": weighted.high,
    }  # fmt: skip
    verdict = _PHRASES[language][against_goal(weighted)].format(goal=number(100 * GOAL, language))
    return {name: _percent(share, language) for name, share in shares.items()} | {
        "answered": number(figures.n_answered, language),
        "response": number(100 * figures.n_answered / figures.n_people, language),
        "verdict": verdict,
    }


def _percent(share: float, language: str = "id") -> str:
    return number(100 * share, language, decimals=1)


def _row(figures: Figures) -> str:
    counts = f"{number(figures.n_people):>10}"
    if figures.rate is None or figures.bounds is None or figures.weighted is None:
        return counts + f"{'0 %' if figures.n_people else '-':>7}" + f"{'tidak ada jawaban':>37}"
    rate, bounds = figures.rate, figures.bounds
    interval = f"{_percent(rate.value)} [{_percent(rate.low)}; {_percent(rate.high)}]"
    return counts + (
        f"{number(100 * figures.n_answered / figures.n_people):>5} %{number(figures.n_employed):>9}"
        f"{number(figures.n_self_employed):>8}{interval:>20}{_percent(bounds[0]) + '-' + _percent(bounds[1]):>12}"
        f"{_percent(figures.weighted.rate.value):>7}"
    )


def _record(cohort: Cohort, by: tuple[str, ...]) -> dict[str, Any]:
    figures = cohort.figures
    where = {name: cohort.where.get(name) for name in by}
    whole = {"totals_over": [name for name in by if name not in cohort.where], "is_suppressed": figures is None}
    counts = (
        "n_completed",
        "n_people",
        "n_answered",
        "n_employed",
        "n_self_employed",
        "n_not_working",
        "response_rate",
    )
    counted = {name: figures and getattr(figures, name) for name in counts}
    bounds = figures.bounds if figures else None
    weighted = figures.weighted if figures else None
    return {
        **where,
        **whole,
        **counted,
        **_flat("rate", figures.rate if figures else None),
        "bound_low": bounds and bounds[0],
        "bound_high": bounds and bounds[1],
        **_flat("weighted", weighted.rate if weighted else None),
        "n_effective": weighted and round(weighted.rate.n, 1),
        "n_strata": weighted and weighted.n_strata,
        "against_goal": weighted and against_goal(weighted.rate),
    }


def _flat(name: str, rate: Rate | None) -> dict[str, float | None]:
    return {name: rate and rate.value, f"{name}_low": rate and rate.low, f"{name}_high": rate and rate.high}
