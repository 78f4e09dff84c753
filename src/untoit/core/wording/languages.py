"""Names of languages: in French for whoever finds an interpreter, in themselves for whoever chooses one on a screen."""

from __future__ import annotations

# Those for which an interpreter is looked for; French sign language has no ISO 639-1 code.
INTERPRETED = {
    "ar": "arabe", "en": "anglais", "fa": "dari, persan", "ps": "pachto", "ru": "russe", "uk": "ukrainien",
    "tr": "turc", "pt": "portugais", "es": "espagnol", "ro": "roumain", "so": "somali", "ti": "tigrigna",
    "lsf": "langue des signes",
}
OWN_NAMES = {
    "fr": "Français", "en": "English", "ar": "العربية", "uk": "Українська", "es": "Español", "pt": "Português",
}


def name(code: str) -> str:
    """Return the French name of a language; its code when it is not one of those, blank for none."""
    return "français" if code == "fr" else INTERPRETED.get(code, code)
