"""Whether a document can be put into service: its form, and whether what it names is there for who publishes it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from relance.accounts.people import Actor
from relance.automation.core.blocks import ActionBlock, Definition
from relance.automation.core.definition import load, parse
from relance.automation.core.problems import DocumentError, Problem, pointer
from relance.automation.core.references import Reference, references
from relance.automation.registry import registry
from relance.automation.rights import audience_allowed
from relance.records import access, fields
from relance.records.configuration import Configuration, current
from relance.records.snapshot import load_one


def read(document: dict[str, Any]) -> Definition:
    """The definition of a version published earlier; what it names may be gone by now.

    Raises:
        DocumentError: this program cannot run it at all.
    """
    return load(document, triggers=registry.triggers, actions=registry.actions)


def validate(document: Any, by: Actor) -> Definition:
    """The definition of a draft, ready to be published by ``by``.

    Raises:
        DocumentError: with everything that is wrong.
    """
    definition = parse(document, triggers=registry.triggers, actions=registry.actions, catalogue=fields)
    problems = list(_missing(definition, by))
    if not audience_allowed(by, definition.audience.kind, definition.audience.ids):
        problems.append(Problem("/scope", "scope_not_allowed", {"kind": definition.audience.kind}))
    if problems:
        raise DocumentError(problems)
    return definition


def problems_of(document: Any, by: Actor) -> list[Problem]:
    """What keeps a draft from being published; empty when nothing does."""
    try:
        validate(document, by)
    except DocumentError as error:
        return error.problems
    return []


def references_of(definition: Definition) -> Iterator[Reference]:
    """Everything a definition names by id, and where."""
    trigger = registry.triggers[definition.trigger.type]
    record_type = trigger.record_type(definition.trigger.params)
    yield from references(definition, record_type, fields)
    for reference in trigger.references(definition.trigger.params):
        yield _under(reference, "trigger", "params")
    for place, block in definition.blocks():
        if isinstance(block, ActionBlock):
            for reference in registry.actions[block.type].references(block.params, record_type):
                yield _under(reference, *place, "params")


def _under(reference: Reference, *location: str | int) -> Reference:
    return Reference(reference.target, reference.id, pointer(location) + reference.pointer)


def _missing(definition: Definition, by: Actor) -> Iterator[Problem]:
    configuration = current()
    for reference in references_of(definition):
        if not _exists(reference, configuration, by):
            params = {"target": reference.target, "id": reference.id}
            yield Problem(reference.pointer, "not_found", params)


def _exists(reference: Reference, configuration: Configuration, by: Actor) -> bool:
    match reference.target:
        case "user":
            return reference.id in configuration.directory.actors
        case "team":
            return reference.id in configuration.directory.teams
        case "stage":
            return reference.id in configuration.stages
        case "pipeline":
            return reference.id in configuration.pipelines
        case "label":
            return reference.id in configuration.labels
    values = load_one(reference.target, reference.id)
    return values is not None and values["deleted_at"] is None and access.may(by, "see", values)
