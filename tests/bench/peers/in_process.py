"""A peer that runs in the measuring process: its processor time is the process's, and nothing is left to close."""

from __future__ import annotations

import time

from tests.bench.peers.contest import Setting


class InProcess:
    settings: tuple[Setting, ...] = ({},)
    orders_by_vectors = True
    outside_bytes = 0

    def processor_seconds(self) -> float:
        return time.process_time()

    def close(self) -> None:
        pass
