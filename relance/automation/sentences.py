"""What a document says, in sentences: its trigger, each of its blocks, and the whole of it.

Drafts are read, too: what is not filled in yet has no sentence, or shows "…".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from pydantic import ValidationError

from relance.automation.core.blocks import ConditionBlock, PathHead
from relance.automation.explain.conditions import groups_clause, groups_sentence
from relance.automation.explain.names import Names
from relance.automation.explain.wording import bold, capital, fill, inside, listed
from relance.automation.registry import registry


def record_type_of(document: Mapping[str, Any]) -> str | None:
    """The type of the triggering record; none while the trigger is not set up."""
    found = _set_up(registry.triggers, document.get("trigger"))
    return None if found is None else str(found[0].record_type(found[1]))


def trigger_sentence(stored: Any, names: Names) -> SafeString | None:
    """ "When a deal is won"; none while it is not set up."""
    found = _set_up(registry.triggers, stored)
    return None if found is None else _said(found, names)


def audience_clause(document: Mapping[str, Any], names: Names) -> SafeString | None:
    """Who triggers it, after "by"; none when it is everyone."""
    scope = document.get("scope")
    kind, ids = (scope.get("kind"), scope.get("ids") or []) if isinstance(scope, Mapping) else ("me", [])
    chosen = [id for id in ids if type(id) is int] if isinstance(ids, list | tuple) else []
    match kind:
        case "everyone":
            return None
        case "users":
            return listed((names.named("user", id) for id in chosen), "or") or bold("…")
        case "teams":
            teams = listed((names.named("team", id) for id in chosen), "or") or bold("…")
            return fill(_("somebody in %(teams)s"), teams=teams)
    return names.owner()


def audience_sentence(document: Mapping[str, Any], names: Names) -> SafeString:
    """Who may trigger it, on its own: "Everyone", "Only Ana", "Somebody in Sales"."""
    scope = document.get("scope")
    kind = scope.get("kind") if isinstance(scope, Mapping) else "me"
    if kind == "everyone":
        return fill(_("Everyone"))
    clause = audience_clause(document, names)
    if kind == "me":
        return fill(_("Only %(who)s"), who=clause)
    if kind == "teams":
        ids = [id for id in (scope or {}).get("ids") or [] if type(id) is int]
        return fill(
            _("Everybody in %(teams)s"), teams=listed(names.named("team", id) for id in ids) or bold("…")
        )
    return fill(_("Only %(who)s"), who=clause)


def when_sentence(document: Mapping[str, Any], names: Names) -> SafeString | None:
    """What starts it, by whom, and the conditions before its first action."""
    found = _set_up(registry.triggers, document.get("trigger"))
    if found is None:
        return None
    sentence = _said(found, names, audience_clause(document, names))
    for stored in _steps(document):
        condition = _condition(stored)
        if condition is None or sentence is None:
            break
        if not condition.groups:
            continue
        clause = _or_none(partial(groups_clause, condition.groups, names))
        single = len(condition.groups) == 1
        template = _("%(event)s and %(condition)s") if single else _("%(event)s, if %(condition)s")
        sentence = fill(template, event=sentence, condition=clause or bold("…"))
    return sentence


def block_sentence(stored: Any, names: Names) -> SafeString | None:
    """What a block does, on its card; none while it is not set up."""
    if not isinstance(stored, Mapping):
        return None
    match stored.get("kind"):
        case "condition":
            condition = _condition(stored)
            return None if condition is None else _or_none(partial(groups_sentence, condition.groups, names))
        case "stop":
            return fill(_("Stop here"))
        case "branch" if stored.get("mode") == "all":
            return fill(_("Take %(every_path)s that matches"), every_path=bold(_("every path")))
        case "branch":
            return fill(_("Take %(the_first_path)s that matches"), the_first_path=bold(_("the first path")))
        case "action":
            found = _set_up(registry.actions, stored)
            return None if found is None else _said(found, names)
    return None


def document_sentence(document: Mapping[str, Any], names: Names) -> SafeString | None:
    """The whole automation: "When a deal is created and value is over €1,000 → set the organization’s rating to A".

    None while nothing starts it.
    """
    record_type = record_type_of(document)
    if record_type is None:
        return None
    about = names.about(record_type)
    sentence = when_sentence(document, about)
    if sentence is None:
        return None
    leading = below_branch = False
    for stored in _steps(document):
        kind = stored.get("kind") if isinstance(stored, Mapping) else None
        leading = leading or kind != "condition"
        if not leading:
            continue
        template = _("%(before)s → afterwards: %(step)s") if below_branch else _("%(before)s → %(step)s")
        sentence = fill(template, before=sentence, step=_step_clause(stored, about))
        below_branch = kind == "branch"
    return sentence


def path_sentence(stored: Any, names: Names) -> SafeString | None:
    """What leads into a path, above it: "Value is over €10,000"; none while it is not set up."""
    head = _head(stored)
    if head is None or "groups" not in stored:
        return None
    return _or_none(lambda: capital(groups_clause(head.groups, names)))


def path_readback(stored: Any, names: Names) -> SafeString | None:
    """When a path is taken: "Taken if value is over €10,000"; none while it is not set up."""
    head = _head(stored)
    if head is None:
        return None
    if not head.groups:
        return fill(_("Always taken"))
    clause = _or_none(partial(groups_clause, head.groups, names))
    return None if clause is None else fill(_("Taken if %(condition)s"), condition=clause)


def _step_clause(stored: Any, names: Names) -> SafeString:
    """A step inside the sentence of the whole."""
    if isinstance(stored, Mapping) and stored.get("kind") == "branch":
        return _branch_clause(stored, names)
    step = block_sentence(stored, names)
    return bold("…") if step is None else inside(step)


def _branch_clause(stored: Mapping[str, Any], names: Names) -> SafeString:
    """What a branch does: "if value is over €10,000: tell Tom; otherwise, if …: …; otherwise: …"."""
    every = stored.get("mode") == "all"
    found = stored.get("paths")
    clause: SafeString | None = None
    for path in found if isinstance(found, list | tuple) else ():
        head, steps = _head(path), _steps_clause(path, names)
        if head is not None and not head.groups and "groups" in path:
            said = fill(_("always: %(steps)s"), steps=steps)
        else:
            asked = None if head is None else _or_none(partial(groups_clause, head.groups, names))
            asks = bold("…") if asked is None or "groups" not in path else asked
            again = clause is not None and not every
            template = (
                _("otherwise, if %(condition)s: %(steps)s") if again else _("if %(condition)s: %(steps)s")
            )
            said = fill(template, condition=asks, steps=steps)
        clause = said if clause is None else fill(_("%(before)s; %(path)s"), before=clause, path=said)
    otherwise = stored.get("otherwise")
    if clause is not None and _steps(otherwise):
        template = _("if none of this holds: %(steps)s") if every else _("otherwise: %(steps)s")
        said = fill(template, steps=_steps_clause(otherwise, names))
        clause = fill(_("%(before)s; %(path)s"), before=clause, path=said)
    return bold("…") if clause is None else clause


def _steps_clause(way: Any, names: Names) -> SafeString:
    """The steps of a path, one after the other."""
    clause: SafeString | None = None
    for stored in _steps(way):
        step = _step_clause(stored, names)
        if isinstance(stored, Mapping) and stored.get("kind") == "branch":
            step = fill(_("(%(branch)s)"), branch=step)
        clause = step if clause is None else fill(_("%(before)s, then %(step)s"), before=clause, step=step)
    return fill(_("do nothing")) if clause is None else clause


def _said(found: tuple[Any, Any], names: Names, who: SafeString | None = None) -> SafeString | None:
    entry, params = found
    if who is not None:
        return _or_none(lambda: entry.sentence_by(params, names, who))
    return _or_none(lambda: entry.sentence(params, names))


def _or_none(say: Callable[[], SafeString]) -> SafeString | None:
    """A draft may hold, say, a date that is none. Publishing says so; a sentence cannot."""
    try:
        return say()
    except (LookupError, TypeError, ValueError, ArithmeticError):
        return None


def _steps(way: Any) -> list[Any]:
    """The steps of a document, of a path or of "otherwise"."""
    steps = way.get("steps") if isinstance(way, Mapping) else None
    return steps if isinstance(steps, list) else []


def _head(stored: Any) -> PathHead | None:
    """What leads into a path of a branch; none when it is not in order."""
    if not isinstance(stored, Mapping):
        return None
    try:
        return PathHead.model_validate(
            {key: stored[key] for key in ("id", "name", "groups") if key in stored}
        )
    except ValidationError:
        return None


def _condition(stored: Any) -> ConditionBlock | None:
    if not isinstance(stored, Mapping) or stored.get("kind") != "condition":
        return None
    try:
        return ConditionBlock.model_validate({"id": "b", **stored})
    except ValidationError:
        return None


def _set_up(types: Mapping[str, Any], stored: Any) -> tuple[Any, Any] | None:
    """A registered type with its params, when both are in order."""
    if not isinstance(stored, Mapping):
        return None
    entry = types.get(str(stored.get("type")))
    if entry is None:
        return None
    try:
        return entry, entry.Params.model_validate(stored.get("params") or {})
    except ValidationError:
        return None
