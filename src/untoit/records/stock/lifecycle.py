"""What may happen to a vacancy: the table that the services, the buttons and the interface read."""

from __future__ import annotations

from datetime import timedelta

from untoit.core.lifecycles import CLOCK, Lifecycle, t
from untoit.records.partners.models import Role
from untoit.records.stock.models import VacancyState

# A dwelling that nobody confirmed for six weeks has often been let: it leaves the runs until it is confirmed.
CONFIRMED_FOR = timedelta(days=45)

_KEEPERS = frozenset({Role.LA.value, Role.LM.value, Role.PART.value})
_LISTED = frozenset({VacancyState.OPEN, VacancyState.EXPIRED})

VACANCY = Lifecycle(
    "vacancy",
    initial=VacancyState.OPEN,
    state_names=tuple((state.value, state.label.lower()) for state in VacancyState),
    transitions=(
        t("confirm", _LISTED, VacancyState.OPEN, _KEEPERS, label="Toujours libre"),
        t("let", _LISTED, VacancyState.LET, _KEEPERS, label="Loué"),
        t("withdraw", _LISTED, VacancyState.WITHDRAWN, _KEEPERS, label="Retirer"),
        t("reopen", {VacancyState.LET, VacancyState.WITHDRAWN}, VacancyState.OPEN, _KEEPERS, label="Remettre en ligne"),
        t("expire", {VacancyState.OPEN}, VacancyState.EXPIRED, {CLOCK}, label="À reconfirmer"),
    ),
)
