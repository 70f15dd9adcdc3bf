"""Paths, queries and headers that try to break out: each is answered as what it is, an unknown or unusable word."""

from __future__ import annotations

from itertools import cycle, islice
from urllib.parse import quote

import pytest
from hypothesis import settings

from api.security.roles import access_table
from tests.api.hostile.conftest import Besieged

TRICKS = [
    "' OR '1'='1", "1; DROP TABLE people --", "\" UNION SELECT secret FROM accounts --", "../../../../etc/passwd",
    "..%2f..%2fetc%2fpasswd", "%00", "\x00", "<script>alert(1)</script>", "{{7*7}}", "${jndi:ldap://x/y}", "%s%n",
    "\u202ev-cook", "ð\x9f\x98\x80" * 50, "a" * 3_000, "-1", "1e999", "NaN", "null", "[]", "\r\nSet-Cookie: a=b",
]  # fmt: skip


TRICKS_OF_A_ROUTE = {"padan": 4, "soak": len(TRICKS)}
"""How many of the tricks each route is tried with; the next route gets the next ones."""


def test_trick_in_a_path_or_a_query_breaks_nothing(besieged: Besieged) -> None:
    client, tricks = besieged.house.at(), cycle(TRICKS)
    n_tricks = TRICKS_OF_A_ROUTE[settings.get_current_profile_name()]
    faults, leaks = [], []
    for call, allowed in access_table(besieged.house.app).items():
        for trick in islice(tricks, n_tricks) if call.method == "GET" else ():
            written = quote(trick, safe="")
            query = "&".join(f"{name}={written}" for name in ("q", "cursor", "province", "kind", "lang"))
            path = "/".join(written if part.startswith("{") else part for part in call.path.split("/"))
            for role, accept in [*((role, "application/json") for role in allowed - {"anyone"}), (None, "text/html")]:
                answer = client.get(f"{path}?{query}", headers=besieged.headers[role] | {"Accept": accept})
                faults += [(call.path, trick, answer.status_code)] if answer.status_code >= 500 else []
                signs = ("root:", "<script>alert") if "html" in answer.headers.get("content-type", "") else ("root:",)
                leaks += [(call.path, trick)] if any(sign in answer.text for sign in signs) else []
                leaks += [(call.path, trick)] if answer.headers.get("set-cookie", "").startswith("a=b") else []
    assert (faults, leaks) == ([], [])


@pytest.mark.parametrize(
    "path", ["../settings.py", "..%2fsettings.py", "%2e%2e/settings.py", "....//settings.py", "/etc/passwd"]
)
def test_static_files_end_at_their_folder(besieged: Besieged, path: str) -> None:
    answer = besieged.house.at().get(f"/static/{path}")
    assert answer.status_code in {404, 405}
    assert "Settings" not in answer.text


@pytest.mark.parametrize(
    "header", ["Host", "X-Forwarded-For", "X-Request-Id", "Accept-Language", "Idempotency-Key", "Accept"]
)
def test_header_of_a_stranger_is_not_echoed(besieged: Besieged, header: str) -> None:
    answer = besieged.house.at().get("/v1/vacancies", headers={header: "<script>alert(1)</script>"})
    assert answer.status_code < 500
    assert "<script>alert" not in answer.text + str(answer.headers)
