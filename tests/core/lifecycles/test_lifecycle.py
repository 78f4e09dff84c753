"""The table of a lifecycle decides whether an act is possible, and says why not."""

import pytest

from untoit.core.errors import Refused
from untoit.core.lifecycles import Lifecycle, t

DOOR = Lifecycle(
    "door", initial="open", state_names=(("open", "ouverte"), ("locked", "verrouillée")),
    transitions=(
        t("close", {"open"}, "closed", {"visitor", "guard"}, label="Fermer"),
        t("lock", {"closed"}, "locked", {"guard"}, ("key",), label="Verrouiller"),
        t("open", {"closed"}, "open", {"visitor", "guard"}, label="Ouvrir"),
    ),
)


def test_an_act_leads_to_the_state_of_the_table():
    assert DOOR.move("close", "open", "visitor") == "closed"
    assert DOOR.move("lock", "closed", "guard", {"key": "42"}) == "locked"
    assert DOOR.states == {"open", "closed", "locked"}
    assert [one.action for one in DOOR.possible("closed", "visitor")] == ["open"]


@pytest.mark.parametrize(
    ("action", "state", "by", "given", "words"),
    [
        ("open", "locked", "guard", {}, "« Ouvrir » n'est plus possible : l'état est maintenant « verrouillée »."),
        ("lock", "closed", "visitor", {"key": "42"}, "« Verrouiller » ne relève pas de votre rôle."),
        ("lock", "closed", "guard", {"key": ""}, "« Verrouiller » demande une précision qui manque."),
    ],
)
def test_a_refusal_says_why(action, state, by, given, words):
    with pytest.raises(Refused) as refused:
        DOOR.move(action, state, by, given)

    assert refused.value.sentence == words


def test_an_ambiguous_table_is_refused():
    with pytest.raises(ValueError, match="twice"):
        Lifecycle("two ways", "a", (t("go", {"a"}, "b", {"x"}), t("go", {"a"}, "c", {"x"})))
