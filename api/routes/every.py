"""Takes the routes of each audience; gives them as one list, in the order in which they are looked through.

Guards none: each router declares its roles, and `api.security.roles` refuses one that does not.
"""

from __future__ import annotations

from functools import cache

from fastapi import APIRouter
from starlette.routing import BaseRoute

from api.routes import (
    alumni,
    appeals,
    auth,
    browser,
    counter,
    employer,
    health,
    me,
    me_work,
    operations,
    operator,
    pmo,
    vacancies,
)
from api.routes.pages import (
    alumni_data,
    alumni_work,
    counter_certificate,
    counter_lock,
    counter_pack,
    counter_paper,
    counter_people,
    counter_waiting,
    employer_adverts,
    employer_files,
    employer_people,
    public,
    sign_in,
)
from api.routes.pages import pmo as office

# What most requests ask for stands first.
_ROOMS = (
    me_work,
    alumni_work,
    public,
    sign_in,
    alumni_data,
    counter_lock,
    counter_pack,
    counter_people,
    counter_paper,
    counter_certificate,
    counter_waiting,
    employer_adverts,
    employer_people,
    employer_files,
    health,
    vacancies,
    alumni,
    auth,
    browser,
    counter,
    employer,
    me,
    operations,
    operator,
    appeals,
    pmo,
    office,
)


@cache
def every_route() -> tuple[BaseRoute, ...]:
    """Return the routes of the service, the same at each call: they hold nothing of one app. Raises nothing.

    Notes
    -----
    What a route takes is worked out at its first use, a third of a second for all; apps of one process share it.
    """
    together = APIRouter()
    for room in _ROOMS:
        together.include_router(room.router)
    return tuple(together.routes)
