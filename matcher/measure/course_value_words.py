"""Takes the values of courses; gives them as flat rows and as lines of a table for paper. Estimates nothing."""

from __future__ import annotations

from typing import Any

from matcher.measure.course_value import CourseValue, CourseValues
from matcher.measure.outcome_words import number

MOST_LINES = 20
"""Courses printed; the file holds them all."""


def course_value_record(values: CourseValues) -> dict[str, Any]:
    """Return all that is told of the courses, ready for JSON. Raises nothing."""
    return {
        "clock": values.clock, "base": values.base, "concentration": values.concentration,
        "provider_sd": values.provider_sd, "occupation_sd": values.occupation_sd,
        "courses": course_value_records(values),
    }  # fmt: skip


def course_value_records(values: CourseValues) -> list[dict[str, Any]]:
    """Return the courses as flat rows, in their order; a withheld one says so and has null figures. Raises nothing."""
    return [
        {
            "course_id": one.course_id, "n": one.n_answered, "n_at_work": one.n_at_work,
            **{name: one.value and getattr(one.value, name) for name in ("value", "low", "high")},
            "prior_mean": one.prior_mean, "is_suppressed": one.n_answered is None,
        }
        for one in values.courses
    ]  # fmt: skip


def course_value_lines(values: CourseValues) -> list[str]:
    """Return lines in Indonesian: the courses whose lower end is highest, and how many are withheld. Raises nothing."""
    told = [one for one in values.courses if one.value]
    n_withheld = sum(one.n_answered is None for one in values.courses)
    lines = [f"{'kursus':<24} {'jawab':>8} {'bekerja':>8} {'nilai %':>8}  95 %", *map(_line, told[:MOST_LINES])]
    if not told:
        lines = ["Terlalu sedikit kursus yang boleh ditampilkan untuk menaksir nilainya."]
    elif values.concentration:
        lines.append(f"Dugaan dari penyelenggara dan jabatan berbobot {values.concentration:.0f} jawaban.")
    lines.append(f"Bernilai: {number(len(told))} kursus; disembunyikan karena kecil: {number(n_withheld)}.")
    lines.append("Nilai memberitakan lulusan terdahulu, bukan akibat kursusnya.")
    return lines


def _line(one: CourseValue) -> str:
    rate = one.value
    if rate is None or one.n_answered is None or one.n_at_work is None:
        return one.course_id
    value, low, high = (number(100 * share, decimals=1) for share in (rate.value, rate.low, rate.high))
    return f"{one.course_id:<24} {number(one.n_answered):>8} {number(one.n_at_work):>8} {value:>8}  [{low}; {high}]"
