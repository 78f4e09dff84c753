"""Bring a file from a public https address, and from nowhere else."""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

from untoit.core.errors import UnusableInput

_SECONDS = 60
_CHUNK = 1 << 16
_MOST_REDIRECTIONS = 3


def download(url: str, *, most_bytes: int) -> Iterator[bytes]:
    """
    Yield the content of a public https address.

    The name is resolved once and the connection goes to that very address, so that a name that changes its mind cannot
    lead into the private network; every redirection is checked the same way.

    Raises
    ------
    UnusableInput
        When the address is not public, does not answer, or answers something else than a file.
    """
    for _ in range(_MOST_REDIRECTIONS + 1):
        parts = urlsplit(url)
        if parts.scheme != "https" or not parts.hostname or parts.username or parts.port not in (None, 443):
            raise UnusableInput("L'adresse des horaires doit commencer par https:// et ne porter ni compte ni port.")
        connection = _Pinned(parts.hostname, public_address(parts.hostname))
        try:
            connection.request("GET", parts.path + (f"?{parts.query}" if parts.query else "") or "/",
                               headers={"User-Agent": "untoit", "Accept-Encoding": "identity"})
            answer = connection.getresponse()
            if answer.status in (301, 302, 303, 307, 308):
                url = urljoin(url, answer.getheader("Location", ""))
                continue
            if answer.status != 200:
                raise UnusableInput(f"L'adresse des horaires a répondu {answer.status} au lieu du fichier.")
            size = 0
            while chunk := answer.read(_CHUNK):
                size += len(chunk)
                if size > most_bytes:
                    raise UnusableInput(f"Le fichier de cette adresse dépasse {most_bytes // 1_000_000} Mo.")
                yield chunk
            return
        except (OSError, http.client.HTTPException) as problem:
            raise UnusableInput(f"L'adresse des horaires ne répond pas ({type(problem).__name__}).") from None
        finally:
            connection.close()
    raise UnusableInput("L'adresse des horaires renvoie sans fin d'une adresse à l'autre.")


def public_address(host: str) -> str:
    """
    Return the first address of a host, when all of them are public.

    Raises
    ------
    UnusableInput
        When the name is unknown, or one of its addresses is private, local or reserved.
    """
    try:
        found = [entry[4][0] for entry in socket.getaddrinfo(host, 443, type=socket.SOCK_STREAM)]
    except OSError:
        raise UnusableInput(f"Le nom « {host} » est inconnu.") from None
    addresses = [ipaddress.ip_address(str(one).partition("%")[0]) for one in found]
    if not addresses or any(not one.is_global or one.is_multicast for one in addresses):
        raise UnusableInput(f"« {host} » est une adresse interne : seules les adresses publiques sont admises.")
    return str(addresses[0])


class _Pinned(http.client.HTTPSConnection):
    """A TLS connection to one address, which still proves that it is the host that was asked for."""

    def __init__(self, host: str, address: str) -> None:
        self._tls = ssl.create_default_context()
        super().__init__(host, timeout=_SECONDS, context=self._tls)
        self._address = address

    def connect(self) -> None:
        """Open the connection."""
        raw = socket.create_connection((self._address, 443), timeout=_SECONDS)
        self.sock = self._tls.wrap_socket(raw, server_hostname=self.host)
