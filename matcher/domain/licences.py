"""Takes what an advert asks for in its own words, and certificates and licences; gives whether they meet it.

Knows no place and no schooling.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from types import MappingProxyType
from typing import TypeVar

from matcher.domain.qualifications import evidence_rank, is_current
from matcher.domain.records import Certificate, Licence
from matcher.domain.text import normalise

_ANY, _CAR, _MOTORCYCLE = "any", "car", "motorcycle"
_SIM_CLASSES: Mapping[str, tuple[str, int]] = MappingProxyType(
    {
        "a": (_CAR, 1), "b": (_CAR, 2), "b1": (_CAR, 2), "b2": (_CAR, 3),
        "c": (_MOTORCYCLE, 1), "c1": (_MOTORCYCLE, 2), "c2": (_MOTORCYCLE, 3),
        "d": (_MOTORCYCLE, 1), "d1": (_CAR, 1),
    }
)  # fmt: skip
"""Class of a driving licence (SIM) -> what it drives and how heavy; a class covers the lighter ones of its kind."""

_NUMBERS: Mapping[str, int] = MappingProxyType({"i": 1, "ii": 2, "iii": 3, "1": 1, "2": 2, "3": 3})
_SIM_CLASS = r"(?:a|[bc](?: ?(?:ii|i|2|1))?|d(?: ?(?:i|1))?)"
_SIM = re.compile(rf"\bsim\b(?: (?:{_SIM_CLASS}|umum|perseorangan|golongan|sim|dan|atau|or|and|serta)\b)*")
_SIM_PART = re.compile(rf"\b({_SIM_CLASS})( umum)?\b")
_BARE_SIM = re.compile(r"\bsim(?= (?:aktif|berlaku|masih|yang|valid|minimal|wajib)\b|$)")
_OPERATOR_CLASS = re.compile(r"\b(?:kelas|klas|class) (iii|ii|i|[123])\b")
_SHORT_NAMES = (
    (re.compile(r"\bsurat\s+i[jz]in\s+mengemudi\b|\bdriv(?:ing|er'?s?)\s+licen[cs]e\b"), "sim"),
    (re.compile(r"\bsurat\s+i[jz]in\s+operator\b"), "sio"),
    (re.compile(r"\bsurat\s+tanda\s+registrasi\b"), "str"),
    (re.compile(r"\bkeselamatan\s+(?:dan\s+|&\s*)?kesehatan\s+kerja\b"), "k3"),
    (re.compile(r"\bak3u\b|\bak3\s+umum\b"), "k3 umum"),
)
_OTHER_LICENCES = frozenset({"sio", "str", "sip", "k3"})
_COMPETENCE = frozenset("bnsp lsp kompetensi kompeten competence competency lisensi licence license".split())
_COURSE = frozenset("pelatihan kursus diklat training course".split())
_SAYS_NOTHING = (
    _COURSE
    | (_COMPETENCE - {"bnsp"})
    | frozenset(
        "sertifikat sertifikasi bersertifikat certificate certification certified kartu surat izin ijin ahli skema uji "
        "keahlian keterampilan memiliki mempunyai punya wajib harus aktif berlaku masih yang valid resmi asli minimal "
        "dari oleh untuk bagi di bidang sebagai tingkat kemnaker ri dan".split()
    )
)
_NO_REQUIREMENT = frozenset({"", "tidak ada", "none"})
_EITHER = re.compile(r"\b(?:dan\s*/\s*atau|and\s*/\s*or|atau|or)\b")
_ALL = re.compile(r"\b(?:dan|and)\b|[&+,;]")


@dataclass(frozen=True, slots=True)
class _Driving:
    """A class of SIM: what it drives, how heavy, and whether for pay (Umum)."""

    drives: str
    weight: int
    is_public: bool

    def covers(self, asked: _Driving) -> bool:
        is_kind = asked.drives in (_ANY, self.drives)
        return is_kind and self.weight >= asked.weight and (self.is_public or not asked.is_public)


@dataclass(frozen=True, slots=True)
class _Named:
    """The meaningful words of a paper or of a piece of a requirement, and the operator class it states."""

    words: frozenset[str]
    operator_class: int | None

    def covers(self, asked: _Named) -> bool:
        stated, wanted = self.operator_class, asked.operator_class
        is_class = wanted is None or (stated is not None and stated <= wanted)
        return is_class and asked.words <= self.words


_Paper = TypeVar("_Paper", _Driving, _Named)


@dataclass(frozen=True, slots=True)
class _Requirement:
    """A requirement taken apart: ``driving`` and ``pieces`` are all to be met, each by one of its alternatives."""

    driving: tuple[tuple[_Driving, ...], ...]
    pieces: tuple[tuple[_Named, ...], ...]
    is_for_course: bool
    title: str | None


def requirement_met(
    required: str, *, certificates: Sequence[Certificate] = (), licences: Sequence[Licence] = (), now: datetime
) -> bool:
    """Return whether current certificates and licences meet one entry of a vacancy's required certificates.

    Parameters
    ----------
    required : str
        Free words, as "SIM B1", "Sertifikat K3 Umum", "BNSP Barista", "SIM A atau C".
    certificates, licences
        What one person holds.
    now : datetime
        Aware instant that decides expiry.

    Raises
    ------
    InvalidInput
        When `now` has no time zone or a certificate's evidence is outside its scale.

    Notes
    -----
    Words are compared whole, never as parts of words, and those that say nothing ("sertifikat", "aktif") do not count;
    an entry of such words alone excludes nobody. The rule stands in docs/decisions/0003-qualification.md.
    """
    asked = _requirement(required)
    permits = [permit for permit in licences if is_current(permit.expires_on, now)]
    papers = [paper for paper in certificates if is_current(paper.expires_on, now)]
    if asked.title and any(_is_passed_course(paper, asked.title) for paper in papers):
        return True
    classes = _held_driving(papers, permits)
    held = [_named(_licence_text(permit)) for permit in permits]
    held += [_named(_certificate_text(paper)) for paper in papers if _is_proof(paper, asked.is_for_course)]
    return _each_covered(asked.driving, classes) and _each_covered(asked.pieces, held)


def takes_several_papers(required: str) -> bool:
    """Return whether one entry of required certificates may be met by several papers together and by none alone.

    Notes
    -----
    Raises nothing.
    """
    asked = _requirement(required)
    return len(asked.driving) + len(asked.pieces) > 1


def licence_satisfies(held: Licence, required: str, now: datetime) -> bool:
    """Return whether one licence, current at the aware instant `now`, meets a requirement by itself.

    Raises
    ------
    InvalidInput
        When `now` has no time zone.

    Notes
    -----
    SIM B2 covers B1 and B1 covers A; Umum covers the same and lighter classes with and without it, a licence without it
    covers no Umum; C stands apart (UU 22/2009 art. 80, 82, 84). D counts as C and D1 as A, as Perpol 5/2021 equates
    them. An operator licence (SIO) of class I covers class II, and II covers III (Permenaker 8/2020).
    """
    return requirement_met(required, licences=(held,), now=now)


def names_licence(required: str) -> bool:
    """Return whether a requirement asks for a licence (SIM, SIO, STR, SIP, K3), not for a certificate alone.

    Notes
    -----
    Raises nothing.
    """
    return bool(_kinds(required))


def held_of_kind(
    required: str, *, certificates: Sequence[Certificate] = (), licences: Sequence[Licence] = ()
) -> tuple[str, ...]:
    """Return the names of what a person holds of the same kind as a requirement, whether it is enough or not.

    Licences of a kind that it names come first, then certificates whose title names all that a piece of it asks.

    Notes
    -----
    Raises nothing. Beside a refusal it tells a lapsed or lower paper from none at all.
    """
    asked = [piece for either in _requirement(required).pieces for piece in either]
    kinds = _kinds(required)
    permits = [text for text in map(_licence_text, licences) if kinds & _kinds(text)]
    papers = [
        paper.title for paper in certificates if any(_named(_certificate_text(paper)).covers(piece) for piece in asked)
    ]
    return tuple(dict.fromkeys(permits + papers))


@lru_cache(maxsize=8192)
def _requirement(required: str) -> _Requirement:
    text = _short(required)
    words = set(normalise(text).split())
    if normalise(text) in _NO_REQUIREMENT:
        return _Requirement((), (), is_for_course=False, title=None)
    is_either = bool(_EITHER.search(text)) or "/" in text
    driving = _driving(text)
    # Beside a SIM only other licences are papers: "SIM C dan motor" asks for a vehicle, not for a second certificate.
    pieces = [
        either for either in _pieces(text) if not driving or any(piece.words & _OTHER_LICENCES for piece in either)
    ]
    is_competence = bool(words & _COMPETENCE)
    return _Requirement(
        driving=(driving,) if is_either and driving else tuple((one,) for one in driving),
        pieces=tuple(pieces),
        is_for_course=bool(words & _COURSE) and not is_competence,
        title=None if is_competence or driving or words & _OTHER_LICENCES else normalise(required),
    )


def _pieces(text: str) -> list[tuple[_Named, ...]]:
    """Return what must all be met, each with its alternatives; words that say nothing make no piece."""
    is_listed = bool(_EITHER.search(text))
    parted = _EITHER.sub("/", text)
    parts = _ALL.split(parted.replace(",", "/") if is_listed else parted)
    eithers = [tuple(_named(piece) for piece in part.split("/")) for part in parts]
    return [either for either in eithers if all(piece.words for piece in either)]


@lru_cache(maxsize=8192)
def _driving(text: str) -> tuple[_Driving, ...]:
    """Return the classes of SIM that `text` names; none where it names no SIM."""
    spoken = normalise(_short(text))
    found = [part for segment in _SIM.findall(spoken) for part in _SIM_PART.findall(segment.removeprefix("sim"))]
    if found:
        return tuple(_Driving(*_SIM_CLASSES[_arabic(name)], is_public=bool(public)) for name, public in found)
    if re.search(r"\bsim umum\b", spoken):
        return (_Driving(_CAR, 1, is_public=True),)
    return (_Driving(_ANY, 0, is_public=False),) if _BARE_SIM.search(spoken) else ()


def _arabic(name: str) -> str:
    numeral = name[1:].strip()
    return f"{name[0]}{_NUMBERS[numeral]}" if numeral else name


@lru_cache(maxsize=8192)
def _named(text: str) -> _Named:
    words = normalise(_short(text))
    stated = _OPERATOR_CLASS.search(words)
    meaningful = set(_OPERATOR_CLASS.sub(" ", words).split()) - _SAYS_NOTHING
    if "sio" in meaningful:
        meaningful.discard("operator")
    return _Named(frozenset(meaningful), _NUMBERS[stated.group(1)] if stated else None)


def _held_driving(papers: Sequence[Certificate], permits: Sequence[Licence]) -> list[_Driving]:
    """Return the classes of SIM held; one written among certificates counts when its scheme is other."""
    texts = [_licence_text(permit) for permit in permits]
    texts += [paper.title for paper in papers if paper.scheme == "other" and _short(paper.title).startswith("sim ")]
    return [one for text in texts for one in _driving(text)]


@lru_cache(maxsize=8192)
def _licence_text(permit: Licence) -> str:
    kind, stated = permit.kind, permit.licence_class or ""
    if _SIM_PART.fullmatch(normalise(kind)):
        kind = f"SIM {kind}"
    if "sio" in normalise(_short(kind)).split() and normalise(stated) in _NUMBERS:
        stated = f"kelas {stated}"
    return f"{kind} {stated}".strip()


def _certificate_text(paper: Certificate) -> str:
    return f"{paper.title} BNSP" if paper.scheme == "bnsp" else paper.title


def _is_proof(paper: Certificate, is_for_course: bool) -> bool:
    grade = evidence_rank(paper.evidence)
    return grade == 2 or paper.scheme in ("bnsp", "other") or (is_for_course and grade >= 1)


def _is_passed_course(paper: Certificate, title: str) -> bool:
    return normalise(paper.title) == title and evidence_rank(paper.evidence) >= 1


def _each_covered(asked: Sequence[Sequence[_Paper]], held: Sequence[_Paper]) -> bool:
    return all(any(one.covers(piece) for one in held for piece in either) for either in asked)


@lru_cache(maxsize=8192)
def _kinds(text: str) -> frozenset[str]:
    return frozenset({"sim"} if _driving(text) else ()) | (_OTHER_LICENCES & set(normalise(_short(text)).split()))


def _short(text: str) -> str:
    """Return `text` in lower case, the long names of licences in their short form, its punctuation kept."""
    short = text.casefold()
    for long, name in _SHORT_NAMES:
        short = long.sub(name, short)
    return short
