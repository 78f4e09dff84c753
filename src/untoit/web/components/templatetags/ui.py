"""Template tags of the design: what the pages of every audience are built with. They are builtins, nothing to load."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django import forms, template
from django.forms.boundfield import BoundField
from django.template import Context
from django.template.loader_tags import BLOCK_CONTEXT_KEY
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from untoit.core import wording
from untoit.core.exchange import parse_schedule
from untoit.core.model.schedule import Schedule
from untoit.core.wording.moments import clock, clock_at, length
from untoit.web.components import icons
from untoit.web.components import navigation as menus
from untoit.web.components.lists import Listing
from untoit.web.components.map import MapData
from untoit.web.components.undo import UNDO
from untoit.web.components.week import in_words, picture

register = template.Library()

BADGES = frozenset({"ok", "warn", "stop", "info", "quiet"})
UNKNOWN = "–"


@register.simple_tag
def icon(name: str) -> SafeString:
    """Return an inline heroicon that assistive technology does not read; the word beside it says what it is."""
    return icons.inline(name)


@register.simple_tag(takes_context=True)
def navigation(context: Context) -> menus.Navigation:
    """Return what the header and the footer of this page hold, by what the actor may do."""
    return menus.navigation_of(context.get("request"))


@register.simple_tag(takes_context=True)
def product_name(context: Context) -> str:
    """Return the name of the product, which says nothing of housing to an employer."""
    return menus.product_name(context.get("actor"))


@register.simple_tag(takes_context=True)
def page_title(context: Context) -> str:
    """Return what the block ``title`` holds, for the h1 of a page that does not say another one."""
    blocks = context.render_context.get(BLOCK_CONTEXT_KEY)
    block = blocks.get_block("title") if blocks is not None else None
    return block.render(context).strip() if block is not None else ""


@register.inclusion_tag("components/field.html")
def field(bound: BoundField, label: str = "") -> dict[str, Any]:
    """Show a field of a form with its label, what to know, what is wrong, and its input, all linked."""
    return {
        "field": bound, "label": label or bound.label,
        "checkbox": isinstance(bound.field.widget, forms.CheckboxInput),
        "marked": not getattr(bound.form, "hide_required", False),
    }


@register.inclusion_tag("components/error_summary.html")
def error_summary(*several: forms.BaseForm) -> dict[str, Any]:
    """Show above a form, or several, what is to be corrected, each with a link to its input."""
    problems = []
    for form in several:
        if not form or not form.is_bound:
            continue
        problems += [{"label": "", "text": text, "target": ""} for text in form.non_field_errors()]
        for bound in form:
            target = f"{bound.auto_id}_groupe" if bound.use_fieldset else bound.id_for_label
            problems += [{"label": bound.label, "text": text, "target": target} for text in bound.errors]
    return {"problems": problems}


@register.simple_tag
def badge(text: object, kind: str = "quiet") -> str:
    """Show a state as a small label; the words say it, the colour repeats it."""
    if kind not in BADGES:
        raise template.TemplateSyntaxError(f"badge {kind!r}: one of {', '.join(sorted(BADGES))}")
    return format_html('<span class="badge {}">{}</span>', kind, text)


@register.simple_tag
def euros(value: Decimal | float | int | str | None) -> str:
    """Return ``1 204 €``, with cents when there are any."""
    if value is None or value == "":
        return UNKNOWN
    return f"{wording.euros(Decimal(str(value)))}{wording.NO_BREAK}€".replace("-", "−")


@register.simple_tag
def cents(value: int | None) -> str:
    """Return ``1 204 €`` for 120400."""
    return euros(None if value is None else Decimal(value) / 100)


@register.simple_tag
def minutes(value: float | int | None) -> str:
    """Return ``24 min`` or ``1 h 05``."""
    return UNKNOWN if value is None else length(value)


@register.simple_tag
def day(value: date | datetime | None) -> str:
    """Return ``23/11/2026``, or ``23/11/2026 à 10 h 42`` in Paris for an instant, in a ``time`` element."""
    if not value:
        return UNKNOWN
    if isinstance(value, datetime):
        local = timezone.localtime(value)
        shown = f"{local:%d/%m/%Y} à{wording.NO_BREAK}{clock_at(local.time())}"
        return format_html('<time datetime="{}">{}</time>', local.isoformat(timespec="minutes"), shown)
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), f"{value:%d/%m/%Y}")


@register.filter
def hour(value: time | int | None) -> str:
    """Return ``10 h 42`` for a time of day, or for minutes after midnight of the service day."""
    if value is None:
        return UNKNOWN
    return clock(value) if isinstance(value, int) else clock_at(value)


@register.filter
def french(text: object) -> object:
    """
    Return a sentence with the no-break spaces of French: what a form, a message or a refusal says is shown through it.

    What is already markup is given back as it is: a space inside a tag is not a space of the sentence.
    """
    return text if isinstance(text, SafeString) else wording.typography(str(text))


@register.filter
def grouped(value: Decimal | float | int | None) -> str:
    """Return ``1 204`` or ``7,5``."""
    return UNKNOWN if value is None or value == "" else wording.number(value)


@register.simple_tag
def counted(value: int, singular: str, plural: str = "") -> str:
    """Return ``1 candidat`` or ``1 204 candidats``."""
    return wording.counted(value, singular, plural or singular + "s")


@register.inclusion_tag("components/listing.html", takes_context=True)
def listing(context: Context, rows: Listing) -> dict[str, Any]:
    """Show a list with its search, filters, sort and pages."""
    return {**{str(name): value for name, value in context.flatten().items()}, "listing": rows}


@register.inclusion_tag("components/empty.html")
def empty(
    title: str, sentence: str = "", url: str = "", button: str = "", icon_name: str = "inbox"
) -> dict[str, Any]:
    """Say that there is nothing here, and the next step."""
    return {"title": title, "sentence": sentence, "url": url, "button": button, "icon_name": icon_name}


@register.inclusion_tag("components/progress.html", takes_context=True)
def progress(context: Context, value: float | None, stage: str = "", poll_url: str = "") -> dict[str, Any]:
    """
    Show how far something is, between 0 and 1, and what is being done.

    With ``poll_url``, the block is asked again every second: the URL answers this tag alone, without ``poll_url`` when
    the work has ended.
    """
    request = context.get("request")
    percent = min(100, max(0, int((value or 0) * 100)))
    here = request.get_full_path() if request else ""
    return {"percent": percent, "stage": stage, "poll_url": poll_url, "here": here}


@register.simple_tag
def week(schedule: Schedule | str | None, drawn: bool = True) -> str:
    """Show the hours of a job, in words and as a small picture of the week."""
    if not schedule:
        return UNKNOWN
    if isinstance(schedule, str):
        try:
            schedule = parse_schedule(schedule)
        except ValueError:
            return format_html("<span>{}</span>", schedule)
    words = in_words(schedule)
    return format_html("<span>{}</span>{}", words[0].upper() + words[1:], picture(schedule) if drawn else "")


@register.inclusion_tag("components/map.html")
def map(data: MapData, title: str, dom_id: str = "carte") -> dict[str, Any]:
    """Show a map and the words that say the same; ``dom_id`` tells two maps of a page apart."""
    return {"map": data, "data": data.as_json(), "title": title, "dom_id": dom_id, "data_id": f"{dom_id}-donnees"}


@register.simple_tag
def url_or_none(name: str, *args: object) -> str:
    """Return a URL, or nothing when there is no such page in this installation."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


@register.filter
def get(values: Mapping | None, key: object) -> Any:
    """Return one value of a mapping by a key held in a variable."""
    return values.get(key) if values else None


@register.filter
def message_kind(message: Any) -> str:
    """Return the CSS class of a message by its level."""
    return {"success": "ok", "warning": "warn", "error": "stop"}.get(message.level_tag, "")


@register.filter
def undo_of(message: Any) -> str:
    """Return where a message says that its act is undone, or nothing."""
    words = (message.extra_tags or "").split()
    return words[1] if len(words) == 2 and words[0] == UNDO else ""
