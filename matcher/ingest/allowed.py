"""Takes nothing; gives what people write for each closed list, mapped to the allowed value. Parses no cell."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

MODES: Mapping[str, str] = MappingProxyType(
    {
        "online": "online", "daring": "online", "dalam jaringan": "online",
        "offline": "offline", "luring": "offline", "luar jaringan": "offline", "tatap muka": "offline",
        "blended": "blended", "campuran": "blended", "bauran": "blended", "hybrid": "blended", "hibrida": "blended",
        "webinar": "webinar", "online webinar": "webinar",
    }
)  # fmt: skip

EMPLOYMENT_TYPES: Mapping[str, str] = MappingProxyType(
    {
        "full_time": "full_time", "fulltime": "full_time", "penuh waktu": "full_time", "purnawaktu": "full_time",
        "part_time": "part_time", "parttime": "part_time", "paruh waktu": "part_time",
        "contract": "contract", "contractor": "contract", "kontrak": "contract", "pkwt": "contract",
        "daily": "daily", "harian": "daily", "harian lepas": "daily", "pekerja harian": "daily",
        "freelance": "freelance", "freelancer": "freelance", "pekerja lepas": "freelance",
        "internship": "internship", "intern": "internship", "magang": "internship",
        "seasonal": "seasonal", "musiman": "seasonal",
    }
)  # fmt: skip

APPLY_HOW: Mapping[str, str] = MappingProxyType(
    {
        "link": "link", "tautan": "link", "walk_in": "walk_in", "datang langsung": "walk_in",
        "phone": "phone", "telepon": "phone", "officer": "officer", "petugas": "officer",
    }
)  # fmt: skip

SEXES: Mapping[str, str] = MappingProxyType(
    {
        "female": "female", "f": "female", "perempuan": "female", "wanita": "female", "p": "female",
        "male": "male", "m": "male", "laki-laki": "male", "pria": "male", "l": "male",
    }
)  # fmt: skip

EMPLOYMENT_AT_ENTRY: Mapping[str, str] = MappingProxyType(
    {
        "not_working": "not_working", "tidak bekerja": "not_working", "belum bekerja": "not_working",
        "unemployed": "not_working", "employee": "employee", "karyawan": "employee", "bekerja": "employee",
        "self_employed": "self_employed", "wirausaha": "self_employed", "wiraswasta": "self_employed",
    }
)  # fmt: skip

SCHEMES: Mapping[str, str] = MappingProxyType(
    {"course": "course", "kursus": "course", "bnsp": "bnsp", "other": "other", "lainnya": "other"}
)

EVIDENCE: Mapping[str, str] = MappingProxyType(
    {
        "attended": "attended", "hadir": "attended", "passed": "passed", "lulus": "passed",
        "competence": "competence", "kompeten": "competence",
    }
)  # fmt: skip

CONSENTS: Mapping[str, str] = MappingProxyType(
    {purpose: purpose for purpose in ("recommend", "discoverable", "contact", "research", "disability_use")}
)
