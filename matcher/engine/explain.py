"""Takes feature rows and their contributions; gives the reasons and gaps beside each item, in Bahasa Indonesia and

English.
Reads features only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from matcher.domain.qualifications import UNKNOWN_EDUCATION
from matcher.domain.records import Alumnus, Reason
from matcher.engine.grounds import Ground, HeldOccupation

REASON_TEXTS: Mapping[str, tuple[str, str]] = {
    "similarity": ("Cocok dengan pelatihan Anda: {ground}", "Fits your training: {ground}"),
    "target_occupation": ("Pelatihan Anda menyiapkan untuk pekerjaan ini", "Your training prepares for this very job"),
    "occupation": (
        "Bidang pekerjaan yang sama: {shared_occupation}",
        "The same line of work: {shared_occupation}",
    ),
    "nearness": ("Dekat dari tempat Anda: {near_id}", "Near you: {near_en}"),
    "freshness": ("Iklan baru: {posted_id}", "A recent advert: {posted_en}"),
    "schooling_met": (
        "Sekolah Anda memenuhi syarat: {education_min}",
        "Your schooling meets the minimum: {education_min}",
    ),
    "field_of_study": ("Jurusan Anda diminta di sini", "Your field of study is asked for here"),
    "evidence": ("Sertifikat Anda sudah lulus uji", "Your certificate is backed by a test"),
    "pay_met": ("Gajinya sesuai harapan Anda", "The pay meets what you ask for"),
}
"""Reason code (the name of its feature) -> text in Bahasa Indonesia and in English."""

_OCCUPATION_TEXTS: Mapping[bool, tuple[str, str]] = {
    True: ("Cocok dengan pekerjaan yang Anda cari: {ground}", "Fits the work you are looking for: {ground}"),
    False: ("Cocok dengan pengalaman kerja Anda: {ground}", "Fits work you have done: {ground}"),
}
"""What ``similarity`` says where an occupation fits best, by whether it is wanted."""

LEAST_VALUES: Mapping[str, float] = {"similarity": 0.0, "occupation": 0.6, "nearness": 0.45, "freshness": 0.6}
"""From which value on a feature is worth a line: even odds that a reader calls the pair related; an overlap at which
readers called 82 in 100 pairs related; about 30 km; about two weeks."""

GAP_TEXTS: Mapping[str, tuple[str, str]] = {
    "weak_fit": ("Kurang cocok dengan pelatihan Anda", "A weak fit to your training"),
    "other_occupation": (
        "Tampaknya bidang pekerjaan lain dari pelatihan Anda",
        "Seems to be another line of work than your training",
    ),
    "schooling_not_stated": ("Syarat sekolah tidak disebut", "Minimum schooling is not stated"),
    "hint_above": (
        "Iklan menyinggung sekolah {education_hint}; tanyakan dulu",
        "The advert mentions {education_hint}; ask first",
    ),
    "internship": (
        "Ini magang untuk lulusan, bukan kerja tetap",
        "This is an internship for graduates, not a regular job",
    ),
    "date_unknown": ("Tanggal iklan tidak diketahui", "The date of the advert is unknown"),
    "place_not_stated": ("Tempat kerja tidak disebut", "The place of work is not stated"),
    "field_asked": ("Jurusan yang diminta: {fields}", "Fields of study asked for: {fields}"),
    "experience_asked": ("Pengalaman yang diminta: {years} tahun", "Experience asked for: {years} years"),
    "crowded": ("{applicants} pelamar untuk {openings} lowongan", "{applicants} applicants, openings: {openings}"),
}
"""Gap code -> text in Bahasa Indonesia and in English."""

NOTICE_TEXTS: Mapping[str, tuple[str, str]] = {
    "schooling_unknown": (
        f"Sekolah Anda belum diketahui, jadi dihitung sebagai {UNKNOWN_EDUCATION}. "
        "Isi sekolah Anda untuk melihat lebih banyak.",
        f"Your schooling is unknown and counts as {UNKNOWN_EDUCATION}. Tell us your schooling to see more.",
    ),
    "place_unknown": (
        "Tempat tinggal Anda belum diketahui, jadi semua provinsi ditampilkan.",
        "Your place is unknown, so every province is shown.",
    ),
    "nothing_eligible": (
        "Belum ada lowongan yang terbuka untuk Anda di sini. Tanyakan kepada petugas.",
        "No vacancy is open to you here yet. Ask an officer.",
    ),
}
"""Notice code -> text about the whole slate, in Bahasa Indonesia and in English."""


@dataclass(frozen=True, slots=True)
class ItemFacts:
    """What the texts beside one item may quote; ``None`` where unknown.

    ``shared_occupation`` is what the vacancy and the ground both speak of, by its name in KBJI, in Bahasa
    Indonesia in both languages; ``has_occupations`` says whether both speak of any.
    """

    ground: Ground
    distance_km: float | None
    age_days: int | None
    education_min: str | None
    education_hint: str | None
    fields_of_study: tuple[str, ...]
    min_experience_years: float | None
    has_place: bool
    n_applicants: int | None = None
    n_openings: int | None = None
    shared_occupation: str | None = None
    has_occupations: bool = False


def reasons(contributions: Mapping[str, float], values: Mapping[str, float], facts: ItemFacts) -> tuple[Reason, ...]:
    """Return the reasons of one item, the weightiest first.

    Parameters
    ----------
    contributions, values : mapping of str to float
        What each feature adds to the item's score, and the feature itself.
    facts : ItemFacts
        Values the texts quote.

    Notes
    -----
    Raises nothing. A feature is named only when it adds to the score, so taking the reason away lowers the score, and
    only when it is worth a line (``LEAST_VALUES``). The fit comes first; ``gaps`` says where it is
    weak.
    """
    days, km = facts.age_days or 0, round(facts.distance_km or 0)
    quoted = {
        "ground": facts.ground.title,
        "shared_occupation": facts.shared_occupation,
        "near_id": f"sekitar {km} km" if km else "di kabupaten/kota yang sama",
        "near_en": f"about {km} km" if km else "in the same district",
        "posted_id": ("hari ini", "kemarin")[days] if days < _FEW_DAYS else f"{days} hari lalu",
        "posted_en": ("today", "yesterday")[days] if days < _FEW_DAYS else f"{days} days ago",
        "education_min": facts.education_min,
    }
    named = [name for name in REASON_TEXTS if contributions[name] > 0 and values[name] >= LEAST_VALUES.get(name, 0)]
    if not facts.shared_occupation:
        named = [name for name in named if name != "occupation"]
    named.sort(key=lambda name: (name != "similarity", -contributions[name]))
    texts = dict(REASON_TEXTS)
    if isinstance(facts.ground, HeldOccupation):
        texts["similarity"] = _OCCUPATION_TEXTS[facts.ground.is_wanted]
    return tuple(_told(name, name, contributions[name], texts, quoted) for name in named)


def gaps(values: Mapping[str, float], facts: ItemFacts) -> tuple[Reason, ...]:
    """Return what is missing, unknown or to be asked about one item.

    Parameters
    ----------
    values : mapping of str to float
        The item's feature values.
    facts : ItemFacts
        Values the texts quote.

    Notes
    -----
    Raises nothing.
    """
    quoted = {
        "education_hint": facts.education_hint,
        "fields": ", ".join(facts.fields_of_study[:3]),
        "years": f"{facts.min_experience_years or 0:g}",
        "applicants": facts.n_applicants,
        "openings": facts.n_openings,
    }
    return tuple(
        _told(code, feature, 0.0, GAP_TEXTS, quoted) for code, (feature, holds) in _GAPS.items() if holds(values, facts)
    )


def notices(alumnus: Alumnus, *, eligible: int) -> tuple[Reason, ...]:
    """Return what the person must know about the whole slate.

    Notes
    -----
    Raises nothing.
    """
    holds = {
        "schooling_unknown": alumnus.education is None,
        "place_unknown": alumnus.province_code is None,
        "nothing_eligible": eligible == 0,
    }
    return tuple(_told(code, "", 0.0, NOTICE_TEXTS, {}) for code, is_so in holds.items() if is_so)


_FEW_DAYS = 2
_CROWDED = 0.9  # ten applicants an opening
_Holds = Callable[[Mapping[str, float], ItemFacts], bool]
_GAPS: Mapping[str, tuple[str, _Holds]] = {
    "weak_fit": ("similarity", lambda values, _: values["similarity"] < LEAST_VALUES["similarity"]),
    "other_occupation": (
        "occupation",
        lambda values, facts: (
            values["similarity"] < LEAST_VALUES["similarity"]
            and values["occupation"] == 0
            and facts.has_occupations
            and not isinstance(facts.ground, HeldOccupation)
        ),
    ),
    "internship": ("internship", lambda values, _: values["internship"] > 0),
    "hint_above": ("hint_above", lambda values, _: values["hint_above"] > 0),
    "field_asked": (
        "field_of_study",
        lambda values, facts: bool(facts.fields_of_study) and values["field_of_study"] == 0,
    ),
    "experience_asked": ("", lambda _, facts: bool(facts.min_experience_years)),
    "crowded": ("crowding", lambda values, _: values["crowding"] >= _CROWDED),
    "schooling_not_stated": ("schooling_met", lambda _, facts: facts.education_min is None),
    "place_not_stated": ("nearness", lambda _, facts: not facts.has_place),
    "date_unknown": ("freshness", lambda _, facts: facts.age_days is None),
}


def _told(
    code: str, feature: str, contribution: float, texts: Mapping[str, tuple[str, str]], quoted: Mapping[str, object]
) -> Reason:
    in_indonesian, in_english = (text.format_map(quoted) for text in texts[code])
    return Reason(code, feature, float(contribution), in_indonesian, in_english)
