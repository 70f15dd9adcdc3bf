"""A stop finishes what is being answered: a real process, a real signal."""

from __future__ import annotations

import json
import signal
import socket
from contextlib import suppress
from pathlib import Path

import httpx2

from matcher.engine.artifacts import Artifact
from tests.api.served_process import ServedProcess, eventually, served


def _is_closed(server: ServedProcess) -> bool:
    try:
        socket.create_connection(("127.0.0.1", server.port), timeout=1).close()
    except OSError:
        return True
    return False


def test_a_stopped_server_answers_what_it_began_and_takes_nothing_more(world: Artifact, tmp_path: Path) -> None:
    body = json.dumps({"login": "petugas", "password": "empat kata biasa saja"}).encode()
    head = (
        f"POST /v1/auth/token HTTP/1.1\r\nHost: padan\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
    )
    with served(world, f"sqlite:///{tmp_path / 'padan.db'}", tmp_path) as server:
        with socket.create_connection(("127.0.0.1", server.port), timeout=30) as begun:
            begun.sendall(head.encode() + b"\r\n\r\n" + body[:10])
            assert httpx2.get(f"{server.url}/health/live", timeout=30).status_code == 200
            server.process.send_signal(signal.SIGTERM)
            eventually(lambda: _is_closed(server), within_seconds=10)
            assert server.process.poll() is None
            begun.sendall(body[10:])
            answer = begun.recv(65_536)
        assert answer.startswith(b"HTTP/1.1 401")
        assert server.process.wait(timeout=30) in {0, -signal.SIGTERM}


def test_several_workers_serve_one_database(world: Artifact, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'padan.db'}"
    with served(world, url, tmp_path, WORKERS="2") as server:
        eventually(lambda: {server.get("/health/ready").status_code for _ in range(20)} == {200}, within_seconds=120)


def test_headers_without_end_are_refused(world: Artifact, tmp_path: Path) -> None:
    line = b"X-Filling: " + b"a" * 10_000 + b"\r\n"
    with served(world, f"sqlite:///{tmp_path / 'padan.db'}", tmp_path) as server:
        with socket.create_connection(("127.0.0.1", server.port), timeout=30) as endless:
            endless.sendall(b"GET /health/live HTTP/1.1\r\nHost: padan\r\n")
            with suppress(ConnectionError):
                for _ in range(1_000):
                    endless.sendall(line)
                assert endless.recv(65_536).startswith(b"HTTP/1.1 4")
        assert server.get("/health/live").status_code == 200
