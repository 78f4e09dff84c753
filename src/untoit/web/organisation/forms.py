"""The forms of these pages: they check the shape, the services decide."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password

from untoit.records.partners.models import ROLES_OF, Organisation, OrganisationKind, User


class InvitationForm(forms.Form):
    """Who is invited, and as what."""

    full_name = forms.CharField(label="Prénom et nom", max_length=120)
    email = forms.EmailField(label="Adresse e-mail professionnelle", help_text="Le lien d'accès y sera envoyé.")
    role = forms.ChoiceField(label="Rôle")
    is_org_admin = forms.BooleanField(label="Gère aussi les comptes de l'organisation", required=False)

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        roles = ROLES_OF[organisation.kind]
        self.fields["role"].choices = [(role.value, role.label) for role in roles]  # type: ignore[attr-defined]
        self.fields["role"].initial = roles[-1].value


class WelcomeForm(forms.Form):
    """A new account: a name and a password."""

    full_name = forms.CharField(label="Prénom et nom", max_length=120)
    password = forms.CharField(
        label="Mot de passe", help_text="12 caractères au moins. Une phrase est plus facile à retenir.",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}), strip=False,
    )

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._email = email

    def clean_password(self) -> str:
        """Refuse a password that is short, common, or made of the address."""
        password: str = self.cleaned_data["password"]
        validate_password(password, User(email=self._email, full_name=self.cleaned_data.get("full_name", "")))
        return password


class TokenForm(forms.Form):
    """A key of the HTTP interface."""

    name = forms.CharField(label="À quoi sert ce jeton", max_length=80, help_text="Par exemple « import de nuit ».")
    scopes = forms.MultipleChoiceField(label="Ce qu'il permet", widget=forms.CheckboxSelectMultiple)
    expires_on = forms.DateField(
        label="Expire le", help_text="Dans un an au plus.", widget=forms.DateInput(attrs={"type": "date"})
    )

    def __init__(self, *args: Any, scopes: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["scopes"].choices = list(scopes.items())  # type: ignore[attr-defined]


class AccountForm(forms.Form):
    """What somebody may change of one's own account."""

    full_name = forms.CharField(label="Prénom et nom", max_length=120)


class OrganisationForm(forms.Form):
    """A new organisation of the scheme."""

    kind = forms.ChoiceField(label="Nature", choices=OrganisationKind.choices)
    name = forms.CharField(label="Nom", max_length=160)
    neutral_name = forms.CharField(
        label="Nom montré aux employeurs", max_length=160, required=False,
        help_text="Il ne dit rien du logement. Laissez vide si l'organisation n'écrit pas aux employeurs.",
    )
    siret = forms.RegexField(
        r"^\d{14}$", label="SIRET", required=False, error_messages={"invalid": "Un SIRET a quatorze chiffres."}
    )


class GlassForm(forms.Form):
    """An emergency access to one file."""

    household_id = forms.UUIDField(
        label="Identifiant du dossier", help_text="Celui que donne la personne qui demande de l'aide.",
        error_messages={"invalid": "Cet identifiant n'a pas la forme attendue."},
    )
    reason = forms.CharField(
        label="Pourquoi il faut ouvrir ce dossier", max_length=300, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Une phrase au moins : elle sera lue par la protection des données.",
    )
