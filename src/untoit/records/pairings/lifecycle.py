"""What may happen to a run and to a tandem: the tables that services, buttons, the interface and the tests read."""

from __future__ import annotations

from untoit.core.lifecycles import CLOCK, Lifecycle, t
from untoit.records.pairings.models import Review, RunState
from untoit.records.partners.models import Role

LANDLORD = frozenset({Role.LM.value})
REVIEWERS = frozenset({Role.LM.value, Role.LA.value, Role.DEP.value, Role.EMPP.value})

RUN = Lifecycle(
    "run",
    initial=RunState.DRAFT,
    state_names=tuple((state.value, state.label.lower()) for state in RunState),
    transitions=(
        # A computation that was killed starts again from the same frozen inputs.
        t("start", {RunState.DRAFT, RunState.COMPUTING}, RunState.COMPUTING, {CLOCK}),
        t("finish", {RunState.COMPUTING}, RunState.COMPUTED, {CLOCK}),
        t("fail", {RunState.DRAFT, RunState.COMPUTING}, RunState.FAILED, {CLOCK}, ("reason",)),
        t("cancel", {RunState.DRAFT, RunState.COMPUTING}, RunState.FAILED, LANDLORD, label="Arrêter le calcul"),
        t("retry", {RunState.FAILED}, RunState.DRAFT, LANDLORD, label="Recommencer"),
        t("review", {RunState.COMPUTED}, RunState.REVIEWED, LANDLORD, label="Terminer la relecture"),
        t("reopen", {RunState.REVIEWED}, RunState.COMPUTED, LANDLORD, label="Reprendre la relecture"),
        t("release", {RunState.REVIEWED}, RunState.RELEASED, LANDLORD, label="Diffuser"),
        t("retract", {RunState.RELEASED}, RunState.REVIEWED, LANDLORD, ("reason",), label="Retirer la diffusion"),
        t("close", {RunState.RELEASED}, RunState.CLOSED, LANDLORD, label="Clore"),
    ),
)

TANDEM = Lifecycle(
    "tandem",
    initial=Review.TO_REVIEW,
    state_names=tuple((state.value, state.label.lower()) for state in Review),
    transitions=(
        t("accept", {Review.TO_REVIEW, Review.SET_ASIDE}, Review.ACCEPTED, REVIEWERS, label="Retenir"),
        t("set_aside", {Review.TO_REVIEW, Review.ACCEPTED}, Review.SET_ASIDE, REVIEWERS, ("reason_code",),
          label="Écarter"),
        t("undo", {Review.ACCEPTED, Review.SET_ASIDE}, Review.TO_REVIEW, REVIEWERS, label="Revenir sur la relecture"),
        # Imposed on the next choice, or struck out of it: said together with what is thought of the tandem.
        t("pin", {Review.TO_REVIEW, Review.ACCEPTED, Review.SET_ASIDE}, Review.ACCEPTED, REVIEWERS, label="Épingler"),
        t("forbid", {Review.TO_REVIEW, Review.ACCEPTED, Review.SET_ASIDE}, Review.SET_ASIDE, REVIEWERS,
          ("reason_code", "forbids"), label="Interdire"),
    ),
)
