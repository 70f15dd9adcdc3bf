"""Takes who was erased; keeps it in a file outside the database, by which a restored backup forgets them again.

Erases nobody itself. A line holds a keyed hash and an instant, and says whom only to who knows the id already.
"""

from __future__ import annotations

import json
import logging
import os
import time
from datetime import datetime
from pathlib import Path

from api.database import Database
from api.storage.erasure import Erasure
from matcher.domain.errors import InvalidInput

_SCRUBS = 20
_PAUSE_SECONDS = 0.25
_LOG = logging.getLogger("api.upkeep.erasure_list")


def append_erasure(path: Path, erasure: Erasure) -> None:
    """Append to the list; it is on the disk when this returns. The file is made, for its owner only.

    Raises
    ------
    InvalidInput
        When the file cannot be written: then nobody may be erased.
    """
    line = json.dumps({"erased_id_hash": erasure.erased_id_hash, "erased_at": erasure.erased_at.isoformat()}) + "\n"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        opened = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        with os.fdopen(opened, "ab") as file:
            file.write(line.encode())
            file.flush()
            os.fsync(file.fileno())
    except OSError as problem:
        raise InvalidInput(
            f"erasure list {path}: cannot be written ({problem.strerror}); make its folder writable"
        ) from problem


def scrub(database: Database) -> bool:
    """Scrub until nobody reads an older state, for five seconds at most; return whether it was done.

    Raises
    ------
    DatabaseNotReady
        When the database does not answer.
    """
    for attempt in range(_SCRUBS):
        if attempt:
            time.sleep(_PAUSE_SECONDS)
        if database.scrub():
            return True
    _LOG.warning("not scrubbed", extra={"told": {"remedy": "the next upkeep tries again"}})
    return False


def listed_erasures(path: Path) -> list[Erasure]:
    """Return everyone on the list, in its order; nobody where there is no list yet.

    Raises
    ------
    InvalidInput
        When a line of the file is no entry of the list.
    """
    if not path.exists():
        return []
    return [_erasure(path, line) for line in path.read_text(encoding="utf-8").splitlines()]


def _erasure(path: Path, line: str) -> Erasure:
    try:
        cells = json.loads(line)
        return Erasure(cells["erased_id_hash"], datetime.fromisoformat(cells["erased_at"]))
    except (ValueError, KeyError, TypeError) as problem:
        raise InvalidInput(f"{path}: holds a line that is no erasure; restore the file from its backup") from problem
