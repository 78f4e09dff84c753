"""The header of a page: the menu by what the actor may do, the search box, the account."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cache

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, get_script_prefix, get_urlconf, reverse

from untoit.records.partners.models import Role
from untoit.records.partners.rights import READ, WRITE, Actor

PRODUCT = "Un toit, un emploi"
# What an employer reads: nothing says that a candidate looks for a home.
NEUTRAL_PRODUCT = "Rencontres emploi"


@dataclass(frozen=True, slots=True)
class Entry:
    """One page of the menu, for whoever may do ``action`` with ``resource`` in one of ``roles`` (all when empty)."""

    label: str
    url_name: str
    icon: str
    resource: str
    action: str = READ
    roles: frozenset[Role] = frozenset()


@dataclass(frozen=True, slots=True)
class Item:
    """One link of the header; ``current`` is ``page``, ``true`` for a page below it, or nothing."""

    label: str
    url: str
    icon: str = ""
    current: str = ""


@dataclass(slots=True)
class Navigation:
    """What the header and the footer hold."""

    home_url: str = "/"
    items: list[Item] = field(default_factory=list)
    footer: list[Item] = field(default_factory=list)
    search_url: str = ""
    search_label: str = "Rechercher"
    signed_in: bool = False
    user: str = ""
    acting_for: str = ""
    account_url: str = ""
    account_current: bool = False
    sign_in_url: str = ""
    sign_out_url: str = ""


_PROFESSIONALS = frozenset({Role.LA, Role.LM, Role.DEP, Role.EMPP, Role.PART})
_ORGANISERS = frozenset({Role.LA, Role.LM, Role.DEP, Role.EMPP})
_LANDLORDS = frozenset({Role.LA, Role.LM, Role.PART})
_SUPPORT = frozenset({Role.DEP, Role.EMPP})
# A page that this installation does not have is left out of the menu.
MENU = (
    Entry("Mon espace", "candidate:home", "home", "own_account", roles=frozenset({Role.CAND})),
    Entry("Ma matinée", "desk:morning", "sun", "desk"),
    Entry("Mes offres", "employer:offers", "briefcase", "job_offers", WRITE, frozenset({Role.EMPL})),
    Entry("Rencontres", "employer:events", "calendar-days", "event", roles=frozenset({Role.EMPL})),
    Entry("Candidats", "adviser:candidates", "users", "identity", roles=_PROFESSIONALS),
    Entry("Suivi", "desk:cases", "clipboard-document-list", "case"),
    Entry("Logements", "landlord:homes", "home-modern", "dwelling_stock", roles=_PROFESSIONALS),
    Entry("Offres", "adviser:offers", "briefcase", "job_offers", roles=_PROFESSIONALS),
    Entry("Calculs", "landlord:runs", "puzzle-piece", "matching_run"),
    Entry("Tandems", "adviser:tandems", "link", "tandem", roles=_PROFESSIONALS),
    Entry("Parcours", "adviser:pathways", "map", "pathway", roles=frozenset({Role.DEP, Role.EMPP})),
    Entry("Propositions", "landlord:proposals", "key", "housing_proposal", roles=_LANDLORDS),
    Entry("Commissions", "landlord:sessions", "scale", "committee", roles=_LANDLORDS),
    Entry("Candidatures", "adviser:applications", "paper-airplane", "job_application", roles=_SUPPORT),
    Entry("Candidatures", "employer:applications", "users", "job_application", roles=frozenset({Role.EMPL})),
    Entry("Engagement", "landlord:commitment", "scale", "committee", roles=_LANDLORDS),
    Entry("Apprentissage", "landlord:learning", "academic-cap", "learning", roles=frozenset({Role.DPO})),
    Entry("Événements", "organiser:events", "calendar-days", "event", roles=_ORGANISERS),
    Entry("Imports", "imports:list", "arrow-up-tray", "import", WRITE),
    Entry("Plateforme", "platform:overview", "cog-6-tooth", "audit_log", roles=frozenset({Role.ADM, Role.DPO})),
    Entry("Pilotage", "steering:overview", "chart-bar", "steering_report"),
    Entry("Organisation", "organisation:members", "building-office", "organisation_users", WRITE),
)
_PUBLIC_MENU = (Item("Offres d’emploi", "public:offers", "briefcase"),)
_FOOTER = (("Mentions légales et données personnelles", "public:legal"), ("Accessibilité", "public:accessibility"))


def product_name(actor: Actor | None) -> str:
    """Return the name of the product as this actor may read it."""
    return NEUTRAL_PRODUCT if actor is not None and actor.role is Role.EMPL else PRODUCT


def navigation_of(request: HttpRequest | None) -> Navigation:
    """Return the navigation of this page; a page without a request (a broken server) has none."""
    actor: Actor | None = getattr(request, "actor", None)
    if request is None or actor is None:
        return Navigation()
    path = request.path
    made = Navigation(footer=[_item(label, name, path) for label, name in _FOOTER if _url(name)])
    if actor.user_id is None:
        made.items = [_item(one.label, one.url, path, one.icon) for one in _PUBLIC_MENU if _url(one.url)]
        made.sign_in_url = _url("account_login")
        return made
    made.signed_in, made.user, made.acting_for = True, actor.user_name, _acting_for(actor)
    made.items = [
        _item(one.label, one.url_name, path, one.icon) for one in MENU if _offered(one, actor) and _url(one.url_name)
    ]
    made.items = _nearest_only(made.items)
    made.home_url = made.items[0].url if made.items else "/"
    made.account_url, made.sign_out_url = _url("organisation:account"), _url("account_logout")
    made.account_current = path == made.account_url
    if actor.may("desk"):
        made.search_url = _url("desk:search")
        made.search_label = _search_label(actor)
    return made


def _offered(entry: Entry, actor: Actor) -> bool:
    if entry.roles and actor.role not in entry.roles:
        return False
    # Only the head of these services manages members: the page would answer 404 to the others.
    if entry.resource == "organisation_users" and not (actor.is_org_admin or actor.role in (Role.ADM, Role.LM)):
        return False
    return actor.may(entry.resource, entry.action)


def _item(label: str, name: str, path: str, icon: str = "") -> Item:
    url = _url(name)
    below = "true" if path.startswith(url) and url != "/" else ""
    return Item(label, url, icon, "page" if path == url else below)


def _nearest_only(items: list[Item]) -> list[Item]:
    """Keep one page of the menu as the current one, the nearest: « /employeur/ » is above all those of an employer."""
    nearest = max((len(one.url) for one in items if one.current), default=0)
    return [replace(one, current="") if one.current and len(one.url) < nearest else one for one in items]


def _url(name: str) -> str:
    return _reversed(name, get_urlconf() or settings.ROOT_URLCONF, get_script_prefix())


@cache
def _reversed(name: str, urlconf: str, _prefix: str) -> str:
    """Return the address of a page without arguments: the menu asks for thirty of them on every page."""
    try:
        return reverse(name, urlconf=urlconf)
    except NoReverseMatch:
        return ""


def _acting_for(actor: Actor) -> str:
    if actor.role is Role.CAND:
        return "Mon compte"
    return f"{actor.organisation_name} · {actor.role.label}" if actor.organisation_name else "Sans organisation"


def _search_label(actor: Actor) -> str:
    if actor.role is Role.EMPL:
        return "Rechercher une offre"
    if actor.role in (Role.LA, Role.LM, Role.PART):
        return "Rechercher un nom, un logement…"
    return "Rechercher un nom, une offre…" if actor.role in (Role.DEP, Role.EMPP) else "Rechercher"
