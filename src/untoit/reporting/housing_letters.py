"""
The letters of the housing track, as plain values and as an accessible PDF: offer, condition, non-allocation, warning,
silence.

What a letter says comes from the facts sealed with it, never from the file as it is now: printed again, it says the
same. What a person has still to check in the law is printed as such.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import lru_cache
from importlib import resources
from typing import Any

import typst

from untoit.core.wording import typography
from untoit.core.wording.moments import long_day
from untoit.records.followup.models import Letter
from untoit.records.partners.search import folded
from untoit.reporting import french

_TITLES = {
    "offer": "Offre de logement", "condition": "Attribution sous condition d'une pièce",
    "not_allocated": "Votre dossier n'est pas retenu pour ce logement",
    "warning": "Avertissement avant radiation de votre demande",
    "silence": "Votre offre de logement est restée sans réponse",
}
STAYS_ACTIVE = "Votre demande de logement social reste active : vous n'avez aucune démarche à refaire."
_REFUSING = (
    "Refuser n'annule pas votre demande : elle reste active. Selon les règles du territoire, plusieurs refus peuvent "
    "être pris en compte quand une autre proposition est examinée : dites-nous pourquoi ce logement ne convient pas, "
    "pour que la suivante convienne."
)
_TO_ANSWER = (
    "Une question, une difficulté pour répondre ? Appelez la personne qui vous accompagne : elle peut noter votre "
    "réponse avec vous, et vous aider pour les aides au logement."
)
_HELP = "Une question ? Appelez la personne qui vous accompagne, ou venez nous voir."


def content(letter: Letter) -> dict[str, Any]:
    """Return what a letter says: title, paragraphs, facts, reasons, and what stands at its foot."""
    facts: dict[str, Any] = letter.facts
    body = _BODIES[letter.kind](facts)
    return {
        "title": _said(_TITLES[letter.kind]), "landlord": _said(facts.get("landlord", "")),
        "names": [_said(one) for one in facts.get("names", ())], "address": _said(facts.get("address", "")),
        "number": facts.get("number", ""),
        "on": words_of_day(letter.written_on), "fictitious": bool(facts.get("fictitious")),
        "before": [_said(one) for one in body.get("before", ())],
        "home": [(label, _said(words)) for label, words in _home(facts)],
        "box": [_said(one) for one in body.get("box", ())],
        "reasons": [_said(f"{one[:1].upper()}{one[1:]}") for one in body.get("reasons", ())],
        "after": [_said(one) for one in body.get("after", ())],
        "source": _said(f"Textes : {facts.get('source', '')}.") if facts.get("source") else "",
        "to_check": bool(facts.get("to_check")),
    }


def _said(words: str) -> str:
    """Return words with the spaces and the apostrophes of French."""
    return str(french.typography(typography(words)))


def pdf(letter: Letter) -> bytes:
    """Return the letter as PDF/UA-1, dated of the day when it was written: the same letter gives the same file."""
    made = typst.Compiler(ignore_system_fonts=True).compile(
        _source(), sys_inputs={"data": json.dumps(content(letter), ensure_ascii=False)}, format="pdf",
        pdf_standards=["ua-1"], timestamp=datetime.combine(letter.written_on, time(12), UTC),
    )
    assert isinstance(made, bytes)
    return made


@lru_cache(maxsize=1)
def _source() -> bytes:
    return (resources.files("untoit.reporting") / "typst" / "housing_letter.typ").read_bytes()


def words_of_day(day: date) -> str:
    """Return « jeudi 12 novembre 2026 », kept on one line where it matters."""
    return str(long_day(day))


def _day(facts: dict[str, Any], name: str) -> str:
    return words_of_day(date.fromisoformat(facts[name])) if facts.get(name) else "(date à préciser)"


def _home(facts: dict[str, Any]) -> Iterator[tuple[str, str]]:
    home = facts.get("home") or {}
    if not home:
        return
    rent, charges = Decimal(home["rent_cents"]) / 100, Decimal(home["charges_cents"]) / 100
    yield "Logement", f"{home['title']} (référence {home['reference']})"
    told = folded(home["commune"]) in folded(home["address"])
    yield "Adresse", ", ".join(filter(None, (home["building"], home["address"], "" if told else home["commune"])))
    yield "Loyer et charges", typography(
        f"{french.euros(rent, 2)} + {french.euros(charges, 2)} = {french.euros(rent + charges, 2)} par mois"
    )
    if home.get("benefit_cents"):
        about = french.euros(Decimal(home["benefit_cents"]) / 100)
        yield "Aide au logement", typography(f"environ {about} par mois : estimation, à confirmer par la CAF")
    yield "Financement", str(home["funding"])
    yield "Disponible", typography(f"à partir du {date.fromisoformat(home['available_on']):%d/%m/%Y}")


def _offer(facts: dict[str, Any]) -> dict[str, Any]:
    return {
        "before": [
            f"La commission d'attribution des logements vous a attribué ce logement le {_day(facts, 'decided_on')}. "
            "Nous vous le proposons."
        ],
        "box": [
            f"Répondez au plus tard le {_day(facts, 'answer_due_on')}, jusqu'à minuit.",
            "Vous avez dix jours au moins pour répondre. Sans réponse à cette date, l'offre est considérée comme "
            "refusée (article R441-10 du code de la construction et de l'habitation).",
            "Vous pouvez répondre dans votre espace, par téléphone, par courrier, ou sur place.",
        ],
        "after": [
            "Accepter : nous fixons avec vous la signature du bail et l'état des lieux. Vous pouvez visiter avant de "
            "répondre.", _REFUSING, _TO_ANSWER,
        ],
    }


def _condition(facts: dict[str, Any]) -> dict[str, Any]:
    return {
        "before": [
            f"Le {_day(facts, 'decided_on')}, la commission d'attribution des logements vous a attribué ce logement à "
            "une condition : recevoir une pièce de votre dossier."
        ],
        "box": [
            f"Pièce attendue : {facts.get('document', '')}.",
            f"À remettre avant le {_day(facts, 'document_due_on')}.",
        ],
        "after": [
            "Dès que la pièce est là, nous vous envoyons l'offre écrite, et vous avez dix jours au moins pour "
            "répondre. Seule une pièce de la liste fixée par arrêté peut vous être demandée.",
            "Si vous ne pouvez pas l'obtenir à temps, prévenez-nous : nous chercherons une solution ensemble.", _HELP,
        ],
    }


def _not_allocated(facts: dict[str, Any]) -> dict[str, Any]:
    return {
        "before": [
            f"Le {_day(facts, 'decided_on')}, la commission d'attribution des logements a examiné votre dossier pour "
            "ce logement. Elle ne vous l'a pas attribué (article L441-2-2 du code de la construction et de "
            "l'habitation)."
        ],
        "reasons": facts.get("reasons", ()),
        "after": [
            STAYS_ACTIVE + " D'autres logements peuvent vous être proposés.",
            "Vous pouvez nous demander d'expliquer cette décision, et nous signaler une erreur : la commission peut "
            "examiner de nouveau votre dossier.", _HELP,
        ],
    }


def _warning(facts: dict[str, Any]) -> dict[str, Any]:
    return {
        "before": [
            f"Le {_day(facts, 'decided_on')}, la commission d'attribution des logements a constaté qu'une condition "
            "fixée par la loi pour accéder au logement social n'est pas remplie."
        ],
        "reasons": [*facts.get("reasons", ()), *([facts["stated"]] if facts.get("stated") else [])],
        "box": [
            f"Votre demande peut être radiée à partir du {_day(facts, 'striking_off_on')}. Ce n'est pas automatique : "
            "une personne décide.",
            "Avant cette date, écrivez-nous ou venez nous voir si votre situation a changé ou si une information est "
            "fausse (article R441-2-8 du code de la construction et de l'habitation).",
        ],
        "after": [_HELP],
    }


def _silence(facts: dict[str, Any]) -> dict[str, Any]:
    return {
        "before": [
            f"Nous vous avons proposé ce logement le {_day(facts, 'notified_on')}. Votre réponse était attendue au "
            f"plus tard le {_day(facts, 'answer_due_on')}. Nous n'avons rien reçu.",
            "Sans réponse, l'offre est considérée comme refusée (article R441-10 du code de la construction et de "
            "l'habitation).",
        ],
        "box": ["Votre réponse était partie à temps ? Dites-le-nous : l'offre peut être rouverte si le logement est "
                "encore libre."],
        "after": [STAYS_ACTIVE, _HELP],
    }


_BODIES: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "offer": _offer, "condition": _condition, "not_allocated": _not_allocated, "warning": _warning, "silence": _silence,
}
