"""Takes the words of the command line; gives the exit code of the stage they name. Holds no stage itself."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from pydantic import ValidationError

from matcher.domain.errors import MatcherError
from scripts import (
    account,
    audit,
    backup,
    batch,
    build,
    check_adverts,
    course_value,
    demo,
    drift,
    evaluate,
    export_events,
    ingest,
    migrate,
    net_effect,
    notify,
    outcomes,
    policy,
    rank,
    rank_text,
    recommend,
    restore,
    sample,
    serve,
    simulate,
    talent,
    tidy,
    train,
)

STAGES = (
    ingest,
    check_adverts,
    sample,
    simulate,
    train,
    build,
    recommend,
    talent,
    batch,
    rank,
    rank_text,
    evaluate,
    outcomes,
    course_value,
    audit,
    drift,
    net_effect,
    demo,
    serve,
    export_events,
    policy,
    account,
    notify,
    migrate,
    backup,
    restore,
    tidy,
)


class _OneLineParser(argparse.ArgumentParser):
    """An argument parser whose refusals are one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}; see {self.prog} --help\n")


def parser() -> argparse.ArgumentParser:
    """Return the parser of ``padan`` with one subcommand a stage."""
    root = _OneLineParser(prog="padan", description="Certificates in, ranked vacancies out.")
    subparsers = root.add_subparsers(dest="stage", required=True, metavar="STAGE")
    for stage in STAGES:
        stage.register(subparsers)
    return root


def main(words: Sequence[str] | None = None) -> int:
    """Run the stage that `words` name and return its exit code: 0 done, 2 bad input told in one line on stderr."""
    arguments = parser().parse_args(words)
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
