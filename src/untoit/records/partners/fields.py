"""Columns that hold what must not be read in a backup nor searched: encrypted at rest, opaque to the database."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models


@lru_cache(maxsize=4)
def _box(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def seal_text(text: str) -> str:
    """Return a text sealed with the first key: for the secrets of second factors."""
    return _box(tuple(settings.ENCRYPTION_KEYS)).encrypt(text.encode()).decode()


def open_text(sealed: str) -> str:
    """Return the text in clear."""
    return _box(tuple(settings.ENCRYPTION_KEYS)).decrypt(sealed.encode()).decode()


class EncryptedJSONField(models.BinaryField):
    """
    A JSON value encrypted with the first of ``settings.ENCRYPTION_KEYS`` (Fernet); older keys still decrypt.

    No lookup works on it, on purpose: what it holds is neither filterable nor sortable (``access.md``, note 5).
    """

    # What mypy makes of the column: any JSON value.
    _pyi_private_set_type: Any
    _pyi_private_get_type: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("editable", False)
        super().__init__(*args, **kwargs)

    def get_default(self) -> Any:
        """Return the default as it is: a binary field makes bytes of an empty text, which no key would open."""
        default = super().get_default()
        return "" if default == b"" and self.has_default() else default

    def get_prep_value(self, value: Any) -> bytes | None:
        """Return the sealed bytes."""
        if value is None or isinstance(value, bytes):
            return value
        text = json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False, sort_keys=True)
        return _box(tuple(settings.ENCRYPTION_KEYS)).encrypt(text.encode())

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        """Return what the driver sends."""
        return super().get_db_prep_value(self.get_prep_value(value), connection, prepared=True)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        """Return the value in clear."""
        if value is None:
            return None
        try:
            return json.loads(_box(tuple(settings.ENCRYPTION_KEYS)).decrypt(bytes(value)))
        except InvalidToken as refusal:
            raise ValueError(
                f"{self.model.__name__}.{self.name} : la clé de chiffrement n'est pas celle qui a scellé cette donnée."
            ) from refusal

    def get_lookup(self, lookup_name: str) -> Any:
        """Allow ``isnull`` only."""
        return super().get_lookup(lookup_name) if lookup_name == "isnull" else None
