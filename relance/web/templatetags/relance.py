"""What templates need of us: icons, people, and dates, numbers and money as the reader writes them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django import template
from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, MultiWidget, RadioSelect
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from relance.lib.money import Money
from relance.outbound.models import Mail
from relance.records import display
from relance.web import assets, formats, mailing
from relance.web import frame as frame_module

register = template.Library()


@register.simple_tag
def icon(name: str, extra: str = "") -> SafeString:
    """One glyph of the sprite; decoration only, so the words beside it must suffice.

    Raises:
        ValueError: the sprite has no such glyph.
    """
    if name not in assets.icon_names():
        raise ValueError(f"no icon is called {name!r}")
    return format_html(
        '<svg class="{}" aria-hidden="true"><use href="{}?v={}#{}"/></svg>',
        f"i {extra}".strip(),
        static("relance/icons.svg"),
        assets.sprite_version(),
        name,
    )


@register.simple_tag
def stylesheet() -> str:
    """The address of the one style sheet."""
    return assets.stylesheet_url()


@register.simple_tag(takes_context=True)
def frame(context: template.Context) -> frame_module.Frame:
    """What the rail and the top bar show."""
    return frame_module.frame(context.get("request"))


@register.inclusion_tag("relance/components/bolt.html", takes_context=True)
def bolt(context: template.Context, record_type: str) -> dict[str, Any]:
    """The lightning that leads from a module's page to its templates; nothing for who may not build automations."""
    known = context.get("frame") or frame_module.frame(context.get("request"))
    return {"url": known.templates_url, "record_type": record_type}


@register.simple_tag
def mail_chip(mail: Mail) -> tuple[str, str, str]:
    """How the state of a mail looks: tone, glyph and word."""
    return mailing.chip_of(mail)


@register.inclusion_tag("relance/automations/guide.html", takes_context=True)
def guide(context: template.Context, oob: bool = False) -> dict[str, Any]:
    """The guide through a first automation, above the editor.

    Args:
        oob: it goes along with another answer of the editor.
    """
    from relance.web.automations.guide import guide_for

    panel = context.get("panel")
    found = guide_for(context["request"], context["desk"], panel.which if panel else "")
    return {"guide": found, "automation": context["automation"], "oob": oob}


def initials(name: str) -> str:
    """The one or two letters that stand for a name."""
    words = [word for word in name.replace("-", " ").split() if word[0].isalnum()] or ["?"]
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()


@register.simple_tag
def avatar(name: str, number: int | None = None, size: str = "", decorative: bool = False) -> SafeString:
    """A person by their initials.

    Args:
        number: the person's id; decides the ground.
        size: "sm", "" (24 px), "lg" or "xl".
        decorative: the name stands beside it already.
    """
    classes = f"avatar avatar--{size}" if size else "avatar"
    ground = (number or 0) % 8 + 1
    if decorative:
        return format_html(
            '<span class="{}" data-p="{}" aria-hidden="true">{}</span>', classes, ground, initials(name)
        )
    return format_html(
        '<span class="{}" data-p="{}" title="{}" role="img" aria-label="{}">{}</span>',
        classes, ground, name, name, initials(name),
    )  # fmt: skip


@register.inclusion_tag("relance/components/field.html")
def field(bound: BoundField, extra: str = "", optional: bool = False) -> dict[str, Any]:
    """One labelled input of a form with its hint and its errors.

    Args:
        extra: more classes for the wrapper.
        optional: say "if you like" beside the label of an input that may stay empty.
    """
    widget = bound.field.widget
    attributes: dict[str, str | bool] = {}
    if not isinstance(widget, CheckboxInput | RadioSelect | CheckboxSelectMultiple | MultiWidget):
        attributes["class"] = f"input {widget.attrs.get('class', '')}".strip()
    return {
        "field": bound,
        "control": bound.as_widget(attrs=attributes),
        "extra": extra,
        "optional": optional,
    }


@register.filter
def money(value: dict[str, Any] | None) -> str:
    """An amount with its currency."""
    return display.money(value) if value else ""


@register.filter
def sum_money(value: Money | None) -> str:
    """A sum, in whole units."""
    return formats.round_money(value) if value else ""


@register.filter
def number(value: int | Decimal | None) -> str:
    """A number with its separators."""
    return "" if value is None else display.number(value)


@register.filter
def duration(value: int | None) -> str:
    """A number of minutes."""
    return "" if value is None else formats.duration(value)


@register.filter
def percent(value: int | None) -> str:
    """A number of hundredths."""
    return "" if value is None else display.percent(value)


@register.filter
def date(value: dt.date | dt.datetime | str | None) -> str:
    """A full date."""
    return display.day(value) if value else ""


@register.filter
def long_day(value: dt.date) -> str:
    """A date with its weekday."""
    return formats.long_day(value)


@register.filter
def datetime(value: dt.datetime | str | None) -> str:
    """A date and a time."""
    return display.instant(value) if value else ""


@register.filter
def moment(value: dt.datetime | str | None) -> str:
    """When it happened, the shorter the nearer."""
    return formats.moment(value) if value else ""


@register.filter
def ago(value: dt.datetime | str | None) -> str:
    """How long ago."""
    return formats.ago(value) if value else ""


@register.filter
def iso(value: dt.date | dt.datetime | str | None) -> str:
    """For the ``datetime`` attribute of ``<time>``."""
    if not value:
        return ""
    return value if isinstance(value, str) else value.isoformat()
