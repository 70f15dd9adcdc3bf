"""Takes the body of a request as it arrives; lets it through, or ends one that is too large or that stops coming.

Reads no content. Slow headers are the proxy's affair: nobody waits here for them but their own connection.
"""

from __future__ import annotations

import asyncio
from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST_BYTES_OF_WORDS = 2**20
"""For JSON and forms."""

MOST_BYTES_OF_A_FILE = 20 * 2**20
"""For everything else."""

MOST_SECONDS = 60.0
"""From the first to the last byte of a body of words; a file has ten times as long."""

_WORDS = ("application/json", "application/x-www-form-urlencoded")


class BodyTooLarge(HTTPException):
    """The body is above what a request may carry."""

    def __init__(self, most_bytes: int) -> None:
        told = f"body: above {most_bytes // 2**20} MiB; send less, a file in parts"
        super().__init__(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, told)


class BodyTooSlow(HTTPException):
    """The body did not arrive in time."""

    def __init__(self) -> None:
        super().__init__(HTTPStatus.REQUEST_TIMEOUT, "body: did not arrive in time; send it again")


class Arriving:
    """ASGI middleware that bounds every body in bytes and in time."""

    def __init__(self, app: ASGIApp, *, most_seconds: float = MOST_SECONDS) -> None:
        self._app, self._most_seconds = app, most_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; reading its body raises `BodyTooLarge` or `BodyTooSlow` where it is."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        is_words = Headers(scope=scope).get("content-type", _WORDS[0]).startswith(_WORDS)
        most_bytes = MOST_BYTES_OF_WORDS if is_words else MOST_BYTES_OF_A_FILE
        deadline = asyncio.get_running_loop().time() + self._most_seconds * (1 if is_words else 10)
        n_bytes, is_whole = 0, False

        async def receive_bounded() -> Message:
            nonlocal n_bytes, is_whole
            if is_whole:
                return await receive()
            try:
                async with asyncio.timeout_at(deadline):
                    message = await receive()
            except TimeoutError:
                raise BodyTooSlow from None
            n_bytes, is_whole = n_bytes + len(message.get("body", b"")), not message.get("more_body", False)
            if n_bytes > most_bytes:
                raise BodyTooLarge(most_bytes)
            return message

        await self._app(scope, receive_bounded, send)
