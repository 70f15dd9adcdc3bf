"""Takes the mounted routes; gives the table of who may call what, and refuses a route that is in nobody's row.

Lets nobody in itself: the guard that `api.dependencies.require` makes does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal, NamedTuple, get_args

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from starlette.routing import Mount

Role = Literal["alumnus", "employer", "counter", "pmo", "operator"]
ROLES: tuple[Role, ...] = get_args(Role)

Allowed = Role | Literal["anyone"]
"""Who a route may be declared for; ``anyone`` needs no sign-in."""

_OPEN_PATHS = frozenset({"/openapi.json", "/static"})
"""What FastAPI and Starlette mount without dependencies: the description and the style sheet, for anyone."""


class Call(NamedTuple):
    """One method and path pattern."""

    method: str
    path: str


def access_table(app: FastAPI) -> Mapping[Call, frozenset[Allowed]]:
    """Return who may call each route of `app`.

    Raises
    ------
    RuntimeError
        When a route declares nobody, or declares twice: a fault of the code, found at the start.
    """
    return dict(_rows(app))


def _rows(app: FastAPI) -> Iterator[tuple[Call, frozenset[Allowed]]]:
    for route in iter_route_contexts(app.routes):
        path = route.path or ""
        if path in _OPEN_PATHS:
            yield Call("GET", path), frozenset({"anyone"})
            continue
        allowed = _declared(route)
        for method in sorted(route.methods or {"GET"}):
            yield Call(method, path), allowed


def _declared(route: object) -> frozenset[Allowed]:
    if isinstance(getattr(route, "route", None), Mount):
        raise RuntimeError(f"mounted {getattr(route, 'path', '?')}: has no guard; list it in api.security.roles")
    dependant = getattr(route, "dependant", None)
    found = [one.call.roles for one in getattr(dependant, "dependencies", ()) if hasattr(one.call, "roles")]
    if len(found) != 1:
        raise RuntimeError(
            f"route {getattr(route, 'path', '?')}: declares its roles {len(found)} times; give its router or the route "
            "one dependencies=[require(...)]"
        )
    return found[0]
