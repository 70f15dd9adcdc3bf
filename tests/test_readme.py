"""What README.md shows of the demo is what the demo prints."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.command_line import CommandLine

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def _without_artifact_id(text: str) -> str:
    return re.sub(r"@[0-9a-f]{12}\]", "@]", text)


def _shown() -> str:
    found = re.search(r"<!-- demo -->\n```\w*\n(.*?)```\n<!-- /demo -->", README, flags=re.DOTALL)
    assert found is not None, "README.md has no fenced block between <!-- demo --> and <!-- /demo -->"
    return found.group(1)


def test_the_block_of_the_readme_is_one_person_with_reasons() -> None:
    assert re.match(r"a-\d+ - ", _shown()) and "  1. " in _shown() and "       + " in _shown()


def test_the_block_of_the_readme_is_what_the_demo_prints(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    # The cache stays the configured one: embedding the sample anew would take half a minute at every run.
    for name in ("ENCODER", "NOW"):
        monkeypatch.delenv(f"PADAN_{name}", raising=False)
    monkeypatch.setenv("PADAN_ARTIFACT", str(tmp_path / "artifact"))
    answer = CommandLine(capsys)("demo", "--no-serve", "--data", ROOT / "data" / "sample")
    assert answer.code == 0
    assert _shown().strip() != ""
    assert f"\n{_without_artifact_id(_shown())}" in _without_artifact_id(answer.out)
