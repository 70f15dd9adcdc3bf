"""Thousands of calls drawn from the service's own description, by every role: none ends in a 500 or in a status untold.

An ordinary run sends some hundreds; the soak profile sends more than ten thousand (docs/hostile.md has its figures).
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count, cycle
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from api.security.roles import access_table
from tests.api.hostile.conftest import Besieged

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
CALLS = {"padan": 2, "soak": 90}
"""Calls of each operation and kind of data (as described, and against the description)."""

ENDS_THE_SIGN_IN = {"POST /v1/auth/sign-out", "POST /v1/auth/session/end", "DELETE /v1/me", "POST /v1/auth/password"}
"""They are called by nobody signed in: their caller would be gone for the calls that follow."""


@pytest.mark.parametrize(
    ("mode", "reached"),
    [(GenerationMode.POSITIVE, {200, 401, 403, 404, 422}), (GenerationMode.NEGATIVE, {401, 404, 422})],
    ids=["described", "against"],
)
def test_no_drawn_call_ends_in_an_error_of_the_server_or_an_untold_status(
    besieged: Besieged, mode: GenerationMode, reached: set[int]
) -> None:
    siege = Siege(besieged)
    for operation in siege.operations():
        siege.lay(operation, mode)
    told = siege.told
    print(f"\n{sum(told.values()):,} calls: " + ", ".join(f"{code} {n:,}" for code, n in sorted(told.items())))
    assert not [status for status in told if status >= 500]
    assert reached <= set(told)


@dataclass
class Siege:
    """What was answered so far, and the ids that answers gave away: later calls use them and so reach further."""

    besieged: Besieged
    told: Counter[int] = field(default_factory=Counter)
    ids: dict[str, list[str]] = field(default_factory=lambda: defaultdict(lambda: ["v-cook", "32.73"]))

    def operations(self) -> list[Any]:
        """Return every operation as the service describes it, but for sign-in: who calls is ours to say."""
        app = self.besieged.house.app
        described = app.openapi()
        schema = schemathesis.openapi.from_dict({**described, "paths": _without_sign_in(described["paths"])})
        schema.app = app
        return [found.ok() for found in schema.get_all_operations()]

    def lay(self, operation: Any, mode: GenerationMode) -> None:
        """Send drawn calls of one operation."""
        calls, callers, turn = CALLS[settings.get_current_profile_name()], self._callers(operation), count()

        @settings(max_examples=calls, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
        @given(case=operation.as_strategy(generation_mode=mode))
        def call(case: Case) -> None:
            for name in [name for name in case.headers if name.lower() in {"authorization", "cookie"}]:
                del case.headers[name]
            if next(turn) % 2:
                self._put_known_ids(case)
            answer = case.call(headers=dict(next(callers)))
            self.told[answer.status_code] += 1
            self._learn_ids(answer)
            case.validate_response(answer, checks=CHECKS)

        # A call without parameters and body has nothing that could be drawn against its description.
        with suppress(Unsatisfiable):
            call()

    def _callers(self, operation: Any) -> Iterator[dict[str, str]]:
        """Give the headers of who may call the operation, in turn; now and then somebody who may not."""
        table = {(call.method, call.path): roles for call, roles in access_table(self.besieged.house.app).items()}
        allowed, headers = table[operation.method.upper(), operation.path], self.besieged.headers
        if operation.label in ENDS_THE_SIGN_IN:
            return cycle([headers[None]])
        may = [one for role, one in headers.items() if role in allowed or "anyone" in allowed]
        return cycle([*may, *may, *may, *headers.values()])

    def _put_known_ids(self, case: Case) -> None:
        for drawn in (case.path_parameters, case.body):
            for name in [name for name in drawn if name in self.ids] if isinstance(drawn, dict) else ():
                drawn[name] = self.ids[name][-1 - self.told.total() % len(self.ids[name])]

    def _learn_ids(self, answer: Any) -> None:
        if "json" in str(answer.headers.get("content-type")):
            for name, value in re.findall(r'"(\w+_id|pseudonym)":\s*"([^"]+)"', answer.content.decode()):
                self.ids[name].append(value)


def _without_sign_in(paths: dict[str, dict[str, Any]]) -> dict[str, Any]:
    return {
        path: {method: {**told, "security": []} for method, told in operations.items()}
        for path, operations in paths.items()
    }
