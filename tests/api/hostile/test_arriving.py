"""Bodies that are too large, too slow or cut off, and clients that hold their connection: the others are served."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import pytest
from starlette.types import Message, Receive, Scope, Send

from api.arriving import MOST_BYTES_OF_A_FILE, MOST_BYTES_OF_WORDS, Arriving, BodyTooLarge, BodyTooSlow
from matcher.engine.artifacts import Artifact
from tests.api.hostile.conftest import Besieged
from tests.api.served_process import ServedProcess, served

JSON = {"Content-Type": "application/json"}
HOLDING = 150
"""Connections that strangers keep open and do not use."""


def scope(content_type: str = "application/json") -> Scope:
    """Return what a server says of a request with a body."""
    return {"type": "http", "headers": [(b"content-type", content_type.encode())]}


async def read(app_scope: Scope, parts: list[bytes], *, pause_seconds: float = 0, most_seconds: float = 5) -> int:
    """Send `parts` through the middleware to an app that reads all; return how many bytes it got."""
    waiting, got = list(parts), 0

    async def receive() -> Message:
        await asyncio.sleep(pause_seconds)
        body = waiting.pop(0)
        return {"type": "http.request", "body": body, "more_body": bool(waiting)}

    async def app(_scope: Scope, take: Receive, _send: Send) -> None:
        nonlocal got
        while True:
            message = await take()
            got += len(message["body"])
            if not message["more_body"]:
                return

    async def send(_message: Message) -> None:
        return

    await Arriving(app, most_seconds=most_seconds)(app_scope, receive, send)
    return got


def taken(reading: Coroutine[Any, Any, int]) -> int:
    """Return what was read; in a thread, since a browser of another test may hold this one's loop."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, reading).result()


def test_body_at_the_bound_is_read_and_one_byte_more_is_not() -> None:
    whole = [b"x" * (MOST_BYTES_OF_WORDS // 2)] * 2
    assert taken(read(scope(), whole)) == MOST_BYTES_OF_WORDS
    with pytest.raises(BodyTooLarge, match="1 MiB"):
        taken(read(scope(), [*whole, b"x"]))


def test_file_may_be_larger_than_words_but_not_endless() -> None:
    part = b"x" * 2**20
    assert taken(read(scope("application/octet-stream"), [part] * 20)) == MOST_BYTES_OF_A_FILE
    with pytest.raises(BodyTooLarge, match="20 MiB"):
        taken(read(scope("application/octet-stream"), [part] * 21))


def test_body_that_drips_is_ended_although_every_drop_is_in_time() -> None:
    with pytest.raises(BodyTooSlow, match="send it again"):
        taken(read(scope(), [b"x"] * 10, pause_seconds=0.05, most_seconds=0.2))


@pytest.mark.parametrize("path", ["/v1/auth/token", "/v1/auth/register", "/v1/auth/refresh"])
def test_oversized_body_is_refused_with_its_bound(besieged: Besieged, path: str) -> None:
    body = b'{"phone": "' + b"1" * MOST_BYTES_OF_WORDS + b'"}'
    answer = besieged.house.at().post(path, content=body, headers=JSON)
    assert (answer.status_code, answer.json()["type"]) == (413, "/docs#too-large")
    assert "1 MiB" in answer.json()["detail"]


def test_deeply_nested_body_is_refused_and_not_a_fault(besieged: Besieged) -> None:
    answer = besieged.house.at().post("/v1/auth/token", content=b"[" * 100_000, headers=JSON)
    assert answer.status_code == 422


@pytest.fixture
def running(world: Artifact, tmp_path: Path) -> Iterator[ServedProcess]:
    """A real process that serves the tiny world."""
    with served(world, f"sqlite:///{tmp_path / 'padan.db'}", tmp_path) as one:
        yield one


def test_clients_that_send_half_a_request_do_not_keep_others_waiting(running: ServedProcess) -> None:
    halves = (b"GET /v1/vacancies HTTP/1.1\r\nHost: x\r\nX-A: ", _started_body())
    with ExitStack() as held:
        for turn in range(HOLDING):
            one = held.enter_context(closing(socket.create_connection(("127.0.0.1", running.port))))
            one.sendall(halves[turn % 2])
        began = time.monotonic()
        answers = [running.get("/v1/vacancies").status_code for _ in range(20)]
        seconds = time.monotonic() - began
    assert answers == [200] * 20
    assert seconds < 20


def test_broken_requests_do_not_end_the_process(running: ServedProcess) -> None:
    for broken in (
        b"\x00\xff\xfe\r\n\r\n",
        b"GET\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
    ):
        with closing(socket.create_connection(("127.0.0.1", running.port))) as one:
            one.sendall(broken)
            one.settimeout(10)
            assert one.recv(64).startswith(b"HTTP/1.1 400")
    assert running.get("/health/live").status_code == 200


def _started_body() -> bytes:
    return b"POST /v1/auth/token HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{"
