"""Takes schooling, evidence and expiry as people write them; gives levels, ranks and KKNI floors that compare.

Decides about no vacancy.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta, timezone
from functools import lru_cache
from types import MappingProxyType

from matcher.domain.errors import InvalidInput
from matcher.domain.text import normalise

UNKNOWN_EDUCATION = "SD"
"""What unknown schooling of a person counts as where it excludes; the person is told so."""

_RANKS: Mapping[str, int] = MappingProxyType(
    {
        "none": 0, "SD": 1, "SMP": 2, "SMA": 3, "SMK": 3, "SMA/SMK": 3, "D1": 4, "D2": 5, "D3": 6,
        "D4": 7, "S1": 7, "profesi": 8, "S2": 9, "S3": 10,
    }
)  # fmt: skip

EDUCATION_LEVELS = tuple(_RANKS)
"""Every level, lowest first. SMA, SMK and "SMA/SMK" (either) are equals, and so are D4 and S1."""

_KKNI_FLOORS: Mapping[str, int] = MappingProxyType(
    {
        "SD": 1, "SMP": 1, "SMA": 2, "SMK": 2, "SMA/SMK": 2, "D1": 3, "D2": 4, "D3": 5, "D4": 6, "S1": 6,
        "profesi": 7, "S2": 8, "S3": 9,
    }
)  # fmt: skip

_EVIDENCE_RANKS: Mapping[str, int] = MappingProxyType({"attended": 0, "passed": 1, "competence": 2})

# Of the three zones of Indonesia this is the last to end a day: a paper is not held lapsed while its day still runs.
_WESTERN_TIME = timezone(timedelta(hours=7), "WIB")

_SPELLINGS: Mapping[str, str] = MappingProxyType(
    {
        "none": "none;tanpa ijazah",
        "SD": "sd;s d;sdlb;mi;paket a;sekolah dasar;madrasah ibtidaiyah;elementary school;primary school",
        "SMP": "smp;s m p;smplb;sltp;sltp umum;mts;m ts;paket b;sekolah menengah pertama;madrasah tsanawiyah;"
        "junior high school",
        "SMA": "sma;s m a;smalb;smu;slta umum;ma;m a;paket c;sekolah menengah atas;sekolah menengah umum;"
        "madrasah aliyah",
        "SMK": "smk;s m k;stm;smea;slta kejuruan;mak;m a k;paket c kejuruan;sekolah menengah kejuruan;"
        "madrasah aliyah kejuruan;vocational high school",
        "SMA/SMK": "slta;sma k;smu k;high school;senior high school",
        "D1": "ahli pratama;diploma i ii;diploma i ii iii",
        "D2": "ahli muda",
        "D3": "diploma;dipl;akademi;ahli madya;sarjana muda;associate degree",
        "D4": "sarjana terapan;sarjana sains terapan",
        "S1": "sarjana;universitas;bachelor;bachelors;bachelor s",
        "profesi": "profesi",
        "S2": "magister;magister terapan;pascasarjana;pasca sarjana;master;masters;master s;postgraduate",
        "S3": "doktor;doktor terapan;doctorate;doctoral;phd;ph d",
    }
)
_NUMERALS = {"1": ("i", "satu"), "2": ("ii", "dua"), "3": ("iii", "tiga"), "4": ("iv", "empat")}
_ROMAN = frozenset(numerals[0] for numerals in _NUMERALS.values())
_NOT_SCHOOLED = ("sekolah", "bersekolah", "pernah sekolah", "tamat sd", "lulus sd")
_SAME_LEVEL = frozenset("sederajat sederajatnya setara setingkat equivalent".split())
_AROUND = _SAME_LEVEL | frozenset(
    "minimal minimum min paling rendah setidaknya lulusan lulus tamatan tamat pendidikan program terakhir jenjang "
    "tingkat ijazah atau dan or and sampai hingga dengan to ke atas semua segala seluruh jurusan degree".split()
)
_RANGE = re.compile(r"(\w+)\s+(?:[sS]\s?/\s?[dD]|[sS]\.\s?[dD]\.?|sd)\s+(?=\w)")
"""A word and the "s/d" (sampai dengan, up to) after it: in "SMA s/d D3" that is no Sekolah Dasar."""

_LONGEST_TEXT = 200
_FIELD_AROUND = frozenset("jurusan program studi prodi bidang semua segala seluruh dan atau".split())


def education_rank(level: str) -> int:
    """Return where `level` stands on the ladder, from 0 (none) to 10 (S3); larger is more schooling.

    Raises
    ------
    InvalidInput
        When `level` is not one of ``EDUCATION_LEVELS``; ``parse_education`` understands other spellings.
    """
    try:
        return _RANKS[level]
    except KeyError:
        raise _no_schooling(level) from None


def kkni_floor(level: str) -> int | None:
    """Return the least KKNI level, 1 to 9, that completed schooling of this `level` gives; ``None`` for none.

    Raises
    ------
    InvalidInput
        When `level` is not one of ``EDUCATION_LEVELS``.

    Notes
    -----
    Perpres 8/2012, article 5. A floor, not an equality: experience and training may lift a person above it. The
    article puts professional programmes at 7 or 8; 7 is their floor.
    """
    education_rank(level)
    return _KKNI_FLOORS.get(level)


def parse_education(text: str) -> str:
    """Return the level that the schooling of one person is written as: one of ``EDUCATION_LEVELS``.

    Raises
    ------
    InvalidInput
        When `text` holds a word that is no level, or names levels of different rank, as "SMA-D3".

    Notes
    -----
    Names of equals give "SMA/SMK" or "S1" ("D4/S1"); "Diploma" alone is D3. A field of study ("SMK Teknik Mesin") is
    refused rather than lost: it has its own column.

    Examples
    --------
    >>> parse_education("S.M.A. / sederajat"), parse_education("Madrasah Tsanawiyah"), parse_education("D-III")
    ('SMA/SMK', 'SMP', 'D3')
    """
    levels = _levels(text)
    ranks = {education_rank(level) for level in levels}
    if len(ranks) > 1:
        highest = max(levels, key=education_rank)
        raise InvalidInput(f"{_shown(text)} names several levels; write the highest one completed, as {highest}")
    return _one_of_equals(levels)


def parse_minimum_education(text: str) -> str:
    """Return the least level that a vacancy is written to ask for: one of ``EDUCATION_LEVELS``.

    Raises
    ------
    InvalidInput
        When `text` holds a word that is no level.

    Notes
    -----
    As ``parse_education``, but of several levels the least one counts: whoever has it may apply.

    Examples
    --------
    >>> parse_minimum_education("Minimal SMA-D3"), parse_minimum_education("D3/S1 semua jurusan")
    ('SMA', 'D3')
    """
    levels = _levels(text)
    least = min(education_rank(level) for level in levels)
    return _one_of_equals([level for level in levels if education_rank(level) == least])


def evidence_rank(evidence: str) -> int:
    """Return the grade of a certificate's evidence: 0 attended, 1 passed the course test, 2 competence certificate.

    Raises
    ------
    InvalidInput
        When `evidence` is none of the three.
    """
    try:
        return _EVIDENCE_RANKS[evidence]
    except KeyError:
        allowed = ", ".join(_EVIDENCE_RANKS)
        raise InvalidInput(f"evidence '{evidence}' is not known; write one of {allowed}") from None


def is_current(expires_on: date | None, now: datetime) -> bool:
    """Return whether a certificate or licence still counts at the aware instant `now`.

    Raises
    ------
    InvalidInput
        When `now` has no time zone.

    Notes
    -----
    It counts until its last day ends in Western Indonesia Time; one without an expiry date is taken as lasting.
    """
    require_zone(now)
    return expires_on is None or now.astimezone(_WESTERN_TIME).date() <= expires_on


def require_zone(now: datetime) -> None:
    """Refuse an instant without a time zone, which would mean another moment on another machine.

    Raises
    ------
    InvalidInput
        When `now` has none.
    """
    if now.tzinfo is None:
        raise InvalidInput(f"now '{now.isoformat()}' has no time zone; add one, as {now.isoformat()}+07:00")


def field_matches(field_of_study: str | None, fields_of_study: Sequence[str]) -> bool | None:
    """Return whether a person's field is one of those asked for; ``None`` where either side names none.

    Notes
    -----
    Raises nothing. Every word of an asked field must stand in the person's: "Teknik" takes "Teknik Mesin", not the
    reverse. Words of level ("SMK Teknik Mesin") and "jurusan" do not count; "semua jurusan" asks for none. A feature,
    never a reason to exclude.
    """
    held = _field_words(field_of_study or "")
    asked = [words for words in map(_field_words, fields_of_study) if words]
    if not held or not asked:
        return None
    return any(words <= held for words in asked)


def _spelled() -> dict[str, str]:
    names = {name: level for level, written in _SPELLINGS.items() for name in written.split(";")}
    names |= {f"{negation} {rest}": "none" for negation in ("tidak", "belum", "tidak belum") for rest in _NOT_SCHOOLED}
    for letter, heads in (("D", ("d", "diploma", "dipl")), ("S", ("s", "strata"))):
        for digit, numerals in _NUMERALS.items():
            if (level := letter + digit) in _RANKS:
                names |= {f"{head} {numeral}": level for head in heads for numeral in (digit, *numerals)}
                names |= {letter.lower() + numeral: level for numeral in (digit, numerals[0]) if numeral != "i"}
    return names


_LEVEL_OF: Mapping[str, str] = MappingProxyType(_spelled())
_LONGEST_NAME = max(len(name.split()) for name in _LEVEL_OF)


def _levels(text: str) -> list[str]:
    """Return every level that `text` names, in order; at least one."""
    words = normalise(_RANGE.sub(_opened_range, text)).split() if len(text) <= _LONGEST_TEXT else []
    levels: list[str] = []
    place = 0
    while place < len(words):
        level, length = _name_at(words, place)
        if level is None and words[place] not in _AROUND:
            raise _no_schooling(text)
        levels += [level] if level else []
        place += length
    if not levels:
        raise _no_schooling(text)
    is_any_of_equals = not _SAME_LEVEL.isdisjoint(words)
    return ["SMA/SMK" if is_any_of_equals and _RANKS[level] == _RANKS["SMA"] else level for level in levels]


def _opened_range(found: re.Match[str]) -> str:
    before = found.group(1)
    is_level = before.casefold() in _LEVEL_OF or before[-1:].isdigit() or before.casefold() in _ROMAN
    return f"{before} sampai " if is_level else found.group()


def _name_at(words: Sequence[str], place: int) -> tuple[str | None, int]:
    """Return the level that the longest name starting at `place` stands for, and how many words it takes."""
    for length in range(_LONGEST_NAME, 0, -1):
        level = _LEVEL_OF.get(" ".join(words[place : place + length]))
        if level is not None:
            return level, min(length, len(words) - place)
    return None, 1


def _one_of_equals(levels: Sequence[str]) -> str:
    named = set(levels)
    if len(named) == 1:
        return named.pop()
    return "SMA/SMK" if _RANKS[levels[0]] == _RANKS["SMA"] else "S1"


def _no_schooling(text: str) -> InvalidInput:
    allowed = ", ".join(EDUCATION_LEVELS)
    return InvalidInput(f"{_shown(text)} is no schooling; write one of {allowed}, a field of study in its own column")


def _shown(text: str) -> str:
    """Return `text` as a message quotes it: one line of at most 62 characters."""
    quoted = " ".join(text[:_LONGEST_TEXT].split())
    return f"'{quoted}'" if len(quoted) <= 60 else f"'{quoted[:57]}...'"


@lru_cache(maxsize=65_536)
def _field_words(field_of_study: str) -> frozenset[str]:
    return frozenset(
        word for word in normalise(field_of_study).split() if word not in _FIELD_AROUND and word not in _LEVEL_OF
    )
