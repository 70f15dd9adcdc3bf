"""Takes nothing; gives the refusals that every route documents, so that no status comes unannounced.

Answers nothing.
"""

from __future__ import annotations

from typing import Any

from api.errors import PROBLEM_JSON, PROBLEMS
from api.schemas import Problem


def refusals(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the OpenAPI responses for `statuses`, for a body that is not taken in, and 500. Raises nothing.

    Each is a problem, or a page for a browser.
    """
    content = {PROBLEM_JSON: {"schema": Problem.model_json_schema()}, "text/html": {}}
    told = (*statuses, 408, 413, 500)
    return {status: {"description": _titles(status), "content": content} for status in told}


def _titles(status: int) -> str:
    return "; ".join(kind.title for kind in PROBLEMS.values() if kind.status == status)
