"""Takes the words of the command line; gives the exit code of the stage they name. Holds no stage itself."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import NoReturn

from pydantic import ValidationError

from matcher.domain.errors import MatcherError

STAGES = (
    "ingest", "check-adverts", "sample", "simulate", "train", "build", "recommend", "talent", "batch", "rank",
    "rank-text", "evaluate", "outcomes", "course-value", "audit", "drift", "net-effect", "demo", "serve",
    "export-events", "policy", "account", "notify", "migrate", "backup", "restore", "tidy",
)  # fmt: skip
"""In the order of ``padan --help``; each is a file of this folder, which adds its words and options."""


class _OneLineParser(argparse.ArgumentParser):
    """An argument parser whose refusals are one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}; see {self.prog} --help\n")


def parser(stages: Sequence[str] = STAGES) -> argparse.ArgumentParser:
    """Return the parser of ``padan`` with one subcommand for each of `stages`."""
    root = _OneLineParser(prog="padan", description="Certificates in, ranked vacancies out.")
    subparsers = root.add_subparsers(dest="stage", required=True, metavar="STAGE")
    for stage in stages:
        import_module(f"scripts.{stage.replace('-', '_')}").register(subparsers)
    return root


def main(words: Sequence[str] | None = None) -> int:
    """Run the stage that `words` name and return its exit code: 0 done, 2 bad input told in one line on stderr."""
    words = sys.argv[1:] if words is None else words
    # Only what the stage needs is imported: all of them together take seconds.
    arguments = parser([stage for stage in STAGES if stage in words[:1]] or STAGES).parse_args(words)
    try:
        return arguments.run(arguments)
    except MatcherError as refusal:
        return _refuse(arguments.stage, str(refusal))
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as refusal:
        place = refusal.filename or "a file"
        return _refuse(arguments.stage, f"{place}: {refusal.strerror}; check the path, its rights and the space left")
    except ValidationError as refusal:
        # the settings are the only model that is filled from outside on this path
        wrong = refusal.errors()[0]
        name = f"PADAN_{wrong['loc'][0]}".upper()
        return _refuse(arguments.stage, f"{name} is {wrong['input']!r}: {wrong['msg']}; see .env.example")


def _refuse(stage: str, told: str) -> int:
    print(" ".join(f"padan {stage}: {told}".split()), file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
