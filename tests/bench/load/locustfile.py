"""A hundred people a second ask for their vacancies, each with a token of their own; the constant peer answers beside.

Run by `tests/bench/load/run.sh`. PADAN_TOKENS names the file of tokens, PADAN_PATH the path that is asked.
"""

from __future__ import annotations

import itertools
import os
from pathlib import Path

from locust import FastHttpUser, constant_throughput, task

TOKENS = itertools.cycle(Path(os.environ["PADAN_TOKENS"]).read_text(encoding="ascii").split())
PATH = os.environ.get("PADAN_PATH", "/v1/me/recommendations")


class Alumnus(FastHttpUser):
    """Somebody who asks once a second, each time as another person."""

    wait_time = constant_throughput(1)

    @task
    def look(self) -> None:
        """Ask; anything but 200 counts as an error."""
        headers = {"Authorization": f"Bearer {next(TOKENS)}", "Accept-Encoding": "gzip"}
        self.client.get(PATH, headers=headers, name=PATH)
