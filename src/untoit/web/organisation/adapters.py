"""How allauth is bent to this scheme: no public sign-up, a code for candidates, a second factor that stays."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import RequestLoginCodeForm
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django import forms
from django.conf import settings
from django.http import HttpRequest

from untoit.records.partners import sms
from untoit.records.partners.fields import open_text, seal_text
from untoit.records.partners.models import User
from untoit.records.partners.selectors import user_of_phone


class AccountAdapter(DefaultAccountAdapter):
    """No public sign-up; SMS through the port of the scheme."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Return no: an account comes by an invitation, or by the adviser for a candidate."""
        return False

    def get_user_by_phone(self, phone: str) -> User | None:
        """Return the candidate who has this number, when only one has."""
        return user_of_phone(phone)

    def generate_phone_verification_code(self, *, user: Any, phone: str) -> str:
        """Return a code as for the e-mail: one form reads both."""
        return self.generate_login_code()

    def send_verification_code_sms(self, user: Any, phone: str, code: str, **kwargs: Any) -> None:
        """Send the code; the text names neither the scheme nor the person, who may share the telephone."""
        sms.send(phone, f"Votre code de connexion : {code}. Il sert une fois, pendant dix minutes.")

    def set_phone_verified(self, user: Any, phone: str) -> None:
        """Keep nothing: the number is the one that the adviser wrote."""

    def get_phone(self, user: Any) -> tuple[str, bool] | None:
        """Return nothing: the number is not part of the account."""
        return None

    def add_message(self, request: Any, level: int, message_template: Any = None, *args: Any, **kwargs: Any) -> None:
        """Say nothing at sign-in and sign-out: the page shows it."""
        if message_template in ("account/messages/logged_in.txt", "account/messages/logged_out.txt"):
            return
        super().add_message(request, level, message_template, *args, **kwargs)


class CandidateCodeForm(RequestLoginCodeForm):
    """
    Ask where to send a code. Only candidates receive one: a professional signs in with a password and a second factor.

    The page that follows is the same in every case, so that it does not tell who has an account.
    """

    _user: Any  # set by allauth when the address is that of somebody
    phone = forms.CharField(label="Téléphone mobile", required=False, max_length=20)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].required = False
        self.fields["email"].label = "Adresse e-mail"
        self.fields["email"].widget.attrs.pop("placeholder", None)

    def clean_email(self) -> str:
        """Keep the address; find the candidate, never a professional."""
        email = super().clean_email()
        if email and getattr(self, "_user", None) is not None and self._user.memberships.exists():
            self._user = None
        return email

    def clean_phone(self) -> str:
        """Keep the number; find the candidate."""
        if not self.cleaned_data.get("phone"):
            return ""
        return super().clean_phone()

    def clean(self) -> dict[str, Any]:
        """Ask for one of the two."""
        cleaned = super().clean()
        if not self.errors and not cleaned.get("email") and not cleaned.get("phone"):
            raise forms.ValidationError("Indiquez votre adresse e-mail ou votre téléphone mobile.")
        return cleaned


class SecondFactorAdapter(DefaultMFAAdapter):
    """A professional keeps at least one second factor; the secret is sealed at rest."""

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Return whether another factor remains, where one is required."""
        if not settings.SECOND_FACTOR_REQUIRED or authenticator.type == Authenticator.Type.RECOVERY_CODES:
            return True
        others = Authenticator.objects.filter(
            user_id=authenticator.user_id, type__in=[Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
        ).exclude(pk=authenticator.pk)
        return others.exists()

    def encrypt(self, text: str) -> str:
        """Seal a secret with the keys of the deployment."""
        return seal_text(text)

    def decrypt(self, encrypted_text: str) -> str:
        """Open a sealed secret."""
        return open_text(encrypted_text)


def who_tries(request: HttpRequest, credentials: dict[str, Any] | None) -> str:
    """Return the address that is being tried, in lower case, for the lock-out."""
    tried = (credentials or {}).get("email") or (credentials or {}).get("username") or request.POST.get("login", "")
    return str(tried).strip().lower()
