"""Entering the demonstration in one click, as each role."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from untoit.core.errors import Refused
from untoit.records.partners import services
from untoit.records.partners.models import Role
from untoit.web.access import open_to_all


@dataclass(frozen=True, slots=True)
class Card:
    """One role that can be entered: who it is, and what there is to see."""

    role: Role
    icon: str
    title: str
    sees: str


CARDS = (
    Card(Role.LM, "puzzle-piece", "Chef·fe de projet du bailleur",
         "Importer les fichiers, lancer un calcul, relire et diffuser les tandems."),
    Card(Role.LA, "home-modern", "Conseiller·ère du bailleur",
         "Suivre les candidats, tenir les logements à jour, présenter un tandem."),
    Card(Role.DEP, "users", "Référent·e du Département",
         "Ses propres allocataires, leurs accords, les tandems à relire."),
    Card(Role.EMPP, "briefcase", "Coach emploi",
         "Les parcours vers l’emploi, les offres, les trajets ; rien des revenus."),
    Card(Role.PART, "key", "Bailleur partenaire", "Son parc et les candidats qui lui sont liés."),
    Card(Role.EMPL, "building-storefront", "Employeur", "Ses offres et leurs horaires ; rien d’autre."),
    Card(Role.CAND, "user", "Candidat·e", "Ses tandems, ses accords, qui a lu son dossier."),
    Card(Role.FUND, "chart-bar", "Financeur", "Des chiffres d’ensemble, sans aucune personne."),
    Card(Role.ADM, "cog-6-tooth", "Administration technique", "Les organisations et les comptes ; aucun dossier."),
    Card(Role.DPO, "shield-check", "Protection des données", "Les journaux, les accords, les demandes des personnes."),
)


@open_to_all(methods=("POST",))
def enter(request: HttpRequest) -> HttpResponse:
    """Sign in as the demonstration's holder of a role; there is no such page elsewhere."""
    role = request.POST.get("role", "")
    if role not in {card.role for card in CARDS}:
        raise Http404
    try:
        user, membership = services.demo_enter(role=role, at=request.now)  # type: ignore[attr-defined]
    except Refused as refusal:
        messages.error(request, refusal.sentence)
        return redirect("public:home")
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    if membership is not None:
        request.session["membership"] = str(membership.pk)
    return redirect("public:home")
