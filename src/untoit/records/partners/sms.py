"""The port through which an SMS leaves. The platform ships with the console; a deployment names its own class."""

from __future__ import annotations

import sys
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string


class SmsBackend(Protocol):
    """What a provider must do: ``SMS_BACKEND`` names a class that is made without argument."""

    def send(self, number: str, text: str) -> None:
        """Send one message; an exception means that it did not leave."""


class ConsoleBackend:
    """Write the message on the error output, for the demonstration."""

    def send(self, number: str, text: str) -> None:
        """Write it."""
        sys.stderr.write(f"SMS pour {number} : {text}\n")


class MemoryBackend:
    """Keep the messages, for the tests."""

    sent: list[tuple[str, str]] = []  # noqa: RUF012 - shared on purpose, as Django's own mail outbox is

    def send(self, number: str, text: str) -> None:
        """Keep it."""
        self.sent.append((number, text))


def send(number: str, text: str) -> None:
    """Send one message through the back-end of this deployment."""
    import_string(settings.SMS_BACKEND)().send(number, text)
