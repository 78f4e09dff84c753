"""
The log: one JSON object a line, made of an allow-list of fields. No personal data reaches it.

An address holds what was searched, the message of an exception the value that was refused, the arguments of a call
whatever they are: none is written. A line of our own says a code; a line of somebody else's, the template of its
message; an error, its class and the places it went through.
"""

from __future__ import annotations

import json
import logging
import logging.config
import time
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse

# The fields that a caller may add with ``extra=``; all of them are codes, counts or identifiers without meaning.
FIELDS = (
    "action", "status", "status_code", "method", "route", "ms", "user", "organisation", "role", "job_id", "task",
    "queue", "child", "exit_code", "count", "port", "migration", "run", "batch", "stage",
)
OWN = "untoit"


class JsonLines(logging.Formatter):
    """Write a record as one line of JSON, keeping only what is known to be harmless."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(), "logger": record.name,
        }
        event = _event(record)
        if event:
            line["event"] = event
        for name in FIELDS:
            value = record.__dict__.get(name)
            if isinstance(value, str | int | float | bool):
                line[name] = value
        if record.exc_info and record.exc_info[0] is not None:
            line["error"] = record.exc_info[0].__qualname__
            line["where"] = [
                f"{_short(frame.filename)}:{frame.lineno} {frame.name}"
                for frame in traceback.extract_tb(record.exc_info[2])[-12:]
            ]
        return json.dumps(line, ensure_ascii=False)


def _event(record: logging.LogRecord) -> str | None:
    """Return the message when it is ours, the template when it is not: a text already filled in may hold anything."""
    if not isinstance(record.msg, str):
        return None
    if record.name.partition(".")[0] == OWN or record.args:
        return record.msg
    return None


def _short(path: str) -> str:
    return path.rpartition("/site-packages/")[2].rpartition("/src/")[2]


def configure(level: str) -> None:
    """Send every record to the standard error, as lines of JSON."""
    logging.config.dictConfig({
        "version": 1, "disable_existing_loggers": False,
        "formatters": {"json": {"()": JsonLines}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"handlers": ["stderr"], "level": "WARNING"},
        "loggers": {
            OWN: {"level": level}, "procrastinate": {"level": "WARNING"},
            # What it says of a refused address is in our own line about the request.
            "django.request": {"level": "ERROR"}, "django.security": {"level": "WARNING"},
            "axes": {"level": "WARNING"},
        },
    })


class RequestLogMiddleware:
    """One line a request: the pattern of the address, never the address; who, for which organisation; how long."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._next = get_response
        self._log = logging.getLogger("untoit.request")

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer one request and write its line."""
        started = time.perf_counter()
        response = self._next(request)
        match, actor = request.resolver_match, getattr(request, "actor", None)
        route = str(match.route) if match else "?"
        if route not in ("healthz", "readyz"):
            self._log.info("request", extra={
                "method": request.method, "route": route, "status": response.status_code,
                "ms": round((time.perf_counter() - started) * 1000),
                "user": str(actor.user_id) if actor and actor.user_id else None,
                "organisation": str(actor.organisation_id) if actor and actor.organisation_id else None,
                "role": str(actor.role) if actor else None,
            })
        return response
