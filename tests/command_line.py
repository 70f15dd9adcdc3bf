"""The ``padan`` command line as a test calls it: words in, exit code and both streams out."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from scripts.cli import main


@dataclass(frozen=True, slots=True)
class Answer:
    """What one call left behind."""

    code: int
    out: str
    err: str

    @property
    def refusal(self) -> str:
        """The one line on stderr of a call that was refused; anything else fails the test."""
        lines = self.err.splitlines()
        assert (self.code, self.out, len(lines)) == (2, "", 1), (self.code, self.out, self.err)
        assert "Traceback" not in self.err and self.err.startswith("padan")
        return lines[0]


class CommandLine:
    """Calls ``padan`` in this process."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *words: object) -> Answer:
        """Return the answer of ``padan`` to `words`."""
        self._capsys.readouterr()
        try:
            code = main([str(word) for word in words])
        except SystemExit as left:
            code = int(left.code or 0)
        printed = self._capsys.readouterr()
        return Answer(code, printed.out, printed.err)
