"""Takes what an employer types to find people; gives the search, and the address without each filter. Finds nobody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Query

from api.employer.bodies import TalentBody, TalentFiltersBody
from matcher.domain.errors import InvalidInput

EVIDENCE = ("attended", "passed", "competence")
FIELDS = {
    "province_code": "place", "district_code": "place", "education": "education", "evidence": "evidence",
    "certificates": "certificate", "only_available": "only_available",
}  # fmt: skip
"""Filter -> its name in the form."""

Short = Annotated[str, Query(max_length=200)]


@dataclass(frozen=True, slots=True)
class TalentForm:
    """The search as typed; blank is not asked. Words count where no vacancy is chosen."""

    vacancy_id: Annotated[str, Query(max_length=128)] = ""
    query: Annotated[str, Query(max_length=400)] = ""
    place: Annotated[str, Query(max_length=16)] = ""
    education: Short = ""
    evidence: Short = ""
    certificate: Short = ""
    only_available: Annotated[str, Query(max_length=8)] = ""
    cursor: Annotated[str, Query(max_length=512)] = ""

    @property
    def is_asked(self) -> bool:
        """Whether there is anything to search by."""
        return bool(self.vacancy_id or self.query.strip())

    def body(self) -> TalentBody:
        """Return the search.

        Raises
        ------
        InvalidInput
            When words, or a filter, cannot be used; the message begins with the field.
        """
        try:
            filters = TalentFiltersBody.model_validate({
                "province_code": self.place[:2] or None,
                "district_code": self.place if len(self.place) > 2 else None,
                "education": self.education or None,
                "evidence": self.evidence or None,
                "certificates": [self.certificate] if self.certificate.strip() else [],
                "only_available": bool(self.only_available),
            })  # fmt: skip
            asked = {"vacancy_id": self.vacancy_id} if self.vacancy_id else {"query": self.query}
            return TalentBody.model_validate({**asked, "filters": filters, "cursor": self.cursor or None})
        except ValueError as problem:
            raise InvalidInput("query: words or a filter cannot be used; correct them") from problem

    def address(self, *without: str, **changed: str) -> str:
        """Return the address of the search without some fields, or with others. Raises nothing."""
        kept = {name: getattr(self, name) for name in self.__slots__ if name not in {*without, "cursor"}}
        return f"/perusahaan/alumni?{urlencode({name: text for name, text in (kept | changed).items() if text})}"
