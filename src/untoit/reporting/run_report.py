"""The page of a run: one HTML file that opens from a folder, without any network, and prints well."""

import base64
import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from untoit.core.model.run import STAGES, LeftOut, RunReport, TandemRow
from untoit.core.wording import typography
from untoit.reporting import french
from untoit.reporting.budget_bars import (
    BAR_FOOT,
    BAR_HEIGHT,
    BAR_STEP,
    BAR_TOP,
    BAR_WIDTH,
    MOMENTS,
    BudgetBar,
    budget_bars,
)
from untoit.reporting.charts import horizontal_bars
from untoit.reporting.map import draw

HOME_COLOUR, JOB_COLOUR, LEFT_OUT_COLOUR = "#a8452c", "#1f6f6b", "#b98a3a"
MOST_SHOWN = 300
"""Households shown in full, placed and left out; the files hold the others."""

LONG_NOTICE = 240
"""A notice longer than this is folded behind its subject."""

MODES = {"tc": "transports en commun", "marche": "à pied", "velo": "à vélo", "voiture": "en voiture"}
VERSIONS = {
    "logiciel": "Logiciel", "parametres": "Paramètres légaux (empreinte)", "horaires": "Horaires (empreinte)",
    "horaires_libelle": "Réseau", "entrees": "Fichiers reçus (empreinte)",
}
SIZES = {
    "menages": ("ménage", "ménages"), "personnes": ("personne en recherche", "personnes en recherche"),
    "logements": ("logement", "logements"), "offres": ("offre d’emploi", "offres d’emploi"),
    "postes": ("poste", "postes"),
}
STAGE_TITLES = {
    "consentement": ("Sans accord", "Le ménage n’a pas, ou pas encore, donné son accord pour le rapprochement."),
    "eligibilite": ("Aucun logement possible", "Aucun logement ne convient au regard des règles et des souhaits."),
    "emploi": ("Aucun emploi qui convienne", "Aucune offre ne correspond aux métiers, aux contrats ou aux conditions."),
    "trajet": (
        "Aucun trajet possible",
        "Il existe des logements et des emplois, mais pas de trajet entre eux aux heures des postes.",
    ),
    "capacite": (
        "Faute de places",
        typography("Le ménage avait des tandems possibles ; les logements ou les postes ont servi à d’autres."),
    ),
}


@dataclass(frozen=True, slots=True)
class Placed:
    """One household placed: one dwelling, one job for each of its seekers who got one."""

    number: int
    rows: tuple[TandemRow, ...]
    bars: tuple[BudgetBar, ...]

    @property
    def first(self) -> TandemRow:
        """The row that carries what the household has in common."""
        return self.rows[0]

    @property
    def longest_min(self) -> int:
        """The longest way of all its commutes."""
        return max(max(row.outward_min, row.back_min) for row in self.rows)


@dataclass(frozen=True, slots=True)
class Stage:
    """Households stopped at one stage."""

    code: str
    title: str
    explanation: str
    households: tuple[LeftOut, ...]

    @property
    def shown(self) -> tuple[LeftOut, ...]:
        """Those that the page lists."""
        return self.households[:MOST_SHOWN]


def write_report(path: Path, report: RunReport) -> None:
    """Write the page of a run to ``path``, all or nothing."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        draft.write_text(render(report), "utf-8")
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def render(report: RunReport) -> str:
    """Return the page of a run as HTML text."""
    environment = Environment(
        loader=PackageLoader("untoit.reporting"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True, finalize=french.typography,
    )
    environment.filters |= {
        "number": french.number, "euros": french.euros, "percent": french.percent, "day": french.day,
        "mode": lambda code: MODES.get(code, code),
        "moment": lambda code: MOMENTS.get(code, code),
        "version": lambda code: VERSIONS.get(code, code),
    }
    environment.globals["plural"] = french.plural
    style, script = _asset("run_report.css"), _asset("run_report.js")
    placed = _placed(report)
    stages = _stages(report)
    return environment.get_template("run_report.html").render(
        report=report,
        picture=draw(report),
        placed=placed[:MOST_SHOWN],
        bars={"width": BAR_STEP, "bar": BAR_WIDTH, "height": int(BAR_TOP + BAR_HEIGHT) + BAR_FOOT},
        hidden=max(0, len(placed) - MOST_SHOWN),
        stages=stages,
        common_warnings=_common_warnings(report.tandems),
        LONG_NOTICE=LONG_NOTICE,
        sizes=[french.plural(count, *SIZES.get(name, (name, name))) for name, count in report.sizes.items()],
        funnel_chart=_funnel_chart(report),
        stages_chart=_stages_chart(stages),
        style=Markup(style),
        script=Markup(script),
        # Nothing outside this file may be read, and nothing but these two texts may act.
        policy=(
            f"default-src 'none'; style-src '{_fingerprint(style)}'; script-src '{_fingerprint(script)}'; "
            "base-uri 'none'; form-action 'none'"
        ),
    )


def _asset(name: str) -> str:
    return (resources.files("untoit.reporting") / "templates" / name).read_text("utf-8")


def _fingerprint(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _placed(report: RunReport) -> list[Placed]:
    by_household: dict[str, list[TandemRow]] = {}
    for row in report.tandems:
        by_household.setdefault(row.application_number, []).append(row)
    return [
        Placed(number, tuple(rows), budget_bars(rows[0].budget))
        for number, rows in enumerate(by_household.values(), 1)
    ]


def _common_warnings(rows: Sequence[TandemRow]) -> tuple[str, ...]:
    """Return the warnings that every tandem carries: the page says them once."""
    if len(rows) < 2:
        return ()
    return tuple(warning for warning in rows[0].warnings if all(warning in row.warnings for row in rows))


def _stages(report: RunReport) -> list[Stage]:
    """Group the households left out by stage, in the order of the main job; an unknown stage keeps its own name."""
    by_stage: dict[str, list[LeftOut]] = {stage: [] for stage in STAGES}
    for household in report.left_out:
        by_stage.setdefault(household.stage, []).append(household)
    return [
        Stage(code, *STAGE_TITLES.get(code, (code, "")), tuple(households))
        for code, households in by_stage.items() if households
    ]


def _funnel_chart(report: RunReport) -> Markup | None:
    if not report.funnel:
        return None
    return horizontal_bars(
        [{"label": step.label, "count": step.households, "text": french.number(step.households)}
         for step in report.funnel],
        JOB_COLOUR,
    )


def _stages_chart(stages: Sequence[Stage]) -> Markup | None:
    if not stages:
        return None
    return horizontal_bars(
        [{"label": stage.title, "count": len(stage.households), "text": french.number(len(stage.households))}
         for stage in stages],
        LEFT_OUT_COLOUR,
    )
