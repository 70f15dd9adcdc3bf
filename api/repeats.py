"""Takes a write with its ``Idempotency-Key``; gives its answer, and to a repeat the first answer again.

Decides about no write itself.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

import sqlalchemy.orm
from fastapi import Depends, Header, Request, Response
from pydantic import BaseModel

from api.dependencies import CurrentAccount, OpenedSecurity, Session, WallNow
from api.security.keys import KeyRing
from api.storage.idempotency import Answered, begin_write, finish_write

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key", min_length=8, max_length=128, pattern=r"^[\x21-\x7e]+$",
        description="The same key with the same body gives the first answer again; with another body it is a 409",
    ),
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Once:
    """One request that writes: ``key`` as its sender chose it, or None where a repeat writes again."""

    session: sqlalchemy.orm.Session
    keys: KeyRing
    account_id: str
    key: str | None
    request_hash: str
    now: datetime

    def answer(
        self, write: Callable[[], BaseModel | None], *, status: int = 201, alumnus_id: str | None = None
    ) -> Response:
        """Return the answer of `write`, or the first one where this is a repeat and nothing is written.

        `alumnus_id` says whom the answer is about, so that erasure finds it; an answer that has such a field says it
        itself.

        Raises
        ------
        Conflicting
            When the key came with another request.
        """
        if self.key is None:
            return _response(status, _body(write()))
        about = f"{self.account_id} {self.key}"
        before = begin_write(self.session, self.account_id, self.key, self.request_hash, now=self.now)
        if before is not None:
            return _response(before.status, before.body and self.keys.decrypt(before.body, about=about))
        told = write()
        body = _body(told)
        # Sealed, because an answer may hold a code or a name.
        kept = Answered(status, body and self.keys.encrypt(body, about=about))
        alumnus_id = alumnus_id or getattr(told, "alumnus_id", None)
        finish_write(self.session, self.account_id, self.key, kept, alumnus_id=alumnus_id)
        return _response(status, body)


async def _once(
    request: Request,
    account: CurrentAccount,
    session: Session,
    security: OpenedSecurity,
    now: WallNow,
    key: IdempotencyKey = None,
) -> Once:
    # Keyed, because a body may hold what is stored nowhere, such as an identity number.
    # An officer writes for many people under one account: whom it is about belongs to what is asked.
    asked = f"{request.method} {request.url.path}?{request.url.query} {account.alumnus_id or ''}\n"
    content = (await request.body()).hex() if key is not None else ""
    keys = security.keys
    return Once(session, keys, account.account_id, key, keys.hashed("request", asked + content), now)


OnceOnly = Annotated[Once, Depends(_once)]
"""A write that a repeated ``Idempotency-Key`` does not do twice."""


def _body(told: BaseModel | None) -> str | None:
    return None if told is None else told.model_dump_json()


def _response(status: int, body: str | None) -> Response:
    media_type = None if body is None else "application/json"
    return Response(body, status, headers={"Cache-Control": "no-store"}, media_type=media_type)
