"""Takes nothing; gives where each of the 38 provinces stands on a map of equal tiles, and its short name.

Equal tiles let Papua Pegunungan be seen beside Jawa Barat; a map drawn to scale hides it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tile:
    """The place of a province: ``column`` from the west and ``row`` from the north, both from 0."""

    name: str
    column: int
    row: int


TILES: Mapping[str, Tile] = {
    "11": Tile("Aceh", 0, 0), "12": Tile("Sumut", 1, 1), "13": Tile("Sumbar", 1, 2), "14": Tile("Riau", 2, 1),
    "15": Tile("Jambi", 2, 2), "16": Tile("Sumsel", 2, 3), "17": Tile("Bkl", 1, 3), "18": Tile("Lpg", 2, 4),
    "19": Tile("Babel", 3, 3), "21": Tile("Kepri", 3, 1), "31": Tile("DKI", 4, 4), "32": Tile("Jabar", 4, 5),
    "33": Tile("Jateng", 5, 5), "34": Tile("DIY", 5, 6), "35": Tile("Jatim", 6, 5), "36": Tile("Banten", 3, 5),
    "51": Tile("Bali", 7, 5), "52": Tile("NTB", 8, 5), "53": Tile("NTT", 9, 5), "61": Tile("Kalbar", 5, 2),
    "62": Tile("Kalteng", 6, 2), "63": Tile("Kalsel", 6, 3), "64": Tile("Kaltim", 7, 2), "65": Tile("Kaltara", 7, 1),
    "71": Tile("Sulut", 10, 1), "72": Tile("Sulteng", 9, 2), "73": Tile("Sulsel", 8, 3), "74": Tile("Sultra", 9, 3),
    "75": Tile("Gtlo", 9, 1), "76": Tile("Sulbar", 8, 2), "81": Tile("Maluku", 11, 3), "82": Tile("Malut", 11, 1),
    "91": Tile("Papua", 14, 2), "92": Tile("PB", 12, 3), "93": Tile("Pasel", 14, 4), "94": Tile("Pateng", 13, 3),
    "95": Tile("Papeg", 14, 3), "96": Tile("PBD", 12, 2),
}  # fmt: skip
"""By official code."""
