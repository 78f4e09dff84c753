"""The port through which an SMS leaves. The platform ships with the console; a deployment names its own class."""

from __future__ import annotations

import json
import sys
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string


class SmsBackend(Protocol):
    """What a provider must do: ``SMS_BACKEND`` names a class that is made without argument."""

    def send(self, number: str, text: str, reference: str = "") -> None:
        """
        Send one message; an exception means that it did not leave.

        ``reference`` is the same when a message leaves again after a crash: hand it to the operator as its key, so
        that the telephone rings once.
        """


class ConsoleBackend:
    """Write the message on the error output, for the demonstration."""

    def send(self, number: str, text: str, reference: str = "") -> None:
        """Write it."""
        sys.stderr.write(f"SMS pour {number} : {text}\n")


class FileBackend:
    """Add a line of JSON to ``messages/sms.jsonl`` of the data folder, for a rehearsal or an operator that collects."""

    def send(self, number: str, text: str, reference: str = "") -> None:
        """Write it, in one call so that two processes do not mix their lines."""
        folder = settings.DATA_DIR / "messages"
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        line = json.dumps({"reference": reference, "number": number, "text": text}, ensure_ascii=False)
        with (folder / "sms.jsonl").open("a", encoding="utf-8") as kept:
            kept.write(f"{line}\n")


class MemoryBackend:
    """Keep the messages, for the tests."""

    sent: list[tuple[str, str]] = []  # noqa: RUF012 - shared on purpose, as Django's own mail outbox is

    def send(self, number: str, text: str, reference: str = "") -> None:
        """Keep it."""
        self.sent.append((number, text))


def send(number: str, text: str, reference: str = "") -> None:
    """Send one message through the back-end of this deployment."""
    import_string(settings.SMS_BACKEND)().send(number, text, reference)
