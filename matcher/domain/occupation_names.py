"""Takes nothing; gives the official names of KBJI 2014, unit groups and the occupations in them. Matches no text.

Source: Klasifikasi Baku Jabatan Indonesia 2014 (Kementerian Ketenagakerjaan and BPS); codes and names only.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from importlib import resources
from types import MappingProxyType


@cache
def occupation_names() -> Mapping[str, str]:
    """Return name by code: the 446 unit groups (``5120``) and the 2,137 occupations in them (``5120.01``), by code.

    Notes
    -----
    Raises nothing. The table is part of the package.
    """
    text = resources.files("matcher.domain").joinpath("occupations.csv").read_text(encoding="utf-8")
    return MappingProxyType({row["code"]: row["name"] for row in csv.DictReader(text.splitlines())})
