"""What may happen to an offer: the table that the services, the buttons and the interface read."""

from __future__ import annotations

from datetime import timedelta

from untoit.records.jobs.models import OfferState
from untoit.records.partners.editing import Step

# An offer that nobody confirmed for a month has often found somebody: it leaves the runs until it is confirmed.
CONFIRMED_FOR = timedelta(days=30)

STEPS = (
    Step("confirm", "Toujours ouverte", frozenset({OfferState.OPEN, OfferState.EXPIRED}), OfferState.OPEN,
         "confirmée"),
    Step("fill", "Pourvue", frozenset({OfferState.OPEN, OfferState.EXPIRED}), OfferState.FILLED, "pourvue"),
    Step("withdraw", "Retirer", frozenset({OfferState.OPEN, OfferState.EXPIRED}), OfferState.WITHDRAWN, "retirée"),
    Step("reopen", "Rouvrir", frozenset({OfferState.FILLED, OfferState.WITHDRAWN}), OfferState.OPEN,
         "de nouveau ouverte"),
    Step("expire", "À reconfirmer", frozenset({OfferState.OPEN}), OfferState.EXPIRED, "à reconfirmer"),
)
