"""Consents, shares and who follows: the pages of a candidate's file that say who may know it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from untoit.core.errors import UntoitError
from untoit.core.wording import typography
from untoit.records.applicants import sharing
from untoit.records.applicants.models import Household, Link, Purpose
from untoit.records.applicants.view import LinkView, links_of
from untoit.records.partners.models import Membership, Organisation
from untoit.records.partners.rights import Actor
from untoit.web.access import access
from untoit.web.adviser.candidate_edit import edit
from untoit.web.adviser.candidate_sharing_forms import ConsentForm, ExtendForm, FollowForm, LinkForm
from untoit.web.adviser.candidates import household_of


@access("consents_links", "W", methods=("GET", "POST"))
def candidate_consent(request: HttpRequest, household_id: UUID) -> HttpResponse:
    """Record what the person agreed to."""
    household_of(request, household_id)
    actor: Actor = request.actor  # type: ignore[attr-defined]
    form = ConsentForm(request.POST or None, initial={
        "given_on": actor.today, "purpose": request.GET.get("pour", Purpose.MATCHING), "how": "signed",
    })
    return edit(
        request, form,
        lambda valid: sharing.record_consent(
            household_id=household_id, by=actor, at=request.now, **valid.cleaned_data,  # type: ignore[attr-defined]
        ),
        title="Accord de la personne", back=_page(household_id), said="L'accord est enregistré.",
        note=typography("La personne le lit et peut le retirer à tout moment, sans donner de raison."),
    )


@access("consents_links", "W", methods=("GET", "POST"))
def consent_withdraw(request: HttpRequest, household_id: UUID, purpose: str) -> HttpResponse:
    """Ask first, then withdraw what the person agreed to."""
    household = household_of(request, household_id)
    if purpose not in Purpose.values:
        raise Http404
    resting = [
        one.organisation for one in _links(request, household)
        if one.purpose == Purpose(purpose).label and not one.rests_on_law
    ]
    return _confirm(
        request, household_id,
        lambda: sharing.withdraw_consent(household_id=household_id, purpose=purpose, by=request.actor, at=request.now),  # type: ignore[attr-defined]
        title="Retirer un accord", button="Retirer l'accord", said="L'accord est retiré.",
        says=typography(f"Pour « {Purpose(purpose).label} »."), consequences=[
            *(typography(f"Le partage avec {one} est fermé tout de suite.") for one in resting),
            *([typography("Le dossier n'entre plus dans aucun rapprochement entre logements et emplois.")]
              if purpose == Purpose.MATCHING else []),
            "Redonner l'accord ne rouvre pas les partages fermés.",
        ],
    )


@access("consents_links", "W", methods=("GET", "POST"))
def candidate_share(request: HttpRequest, household_id: UUID) -> HttpResponse:
    """Share the file with another organisation."""
    household = household_of(request, household_id)
    actor: Actor = request.actor  # type: ignore[attr-defined]
    form = LinkForm(
        request.POST or None, organisations=_may_receive(household, actor),
        initial={"expires_on": sharing.default_expiry(actor.today)},
    )

    def save(valid: Any) -> None:
        found = valid.cleaned_data
        sharing.open_link(
            household_id=household_id, organisation_id=found["organisation"].pk, purpose=found["purpose"],
            expires_on=found["expires_on"], by=actor, at=request.now,  # type: ignore[attr-defined]
        )

    return edit(
        request, form, save, title="Partager le dossier", back=_page(household_id), said="Le dossier est partagé.",
        note=typography("La personne voit dans son espace avec qui et par qui son dossier est partagé."),
    )


@access("consents_links", "W", methods=("GET", "POST"))
def link_extend(request: HttpRequest, household_id: UUID, link_id: UUID) -> HttpResponse:
    """Give a share another last day."""
    household = household_of(request, household_id)
    link = _link(request, household, link_id)
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return edit(
        request, ExtendForm(request.POST or None, initial={"expires_on": sharing.default_expiry(actor.today)}),
        lambda form: sharing.extend_link(
            link_id=link_id, expires_on=form.cleaned_data["expires_on"], by=actor, at=request.now,  # type: ignore[attr-defined]
        ),
        title=f"Prolonger le partage avec {link.organisation}", back=_page(household_id),
        said="Le partage est prolongé.",
    )


@access("consents_links", "W", methods=("GET", "POST"))
def link_close(request: HttpRequest, household_id: UUID, link_id: UUID) -> HttpResponse:
    """Ask first, then stop sharing at once."""
    household = household_of(request, household_id)
    link = _link(request, household, link_id)
    return _confirm(
        request, household_id,
        lambda: sharing.close_link(link_id=link_id, by=request.actor, at=request.now),  # type: ignore[attr-defined]
        title=f"Fermer le partage avec {link.organisation}", button="Fermer le partage", said="Le partage est fermé.",
        says="", consequences=[
            f"{link.organisation} ne voit plus rien de ce dossier, tout de suite.",
            *(["Vous non plus : le dossier quitte votre liste."] if link.mine else []),
        ], back=reverse("adviser:candidates") if link.mine else "",
    )


@access("consents_links", "W", methods=("GET", "POST"))
def link_follow(request: HttpRequest, household_id: UUID, link_id: UUID) -> HttpResponse:
    """Have a colleague follow the household too, or take it over after some weeks together."""
    household = household_of(request, household_id)
    link = _link(request, household, link_id)
    actor: Actor = request.actor  # type: ignore[attr-defined]
    form = FollowForm(request.POST or None, colleagues=_colleagues(link, actor))

    def save(valid: Any) -> None:
        colleague, both_until = valid.cleaned_data["colleague"], valid.cleaned_data["both_until"]
        if both_until is None or actor.membership_id is None:
            sharing.assign(link_id=link_id, membership_id=colleague.pk, by=actor, at=request.now)  # type: ignore[attr-defined]
        else:
            sharing.hand_over(
                link_id=link_id, from_membership_id=actor.membership_id, to_membership_id=colleague.pk,
                both_until=both_until, by=actor, at=request.now,  # type: ignore[attr-defined]
            )

    return edit(
        request, form, save, title="Qui suit ce dossier", back=_page(household_id), said="Le suivi est enregistré.",
        note=typography("Une passation laisse vos deux noms jusqu'au jour que vous choisissez."),
    )


@access("consents_links", "W", methods=("POST",))
def assignment_end(request: HttpRequest, household_id: UUID, assignment_id: UUID) -> HttpResponse:
    """Stop following; the last one who follows stays."""
    household_of(request, household_id)
    try:
        sharing.end_assignment(
            household_id=household_id, assignment_id=assignment_id, by=request.actor, at=request.now,  # type: ignore[attr-defined]
        )
    except UntoitError as refusal:
        messages.error(request, refusal.sentence)
        return redirect(_page(household_id))
    messages.success(request, "Le suivi est terminé.")
    return redirect("adviser:candidates")


def _confirm(
    request: HttpRequest, household_id: UUID, act: Any, *, title: str, says: str, button: str, said: str,
    consequences: list[str], back: str = "",
) -> HttpResponse:
    """Say what an act changes, and do it once it is confirmed."""
    page = _page(household_id)
    if request.method == "POST":
        try:
            act()
        except UntoitError as refusal:
            messages.error(request, refusal.sentence)
            return redirect(page)
        messages.success(request, said)
        return redirect(back or page)
    return render(request, "adviser/candidate_confirm.html", {
        "title": title, "says": says, "button": button, "consequences": consequences, "back": page,
    })


def _links(request: HttpRequest, household: Household) -> tuple[LinkView, ...]:
    return links_of(household, request.actor)  # type: ignore[attr-defined]


def _link(request: HttpRequest, household: Household, link_id: UUID) -> LinkView:
    found = next((one for one in _links(request, household) if one.id == link_id), None)
    if found is None:
        raise Http404
    return found


def _may_receive(household: Household, actor: Actor) -> Any:
    """Return the organisations that could be linked and are not."""
    linked = Link.objects.filter(household=household, closed_at__isnull=True, expires_on__gte=actor.today)
    return Organisation.objects.filter(is_active=True, kind__in=list(sharing.PURPOSES_OF)).exclude(
        pk__in=linked.values("organisation_id")
    )


def _colleagues(link: LinkView, actor: Actor) -> Any:
    """Return the members who could follow, of the organisation acted for when the link is its own."""
    if not link.mine:
        return Membership.objects.none()
    already = [one.membership_id for one in link.followers if one.until is None]
    return (
        Membership.objects.filter(Q(until__isnull=True) | Q(until__gt=actor.at), organisation_id=actor.organisation_id)
        .exclude(pk__in=already).select_related("user").order_by("user__full_name")
    )


def _page(household_id: UUID) -> str:
    return reverse("adviser:candidate", args=(household_id,))
