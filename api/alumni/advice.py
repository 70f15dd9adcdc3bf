"""Takes a person; gives the courses that would open most vacancies to them, and the offer of an officer.

Stores no impression: nothing here is an offer of work.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from api.alumni.bodies import EarlierTakersBody, NextCourse
from api.alumni.oneself import told
from api.live.view import LiveView
from matcher.domain.records import Alumnus

OBJECTED, NO_CERTIFICATE, OFFER = "officer_objected", "officer_no_certificate", "officer_offer"
"""Why an officer answers instead, or that one may always be asked: texts of the catalogues."""


def next_courses(artifact: LiveView, alumnus: Alumnus, *, n: int, now: datetime) -> list[NextCourse]:
    """Return the courses that open most vacancies to `alumnus`, most first.

    Raises
    ------
    ModelUnavailable
        When a certificate has no stored scores and the encoder cannot run.
    """
    adviser = artifact.course_adviser
    row_of = {course_id: row for row, course_id in enumerate(adviser.course_ids)}
    titles, providers = artifact.courses["title"], artifact.courses["provider"]
    return [
        NextCourse(
            course_id=one.course_id,
            title=titles[row_of[one.course_id]].as_py(),
            provider=providers[row_of[one.course_id]].as_py(),
            n_opened=one.n_opened,
            vacancy_ids=list(one.vacancy_ids),
            earlier_takers=one.earlier_takers and EarlierTakersBody(**asdict(one.earlier_takers)),
        )
        for one in adviser.next_courses(alumnus, n=n, now=now)
    ]


def unranked(reason: str) -> dict[str, Any]:
    """Return the recommendation answer that offers an officer in place of a ranking, for a `reason` above.

    Notes
    -----
    Raises KeyError for a reason that the catalogues do not tell: a fault of the code.
    """
    return {
        "impression_id": None, "policy": "officer", "eligible": None, "scored": None, "exhaustive": None,
        "notices": [], "relaxations": [], "items": [],
        "officer": {"code": reason, "feature": "", "contribution": 0.0, "text": told(reason)},
    }  # fmt: skip
