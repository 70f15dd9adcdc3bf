"""Takes a net effect; gives it as sentences in Bahasa Indonesia or English, and as a plain record.

Computes no figure. Every sentence also says what the figure is not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from types import MappingProxyType
from typing import Any

from matcher.domain.errors import InvalidInput
from matcher.measure.arm_difference import Difference
from matcher.measure.holdout_audit import REFUSALS
from matcher.measure.net_effect import NetEffect
from matcher.measure.outcome_words import LANGUAGES, number

_AFTER: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "id": {"2m": "setelah 2 bulan", "q2": "pada triwulan ke-2", "q4": "pada triwulan ke-4"},
        "en": {"2m": "after 2 months", "q2": "in the second quarter after", "q4": "in the fourth quarter after"},
    }
)

_PHRASES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "id": {
            "told": "Beda bersih {after}: {value} poin persen [{low}; {high}], {verdict}: {treated} % dari {n_treated} "
            "orang yang diberi urutan rekomendasi bekerja atau berusaha sendiri, {held_out} % dari {n_held_out} orang "
            "pembanding yang dipilih acak dan melihat urutan biasa.",
            "up": "rekomendasi menambah pekerjaan",
            "down": "rekomendasi mengurangi pekerjaan",
            "none": "belum dapat dibedakan dari nol",
            "attrition": " Kedua kelompok tidak sama rajin menjawab (beda {gap} poin): bila itu diperhitungkan, "
            "pengaruhnya antara {low} dan {high} poin.",
            "looks": " Selang ini berlaku walau angkanya dilihat berkali-kali.",
            "not": " Ini pengaruh urutan rekomendasi, bukan pengaruh pelatihan dan bukan angka sasaran 30 %; pekerjaan "
            "yang berpindah dari orang lain belum dikurangkan.",
            "refused": "Beda bersih {after} tidak dapat dinyatakan: {why}.",
        },
        "en": {
            "told": "Net effect {after}: {value} percentage points [{low}, {high}], {verdict}: {treated} % of "
            "{n_treated} given the recommended order work or run a business, {held_out} % of {n_held_out} drawn by lot "
            "to see the plain order.",
            "up": "the ranking adds to work",
            "down": "the ranking takes from work",
            "none": "not distinguishable from nothing",
            "attrition": " The groups do not answer equally often (by {gap} points): allowing for that, the effect is "
            "between {low} and {high} points.",
            "looks": " The interval holds although the figure is looked at repeatedly.",
            "not": " It is the effect of the order of recommendation, not of the training, and not the goal of 30 %; "
            "work that passed from other people is not deducted.",
            "refused": "The net effect {after} cannot be told: {why}.",
        },
    }
)

_REFUSED_ID: Mapping[str, str] = MappingProxyType(
    {
        "nobody": "belum ada orang yang sudah lewat waktunya",
        "one_arm_empty": "salah satu kelompok kosong",
        "nobody_answered": "salah satu kelompok tidak menjawab sama sekali",
        "too_few": "jawaban terlalu sedikit",
        "ratio_mismatch": "jumlah orang kedua kelompok tidak sesuai dengan undian",
        "strata_unbalanced": "di sebagian provinsi atau jenjang pendidikan pembagiannya tidak sesuai dengan undian",
        "exposure_crossed": "terlalu banyak orang melihat urutan kelompok lain",
    }
)


def net_effect_sentence(effect: NetEffect, *, language: str = "id") -> str:
    """Return what a minister may read: the figure, its interval, its groups, and what it is not; or why there is none.

    Raises
    ------
    InvalidInput
        When the language is none of ``LANGUAGES``.
    """
    if language not in LANGUAGES:
        raise InvalidInput(f"language '{language}': unknown; choose {' or '.join(LANGUAGES)}")
    words, after = _PHRASES[language], _AFTER[language][effect.clock]
    if effect.difference is None or effect.interval is None:
        whys = [(_REFUSED_ID[one] if language == "id" else REFUSALS[one]) for one in effect.refusals]
        return words["refused"].format(after=after, why="; ".join(whys))
    return (
        words["told"].format(after=after, **_figures(effect.difference, effect.interval, language))
        + _attrition_said(effect, language)
        + (words["looks"] if effect.is_one_of_many else "")
        + words["not"]
    )


def net_effect_record(effect: NetEffect) -> dict[str, Any]:
    """Return the effect as plain values for JSON, with both sentences; withheld figures are null. Raises nothing."""
    record = asdict(effect)
    record["sentence_id"] = net_effect_sentence(effect, language="id")
    record["sentence_en"] = net_effect_sentence(effect, language="en")
    record["refusals"] = [{"code": one, "text": REFUSALS[one]} for one in effect.refusals]
    record["response_treated"] = effect.treated and effect.treated.response_rate
    record["response_held_out"] = effect.held_out and effect.held_out.response_rate
    record["is_attrition_unequal"] = effect.is_attrition_unequal
    if effect.spillover:
        record["spillover"]["n_districts"] = [
            {"share_treated": share, "n_districts": n} for share, n in effect.spillover.n_districts.items()
        ]
    if effect.treated is None:
        record["audit"] |= dict.fromkeys(("n_treated", "n_held_out", "n_shown", "crossed", "balance"))
    return record


def _figures(difference: Difference, interval: tuple[float, float], language: str) -> dict[str, str]:
    verdict = "up" if interval[0] > 0 else "down" if interval[1] < 0 else "none"
    return {
        "value": _points(difference.value, language),
        "low": _points(interval[0], language),
        "high": _points(interval[1], language),
        "verdict": _PHRASES[language][verdict],
        "treated": number(100 * difference.mean_treated, language, decimals=1),
        "held_out": number(100 * difference.mean_held_out, language, decimals=1),
        "n_treated": number(difference.n_treated, language),
        "n_held_out": number(difference.n_held_out, language),
    }


def _attrition_said(effect: NetEffect, language: str) -> str:
    if not effect.is_attrition_unequal or effect.lee is None or effect.attrition is None:
        return ""
    low, high = effect.lee.interval
    return _PHRASES[language]["attrition"].format(
        gap=_points(effect.attrition.value, language), low=_points(low, language), high=_points(high, language)
    )


def _points(share: float, language: str) -> str:
    told = number(100 * share, language, decimals=1)
    return told if told.startswith("-") or not float(f"{100 * share:.1f}") else f"+{told}"
