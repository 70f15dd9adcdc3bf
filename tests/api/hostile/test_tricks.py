"""Paths, queries and headers that try to break out: each is answered as what it is, an unknown or unusable word."""

from __future__ import annotations

from itertools import product
from urllib.parse import quote

import pytest

from api.security.roles import access_table
from tests.api.hostile.conftest import Besieged

TRICKS = [
    "' OR '1'='1", "1; DROP TABLE people --", "\" UNION SELECT secret FROM accounts --", "../../../../etc/passwd",
    "..%2f..%2fetc%2fpasswd", "%00", "\x00", "<script>alert(1)</script>", "{{7*7}}", "${jndi:ldap://x/y}", "%s%n",
    "\u202ev-cook", "ð\x9f\x98\x80" * 50, "a" * 3_000, "-1", "1e999", "NaN", "null", "[]", "\r\nSet-Cookie: a=b",
]  # fmt: skip


@pytest.mark.parametrize("trick", TRICKS, ids=range(len(TRICKS)))
def test_trick_in_a_path_or_a_query_breaks_nothing(besieged: Besieged, trick: str) -> None:
    client, written = besieged.house.at(), quote(trick, safe="")
    query = "&".join(f"{name}={written}" for name in ("q", "cursor", "province", "kind", "lang"))
    faults, leaks = [], []
    for call, allowed in access_table(besieged.house.app).items():
        path = "/".join(written if part.startswith("{") else part for part in call.path.split("/"))
        asked = product((*(allowed - {"anyone"}), None), ("application/json", "text/html"))
        for role, accept in asked if call.method == "GET" else ():
            answer = client.get(f"{path}?{query}", headers=besieged.headers[role] | {"Accept": accept})
            # The office's figures say 503 where nothing was exported yet.
            faults += [(call.path, answer.status_code)] if answer.status_code not in {*range(500), 503} else []
            signs = ("root:", "<script>alert") if "html" in answer.headers.get("content-type", "") else ("root:",)
            leaks += [call.path] if any(sign in answer.text for sign in signs) else []
            leaks += [call.path] if answer.headers.get("set-cookie", "").startswith("a=b") else []
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
