"""Takes a request; gives what its handler works with: the artifact, the time, checked codes. Holds no route."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Query, Request

from api.clock import Clock
from api.texts import Language
from matcher.domain.errors import InvalidInput, MatcherError, UnknownIdentifier
from matcher.domain.qualifications import parse_education
from matcher.domain.regions import parse_province_code
from matcher.engine.artifacts import Artifact


@dataclass(frozen=True, slots=True)
class Serving:
    """What one process serves: the opened artifact, or the reason why there is none."""

    artifact: Artifact | MatcherError
    clock: Clock


def _serving(request: Request) -> Serving:
    return request.app.state.serving


def _artifact(serving: Annotated[Serving, Depends(_serving)]) -> Artifact:
    if isinstance(serving.artifact, MatcherError):
        # The one refusal is raised for many requests: without this it would gather all their tracebacks.
        raise serving.artifact.with_traceback(None)
    return serving.artifact


def _now(serving: Annotated[Serving, Depends(_serving)]) -> datetime:
    return serving.clock()


def _province_code(
    province: Annotated[str | None, Query(description="Official province code, for example 32", max_length=16)] = None,
) -> str | None:
    return _parsed("province", province, parse_province_code)


def _education(
    education: Annotated[
        str | None,
        Query(
            description="Keep what is open to this schooling, for example SMA; not stated counts as open", max_length=64
        ),
    ] = None,
) -> str | None:
    return _parsed("education", education, parse_education)


def _parsed(name: str, text: str | None, parse: Callable[[str], str]) -> str | None:
    """Return the home form of a query parameter; an unknown code is an unusable input here, not a missing page."""
    try:
        return None if text is None else parse(text)
    except (InvalidInput, UnknownIdentifier) as problem:
        raise InvalidInput(f"query {name}: {problem}") from problem


ServedArtifact = Annotated[Artifact, Depends(_artifact)]
Now = Annotated[datetime, Depends(_now)]
ProvinceFilter = Annotated[str | None, Depends(_province_code)]
EducationFilter = Annotated[str | None, Depends(_education)]
PageLanguage = Annotated[Language, Query(description="Language of the page")]
