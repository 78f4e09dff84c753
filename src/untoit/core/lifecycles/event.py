"""What may happen to an event and to the registration of a person: the tables that services and buttons read."""

from __future__ import annotations

from enum import StrEnum

from untoit.core.lifecycles.lifecycle import CLOCK, Lifecycle, t


class EventState(StrEnum):
    """Where an event stands, from its preparation to its review."""

    DRAFT = "draft"
    INVITING = "inviting"
    READY = "ready"
    OPEN = "open"
    ENDED = "ended"
    REVIEWED = "reviewed"
    CANCELLED = "cancelled"


EVENT_STATE_NAMES = {
    EventState.DRAFT: "En préparation", EventState.INVITING: "Invitations en cours",
    EventState.READY: "Planning diffusé", EventState.OPEN: "En cours", EventState.ENDED: "Terminé",
    EventState.REVIEWED: "Bilan fait", EventState.CANCELLED: "Annulé",
}
ORGANISERS = frozenset({"LM", "LA", "EMPP", "ADM"})

EVENT = Lifecycle(
    "event",
    initial=EventState.DRAFT,
    state_names=tuple((state.value, name.lower()) for state, name in EVENT_STATE_NAMES.items()),
    transitions=(
        t("invite", {EventState.DRAFT}, EventState.INVITING, ORGANISERS, label="Ouvrir les invitations"),
        t("publish", {EventState.DRAFT, EventState.INVITING, EventState.READY}, EventState.READY, ORGANISERS,
          label="Diffuser le planning"),
        t("open", {EventState.INVITING, EventState.READY}, EventState.OPEN, ORGANISERS, label="Ouvrir la journée"),
        t("end", {EventState.OPEN}, EventState.ENDED, ORGANISERS | {CLOCK}, label="Terminer la journée"),
        t("review", {EventState.ENDED}, EventState.REVIEWED, ORGANISERS, label="Arrêter le bilan"),
        # Nothing is terminal: an event closed too early is opened again, one cancelled by mistake comes back.
        t("reopen", {EventState.ENDED, EventState.REVIEWED}, EventState.OPEN, ORGANISERS, ("reason",),
          label="Rouvrir la journée"),
        t("cancel", {EventState.DRAFT, EventState.INVITING, EventState.READY}, EventState.CANCELLED, ORGANISERS,
          ("reason",), label="Annuler l'événement"),
        t("restore", {EventState.CANCELLED}, EventState.DRAFT, ORGANISERS, ("reason",), label="Rétablir"),
    ),
)


class RegistrationState(StrEnum):
    """Where the coming of one person to one event stands; presence is written apart, on the day."""

    PROPOSED = "proposed"
    INVITED = "invited"
    WAITING = "waiting"
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    CANCELLED = "cancelled"
    REMOVED = "removed"


REGISTRATION_STATE_NAMES = {
    RegistrationState.PROPOSED: "Proposée", RegistrationState.INVITED: "Invitée",
    RegistrationState.WAITING: "Sur la liste d'attente", RegistrationState.CONFIRMED: "Confirmée",
    RegistrationState.DECLINED: "A décliné", RegistrationState.CANCELLED: "A annulé",
    RegistrationState.REMOVED: "Retirée de la liste",
}
PERSON = "CAND"
_ASKED = frozenset({RegistrationState.PROPOSED, RegistrationState.INVITED, RegistrationState.WAITING})
_COMERS = ORGANISERS | {"DEP", PERSON}

REGISTRATION = Lifecycle(
    "registration",
    initial=RegistrationState.PROPOSED,
    state_names=tuple((state.value, name.lower()) for state, name in REGISTRATION_STATE_NAMES.items()),
    transitions=(
        t("invite", {RegistrationState.PROPOSED, RegistrationState.WAITING}, RegistrationState.INVITED,
          ORGANISERS | {"DEP", CLOCK}, label="Inviter"),
        # A referent may confirm by telephone for the person; a walk-in confirms by being there.
        t("confirm", _ASKED | {RegistrationState.DECLINED, RegistrationState.CANCELLED}, RegistrationState.CONFIRMED,
          _COMERS | {"TAB"}, label="Confirmer"),
        t("wait", {RegistrationState.PROPOSED, RegistrationState.INVITED, RegistrationState.DECLINED,
                   RegistrationState.CANCELLED},
          # The clock: a freed place was offered, the time to answer has passed, and it goes to the next.
          RegistrationState.WAITING, _COMERS | {CLOCK}, label="Mettre sur la liste d'attente"),
        t("decline", _ASKED, RegistrationState.DECLINED, _COMERS, label="Décliner"),
        t("cancel", {RegistrationState.CONFIRMED}, RegistrationState.CANCELLED, _COMERS, label="Annuler la venue"),
        t("remove", _ASKED | {RegistrationState.CONFIRMED}, RegistrationState.REMOVED, ORGANISERS | {"DEP"},
          ("reason",), label="Retirer de la liste"),
        t("restore", {RegistrationState.REMOVED}, RegistrationState.PROPOSED, ORGANISERS | {"DEP"},
          label="Remettre sur la liste"),
    ),
)
COMING = frozenset({RegistrationState.CONFIRMED})
# Those who are, or may still be, expected.
ON_THE_LIST = _ASKED | COMING
# Those for whom a place is kept until they answer.
HOLDING_A_PLACE = frozenset({RegistrationState.INVITED, RegistrationState.CONFIRMED})
