"""What can be chosen: people, teams, stages, pipelines, labels, choices, currencies, records."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from relance.accounts.people import directory
from relance.automation.inputs import Option
from relance.lib.kinds import Kind
from relance.lib.text import fold
from relance.records import configuration


@dataclass(frozen=True, slots=True)
class Group:
    """Some entries of a list under one heading; an empty heading for a list without any."""

    heading: str
    entries: tuple[tuple[str, str], ...]


def of_kind(kind: Kind, choices: Sequence[tuple[str, str]] = ()) -> Sequence[Group]:
    """Everything a value of this kind may be, in the order people expect."""
    match kind:
        case Kind.CHOICE:
            entries = tuple((str(value), str(label)) for value, label in choices)
            if len(entries) > 20:  # countries: by the name in the reader's language
                entries = tuple(sorted(entries, key=lambda entry: fold(entry[1])))
            return (Group("", entries),)
        case Kind.BOOL:
            return (Group("", (("true", _("Yes")), ("false", _("No")))),)
        case Kind.USER:
            return users()
        case Kind.PARTICIPANTS:
            # Contacts differ from record to record: an action names them by their part, not one by one.
            return [
                Group(group.heading, tuple((f"user:{key}", name) for key, name in group.entries))
                for group in users()
            ]
        case Kind.STAGE:
            return stages()
        case Kind.PIPELINE:
            found = configuration.current().pipelines
            return (Group("", tuple((str(key), name) for key, name in found.items())),)
        case Kind.MULTI_CHOICE:
            labels = configuration.current().labels
            entries = tuple((str(key), label[0]) for key, label in labels.items())
            return (Group("", tuple(sorted(entries, key=lambda entry: fold(entry[1])))),)
    return ()


def stages() -> Sequence[Group]:
    """All stages under their pipelines; without headings where there is one pipeline."""
    current = configuration.current()
    groups = [
        Group(name, tuple((str(stage.id), stage.name) for stage in current.stages_of(pipeline)))
        for pipeline, name in current.pipelines.items()
    ]
    return [Group("", groups[0].entries)] if len(groups) == 1 else groups


def users() -> Sequence[Group]:
    """Everybody who is active."""
    actors = [actor for actor in directory().actors.values() if actor.active and actor.user_id is not None]
    entries = sorted(((str(actor.user_id), actor.name) for actor in actors), key=lambda entry: fold(entry[1]))
    return (Group("", tuple(entries)),)


def teams() -> Sequence[Group]:
    """All teams."""
    entries = sorted(
        ((str(key), name) for key, name in directory().teams.items()), key=lambda entry: fold(entry[1])
    )
    return (Group("", tuple(entries)),)


def currencies() -> Sequence[str]:
    """The company's currency first, then those that have a rate."""
    known = directory()
    return [known.company.currency, *sorted(code for code in known.rates if code != known.company.currency)]


def company_currency() -> str:
    """The currency amounts are in unless told otherwise."""
    return str(directory().company.currency)


def people() -> Sequence[Group]:
    """Who can be told something."""
    roles = (("owner", _("The record’s owner")), ("trigger_user", _("Whoever triggered it")))
    colleagues = tuple((f"user:{key}", name) for group in users() for key, name in group.entries)
    whole = tuple((f"team:{key}", name) for group in teams() for key, name in group.entries)
    groups = [Group(_("By role"), roles), Group(_("Colleagues"), colleagues)]
    return [*groups, Group(_("Teams"), whole)] if directory().teams else groups


def participants() -> Sequence[Group]:
    """Who can take part in an appointment."""
    by_role, *rest = people()
    return [Group(by_role.heading, (("contact", _("The record’s contact")), *by_role.entries)), *rest]


def grouped(offered: Iterable[Option]) -> Sequence[Group]:
    """Options of a registered parameter under their headings; without one where there is a single group."""
    found: dict[str, list[tuple[str, str]]] = {}
    for option in offered:
        found.setdefault(option.group, []).append((str(option.value), option.label))
    if len(found) == 1:
        return [Group("", tuple(entries)) for entries in found.values()]
    return [Group(heading, tuple(entries)) for heading, entries in found.items()]
