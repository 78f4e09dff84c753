"""In production, the keys come from the environment; without them, one sentence and nothing starts."""

from __future__ import annotations

from untoit.config.folder import new_sealing_key
from untoit.core.errors import UnusableInput


def require_keys() -> None:
    """
    Refuse to start without keys, or with one that seals nothing.

    Raises
    ------
    UnusableInput
        The sentence says which variable is missing and how to make its value.
    """
    from cryptography.fernet import Fernet
    from django.conf import settings
    from django.core.exceptions import ImproperlyConfigured

    try:
        _signs = settings.SECRET_KEY
    except ImproperlyConfigured as missing:
        raise UnusableInput(
            "La variable SECRET_KEY manque. En production, donnez-lui une longue suite de caractères tirée au hasard, "
            "par exemple celle de : openssl rand -base64 48"
        ) from missing
    if not settings.ENCRYPTION_KEYS:
        raise UnusableInput(
            "La variable ENCRYPTION_KEYS manque : c'est elle qui scelle les données sensibles. Gardez-en une copie à "
            f"part. Valeur nouvelle, tirée au hasard : {new_sealing_key()}"
        )
    for key in settings.ENCRYPTION_KEYS:
        try:
            Fernet(key)
        except ValueError as malformed:
            raise UnusableInput(
                "La variable ENCRYPTION_KEYS n'est pas lisible : chaque clé fait 44 caractères (32 octets en base 64)."
            ) from malformed
