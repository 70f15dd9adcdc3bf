"""A real process of `padan serve` on a free port of this machine, started by a test and stopped again."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2

from matcher.engine.artifacts import Artifact
from tests.world import NOW

START_SECONDS = 120


@dataclass(frozen=True)
class ServedProcess:
    """A running server."""

    process: subprocess.Popen[bytes]
    port: int

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    def get(self, path: str) -> httpx2.Response:
        """Ask for a path."""
        return httpx2.get(f"{self.url}{path}", timeout=30)


@contextmanager
def served(artifact: Artifact, database_url: str, folder: Path, **changes: str) -> Iterator[ServedProcess]:
    """Serve the world from a process of its own until the block ends; `folder` takes keys and lists."""
    port = _free_port()
    settings = {
        "ARTIFACT": str(artifact.folder), "ARTIFACTS": str(folder / "artifacts"), "CACHE": str(artifact.cache_folder),
        "ENCODER": "tfidf", "PORT": str(port), "NOW": NOW.isoformat(), "DATABASE_URL": database_url,
        "KEYS": str(folder / "keys"), "ERASURES": str(folder / "erasures.jsonl"), **changes,
    }  # fmt: skip
    environment = os.environ | {f"PADAN_{name}": value for name, value in settings.items()}
    with (folder / f"served-{port}.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "scripts.cli", "serve"], env=environment, stdout=log, stderr=log
        )
    one = ServedProcess(process, port)
    try:
        eventually(lambda: _answers(one), within_seconds=START_SECONDS)
        yield one
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=60)


def eventually(holds: Callable[[], Any], *, within_seconds: float) -> float:
    """Return after how many seconds `holds` was true; fail when it was not in time."""
    began = time.monotonic()
    while True:
        asked = time.monotonic()
        if holds():
            return asked - began
        assert asked - began < within_seconds, f"not within {within_seconds} s"
        time.sleep(0.02)


def _answers(one: ServedProcess) -> bool:
    assert one.process.poll() is None, "the server ended"
    try:
        return one.get("/health/live").status_code == 200
    except httpx2.TransportError:
        return False


def _free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
