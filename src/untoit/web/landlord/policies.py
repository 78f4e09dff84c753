"""Policies: their list, the form that makes the next version, what two versions do not share."""

from __future__ import annotations

from decimal import Decimal
from itertools import groupby
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import Count, Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from untoit.core import parameters
from untoit.core.errors import Conflict, UntoitError
from untoit.core.pairing.policy import KNOBS, Knob, said
from untoit.core.wording import typography
from untoit.records.pairings.models import Policy
from untoit.records.pairings.policies import Difference, differences, save_policy, value_of
from untoit.records.partners.rights import WRITE, Actor
from untoit.web.access import access


class PolicyForm(forms.Form):
    """A policy: its name, the commitment to priority groups, and each value that a policy may set."""

    name = forms.CharField(label="Nom", max_length=80)
    priority = forms.DecimalField(
        label="Part des attributions aux publics prioritaires (%)", min_value=0, max_value=100, decimal_places=1,
        max_digits=4, localize=True,
    )
    note = forms.CharField(
        label="Pourquoi ce réglage", max_length=300, required=False,
        help_text="Se lira dans chaque calcul qui l’emploie : « décision du comité du 12 novembre ».",
    )
    after_version = forms.IntegerField(widget=forms.HiddenInput, initial=0)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for knob in KNOBS:
            scale = 100 if knob.percent else 1
            unit = f" ({knob.unit})" if knob.unit else ""
            self.fields[field_of(knob)] = forms.DecimalField(
                label=f"{knob.label}{unit}", localize=True, max_digits=8, decimal_places=0 if knob.whole else 2,
                min_value=scale * knob.least, max_value=scale * knob.most,
                help_text=f"{knob.help} Réglage du projet : {said(knob, knob.default)}.",
            )

    @classmethod
    def of(cls, policy: Policy | None, quota: int, latest: int) -> PolicyForm:
        """Return the form that shows a version, or the values of the project; it will follow version ``latest``."""
        initial: dict[str, Any] = {"priority": Decimal(policy.priority_per_mille if policy else quota) / 10}
        for knob in KNOBS:
            value = value_of(policy, knob) if policy else knob.default
            initial[field_of(knob)] = (100 * value if knob.percent else value).normalize()
        if policy:
            initial |= {"name": policy.name, "after_version": latest}
        return cls(initial=initial)

    @property
    def groups(self) -> list[tuple[str, list[Any]]]:
        """The values by group, as fields of the form."""
        return [
            (title, [self[field_of(knob)] for knob in some])
            for title, some in groupby(KNOBS, key=lambda knob: knob.group)
        ]

    @property
    def values(self) -> dict[str, Decimal]:
        """What was given, by path, in the units of the files."""
        return {
            knob.path: self.cleaned_data[field_of(knob)] / (100 if knob.percent else 1) for knob in KNOBS
        }


def field_of(knob: Knob) -> str:
    """Return the name of the input of a value."""
    return knob.path.removeprefix("policy/").replace(".", "-")


@access("run_settings")
def policies(request: HttpRequest) -> HttpResponse:
    """List the policies, every version, with what each one changed."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    found = (
        Policy.objects.visible_to(actor).select_related("created_by").annotate(used=Count("runs"))
        .order_by("name", "-version")  # a query that counts forgets the order of the model
    )
    rows = []
    for name, some in groupby(found, key=lambda policy: policy.name):
        versions = list(some)
        rows.append({"name": name, "latest": versions[0], "versions": [
            {"policy": one, "changes": differences(versions[place + 1], one) if place + 1 < len(versions) else None}
            for place, one in enumerate(versions)
        ]})
    return render(request, "landlord/policies.html", {"rows": rows, "writes": actor.may("run_settings", WRITE)})


@access("run_settings", WRITE, methods=("GET", "POST"))
def new_policy(request: HttpRequest) -> HttpResponse:
    """Make the first version of a policy."""
    return _edit(request, None)


@access("run_settings", WRITE, methods=("GET", "POST"))
def edit_policy(request: HttpRequest, policy_id: UUID) -> HttpResponse:
    """Make the next version of a policy, from the one that is shown."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return _edit(request, get_object_or_404(Policy.objects.visible_to(actor), pk=policy_id))


def _edit(request: HttpRequest, policy: Policy | None) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    context: dict[str, Any] = {"policy": policy}
    if request.method != "POST":
        quota = int(parameters.at("policy/matching", actor.today)["priority_quota_per_mille"])
        versions = Policy.objects.visible_to(actor).filter(name=policy.name) if policy else Policy.objects.none()
        latest = versions.aggregate(latest=Max("version"))["latest"] or 0
        return render(request, "landlord/policy_form.html", context | {"form": PolicyForm.of(policy, quota, latest)})
    form = PolicyForm(request.POST)
    context["form"] = form
    if not form.is_valid():
        return render(request, "landlord/policy_form.html", context, status=422)
    given = form.cleaned_data
    try:
        saved = save_policy(
            name=policy.name if policy else given["name"], priority_per_mille=int(10 * given["priority"]),
            values=form.values, note=given["note"], after_version=given["after_version"], by=actor,
            at=request.now,  # type: ignore[attr-defined]
        )
    except UntoitError as refusal:
        form.add_error(None, typography(refusal.sentence))
        status = 409 if isinstance(refusal, Conflict) else 422
        return render(request, "landlord/policy_form.html", context, status=status)
    messages.success(request, f"« {saved.name} », version {saved.version}, est prête pour un calcul.")
    return redirect("landlord:policies")


@access("run_settings")
def policy(request: HttpRequest, policy_id: UUID) -> HttpResponse:
    """Show one version, and what changes from another one that is chosen."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    shown = get_object_or_404(Policy.objects.visible_to(actor).select_related("created_by"), pk=policy_id)
    others = list(Policy.objects.visible_to(actor).exclude(pk=shown.pk))
    other = next((one for one in others if str(one.pk) == request.GET.get("avec")), None)
    changes: list[Difference] = differences(other, shown) if other else []
    values = [
        (knob.group, knob.label, said(knob, value_of(shown, knob)), knob.path in shown.settings) for knob in KNOBS
    ]
    return render(request, "landlord/policy.html", {
        "policy": shown, "others": others, "other": other, "changes": changes, "values": values,
        "share": Decimal(shown.priority_per_mille) / 10, "writes": actor.may("run_settings", WRITE),
    })
