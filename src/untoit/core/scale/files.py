"""
A territory and a certificate on disk, in two files that ``tools/check_scale.py`` reads without this package.

Both are uncompressed ``.npz``: the columns by name, and one ``facts`` column of bytes that holds a JSON object. Nothing
in them names anybody: numbers, classes, places on a grid, chances.
"""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from untoit.core.errors import UnusableInput
from untoit.core.scale.market import Share, Territory
from untoit.core.scale.plan import Outcome


def write_territory(path: Path, territory: Territory) -> None:
    """Write the territory: its columns, its shares (``share_weight``, ``share_constant``) and their names."""
    weights = territory.weights()
    constants = np.array([share.constant for share in territory.shares], dtype=np.int64)
    facts = {
        "shares": [share.name for share in territory.shares], "commute_per_mille": territory.commute_per_mille,
        "fingerprint": territory.fingerprint(),
    }
    _write(path, {**territory.columns(), "share_weight": weights, "share_constant": constants}, facts)


def read_territory(path: Path) -> Territory:
    """
    Return the territory that :func:`write_territory` wrote.

    Raises
    ------
    UnusableInput
        When the file is not one, or was changed since it was written.
    """
    try:
        with np.load(path, allow_pickle=False) as held:
            facts = json.loads(bytes(held["facts"]))
            shares = tuple(
                Share(name, weight, int(constant))
                for name, weight, constant in zip(
                    facts["shares"], held["share_weight"], held["share_constant"], strict=True
                )
            )
            names = [name for name in held.files if name not in ("facts", "share_weight", "share_constant")]
            columns = {name: held[name] for name in names}
        territory = Territory(**columns, shares=shares, commute_per_mille=facts["commute_per_mille"])
    except (OSError, KeyError, TypeError, ValueError, zipfile.BadZipFile) as error:
        raise UnusableInput(f"Le fichier « {path.name} » n'est pas un territoire lisible : {error}.") from error
    if territory.fingerprint() != facts["fingerprint"]:
        raise UnusableInput(f"Le fichier « {path.name} » a été modifié depuis son écriture.")
    return territory


def write_certificate(path: Path, outcome: Outcome) -> None:
    """Write the plan and what proves it: prices, value, bound, shares, and the fingerprint of the territory."""
    facts = {
        "fingerprint": outcome.fingerprint, "value": outcome.value, "bound": outcome.bound,
        "shares": [{"name": share.name, "cover": share.cover, "held": share.held} for share in outcome.shares],
    }
    columns: dict[str, NDArray[np.generic]] = {
        "dwelling": outcome.dwelling, "offers": outcome.offers, "dwelling_price": outcome.dwelling_price,
        "offer_price": outcome.offer_price, "share_price": outcome.share_price,
    }
    _write(path, columns, facts)


def _write(path: Path, columns: dict[str, NDArray[np.generic]], facts: dict[str, object]) -> None:
    text = np.frombuffer(json.dumps(facts, ensure_ascii=False, sort_keys=True).encode(), dtype=np.uint8)
    with path.open("wb") as file:
        np.savez(file, allow_pickle=False, facts=text, **columns)
