"""The house keeps its shape: small files, no effect on import, no banned names, one reader of the environment."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOURCES = sorted(path for wing in ("matcher", "api", "scripts") for path in (ROOT / wing).rglob("*.py"))
BANNED = {
    "utils",
    "helpers",
    "common",
    "core",
    "base",
    "misc",
    "manager",
    "service",
    "handler",
    "processor",
    "info",
    "new",
    "v2",
}


def _modules() -> list[str]:
    names = (path.relative_to(ROOT).with_suffix("").parts for path in SOURCES)
    return [".".join(parts).removesuffix(".__init__") for parts in names]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_file_is_at_most_400_lines(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_file_name_says_what_it_is(path: Path) -> None:
    assert path.stem not in BANNED


@pytest.mark.parametrize(
    "path", [p for p in SOURCES if p.read_text(encoding="utf-8").strip()], ids=lambda path: str(path.relative_to(ROOT))
)
def test_module_says_what_comes_in_and_goes_out(path: Path) -> None:
    told = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    assert told and told.count(".") >= 2


def test_importing_everything_does_nothing(tmp_path: Path) -> None:
    code = "import importlib, sys\nfor name in sys.argv[1:]: importlib.import_module(name)\n"
    blocked = "import socket\ndef refuse(*a, **k): raise OSError('network')\nsocket.socket.connect = refuse\n"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", blocked + code, *_modules()],
        cwd=tmp_path, env={"PATH": "", "HOME": str(tmp_path), "PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert list(tmp_path.iterdir()) == []


def test_only_the_settings_read_the_environment() -> None:
    readers = [path for path in SOURCES if re.search(r"os\.environ|getenv", path.read_text(encoding="utf-8"))]
    assert readers == []


def test_function_sizes_stay_small() -> None:
    lengths = sorted(length for path in SOURCES for length in _function_lengths(path))
    assert lengths[len(lengths) // 2] <= 10
    assert lengths[len(lengths) * 9 // 10] <= 35


def _function_lengths(path: Path) -> list[int]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    return [_span(node) for node in functions]


def _span(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    first = node.body[0]
    is_told = (
        isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str)
    )
    docstring = (first.end_lineno or 0) - first.lineno + 1 if is_told else 0
    return (node.end_lineno or 0) - node.lineno + 1 - docstring
