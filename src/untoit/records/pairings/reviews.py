"""What the people who follow a household say of its tandem: keep, set aside, impose, strike out."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from untoit.core.errors import Conflict, Refused
from untoit.records.pairings.lifecycle import TANDEM
from untoit.records.pairings.models import Forbids, Run, RunState, SetAside, Tandem
from untoit.records.partners import journal
from untoit.records.partners.rights import WRITE, Actor, require

# Words that speak of health, origin, beliefs or hardship: they have no place in a reason that others read (CNIL; loi
# 2008-496, article 1). Beginnings of words, without accents.
_BANNED = (
    "sante", "malad", "handicap", "depress", "psych", "alcool", "drogu", "addict", "enceinte", "grossesse", "violen",
    "origin", "etrang", "national", "sans-papier", "sans papier", "couleur de peau", "race", "ethni", "relig", "musulm",
    "juif", "juive", "chretien", "voile", "syndic", "politique", "homosex", "gay", "lesbien", "transgenre", "rsa",
    "minima sociaux", "prison", "detenu", "casier", "assist", "cassos",
)
_BANNED_WORD = re.compile(r"\b(?:" + "|".join(map(re.escape, _BANNED)) + r")\w*")


def banned_words(text: str) -> list[str]:
    """Return the words of a text that should not be in it, as they are written."""
    plain = "".join(
        letter for letter in unicodedata.normalize("NFD", text.lower()) if not unicodedata.combining(letter)
    )
    if len(plain) != len(text):
        return _BANNED_WORD.findall(plain)
    return [text[found.start():found.end()] for found in _BANNED_WORD.finditer(plain)]


@transaction.atomic
def review_tandem(
    *, tandem_id: UUID, action: str, revision: int, by: Actor, at: datetime, reason_code: str = "", comment: str = "",
    forbids: str = "",
) -> Tandem:
    """
    Say of a tandem: ``accept``, ``set_aside``, ``pin``, ``forbid`` or ``undo`` (back to what is to be reviewed).

    ``revision`` is that of the tandem that was read. A comment that speaks of health, origin or hardship is refused.

    Raises
    ------
    Refused
        When the run is no longer under review, or the table of the lifecycle does not allow it.
    Conflict
        When somebody said something of the same tandem meanwhile: nothing is overwritten.
    """
    require(by, "tandem", WRITE)
    # The run first, always: the end of the review counts what remains, and must not miss one.
    found = Tandem.objects.visible_to(by).only("run_id").get(pk=tandem_id)
    run = Run.objects.select_for_update(of=("self",)).get(pk=found.run_id)
    tandem: Tandem = (
        Tandem.objects.visible_to(by).select_for_update(of=("self",)).select_related("reviewed_by").get(pk=tandem_id)
    )
    if run.state != RunState.COMPUTED:
        raise Refused(f"La relecture de ce calcul est finie (il est « {run.get_state_display().lower()} ») : "
                      "votre avis n'a pas été enregistré.")
    if tandem.revision != revision:
        raise Conflict(_changed(tandem))
    if reason_code and reason_code not in SetAside.values:
        raise Refused("Choisissez une raison de la liste.")
    if forbids and forbids not in Forbids.values:
        raise Refused("Choisissez ce qui est interdit.")
    if found_words := banned_words(comment):
        raise Refused(f"Retirez « {found_words[0]} » : la raison est lue par plusieurs organisations, et ne dit rien "
                      "de la santé, de l'origine, des croyances ni de la situation sociale.")
    given = {"reason_code": reason_code, "forbids": forbids}
    tandem.review = TANDEM.move(action, tandem.review, by.role, given)
    against = action in ("set_aside", "forbid")
    tandem.reason_code = reason_code if against else ""
    tandem.reason = _reason(reason_code, comment) if against else comment.strip()[:300]
    tandem.is_pinned, tandem.is_forbidden = action == "pin", action == "forbid"
    tandem.forbids = forbids if action == "forbid" else ""
    tandem.reviewed_by_id, tandem.reviewed_at = by.user_id, at
    tandem.revision += 1
    tandem.save()
    journal.note_act(by, f"tandem.{action}", "tandem", tandem.pk, at=at, reason=tandem.reason_code)
    return tandem


def buttons(tandem: Tandem, by: Actor, run_state: str) -> tuple[Any, ...]:
    """Return what this actor may do with this tandem now: the transitions, each with its label."""
    if run_state != RunState.COMPUTED or not by.may("tandem", WRITE):
        return ()
    return TANDEM.possible(tandem.review, by.role)


def _reason(code: str, comment: str) -> str:
    label = SetAside(code).label
    return f"{label} : {comment.strip()}"[:300] if comment.strip() else label


def _changed(tandem: Tandem) -> str:
    who = str(tandem.reviewed_by) if tandem.reviewed_by else "quelqu'un d'autre"
    when = f" à {timezone.localtime(tandem.reviewed_at):%H h %M}" if tandem.reviewed_at else ""
    return (f"{who} a donné un avis sur ce tandem{when} (« {tandem.get_review_display().lower()} ») : le vôtre n'a pas "
            "été enregistré, relisez-le.")
