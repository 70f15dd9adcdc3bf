"""Takes the OpenAPI description; gives its endpoints as the documentation page lists them. Describes nothing itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Input:
    """One input of an endpoint; ``place`` is path, query or header."""

    name: str
    place: str
    is_obligatory: bool
    description: str


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One method and path; ``answers`` are status and meaning."""

    method: str
    path: str
    description: str
    inputs: tuple[Input, ...]
    answers: tuple[tuple[str, str], ...]


def endpoints_of(openapi: Mapping[str, Any]) -> list[Endpoint]:
    """Return every endpoint of an OpenAPI 3.1 description, in its order.

    Raises
    ------
    KeyError
        When `openapi` is no such description.
    """
    return [
        _endpoint(method, path, operation)
        for path, operations in openapi["paths"].items()
        for method, operation in operations.items()
    ]


def _endpoint(method: str, path: str, operation: Mapping[str, Any]) -> Endpoint:
    inputs = tuple(
        Input(one["name"], one["in"], one.get("required", False), one.get("description", ""))
        for one in operation.get("parameters", ())
    )
    answers = tuple((status, answer["description"]) for status, answer in operation["responses"].items())
    return Endpoint(method.upper(), path, operation.get("description", ""), inputs, answers)
