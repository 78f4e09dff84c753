"""Messages leave the out-tray: once each, whatever happens to the process that sends them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import F

from untoit.records.desk.models import Message


def send(*, message_id: UUID | str, at: datetime) -> bool:
    """
    Send a message that has not left yet and return whether it did now.

    The row is locked while it leaves, so that two workers do not send it twice; killed between the hand-over and the
    commit, it leaves again with the same ``Message-ID``, which mail software shows once.
    """
    Message.objects.filter(pk=message_id, sent_at__isnull=True).update(attempts=F("attempts") + 1)
    with transaction.atomic():
        message = (
            Message.objects.select_for_update(skip_locked=True, of=("self",)).select_related("recipient")
            .filter(pk=message_id, sent_at__isnull=True).first()
        )
        if message is None:
            return False
        if message.recipient.is_active:
            EmailMessage(
                message.subject, message.body, settings.DEFAULT_FROM_EMAIL, [message.recipient.email],
                headers={"Message-ID": f"<{message.pk}@messages.invalid>", "Auto-Submitted": "auto-generated"},
            ).send()
        message.sent_at = at
        message.save(update_fields=["sent_at"])
    return True
