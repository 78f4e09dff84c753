"""The name that employers, badges, text messages and the hall read must not say that people look for a home."""

from __future__ import annotations

import re

from untoit.core.errors import UnusableInput
from untoit.core.wording import typography
from untoit.records.partners.search import folded

# What a word of the name would tell whoever reads it; without accents. « Bailleul » is a town and tells nothing.
_HOME, _HELPED, _PAID = "que les personnes cherchent un logement", "que les personnes sont accompagnées", (
    "que les personnes touchent une allocation"
)
TELLING: tuple[tuple[str, str], ...] = (
    (r"toits?", _HOME), (r"log(e|es|er|ement|ements|eur|eurs)", _HOME), (r"heberg\w*", _HOME),
    (r"bail|baux|bailleurs?", _HOME),
    (r"loyers?", _HOME), (r"locat\w*", _HOME), (r"habit\w*", _HOME), (r"hlm|dalo|caleol|3f|areli|visale", _HOME),
    (r"socia(l|le|les|ux)", _HELPED), (r"insertion", _HELPED), (r"precar\w*|vulnerab\w*|demuni\w*", _HELPED),
    (r"rsa|apl|caf|minima", _PAID), (r"alloc\w*|beneficiaires?", _PAID),
    (r"refugie\w*|migrant\w*", "d'où viennent les personnes"),
    (r"handicap\w*|sante", "quelque chose de la santé des personnes"),
)


def require_neutral(name: str) -> str:
    """
    Return the name, tidied.

    Raises
    ------
    UnusableInput
        When a word of it would tell an employer something of the people: the sentence says which word and what.
    """
    tidy = " ".join(name.split())
    for word in re.findall(r"\w+", folded(tidy)):
        for pattern, tells in TELLING:
            if re.fullmatch(pattern, word):
                raise UnusableInput(typography(
                    f"« {word} » dirait aux employeurs {tells}. Choisissez un nom comme « Rencontres emploi »."
                ))
    return tidy
