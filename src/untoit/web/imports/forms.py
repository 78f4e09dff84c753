"""The shape of what is sent to an import; services decide."""

from __future__ import annotations

from typing import Any

from django import forms

from untoit.core.exchange import Kind
from untoit.records.intake import selectors
from untoit.records.intake.models import Batch, BatchState
from untoit.records.partners.rights import Actor
from untoit.web.components.lists import FilterForm

AUTOMATIC = ("", "Reconnaître tout seul")
LONGEST_PASTE = 2_000_000


class NewImportForm(forms.Form):
    """A file, or the text of a table; what it holds is recognised unless told."""

    file = forms.FileField(
        label="Fichier", required=False, max_length=200,
        help_text="CSV, .xlsx ou .ods, ou réponse JSON de France Travail. Vous pouvez le glisser dans ce cadre.",
    )
    text = forms.CharField(
        label="Ou coller un tableau", required=False, strip=False, max_length=LONGEST_PASTE,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
        help_text="Copiez les cellules dans votre tableur, ligne d'en-têtes comprise, puis collez-les ici.",
    )
    kind = forms.ChoiceField(label="Contenu", required=False, widget=forms.RadioSelect)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = selectors.kind_choices(actor)
        self.fields["kind"].choices = [AUTOMATIC, *choices]  # type: ignore[attr-defined]
        self.fields["kind"].initial = ""
        self.only = choices[0][1] if len(choices) == 1 else ""
        if self.only:
            del self.fields["kind"]

    def clean(self) -> dict[str, Any]:
        """Ask for one of the two, and not both."""
        data = super().clean() or {}
        given = bool(data.get("file")), bool((data.get("text") or "").strip())
        if given == (False, False) and not self.errors:
            raise forms.ValidationError("Choisissez un fichier, ou collez un tableau.")
        if all(given):
            raise forms.ValidationError("Gardez le fichier ou le tableau collé : un import lit l'un ou l'autre.")
        return data


class ColumnsForm(forms.Form):
    """Which column of the format each header stands for; one select a header, in the order of the file."""

    kind = forms.ChoiceField(label="Contenu du fichier")
    blank_erases = forms.BooleanField(
        label="Une case vide efface ce que la fiche contient", required=False,
        help_text="Sinon, une case vide veut dire « inconnu » : la fiche garde sa valeur.",
    )
    revision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, actor: Actor, batch: Batch, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.batch = batch
        kinds = selectors.kind_choices(actor)
        self.fields["kind"].choices = kinds if batch.kind else [("", "Choisir…"), *kinds]  # type: ignore[attr-defined]
        self.fields["kind"].initial = batch.kind
        self.fields["blank_erases"].initial = bool(batch.options.get("blank_erases"))
        self.fields["revision"].initial = batch.revision
        choices = selectors.column_choices(Kind(batch.kind)) if batch.kind else []
        for index, header in enumerate(batch.headers if choices else ()):
            column = batch.mapping[index] if index < len(batch.mapping) else ""
            self.fields[f"column_{index}"] = forms.ChoiceField(
                label=header or f"colonne {index + 1}, sans en-tête", required=False, choices=choices, initial=column,
                help_text="nom proche : à vérifier" if header in batch.options.get("to_check", ()) else "",
            )

    @property
    def headers(self) -> list[forms.BoundField]:
        """The selects, in the order of the file."""
        return [self[name] for name in self.fields if name.startswith("column_")]

    def mapping(self) -> list[str]:
        """Return what was chosen for each header."""
        return [self.cleaned_data.get(f"column_{index}", "") for index in range(len(self.batch.headers))]


class DecisionForm(forms.Form):
    """What becomes of a possible duplicate."""

    decision = forms.RegexField(r"^(create|skip|update:[0-9a-f-]{36})$")
    revision = forms.IntegerField()


class ImportFilter(FilterForm):
    """Where imports stand."""

    state = forms.ChoiceField(label="État", required=False, choices=[("", "Tous"), *BatchState.choices])

    def apply(self, queryset: Any) -> Any:
        """Keep one state."""
        state = self.cleaned_data.get("state")
        return queryset.filter(state=state) if state else queryset
