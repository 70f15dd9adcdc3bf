"""Takes log records; gives one line of JSON each, with the request they belong to. Lets no person's words through."""

from __future__ import annotations

import json
import logging
import logging.config
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime

request_id: ContextVar[str | None] = ContextVar("request_id", default=None)
"""The id of the request being served, for every line logged on its behalf."""


class JsonLines(logging.Formatter):
    """One JSON object a line: at, level, logger, event, request_id, and the caller's ``extra={"told": {...}}``.

    Of an exception only its class and the places it passed are written: its message may quote what a person typed.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Return the line. Raises nothing."""
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
            "request_id": request_id.get(),
            **getattr(record, "told", {}),
        }
        if record.exc_info and record.exc_info[1]:
            line |= _failure(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False, default=str)


def configure_logging() -> None:
    """Send what the service and its server log to stderr as JSON lines. Raises nothing; a second call changes nothing.

    The server's own access log is silenced: it would write whole addresses, with what people typed into them.
    """
    to_stderr = {"level": "INFO", "handlers": ["stderr"], "propagate": False}
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {"json": {"()": JsonLines}},
            "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
            "loggers": {"api": to_stderr, "uvicorn": to_stderr, "uvicorn.access": {"handlers": [], "propagate": False}},
        }
    )


def _failure(problem: BaseException) -> dict[str, object]:
    places = traceback.extract_tb(problem.__traceback__)
    return {
        "exception": type(problem).__name__,
        "places": [f"{place.filename}:{place.lineno} {place.name}" for place in places],
    }
