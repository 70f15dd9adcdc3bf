"""A Spark cluster of separate processes on this machine, its loopback address alone; for tests.

It is there where pyspark and Java are; elsewhere the tests that ask for it are skipped and say so.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

HOST = "127.0.0.1"
DEFAULTS = """spark.ui.enabled false
spark.executor.memory 512m
spark.driver.memory 512m
spark.driver.host 127.0.0.1
spark.driver.bindAddress 127.0.0.1
"""


def require_spark() -> None:
    """Skip a test where Spark cannot run."""
    if importlib.util.find_spec("pyspark") is None:
        pytest.skip("pyspark is absent: make cluster installs it and runs this test")
    if shutil.which("java") is None:
        pytest.skip("Java is absent: install a Java 17 runtime (Debian: openjdk-17-jre-headless) for this test")


def spark_environment(folder: Path) -> dict[str, str]:
    """Return the environment of every process of a cluster, its settings written into `folder`."""
    (folder / "spark-defaults.conf").write_text(DEFAULTS)
    return os.environ | {
        "SPARK_LOCAL_IP": HOST, "SPARK_CONF_DIR": str(folder), "SPARK_DAEMON_MEMORY": "256m",
        "PYSPARK_PYTHON": sys.executable,
    }  # fmt: skip


@dataclass
class Cluster:
    """A master and its workers, each a session of its own, so that all of one can be killed at once."""

    url: str
    folder: Path
    workers: list[subprocess.Popen[bytes]]

    def kill_one_at_work(self) -> None:
        """End a worker that runs parts, and what it runs, as a lost machine would."""
        at_work = (n for n in range(len(self.workers)) if list((self.folder / f"w{n}").glob("app-*/*/stderr")))
        worker = self.workers[next(at_work)]
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()


@contextmanager
def cluster(folder: Path, *, n_workers: int) -> Iterator[Cluster]:
    """Run a master and workers of one core each until the block ends."""
    port = _free_port()
    url = f"spark://{HOST}:{port}"
    started = [_started(folder, "master.Master", "--host", HOST, "--port", str(port), "--webui-port", "0")]
    try:
        _wait_for(port)
        for number in range(n_workers):
            words = ["--cores", "1", "--memory", "1g", "--work-dir", str(folder / f"w{number}"), url]
            started.append(_started(folder, "worker.Worker", "--host", HOST, "--webui-port", "0", *words))
        yield Cluster(url, folder, started[1:])
    finally:
        for process in started:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _started(folder: Path, role: str, *words: str) -> subprocess.Popen[bytes]:
    command = [Path(sys.executable).parent / "spark-class", f"org.apache.spark.deploy.{role}", *words]
    with (folder / "cluster.log").open("ab") as log:
        return subprocess.Popen(
            command, env=spark_environment(folder), stdout=log, stderr=log, start_new_session=True
        )  # fmt: skip


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]


def _wait_for(port: int) -> None:
    for _ in range(600):
        with socket.socket() as probe:
            if probe.connect_ex((HOST, port)) == 0:
                return
        time.sleep(0.1)
    pytest.fail("the master of the cluster does not answer")
