"""Takes what was wrong, with its place and remedy; gives the errors this library refuses with.

Knows no exit codes and no HTTP.
"""

from __future__ import annotations


class MatcherError(Exception):
    """Root of every refusal. The message says what was wrong, the value, and what to do, in one line."""


class InvalidInput(MatcherError, ValueError):
    """A value, row or file from outside cannot be used as it is."""

    @classmethod
    def at(
        cls, place: str, problem: str, remedy: str, *, row: int | None = None, column: str | None = None
    ) -> InvalidInput:
        """Return the error with its place in front: ``file, row 3, column 'x': problem; remedy``.

        Parameters
        ----------
        place : str
            File or table name.
        problem, remedy : str
            What is wrong (with the value) and what to do about it.
        row : int, optional
            1-based data row, the header not counted.
        column : str, optional
            Column name as the file spells it.
        """
        parts = [place]
        if row is not None:
            parts.append(f"row {row}")
        if column is not None:
            parts.append(f"column '{column}'")
        return cls(f"{', '.join(parts)}: {problem}; {remedy}")


class UnknownIdentifier(MatcherError, LookupError):
    """An id or an official code that nothing here carries."""


class MissingFile(MatcherError, FileNotFoundError):
    """A file or folder that should be there is not."""

    def __str__(self) -> str:
        return str(self.args[0]) if self.args else ""


class NotFitted(MatcherError, RuntimeError):
    """A fitted thing was used before ``fit`` or ``load``."""


class ArtifactDamaged(MatcherError, OSError):
    """An artifact folder whose checksums or parts do not agree with its manifest."""


class ArtifactIncompatible(MatcherError, RuntimeError):
    """An artifact or a model of another schema, dimension or text recipe than this code expects."""


class ModelUnavailable(MatcherError, OSError):
    """Model weights or a tokenizer that are missing, half-downloaded or of an unknown layout."""
