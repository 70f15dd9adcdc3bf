"""Takes parameters and a seed; gives the market as files: tables in home form, ``truth/``, ``manifest.json``.

Draws nothing itself. A part is written while the next one is drawn, so memory holds two.
"""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from matcher.domain.errors import InvalidInput
from matcher.ingest.datasets import SCHEMAS, empty_table, whole_or_nothing, write_table
from matcher.simulate.market import PEOPLE_PER_PART, Market, draw_parts
from matcher.simulate.parameters import MarketParameters, parameters_as_json

MANIFEST_FILE = "manifest.json"
MANIFEST_VERSION = 1

TRUTH_FOLDER = "truth"
_SHARED = ("courses", f"{TRUTH_FOLDER}/courses", f"{TRUTH_FOLDER}/positions")


def write_market(
    parameters: MarketParameters,
    folder: Path,
    *,
    seed: int,
    told: Callable[[int], object] | None = None,
    people_per_part: int = PEOPLE_PER_PART,
) -> dict[str, Any]:
    """Write a market into `folder` and return its manifest.

    The eight tables stand in the folder itself, the tables of the truth in ``truth/``. Equal parameters and seeds
    give equal bytes. Files of the same names are replaced, each as a whole.

    Parameters
    ----------
    parameters : MarketParameters
    folder : Path
        Made if it is missing.
    seed : int
        0 or more.
    told : callable, optional
        Hears after each part how many people it held.
    people_per_part : int
        As for ``draw_parts``; what is drawn depends on it.

    Raises
    ------
    InvalidInput
        When `seed` is negative, or the effect is larger than the share at work allows.
    OSError
        When the folder cannot be written.
    """
    if seed < 0:
        raise InvalidInput(f"seed {seed} is negative; give 0 or more")
    account = _Account()
    with ExitStack() as open_until_done, ThreadPoolExecutor(1) as beside:
        files = _Files(folder, open_until_done)
        writing = None
        for market in draw_parts(parameters, rng=np.random.default_rng(seed), people_per_part=people_per_part):
            if writing:
                account.n_rows += writing.result()
            writing = beside.submit(files.write, market)
            account.add(market)
            if told:
                told(market.history.people.n)
        if writing:
            account.n_rows += writing.result()
    manifest = {"format": MANIFEST_VERSION, "seed": seed, "parameters": parameters_as_json(parameters)} | account.told()
    with whole_or_nothing(folder / MANIFEST_FILE) as draft:
        draft.write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")
    return manifest


def _named_tables(market: Market) -> Iterator[tuple[str, pa.Table]]:
    yield from market.tables.items()
    yield from ((f"{TRUTH_FOLDER}/{name}", table) for name, table in market.truth.items())


class _Account:
    """What the manifest says of all parts together."""

    def __init__(self) -> None:
        self.n_parts = 0
        self.n_rows: Counter[str] = Counter()
        self._counts: Counter[str] = Counter()
        self._ends_on = ""

    def add(self, market: Market) -> None:
        """Add a part."""
        self.n_parts += 1
        self._ends_on = market.months.ends_on.isoformat()
        value, was_idle = market.value(), market.history.people.was_idle
        self._counts.update(slates=value.n_slates, hires=value.n_hires, idle=int(was_idle.sum()))
        for clock, known in market.known.clocks.items():
            for name in ("state", "if_treated", "if_held_out"):
                self._counts[f"{clock} {name}"] += int((getattr(known, name)[was_idle] > 0).sum())

    def told(self) -> dict[str, Any]:
        """Give the rows and the true figures, shares being of the people not working at entry."""
        counts, idle = self._counts, max(self._counts["idle"], 1)
        shares = {
            clock: {name: counts[f"{clock} {name}"] / idle for name in ("state", "if_treated", "if_held_out")}
            for clock in ("2m", "q2", "q4")
        }
        truth = {
            "hires_per_1000_slates": 1_000 * counts["hires"] / max(counts["slates"], 1),
            "n_not_working_at_entry": counts["idle"],
            "share_at_work": shares,
        }
        return {"ends_on": self._ends_on, "n_parts": self.n_parts, "rows": dict(self.n_rows), "truth": truth}


class _Files:
    """The files of a market, open until every part is written."""

    def __init__(self, folder: Path, open_until_done: ExitStack) -> None:
        self._folder = folder
        self._open = open_until_done
        self._writers: dict[str, pq.ParquetWriter] = {}

    def write(self, market: Market) -> Counter[str]:
        """Append a part to every file, but what the parts share once only; give the rows written by table."""
        n_rows: Counter[str] = Counter()
        is_first = not self._writers
        for name, table in _named_tables(market):
            if is_first or name not in _SHARED:
                self._writer(name, table.schema).write_table(table)
                n_rows[name] = table.num_rows
        return n_rows

    def _writer(self, name: str, schema: pa.Schema) -> pq.ParquetWriter:
        if name not in self._writers:
            draft = self._open.enter_context(whole_or_nothing(self._folder / f"{name}.parquet"))
            stamped = _stamped_schema(name) if name in SCHEMAS else schema
            self._writers[name] = self._open.enter_context(pq.ParquetWriter(draft, stamped, compression="zstd"))
        return self._writers[name]


def _stamped_schema(name: str) -> pa.Schema:
    """Give the schema with the mark of the home form, as ``write_table`` leaves it."""
    with tempfile.TemporaryDirectory() as scratch:
        return pq.read_schema(write_table(empty_table(name), name, Path(scratch)))
