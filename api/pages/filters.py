"""Takes a person and what they want to see; gives the filter form of the vacancies page. Filters nothing itself."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from urllib.parse import urlencode

from api.alumni.bodies import RemovedByFilter
from api.alumni.vacancy_filters import Wanted
from api.pages.texts import Texts
from matcher.domain.records import Alumnus
from matcher.domain.regions import districts, provinces

FIELDS = {
    "province_code": "province", "district_code": "district", "education": "education",
    "salary_min_idr_month": "pay", "employment_type": "kind",
}  # fmt: skip
"""Filter -> its name in the form."""

LEVELS = ("SD", "SMP", "SMA", "SMK", "D1", "D3", "S1")
KINDS = ("full_time", "part_time", "contract", "daily", "freelance", "internship", "seasonal")
PAYS_IDR_MONTH = (2_000_000, 3_000_000, 4_000_000, 5_000_000, 7_500_000)
Options = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class FilterForm:
    """The choices of the form, what is chosen, and the address without each chosen filter."""

    provinces: Options
    districts: Options
    levels: Options
    pays: Options
    kinds: Options
    chosen: dict[str, str]

    def without(self, name: str) -> str:
        """Return the address of the page without the filter `name`. Raises nothing."""
        kept = {key: value for key, value in self.chosen.items() if key != FIELDS[name]}
        return f"/lowongan?{urlencode(kept)}" if kept else "/lowongan"

    def told(self, removed: RemovedByFilter) -> str:
        """Return a filter with its value in words. Raises nothing."""
        options = self.provinces + self.districts + self.levels + self.pays + self.kinds
        return dict(options).get(removed.value, removed.value)


def filter_form(person: Alumnus, wanted: Wanted, texts: Texts) -> FilterForm:
    """Return the form; districts are those of the chosen province, or of the person's own. Raises nothing."""
    province = wanted.province_code or person.province_code
    chosen = {FIELDS[name]: str(value) for name, value in asdict(wanted).items() if value is not None}
    return FilterForm(
        provinces=tuple((code, one.name) for code, one in provinces().items()),
        districts=tuple((code, one.name) for code, one in districts().items() if code[:2] == province),
        levels=tuple((level, level) for level in LEVELS),
        pays=tuple((str(pay), texts("pay_from", least=texts.rupiah(pay))) for pay in PAYS_IDR_MONTH),
        kinds=tuple((kind, texts(f"type_{kind}")) for kind in KINDS),
        chosen=chosen,
    )
