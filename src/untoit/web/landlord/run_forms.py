"""The forms of runs: a new run, the filters of its tandems and of who is left out, what is said of a tandem."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django import forms
from django.db.models import QuerySet

from untoit.core.pairing.records import RunMode
from untoit.core.territory.communes import commune
from untoit.records.jobs.models import Offer, OfferState
from untoit.records.pairings.models import Feed, Forbids, Policy, Review, SetAside
from untoit.records.pairings.perimeter import ALL, IN_SCHEME, Perimeter
from untoit.records.partners.models import Organisation
from untoit.records.partners.rights import Actor
from untoit.records.stock.models import Vacancy, VacancyState
from untoit.reporting.run_report import STAGE_TITLES
from untoit.web.components.forms import DayInput
from untoit.web.components.lists import FilterForm

CANDIDATES = [(ALL, "Tous les ménages que vous suivez"), (IN_SCHEME, "Seulement ceux du dispositif")]
MODES = [
    (RunMode.PLAN.value, "Plan d’attribution : un logement et un emploi par personne"),
    (RunMode.SELECTION.value, "Liste courte d’un événement : plusieurs candidats par logement, plusieurs entretiens"),
]


class RunForm(forms.Form):
    """What a new run is computed on."""

    title = forms.CharField(label="Titre", max_length=120, help_text="Pour le retrouver : « Job dating de décembre ».")
    on = forms.DateField(
        label="Date du calcul", widget=DayInput,
        help_text="Les règles en vigueur ce jour-là et les horaires de sa semaine.",
    )
    mode = forms.ChoiceField(label="Ce que vous cherchez", choices=MODES, widget=forms.RadioSelect, initial="plan")
    candidates = forms.ChoiceField(label="Ménages", choices=CANDIDATES, widget=forms.RadioSelect, initial=ALL)
    applied_until = forms.DateField(
        label="Demandes déposées jusqu’au", widget=DayInput, required=False, help_text="Vide : toutes.",
    )
    communes = forms.MultipleChoiceField(
        label="Communes des logements", required=False, widget=forms.CheckboxSelectMultiple,
        help_text="Rien de coché : toutes.",
    )
    rooms = forms.TypedMultipleChoiceField(
        label="Typologies", required=False, coerce=int, choices=[(n, f"T{n}") for n in range(1, 7)],
        widget=forms.CheckboxSelectMultiple, help_text="Rien de coché : toutes.",
    )
    employers = forms.MultipleChoiceField(
        label="Offres confiées par", required=False, widget=forms.CheckboxSelectMultiple,
        help_text="Rien de coché : toutes les offres ouvertes.",
    )
    policy = forms.ModelChoiceField(
        Policy.objects.none(), label="Politique", required=False, empty_label="Politique habituelle",
        help_text="Engagement envers les publics prioritaires, poids et seuils.",
    )
    priority = forms.DecimalField(
        label="Part des publics prioritaires pour ce calcul (%)", required=False, min_value=0, max_value=100,
        decimal_places=1, max_digits=4, localize=True,
        help_text="Vide : celle de la politique. Une autre part fait une politique de plus, sans changer la première.",
    )
    feeds = forms.ModelMultipleChoiceField(
        Feed.objects.none(), label="Horaires des transports", widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choisissez au moins un fichier d’horaires."},
    )
    seed = forms.IntegerField(
        label="Graine", min_value=0, max_value=2**31 - 1, initial=0, required=False,
        help_text="À égalité, une autre graine peut donner un autre résultat de même valeur. Laissez 0.",
    )
    run_id = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        homes = Vacancy.objects.visible_to(actor).filter(state=VacancyState.OPEN)
        self._choose("communes", [
            (code, known.name if (known := commune(code)) else code)
            for code in homes.order_by("commune").values_list("commune", flat=True).distinct()
        ])
        offers = Offer.objects.visible_to(actor).filter(state=OfferState.OPEN)
        self._choose("employers", [
            (str(pk), name) for pk, name in Organisation.objects.filter(
                pk__in=offers.values("organisation_id")).order_by("name").values_list("pk", "name")
        ])
        # The last version of each name: an older one is opened from its own page.
        latest = Policy.objects.visible_to(actor).order_by("name", "-version").distinct("name")
        self._field("policy").queryset = Policy.objects.visible_to(actor).filter(pk__in=latest.values("pk"))
        feeds = self._field("feeds")
        feeds.queryset = Feed.objects.visible_to(actor).filter(retired_at__isnull=True)
        feeds.label_from_instance = lambda one: (
            f"{one.name}, du {one.valid_from:%d/%m/%Y} au {one.valid_until:%d/%m/%Y}"
        )
        if not self.is_bound:
            self.initial.setdefault("on", actor.today)
            self.initial.setdefault("run_id", uuid4())
            first = feeds.queryset.filter(valid_from__lte=actor.today, valid_until__gte=actor.today).first()
            self.initial.setdefault("feeds", [first.pk] if first else [])

    @property
    def per_mille(self) -> int | None:
        """The share of priority groups that was chosen, in thousandths, once the form is valid."""
        chosen = self.cleaned_data["priority"]
        return None if chosen is None else int(10 * chosen)

    @property
    def perimeter(self) -> Perimeter:
        """What was chosen, once the form is valid."""
        chosen = self.cleaned_data
        return Perimeter(
            tuple(chosen["communes"]), tuple(chosen["rooms"]), tuple(chosen["employers"]), chosen["candidates"],
            chosen["applied_until"],
        )

    def _field(self, name: str) -> Any:
        return self.fields[name]

    def _choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        self._field(name).choices = choices


class TandemFilter(FilterForm):
    """The filters of the tandems of a run."""

    avis = forms.ChoiceField(
        label="Avis", required=False,
        choices=[("", "Tous"), *Review.choices, ("pinned", "Épinglés"), ("forbidden", "Interdits")],
    )
    prioritaire = forms.ChoiceField(
        label="Public prioritaire", required=False, choices=[("", "Tous"), ("oui", "Oui"), ("non", "Non")]
    )

    def apply(self, queryset: QuerySet) -> QuerySet:
        """Return the tandems that are asked for."""
        said, priority = self.cleaned_data["avis"], self.cleaned_data["prioritaire"]
        if said in ("pinned", "forbidden"):
            queryset = queryset.filter(**{f"is_{said}": True})
        elif said:
            queryset = queryset.filter(review=said)
        return queryset.filter(is_priority=priority == "oui") if priority else queryset


class UnplacedFilter(FilterForm):
    """The filters of who is left out."""

    etape = forms.ChoiceField(
        label="Étape", required=False,
        choices=[("", "Toutes"), *((code, title) for code, (title, _) in STAGE_TITLES.items())],
    )

    def apply(self, queryset: QuerySet) -> QuerySet:
        """Return the households stopped at this stage."""
        stage = self.cleaned_data["etape"]
        return queryset.filter(stage=stage) if stage else queryset


class ReviewForm(forms.Form):
    """What somebody says of a tandem; the button says which act."""

    action = forms.ChoiceField(choices=[(one, one) for one in ("accept", "set_aside", "pin", "forbid", "undo")])
    revision = forms.IntegerField(widget=forms.HiddenInput)
    reason_code = forms.ChoiceField(
        label="Pourquoi l’écarter", choices=[("", "Choisissez une raison"), *SetAside.choices], required=False
    )
    forbids = forms.ChoiceField(
        label="Si vous l’interdisez", choices=Forbids.choices, required=False, widget=forms.RadioSelect,
        help_text="Le prochain calcul ne le proposera plus.", initial=Forbids.HOME,
    )
    comment = forms.CharField(
        label="Précision", max_length=200, required=False,
        help_text="Quelques mots utiles aux autres. Ni santé, ni origine, ni situation sociale.",
    )

    def clean(self) -> dict[str, Any]:
        """Require a reason for what is set aside."""
        given: dict[str, Any] = super().clean() or {}
        if given.get("action") in ("set_aside", "forbid") and not given.get("reason_code"):
            self.add_error("reason_code", "Choisissez une raison : elle aidera à mieux proposer la prochaine fois.")
        return given


class ReasonForm(forms.Form):
    """Why a release is taken back."""

    reason = forms.CharField(label="Pourquoi retirer la diffusion", max_length=300)
