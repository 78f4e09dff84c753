"""What may happen to an offer: the table that the services, the buttons and the interface read."""

from __future__ import annotations

from datetime import timedelta

from untoit.core.lifecycles import CLOCK, Lifecycle, t
from untoit.records.jobs.models import OfferState
from untoit.records.partners.models import Role

# An offer that nobody confirmed for a month has often found somebody: it leaves the runs until it is confirmed.
CONFIRMED_FOR = timedelta(days=30)

_KEEPERS = frozenset({Role.EMPL.value, Role.EMPP.value})
_LISTED = frozenset({OfferState.OPEN, OfferState.EXPIRED})

OFFER = Lifecycle(
    "offer",
    initial=OfferState.OPEN,
    state_names=tuple((state.value, state.label.lower()) for state in OfferState),
    transitions=(
        t("confirm", _LISTED, OfferState.OPEN, _KEEPERS, label="Toujours ouverte"),
        t("fill", _LISTED, OfferState.FILLED, _KEEPERS, label="Pourvue"),
        t("withdraw", _LISTED, OfferState.WITHDRAWN, _KEEPERS, label="Retirer"),
        t("reopen", {OfferState.FILLED, OfferState.WITHDRAWN}, OfferState.OPEN, _KEEPERS, label="Rouvrir"),
        t("expire", {OfferState.OPEN}, OfferState.EXPIRED, {CLOCK}, label="À reconfirmer"),
    ),
)
