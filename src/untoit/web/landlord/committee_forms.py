"""Forms of the committee: a session, its members, an exception, a decision."""

from __future__ import annotations

from typing import Any

from django import forms

from untoit.core.lifecycles import committee
from untoit.core.lifecycles.committee import DECISION_NAMES, Decision, Vote
from untoit.records.followup.committee.members import ADVISORY, QUALITIES, Seat
from untoit.records.followup.committee.selectors import Candidate
from untoit.records.followup.models import Session
from untoit.records.followup.models.committee import SessionState
from untoit.web.components.forms import DayInput
from untoit.web.components.lists import FilterForm
from untoit.web.components.pickers import CommuneField
from untoit.web.organiser.event_forms import HourField, number


class SessionForm(forms.Form):
    """When and where the committee sits."""

    use_required_attribute = False

    on = forms.DateField(label="Date", widget=DayInput)
    starts_min = HourField(label="Heure", initial=9 * 60, help_text="Par exemple 9 h 30.")
    place = forms.CharField(
        label="Lieu", max_length=200, required=False, help_text="Une salle, ou « à distance » : la commission le peut."
    )
    remarks = forms.CharField(
        label="Observations", max_length=2000, required=False, widget=forms.Textarea({"rows": 3}),
        help_text="Reprises dans le procès-verbal. N’y nommez personne.",
    )
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def clean_starts_min(self) -> int:
        """Require an hour of the day."""
        value: int | None = self.cleaned_data["starts_min"]
        if value is None or value >= 24 * 60:
            raise forms.ValidationError("Écrivez une heure, par exemple 9 h 30.")
        return value

    @classmethod
    def of(cls, session: Session) -> SessionForm:
        """Return the form that shows a session."""
        return cls(initial={
            name: getattr(session, name) for name in ("on", "starts_min", "place", "remarks", "revision")
        })


class MemberForm(forms.Form):
    """One member; a line without a name is left out."""

    use_required_attribute = False
    hide_required = True

    name = forms.CharField(label="Nom", max_length=120, required=False)
    quality = forms.ChoiceField(label="Qualité", choices=list(QUALITIES.items()), required=False)
    commune = CommuneField(label="Commune du maire", required=False)
    votes = forms.BooleanField(label="Vote", required=False, initial=True)
    is_present = forms.BooleanField(label="Présent·e", required=False)


MemberFormSet = forms.formset_factory(MemberForm, extra=3, max_num=40, validate_max=True)


def seats_of(formset: Any) -> list[Seat]:
    """Return the members that were typed, in their order; an advisory voice never votes."""
    return [
        Seat(
            one["name"].strip(), one["quality"], one["commune"], one["votes"] and one["quality"] != ADVISORY,
            one["is_present"],
        )
        for one in (form.cleaned_data for form in formset) if one.get("name", "").strip()
    ]


class ExceptionForm(forms.Form):
    """Why a dwelling has fewer candidates than the law asks."""

    exception = forms.ChoiceField(label="Exception écrite", required=False)

    def __init__(self, *args: Any, session: Session, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["exception"]
        field.choices = [("", "aucune"), *committee.exceptions(session.on).items()]


class SessionFilter(FilterForm):
    """The filters of the list of sessions."""

    state = forms.ChoiceField(label="État", required=False, choices=[("", "Tous"), *SessionState.choices])

    def apply(self, queryset: Any) -> Any:
        """Keep the sessions in a state."""
        state = self.cleaned_data.get("state")
        return queryset.filter(state=state) if state else queryset


class RulingForm(forms.Form):
    """One decision of art. R441-3 with its votes; the button that is pressed says which."""

    use_required_attribute = False
    hide_required = True

    decision = forms.ChoiceField(choices=[(one.value, name) for one, name in DECISION_NAMES.items()])
    in_favour = number("Pour", 0, 99)
    against = number("Contre", 0, 99)
    abstained = number("Abstentions", 0, 99)
    mayor = forms.ChoiceField(
        label="Voix du maire, en cas de partage", required=False,
        choices=[("", "pas de partage"), ("oui", "favorable"), ("non", "défavorable")],
    )
    rank = number("Rang", 1, 20, required=False)
    document = forms.ChoiceField(label="Pièce attendue", required=False)
    reasons = forms.MultipleChoiceField(
        label="Motifs", required=False, widget=forms.CheckboxSelectMultiple,
        help_text="Les ressources faibles et l’absence de lien local ne suffisent jamais seules.",
    )
    aids_looked_at = forms.BooleanField(
        label="Les aides (FSL, Loca-Pass) et l’accompagnement ont été examinés", required=False
    )
    ground = forms.ChoiceField(label="Condition légale non remplie", required=False)
    stated = forms.CharField(
        label="Raison, telle que la personne la lira", max_length=1000, required=False,
        widget=forms.Textarea({"rows": 3}),
    )
    revision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, session: Session, candidate: Candidate, voters: int = 0, rank: int = 1, **kwargs: Any
    ) -> None:
        initial = {"in_favour": voters, "against": 0, "abstained": 0, "rank": rank, "revision": candidate.revision}
        super().__init__(*args, auto_id=f"c{candidate.number}_%s", initial=initial, **kwargs)
        choices: dict[str, Any] = {
            "document": candidate.missing, "reasons": committee.reasons("not_allocated", session.on).items(),
            "ground": [("", "Choisissez"), *committee.reasons("inadmissible", session.on).items()],
        }
        for name, some in choices.items():
            field: Any = self.fields[name]
            field.choices = list(some)

    @property
    def votes(self) -> Vote:
        """Return the votes that were typed."""
        data = self.cleaned_data
        mayor = {"oui": True, "non": False}.get(data["mayor"])
        return Vote(data["in_favour"], data["against"], data["abstained"], mayor)

    @property
    def given(self) -> dict[str, Any]:
        """Return what the chosen decision comes with, in the words of the service."""
        data = self.cleaned_data
        decision = Decision(data["decision"])
        match decision:
            case Decision.ALLOCATED_RANKED:
                more: dict[str, Any] = {"rank": data["rank"]}
            case Decision.ALLOCATED_CONDITIONAL:
                more = {"document": data["document"]}
            case Decision.NOT_ALLOCATED:
                more = {"reasons": data["reasons"], "aids_looked_at": data["aids_looked_at"]}
            case Decision.REJECTED_INADMISSIBLE:
                more = {"reasons": [data["ground"]] if data["ground"] else [], "stated": data["stated"]}
            case _:
                more = {}
        return {"decision": decision, "votes": self.votes, "revision": data["revision"], **more}
