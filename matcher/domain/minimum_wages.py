"""Takes a province and a day; gives the minimum wage known for it, told with its year. Judges no advert.

The wages are the provincial minimum wages (upah minimum provinsi, UMP) of 2020 to 2024 as the governors announced them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from types import MappingProxyType

from matcher.domain.errors import UnknownIdentifier
from matcher.domain.qualifications import require_zone
from matcher.domain.records import Vacancy
from matcher.domain.regions import provinces

_WESTERN_TIME = timezone(timedelta(hours=7), "WIB")

FIRST_YEAR, LAST_YEAR = 2020, 2024
"""The years whose wages are known here; a later day gets the wage of the last one, told with its year."""

_IDR_MONTH: Mapping[str, tuple[int | None, ...]] = MappingProxyType(
    {
        "11": (3_165_031, 3_165_031, 3_166_460, 3_413_666, 3_460_672),
        "12": (2_499_423, 2_499_423, 2_522_610, 2_710_494, 2_809_915),
        "13": (2_484_041, 2_484_041, 2_512_539, 2_742_476, 2_811_449),
        "14": (2_888_564, 2_888_564, 2_938_564, 3_191_663, 3_294_625),
        "15": (2_630_162, 2_630_162, 2_698_941, 2_943_033, 3_037_121),
        "16": (3_043_111, 3_144_446, 3_144_446, 3_404_177, 3_456_874),
        "17": (2_213_604, 2_215_000, 2_238_094, 2_418_280, 2_507_079),
        "18": (2_432_002, 2_432_002, 2_440_486, 2_633_285, 2_716_497),
        "19": (3_230_024, 3_230_024, 3_264_884, 3_498_479, 3_640_000),
        "21": (3_005_460, 3_005_460, 3_050_172, 3_279_194, 3_402_492),
        "31": (4_276_350, 4_416_187, 4_641_854, 4_901_798, 5_067_381),
        "32": (1_810_351, 1_810_351, 1_841_487, 1_986_670, 2_057_495),
        "33": (1_742_015, 1_798_979, 1_812_935, 1_958_170, 2_036_947),
        "34": (1_704_608, 1_765_000, 1_840_916, 1_981_782, 2_125_898),
        "35": (1_768_777, 1_868_777, 1_891_567, 2_040_244, 2_165_244),
        "36": (2_460_997, 2_460_997, 2_501_203, 2_661_280, 2_727_812),
        "51": (2_494_000, 2_494_000, 2_516_971, 2_713_672, 2_813_672),
        "52": (2_183_883, 2_183_883, 2_207_212, 2_371_407, 2_444_067),
        "53": (1_950_000, 1_950_000, 1_975_000, 2_123_994, 2_186_826),
        "61": (2_399_699, 2_399_699, 2_434_328, 2_608_602, 2_702_616),
        "62": (2_903_145, 2_903_145, 2_922_516, 3_181_013, 3_261_616),
        "63": (2_877_449, 2_877_449, 2_906_473, 3_149_978, 3_282_812),
        "64": (2_981_379, 2_981_379, 3_014_497, 3_201_396, 3_360_858),
        "65": (3_000_804, 3_000_804, 3_016_738, 3_251_703, 3_361_653),
        "71": (3_310_723, 3_310_723, 3_310_723, 3_485_000, 3_545_000),
        "72": (2_303_711, 2_303_711, 2_390_739, 2_599_546, 2_736_698),
        "73": (3_103_800, 3_165_876, 3_165_876, 3_385_145, 3_434_298),
        "74": (2_552_015, 2_552_015, 2_576_017, 2_758_985, 2_885_964),
        "75": (2_788_826, 2_788_826, 2_800_580, 2_989_350, 3_025_100),
        "76": (2_678_863, 2_678_863, 2_678_863, 2_871_795, 2_914_958),
        "81": (2_604_961, 2_604_961, 2_619_313, 2_812_828, 2_949_953),
        "82": (2_721_530, 2_721_530, 2_862_231, 2_976_720, 3_200_000),
        "91": (3_516_700, 3_516_700, 3_561_932, 3_864_696, 4_024_270),
        "92": (3_134_600, 3_134_600, 3_200_000, 3_282_000, 3_393_000),
        "93": (None, None, None, None, 4_024_270),
        "94": (None, None, None, None, 4_024_270),
        "95": (None, None, None, None, 4_024_270),
        "96": (None, None, None, None, 4_024_270),
    }
)
"""Province -> wages of the years in order. The four provinces founded in 2022 have their first own wage in 2024."""


@dataclass(frozen=True, slots=True)
class MinimumWage:
    """The provincial minimum wage of one year: ``idr_month`` rupiah for a month of full-time work."""

    province_code: str
    year: int
    idr_month: int

    def is_of_year(self, on: date) -> bool:
        """Return whether the wage is the one of the year of `on`; otherwise it is older, and to be shown as such.

        Notes
        -----
        Raises nothing.
        """
        return self.year == on.year


def least_pay_idr_month(province_code: str, on: date) -> MinimumWage | None:
    """Return the latest known minimum wage of a province that is not of a later year than `on`; ``None`` for none.

    Raises
    ------
    UnknownIdentifier
        When `province_code` is no province.

    Notes
    -----
    A wage holds from 1 January to 31 December. District minimum wages (UMK), where a governor sets one, are higher and
    not known here, so that pay above this figure may still be too low.

    Examples
    --------
    >>> least_pay_idr_month("31", date(2026, 11, 22))
    MinimumWage(province_code='31', year=2024, idr_month=5067381)
    """
    if province_code not in provinces():
        raise UnknownIdentifier(f"province '{province_code}' is not one of the 38; write a Kemendagri code such as 32")
    for year in range(min(on.year, LAST_YEAR), FIRST_YEAR - 1, -1):
        wage = _IDR_MONTH[province_code][year - FIRST_YEAR]
        if wage is not None:
            return MinimumWage(province_code, year, wage)
    return None


def minimum_wage_of(vacancy: Vacancy, *, now: datetime) -> MinimumWage | None:
    """Return the minimum wage to hold a vacancy's pay against: of its province, on the day it was posted or else `now`.

    Raises
    ------
    InvalidInput
        When `now` has no time zone.
    UnknownIdentifier
        When the vacancy's province is none.

    Notes
    -----
    ``None`` where the province is not stated, the work lies abroad, or no wage is known. The day is that of Western
    Indonesia Time.
    """
    require_zone(now)
    if vacancy.province_code is None or vacancy.is_abroad:
        return None
    return least_pay_idr_month(vacancy.province_code, (vacancy.posted_at or now).astimezone(_WESTERN_TIME).date())
