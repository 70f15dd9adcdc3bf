"""Takes occupation codes of KBJI 2014 or ISCO-08; gives them in one form, their ancestors, and how near two are.

Names the ten major and the 43 sub-major groups for display. Holds no occupation's name and matches no text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from matcher.domain.errors import InvalidInput

ISCO_DIGITS = 4
"""Digits that KBJI 2014 shares with ISCO-08; what stands after the dot is Indonesia's own."""

_CODE = re.compile(r"(\d{1,4})|(\d{4})\.?(\d\d)")

_GROUPS = """
0|Tentara Nasional Indonesia (TNI) dan Kepolisian Negara Republik Indonesia (POLRI)|Armed forces occupations
01|Perwira TNI dan POLRI|Commissioned armed forces officers
02|Bintara TNI dan POLRI|Non-commissioned armed forces officers
03|Tamtama TNI dan POLRI|Armed forces occupations, other ranks
1|Manajer|Managers
11|Pimpinan Eksekutif, Pejabat Tinggi Pemerintah dan Pejabat Pembuat Peraturan Perundang-Undangan\
|Chief executives, senior officials and legislators
12|Manajer Administrasi dan Komersial|Administrative and commercial managers
13|Manajer Produksi dan Pelayanan Khusus|Production and specialized services managers
14|Manajer Jasa Perhotelan, Perdagangan dan Jasa Lainnya|Hospitality, retail and other services managers
2|Profesional|Professionals
21|Ahli Ilmu Pengetahuan dan Teknik|Science and engineering professionals
22|Profesional Kesehatan|Health professionals
23|Profesional Pendidikan|Teaching professionals
24|Profesional Bisnis dan Administrasi|Business and administration professionals
25|Profesional Teknologi Informasi dan Komunikasi|Information and communications technology professionals
26|Profesional Hukum, Sosial dan Budaya|Legal, social and cultural professionals
3|Teknisi dan Asisten Profesional|Technicians and associate professionals
31|Asisten Ahli Ilmu Pengetahuan dan Teknik|Science and engineering associate professionals
32|Asisten Profesional Kesehatan|Health associate professionals
33|Asisten Profesional Bisnis dan Administrasi|Business and administration associate professionals
34|Asisten Profesional Hukum, Sosial, Budaya dan YBDI|Legal, social, cultural and related associate professionals
35|Teknisi Informasi dan Komunikasi|Information and communications technicians
4|Tenaga Tata Usaha|Clerical support workers
41|Tenaga Tata Usaha Perkantoran Umum|General and keyboard clerks
42|Tenaga Tata Usaha Pelayanan Pelanggan|Customer services clerks
43|Tenaga Tata Usaha Penghitungan dan Pencatatan Dokumen|Numerical and material recording clerks
44|Tenaga Tata Usaha Lainnya|Other clerical support workers
5|Tenaga Usaha Jasa dan Tenaga Penjualan|Service and sales workers
51|Tenaga Usaha Jasa Perorangan|Personal service workers
52|Tenaga Penjualan|Sales workers
53|Tenaga Perawatan Pribadi|Personal care workers
54|Tenaga Usaha Jasa Perlindungan|Protective services workers
6|Pekerja Terampil Pertanian, Kehutanan dan Perikanan|Skilled agricultural, forestry and fishery workers
61|Pekerja Terampil Pertanian Berorientasi Pasar|Market-oriented skilled agricultural workers
62|Pekerja Terampil Kehutanan, Perikanan dan Perburuan Berorientasi Pasar\
|Market-oriented skilled forestry, fishery and hunting workers
63|Petani, Nelayan, Pemburu dan Pengumpul Subsisten|Subsistence farmers, fishers, hunters and gatherers
7|Pekerja Pengolahan, Kerajinan, dan YBDI|Craft and related trades workers
71|Pekerja Bangunan dan YBDI, Selain Pekerja Kelistrikan|Building and related trades workers, excluding electricians
72|Pekerja Logam, Permesinan dan YBDI|Metal, machinery and related trades workers
73|Pekerja Kerajinan dan Percetakan|Handicraft and printing workers
74|Pekerja Kelistrikan dan Elektronik|Electrical and electronic trades workers
75|Pekerja Pengolahan Makanan, Kayu, Garmen dan YBDI\
|Food processing, wood working, garment and other craft and related trades workers
8|Operator dan Perakit Mesin|Plant and machine operators and assemblers
81|Operator Mesin Stasioner dan YBDI|Stationary plant and machine operators
82|Perakit|Assemblers
83|Pengemudi dan Operator Mesin Bergerak|Drivers and mobile plant operators
9|Pekerja Kasar|Elementary occupations
91|Tenaga Kebersihan dan Juru Bantu|Cleaners and helpers
92|Buruh Pertanian, Kehutanan dan Perikanan|Agricultural, forestry and fishery labourers
93|Buruh Pertambangan, Konstruksi, Industri Pengolahan dan Transportasi\
|Labourers in mining, construction, manufacturing and transport
94|Asisten Penyiapan Makanan|Food preparation assistants
95|Pedagang dan Pekerja Jasa Jalanan|Street and related sales and service workers
96|Pekerja Sampah dan Pekerja Kasar Lainnya|Refuse workers and other elementary workers
"""


@dataclass(frozen=True, slots=True)
class OccupationGroup:
    """A major (one digit) or sub-major (two digits) group: its code, and its official names.

    ``name_id`` is that of KBJI 2014; ``name_en`` that of ISCO-08.
    """

    code: str
    name_id: str
    name_en: str


OCCUPATION_GROUPS: Mapping[str, OccupationGroup] = MappingProxyType(
    {line.split("|")[0]: OccupationGroup(*line.split("|")) for line in _GROUPS.split("\n") if line}
)
"""The ten major and 43 sub-major groups by code. KBJI writes YBDI for "and those related to it"."""


def parse_occupation_code(text: str) -> str:
    """Return the code that `text` writes, of one to four digits, or of six as KBJI writes them: ``5120.01``.

    Raises
    ------
    InvalidInput
        When `text` is no code of these forms, or its first digits name no group.

    Notes
    -----
    Whether the unit group itself exists is not checked: tables of both classifications are larger than this room.

    Examples
    --------
    >>> parse_occupation_code(" 512001 "), parse_occupation_code("512")
    ('5120.01', '512')
    """
    found = _CODE.fullmatch(text.strip()) if text.isascii() else None
    if not found:
        raise InvalidInput(f"'{text[:40]}' is no KBJI or ISCO code; write its digits, as 512, 5120 or 5120.01")
    digits = found.group(1) or found.group(2)
    if digits[:2] not in OCCUPATION_GROUPS:
        raise InvalidInput(f"'{text[:40]}' lies in no group of KBJI 2014 or ISCO-08; check its first two digits")
    return digits if found.group(1) else f"{digits}.{found.group(3)}"


def isco_code(code: str) -> str:
    """Return the part of `code` that compares internationally: at most its first four digits.

    Raises
    ------
    InvalidInput
        As ``parse_occupation_code``.
    """
    return parse_occupation_code(code)[:ISCO_DIGITS]


def ancestors(code: str) -> tuple[str, ...]:
    """Return the codes above `code`, nearest first; empty for a major group.

    Raises
    ------
    InvalidInput
        As ``parse_occupation_code``.

    Examples
    --------
    >>> ancestors("5120.01")
    ('5120', '512', '51', '5')
    """
    parsed = parse_occupation_code(code)
    shorter = range(min(len(parsed) - 1, ISCO_DIGITS), 0, -1)
    return tuple(parsed[:digits] for digits in shorter)


def occupation_group(code: str) -> OccupationGroup:
    """Return the sub-major group that `code` lies in, or its major group where the code has one digit.

    Raises
    ------
    InvalidInput
        As ``parse_occupation_code``.
    """
    return OCCUPATION_GROUPS[parse_occupation_code(code)[:2]]


def shared_depth(code_a: str, code_b: str) -> int:
    """Return how many leading digits two codes share: 0 (other major groups) to 4 (one ISCO unit group).

    Raises
    ------
    InvalidInput
        As ``parse_occupation_code``.
    """
    a, b = isco_code(code_a), isco_code(code_b)
    return max(map(len, {a, *ancestors(a)} & {b, *ancestors(b)}), default=0)


def occupation_similarity(code_a: str, code_b: str) -> float:
    """Return how near two codes are in the tree of ISCO-08, from 0 (other major groups) to 1 (one and the same).

    Raises
    ------
    InvalidInput
        As ``parse_occupation_code``.

    Notes
    -----
    2 d / (a + b), where d is the depth of the nearest common ancestor and a and b are those of the codes, at most 4 (Wu
    and Palmer 1994). Symmetric. KBJI's own digits after the dot do not count.

    Examples
    --------
    >>> occupation_similarity("5120.01", "5131"), occupation_similarity("51", "5120")
    (0.5, 0.6666666666666666)
    """
    depths = len(isco_code(code_a)) + len(isco_code(code_b))
    return 2 * shared_depth(code_a, code_b) / depths
