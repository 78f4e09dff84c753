"""
Names and contacts of the demonstration's people: drawn apart from everything else, so that a name tells nothing.

Telephone numbers lie in the block that the regulator keeps for fiction (06 39 98), addresses end in ``.invalid``.
"""

import random
from dataclasses import dataclass
from datetime import date, timedelta

FIRST_NAMES = (
    "Adama", "Aïcha", "Alban", "Amélie", "Anaïs", "Bastien", "Béatrice", "Camille", "Carole", "Cédric",
    "Chloé", "Damien", "Djamila", "Élodie", "Émile", "Fatima", "Fanny", "Florian", "Gaëlle", "Grégory",
    "Hakim", "Hélène", "Inès", "Ibrahim", "Jérôme", "Joanna", "Karim", "Kelly", "Laëtitia", "Loïc", "Lucas",
    "Malika", "Marek", "Maxime", "Mélanie", "Nadia", "Noémie", "Olivier", "Ophélie", "Pascal", "Quentin",
    "Rachida", "Rémi", "Samira", "Sébastien", "Sofia", "Thierry", "Tiphaine", "Valérie", "Victor", "Wassila",
    "Xavier", "Yann", "Yasmine", "Zoé",
)
LAST_NAMES = (
    "Aubertin", "Bacquaert", "Belkacemi", "Bernier", "Blondeau", "Caulier", "Cissokho", "Coppens", "Dacosta",
    "Debruyne", "Delattre", "Demarest", "Descamps", "Diallo", "Duhamel", "Dujardin", "Fauquembergue",
    "Ferreira", "Gallois", "Hamidi", "Hennion", "Jaskula", "Kaczmarek", "Lambin", "Leclercq", "Lefebvre",
    "Lemaire", "Loridan", "Mahieu", "Marquant", "Mebarki", "Nowak", "Ouali", "Parent", "Pinto", "Quesnoy",
    "Rahmani", "Ramette", "Sauvage", "Senechal", "Tahar", "Thery", "Traoré", "Vandenbroucke", "Vasseur",
    "Verhaeghe", "Wallart", "Willems", "Yilmaz", "Zielinski",
)


@dataclass(frozen=True, slots=True)
class Identity:
    """A fictitious person: who she or he is, and how to write to her or him."""

    first_name: str
    last_name: str
    birth_date: date
    phone: str
    email: str


def identity(number: int, age: int, on: date, seed: int = 1) -> Identity:
    """Return fictitious person ``number``, ``age`` years old on the date ``on``; always the same one."""
    draw = random.Random(f"{seed}/{number}")
    first_name, last_name = draw.choice(FIRST_NAMES), draw.choice(LAST_NAMES)
    birthday = on.replace(year=on.year - age, day=min(on.day, 28)) - timedelta(days=draw.randrange(1, 360))
    return Identity(
        first_name, last_name, birthday, f"0639980{number % 1000:03d}", f"personne{number}@exemple.invalid"
    )
