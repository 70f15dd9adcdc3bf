"""Takes nothing; gives the refusals that every route documents, so that no status comes unannounced.

Answers nothing.
"""

from __future__ import annotations

from typing import Any

from api.errors import PROBLEM_JSON, PROBLEMS
from api.schemas import Problem


def refusals(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the OpenAPI responses for `statuses` and 500: a problem, or a page for a browser. Raises nothing."""
    content = {PROBLEM_JSON: {"schema": Problem.model_json_schema()}, "text/html": {}}
    return {status: {"description": _titles(status), "content": content} for status in (*statuses, 500)}


def _titles(status: int) -> str:
    return "; ".join(kind.title for kind in PROBLEMS.values() if kind.status == status)
