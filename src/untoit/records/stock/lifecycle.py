"""What may happen to a vacancy: the table that the services, the buttons and the interface read."""

from __future__ import annotations

from datetime import timedelta

from untoit.records.partners.editing import Step
from untoit.records.stock.models import VacancyState

# A dwelling that nobody confirmed for six weeks has often been let: it leaves the runs until it is confirmed.
CONFIRMED_FOR = timedelta(days=45)

STEPS = (
    Step("confirm", "Toujours libre", frozenset({VacancyState.OPEN, VacancyState.EXPIRED}), VacancyState.OPEN,
         "confirmé"),
    Step("let", "Loué", frozenset({VacancyState.OPEN, VacancyState.EXPIRED}), VacancyState.LET, "loué"),
    Step("withdraw", "Retirer", frozenset({VacancyState.OPEN, VacancyState.EXPIRED}), VacancyState.WITHDRAWN, "retiré"),
    Step("reopen", "Remettre en ligne", frozenset({VacancyState.LET, VacancyState.WITHDRAWN}), VacancyState.OPEN,
         "de nouveau libre"),
    Step("expire", "À reconfirmer", frozenset({VacancyState.OPEN}), VacancyState.EXPIRED, "à reconfirmer"),
)
