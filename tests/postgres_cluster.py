"""Takes a folder; gives a real PostgreSQL server in it, made, started and stopped. Knows no table.

PostgreSQL refuses to run as root: as root its programs run as the user ``postgres``.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import tempfile
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import psycopg

REMEDY = "install it with apt-get install postgresql (any version from 13 on)"
USER = "padan"


def binaries() -> Path | None:
    """Return the folder of the newest server's programs, or None where there is none."""
    on_path = shutil.which("initdb")
    packaged = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=_version)
    # A link leads to where the other programs are.
    found = [Path(on_path).resolve()] if on_path else packaged[-1:]
    return found[0].parent if found else None


@dataclass(frozen=True, slots=True)
class Cluster:
    """A server whose data, socket and log are in `folder`, on a free port of 127.0.0.1."""

    programs: Path
    folder: Path
    port: int

    @classmethod
    def made(cls, programs: Path, folder: Path) -> Cluster:
        """Return a cluster that is made by `initdb`, not started."""
        cluster = cls.placed(programs, folder)
        cluster.run("initdb", "-D", cluster.data, "-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C")
        return cluster

    @classmethod
    def placed(cls, programs: Path, folder: Path) -> Cluster:
        """Return a cluster whose data come from elsewhere, a base backup for one; its folder is made."""
        folder.mkdir(exist_ok=True, parents=True)
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres")
        return cls(programs, folder, _free_port())

    @property
    def data(self) -> Path:
        """Its data directory."""
        return self.folder / "data"

    @property
    def url(self) -> str:
        """Its address, without a database name."""
        return f"postgresql://{USER}@127.0.0.1:{self.port}"

    def configure(self, text: str) -> None:
        """Append settings."""
        with (self.data / "postgresql.auto.conf").open("a", encoding="utf-8") as file:
            file.write(text)

    def start(self) -> None:
        """Start it, and return when it answers."""
        options = f"-c listen_addresses=127.0.0.1 -p {self.port} -k {self.folder}"
        self.run("pg_ctl", "-D", self.data, "-w", "-t", "600", "-l", self.folder / "log", "-o", options, "start")

    def stop(self, how: str = "fast") -> None:
        """Stop it, if it runs."""
        if (self.data / "postmaster.pid").exists():
            self.run("pg_ctl", "-D", self.data, "-w", "-t", "600", "-m", how, "stop")

    def run(self, program: str, *words: str | Path) -> None:
        """Run one of its programs; a failure tells what the program said."""
        as_postgres = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        # Output goes to a file: pg_ctl's server would hold a pipe open for ever.
        with tempfile.TemporaryFile() as told:
            command = [*as_postgres, self.programs / program, *words]
            done = subprocess.run(command, stdout=told, stderr=told, cwd="/", check=False)
            told.seek(0)
            assert done.returncode == 0, told.read().decode()

    def execute(self, statement: str, *, database: str = "postgres") -> list[tuple[object, ...]]:
        """Run a statement outside a transaction and return its rows."""
        with closing(psycopg.connect(f"{self.url}/{database}", autocommit=True)) as connection:
            answer = connection.execute(statement.encode())
            return answer.fetchall() if answer.description else []


def _version(path: Path) -> int:
    digits = re.search(r"postgresql/(\d+)", str(path))
    return int(digits[1]) if digits else 0


def _free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
