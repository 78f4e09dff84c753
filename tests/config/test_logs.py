import io
import json
import logging

import pytest
from django.db import IntegrityError
from django.urls import reverse
from tests.factories.records import scheme

from untoit.config.logs import JsonLines

CANARY = "Zéphyrine-Canari-0612345678"


@pytest.fixture
def lines():
    """Everything that any logger writes, at the most talkative level, in the form that production writes."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    loggers = [logging.getLogger(name) for name in ("", "untoit", "django", "django.request", "axes", "procrastinate")]
    before = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.DEBUG)
    logging.getLogger().addHandler(handler)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    logging.getLogger().removeHandler(handler)
    for logger, level in zip(loggers, before, strict=True):
        logger.setLevel(level)


@pytest.mark.django_db
@pytest.mark.parametrize("signed_in", [True, False])
def test_what_is_searched_or_sent_never_reaches_the_log(client, lines, signed_in):
    if signed_in:
        client.force_login(scheme().user("LA"), backend="django.contrib.auth.backends.ModelBackend")

    client.get(reverse("desk:search"), {"q": CANARY}, headers={"user-agent": CANARY, "referer": f"http://x/{CANARY}"})
    client.get(f"/{CANARY}/introuvable")
    client.post(reverse("desk:notifications"), {"digest": CANARY})
    client.post("/compte/login/", {"login": f"{CANARY}@essai.invalid", "password": CANARY})

    written = json.dumps(lines(), ensure_ascii=False)
    assert '"event": "request"' in written
    assert CANARY not in written
    assert "0612345678" not in written


def test_the_message_of_an_error_is_not_written_but_its_class_and_place_are(lines):
    try:
        raise IntegrityError(f"Key (email)=({CANARY}) already exists.")
    except IntegrityError:
        logging.getLogger("somebody.else").exception("refused: %s", CANARY)

    line = next(line for line in lines() if line["logger"] == "somebody.else")
    assert line["error"] == "IntegrityError"
    assert "test_logs.py" in line["where"][0]
    assert CANARY not in json.dumps(line)


def test_a_text_already_filled_in_by_somebody_else_is_not_written(lines):
    logging.getLogger("somebody.else").warning(f"hello {CANARY}")

    line = next(line for line in lines() if line["logger"] == "somebody.else")
    assert "event" not in line


def test_a_field_that_is_not_on_the_list_is_not_written(lines):
    logging.getLogger("untoit.test").info("done", extra={"count": 3, "email": CANARY})

    line = next(line for line in lines() if line["logger"] == "untoit.test")
    assert sorted(line) == ["at", "count", "event", "level", "logger"]
