"""The table of who may call what, for every route. A route without a row here fails, and so does a row without a route.

``ok`` says that the call gets past the guard: what it then answers (an empty body is a 422) is that route's own matter.
"""

from __future__ import annotations

from typing import Any, cast

import pytest
from fastapi import APIRouter, Depends, FastAPI
from fastapi.testclient import TestClient

from api.dependencies import require
from api.security.roles import ROLES, Call, access_table
from tests.api.security.conftest import (
    House,
    Opener,
    database_url,
    empty_database_url,
    house,
    migrated_url,
    opened,
    postgresql_url,
)

__all__ = ["database_url", "empty_database_url", "house", "migrated_url", "opened", "postgresql_url"]

EVERYBODY = "anyone"
SIGNED_IN = frozenset(ROLES)

TABLE: dict[str, str | frozenset[str]] = {
    "GET /": EVERYBODY,
    "GET /coba": EVERYBODY,
    "GET /docs": EVERYBODY,
    "GET /gaya": EVERYBODY,
    "GET /masuk": EVERYBODY,
    "POST /masuk": EVERYBODY,
    "GET /masuk/petugas": EVERYBODY,
    "POST /masuk/petugas": EVERYBODY,
    "POST /keluar": SIGNED_IN,
    "GET /daftar": EVERYBODY,
    "POST /daftar": EVERYBODY,
    "GET /daftar/kode": EVERYBODY,
    "POST /daftar/kode": EVERYBODY,
    "GET /lupa": EVERYBODY,
    "POST /lupa": EVERYBODY,
    "GET /lowongan": frozenset({"alumnus"}),
    "POST /lowongan": frozenset({"alumnus"}),
    "GET /lowongan/{vacancy_id}": frozenset({"alumnus"}),
    "GET /tersimpan": frozenset({"alumnus"}),
    "GET /kursus": frozenset({"alumnus"}),
    "GET /undangan": frozenset({"alumnus"}),
    "POST /undangan": frozenset({"alumnus"}),
    "GET /tanya": frozenset({"alumnus"}),
    "POST /tanya": frozenset({"alumnus"}),
    "GET /kabar": frozenset({"alumnus"}),
    "POST /kabar": frozenset({"alumnus"}),
    "GET /usaha": frozenset({"alumnus"}),
    "GET /pmo": frozenset({"pmo"}),
    "GET /pmo/hasil": frozenset({"pmo"}),
    "GET /pmo/waktu": frozenset({"pmo"}),
    "GET /pmo/corong": frozenset({"pmo"}),
    "GET /pmo/keadilan": frozenset({"pmo"}),
    "GET /pmo/kebutuhan": frozenset({"pmo"}),
    "GET /pmo/kursus": frozenset({"pmo"}),
    "GET /pmo/kebijakan": frozenset({"pmo"}),
    "GET /pmo/perubahan": frozenset({"pmo"}),
    "GET /data-saya": frozenset({"alumnus"}),
    "GET /data-saya/{part}": frozenset({"alumnus"}),
    "POST /data-saya/tempat": frozenset({"alumnus"}),
    "POST /data-saya/sekolah": frozenset({"alumnus"}),
    "POST /data-saya/kerja": frozenset({"alumnus"}),
    "POST /data-saya/setuju": frozenset({"alumnus"}),
    "POST /data-saya/kabar": frozenset({"alumnus"}),
    "POST /data-saya/salah": frozenset({"alumnus"}),
    "POST /data-saya/keberatan": frozenset({"alumnus"}),
    "POST /data-saya/hapus": frozenset({"alumnus"}),
    "GET /perusahaan": frozenset({"employer"}),
    "GET /perusahaan/lowongan/baru": frozenset({"employer"}),
    "POST /perusahaan/lowongan/baru": frozenset({"employer"}),
    "GET /perusahaan/lowongan/{vacancy_id}": frozenset({"employer"}),
    "POST /perusahaan/lowongan/{vacancy_id}": frozenset({"employer"}),
    "GET /perusahaan/lowongan/{vacancy_id}/pelamar": frozenset({"employer"}),
    "POST /perusahaan/lowongan/{vacancy_id}/pelamar": frozenset({"employer"}),
    "GET /perusahaan/berkas": frozenset({"employer"}),
    "POST /perusahaan/berkas": frozenset({"employer"}),
    "GET /perusahaan/alumni": frozenset({"employer"}),
    "POST /perusahaan/alumni": frozenset({"employer"}),
    "GET /perusahaan/undangan": frozenset({"employer"}),
    "GET /perusahaan/undangan/{invitation_id}": frozenset({"employer"}),
    "POST /perusahaan/undangan/{invitation_id}": frozenset({"employer"}),
    "POST /v1/employer/vacancies/check": frozenset({"employer"}),
    "GET /loket/terkunci": EVERYBODY,
    "POST /loket/terkunci": EVERYBODY,
    "GET /loket": frozenset({"counter"}),
    "POST /loket": frozenset({"counter"}),
    "GET /loket/mulai": frozenset({"counter"}),
    "POST /loket/mulai": frozenset({"counter"}),
    "GET /loket/daftar": frozenset({"counter"}),
    "POST /loket/daftar": frozenset({"counter"}),
    "GET /loket/orang": frozenset({"counter"}),
    "POST /loket/orang": frozenset({"counter"}),
    "GET /loket/orang/pin": frozenset({"counter"}),
    "POST /loket/orang/pin": frozenset({"counter"}),
    "GET /loket/orang/kuitansi": frozenset({"counter"}),
    "GET /loket/orang/sertifikat": frozenset({"counter"}),
    "POST /loket/orang/sertifikat": frozenset({"counter"}),
    "POST /loket/selesai": frozenset({"counter"}),
    "GET /loket/cetak": frozenset({"counter"}),
    "GET /loket/lembar": frozenset({"counter"}),
    "GET /loket/kuitansi": frozenset({"counter"}),
    "GET /loket/panggilan": frozenset({"counter"}),
    "POST /loket/panggilan": frozenset({"counter"}),
    "GET /loket/panggilan/{callback_id}": frozenset({"counter"}),
    "GET /loket/pertanyaan": frozenset({"counter"}),
    "POST /loket/pertanyaan": frozenset({"counter"}),
    "GET /loket/perbaikan": frozenset({"counter"}),
    "POST /loket/perbaikan": frozenset({"counter"}),
    "POST /loket/kunci": frozenset({"counter"}),
    "GET /loket/paket": frozenset({"counter"}),
    "POST /loket/paket": frozenset({"counter"}),
    "POST /loket/paket/kirim": EVERYBODY,
    "GET /loket/sinkron": frozenset({"counter"}),
    "POST /loket/sinkron": frozenset({"counter"}),
    "POST /loket/masih": frozenset({"counter"}),
    "GET /openapi.json": EVERYBODY,
    "GET /static": EVERYBODY,
    "GET /health/live": EVERYBODY,
    "GET /health/ready": EVERYBODY,
    "GET /metrics": EVERYBODY,
    "POST /v1/operator/artifacts/{name}/activate": frozenset({"operator"}),
    "GET /v1/vacancies": EVERYBODY,
    "GET /v1/vacancies/{vacancy_id}": EVERYBODY,
    "GET /v1/demo/alumni": EVERYBODY,
    "GET /v1/demo/alumni/{alumnus_id}/recommendations": EVERYBODY,
    "POST /v1/auth/register": EVERYBODY,
    "POST /v1/auth/verify": EVERYBODY,
    "POST /v1/auth/token": EVERYBODY,
    "POST /v1/auth/refresh": EVERYBODY,
    "POST /v1/auth/reset": EVERYBODY,
    "GET /v1/auth/session": EVERYBODY,
    "POST /v1/auth/session": EVERYBODY,
    "GET /v1/auth/openid/start": EVERYBODY,
    "GET /v1/auth/openid/callback": EVERYBODY,
    "POST /v1/auth/sign-out": SIGNED_IN,
    "POST /v1/auth/password": SIGNED_IN,
    "POST /v1/auth/session/end": SIGNED_IN,
    "POST /v1/auth/openid/link": SIGNED_IN - {"alumnus"},
    "POST /v1/auth/reset-codes": frozenset({"counter", "operator"}),
    "POST /v1/auth/accounts": frozenset({"operator"}),
    "PATCH /v1/auth/accounts/{account_id}": frozenset({"operator"}),
    "GET /v1/auth/outbox": frozenset({"operator"}),
    "GET /v1/me": frozenset({"alumnus"}),
    "PATCH /v1/me": frozenset({"alumnus"}),
    "DELETE /v1/me": frozenset({"alumnus"}),
    "GET /v1/me/export": frozenset({"alumnus"}),
    "GET /v1/me/consents": frozenset({"alumnus"}),
    "PUT /v1/me/consents/{purpose}": frozenset({"alumnus"}),
    "GET /v1/me/accesses": frozenset({"alumnus"}),
    "GET /v1/me/corrections": frozenset({"alumnus"}),
    "POST /v1/me/corrections": frozenset({"alumnus"}),
    "GET /v1/me/objection": frozenset({"alumnus"}),
    "PUT /v1/me/objection": frozenset({"alumnus"}),
    "GET /v1/me/availability": frozenset({"alumnus"}),
    "PUT /v1/me/availability": frozenset({"alumnus"}),
    "GET /v1/me/messages": frozenset({"alumnus"}),
    "PUT /v1/me/messages": frozenset({"alumnus"}),
    "GET /v1/me/recommendations": frozenset({"alumnus"}),
    "GET /v1/me/next-courses": frozenset({"alumnus"}),
    "POST /v1/me/interactions": frozenset({"alumnus"}),
    "POST /v1/me/outcomes": frozenset({"alumnus"}),
    "GET /v1/me/saved": frozenset({"alumnus"}),
    "GET /v1/me/applied": frozenset({"alumnus"}),
    "GET /v1/me/invitations": frozenset({"alumnus"}),
    "POST /v1/me/invitations/{invitation_id}/accept": frozenset({"alumnus"}),
    "POST /v1/me/invitations/{invitation_id}/decline": frozenset({"alumnus"}),
    "GET /v1/me/questions": frozenset({"alumnus"}),
    "POST /v1/me/questions": frozenset({"alumnus"}),
    "POST /v1/counter/find": frozenset({"counter"}),
    "POST /v1/counter/people": frozenset({"counter"}),
    "POST /v1/counter/sessions": frozenset({"counter"}),
    "POST /v1/counter/sessions/{session_id}/end": frozenset({"counter"}),
    "POST /v1/counter/sessions/{session_id}/certificates": frozenset({"counter"}),
    "GET /v1/counter/sheet": frozenset({"counter"}),
    "POST /v1/counter/callbacks": frozenset({"counter"}),
    "GET /v1/counter/callbacks": frozenset({"counter"}),
    "GET /v1/counter/callbacks/{callback_id}/contact": frozenset({"counter"}),
    "POST /v1/counter/callbacks/{callback_id}/close": frozenset({"counter"}),
    "GET /v1/counter/questions": frozenset({"counter"}),
    "POST /v1/counter/questions/{question_id}/answer": frozenset({"counter"}),
    "GET /v1/counter/corrections": frozenset({"counter"}),
    "POST /v1/counter/corrections/{correction_id}/decide": frozenset({"counter"}),
    "POST /v1/counter/offline-pack": frozenset({"counter"}),
    "POST /v1/counter/offline-sync": frozenset({"counter"}),
    "POST /v1/employer/vacancies": frozenset({"employer"}),
    "GET /v1/employer/vacancies": frozenset({"employer"}),
    "PUT /v1/employer/vacancies/{vacancy_id}": frozenset({"employer"}),
    "POST /v1/employer/vacancies/{vacancy_id}/filled": frozenset({"employer"}),
    "POST /v1/employer/vacancies/{vacancy_id}/withdraw": frozenset({"employer"}),
    "GET /v1/employer/vacancies/{vacancy_id}/applicants": frozenset({"employer"}),
    "POST /v1/employer/vacancies/{vacancy_id}/applicants/{pseudonym}/answer": frozenset({"employer"}),
    "POST /v1/employer/hires": frozenset({"employer"}),
    "POST /v1/employer/talent-search": frozenset({"employer"}),
    "GET /v1/employer/report": frozenset({"employer"}),
    "POST /v1/employer/invitations": frozenset({"employer"}),
    "POST /v1/employer/vacancies/import": frozenset({"employer"}),
    "GET /v1/employer/invitations": frozenset({"employer"}),
    "GET /v1/employer/invitations/{invitation_id}": frozenset({"employer"}),
    "POST /v1/operator/import/{table}": frozenset({"operator"}),
    "GET /v1/operator/audit": frozenset({"operator"}),
    "GET /v1/operator/reviews": frozenset({"operator"}),
    "POST /v1/operator/reviews/{review_id}/decide": frozenset({"operator"}),
    "GET /v1/operator/employers": frozenset({"operator"}),
    "POST /v1/operator/employers": frozenset({"operator"}),
    "POST /v1/operator/employers/{employer_id}/decide": frozenset({"operator"}),
    "POST /v1/operator/outbox/take": frozenset({"operator"}),
    "GET /v1/pmo/outcomes": frozenset({"pmo"}),
    "GET /v1/pmo/net-effect": frozenset({"pmo"}),
    "GET /v1/pmo/funnel": frozenset({"pmo"}),
    "GET /v1/pmo/fairness": frozenset({"pmo"}),
    "GET /v1/pmo/demand-gap": frozenset({"pmo"}),
    "GET /v1/pmo/course-value": frozenset({"pmo"}),
    "GET /v1/pmo/time-to-work": frozenset({"pmo"}),
    "GET /v1/pmo/policies": frozenset({"pmo"}),
    "GET /v1/pmo/drift": frozenset({"pmo"}),
    "GET /v1/pmo/export": frozenset({"pmo"}),
    "GET /v1/employer/reviews": frozenset({"employer"}),
    "POST /v1/employer/reviews/{review_id}/appeal": frozenset({"employer"}),
}
"""Method and path -> who gets past the guard."""

OTHER_REFUSALS = {
    "POST /daftar", "POST /daftar/kode", "POST /lupa", "POST /masuk", "POST /masuk/petugas", "POST /loket/terkunci",
    "POST /v1/auth/openid/link", "POST /v1/auth/session", "GET /v1/auth/openid/callback",
}  # fmt: skip
"""Calls that answer 401 or 403 to a program for a reason of their own: they belong to a browser."""


def named(call: Call) -> str:
    """Return a call as the table writes it."""
    return f"{call.method} {call.path}"


def expected(allowed: str | frozenset[str], role: str | None) -> set[str]:
    """Return what the guard may answer to this role."""
    if allowed == EVERYBODY or (role is not None and role in allowed):
        return {"ok"}
    return {"401"} if role is None else {"403"}


def told(client: TestClient, call: Call, headers: dict[str, str]) -> str:
    """Return what the guard answers: 401, 403 or ok."""
    path = call.path.replace("{", "").replace("}", "")
    answer = client.request(call.method, path, headers=headers, follow_redirects=False)
    is_guard = answer.status_code in {401, 403} and answer.json().get("type") in {
        "/docs#not-signed-in", "/docs#not-allowed",
    }  # fmt: skip
    return str(answer.status_code) if is_guard else "ok"


def test_every_route_has_a_row_and_every_row_a_route(house: House) -> None:
    assert {named(call): allowed for call, allowed in access_table(house.app).items()} == {
        name: frozenset({EVERYBODY}) if allowed == EVERYBODY else allowed for name, allowed in TABLE.items()
    }


def test_every_role_is_answered_at_every_route_as_the_table_says(opened: Opener) -> None:
    house = opened(requests_per_minute_account=60_000, requests_per_minute_address=60_000)
    signed_in = {role: house.officer(role) for role in ROLES if role != "alumnus"} | {"alumnus": house.register()}
    client = TestClient(house.app, raise_server_exceptions=False)
    wrong = []
    for call in access_table(house.app):
        if named(call) in {
            "GET /static",
            "POST /keluar",
            "POST /loket/kunci",
            "POST /v1/auth/sign-out",
            "POST /v1/auth/session/end",
        }:
            continue
        for role in (None, *ROLES):
            headers = house.bearer(signed_in[role]) if role else {}
            answer, may = told(client, call, headers), expected(TABLE[named(call)], role)
            if answer not in may and named(call) not in OTHER_REFUSALS:
                wrong.append((named(call), role, answer, may))
    assert wrong == []


def test_signing_out_is_for_everybody_who_is_signed_in(house: House) -> None:
    for path in ("/keluar", "/v1/auth/sign-out", "/v1/auth/session/end"):
        answers = [house.at().post(path, headers=house.bearer(house.officer(role))) for role in ("pmo", "counter")]
        answers.append(house.at().post(path, headers=house.bearer(house.register(name=path))))
        assert {answer.status_code for answer in answers} <= {204, 303}
        assert house.at().post(path).status_code == 401


def app_with(*dependencies: Any) -> FastAPI:
    """Return a small service with one route that declares `dependencies`."""
    router, app = APIRouter(), FastAPI(openapi_url="/openapi.json", docs_url=None, redoc_url=None)
    router.add_api_route("/v1/thing", lambda: None, methods=["GET"], dependencies=list(dependencies))
    app.include_router(router)
    return app


@pytest.mark.parametrize("dependencies", [(), (Depends(lambda: None),), (require("pmo"), require("operator"))])
def test_a_service_with_a_route_that_does_not_declare_its_roles_once_does_not_start(
    dependencies: tuple[Any, ...],
) -> None:
    with pytest.raises(RuntimeError, match="/v1/thing: declares its roles"):
        access_table(app_with(*dependencies))


def test_a_mounted_part_without_a_guard_does_not_start() -> None:
    app = app_with(require("pmo"))
    app.mount("/files", cast(Any, app_with(require("pmo"))))
    with pytest.raises(RuntimeError, match="/files"):
        access_table(app)


def test_a_route_that_fastapi_does_not_know_needs_a_guard_too() -> None:
    app = app_with(require("pmo"))
    app.add_route("/plain", cast(Any, lambda _: None))
    with pytest.raises(RuntimeError, match="/plain"):
        access_table(app)


@pytest.mark.parametrize("roles", [(), ("king",), ("anyone", "pmo"), ("alumni",)])
def test_unknown_roles_are_a_fault_of_the_code(roles: tuple[str, ...]) -> None:
    with pytest.raises(RuntimeError, match="require"):
        require(*cast(Any, roles))
