"""The gallery of templates, and the one page on which a template's questions are answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from relance.automation import publish, rights
from relance.automation import templates as ready
from relance.automation.core.problems import DocumentError
from relance.automation.errors import Forbidden, Invalid
from relance.automation.registry import registry
from relance.automation.templates import Blank, Here, Template, UnknownTemplate
from relance.lib.kinds import Kind
from relance.lib.shapes import Fault
from relance.records.configuration import current
from relance.records.fields import RECORD_TYPES
from relance.web.automations import listing, options, saying
from relance.web.automations.access import automation_page
from relance.web.automations.answers import typed_in
from relance.web.automations.asks import FILL_IN, Ask, Input, Typed, Unreadable, fault_sentence
from relance.web.automations.icons import glyph
from relance.web.names import Names
from relance.web.pages import PageRequest, says
from relance.web.types import TYPES


@dataclass(frozen=True, slots=True)
class Card:
    """One template of the gallery, with the answers it comes with."""

    template: Template
    sentence: SafeString | None
    tiles: Sequence[tuple[str, str]]
    questions: int


def _here(request: PageRequest) -> Here:
    """Where templates are used.

    Raises:
        Forbidden: this person may not build any automation.
    """
    if not rights.may_build(request.actor):
        raise Forbidden("may_not_build")
    return Here(request.actor, current())


@automation_page
@require_GET
def gallery(request: PageRequest) -> HttpResponse:
    """All templates, or with ``?for=deal`` those of one kind of record."""
    here = _here(request)
    kind = request.GET.get("for", "")
    kind = kind if kind in RECORD_TYPES else ""
    query = request.GET.get("q", "").strip()[:100]
    found = [each for each in ready.templates(kind or None) if not query or each.matches(query)]
    counts = [("", _("All templates"), len(ready.templates()))]
    counts += [(each, str(TYPES[each].plural), len(ready.templates(each))) for each in TYPES]
    context = {
        "tab": "templates",
        "cards": [_card(each, here) for each in found],
        "kinds": counts,
        "kind": kind,
        "kind_name": str(TYPES[kind].plural) if kind else "",
        "query": query,
        **listing.tabs(request.actor),
    }
    return render(request, "relance/automations/gallery.html", context)


def _card(template: Template, here: Here) -> Card:
    document = template.document(template.defaults(here), here)
    trigger = registry.triggers[document["trigger"]["type"]]
    tiles = [("trigger", glyph(trigger.icon))]
    for step in document["steps"]:
        if step["kind"] == "action":
            tiles.append(("", glyph(registry.actions[step["type"]].icon)))
        else:
            tiles.append(("logic", "condition"))
    return Card(template, _sentence(document, here), tiles, len(template.questions(here)))


def _sentence(document: dict[str, Any], here: Here) -> SafeString | None:
    said = saying.Said.now(here.actor, owner_id=here.actor.user_id)
    return saying.whole(document, saying.about(document, said, here.actor.user_id or 0))


@dataclass
class AnswersForm:
    """A template's blanks as inputs, and back to plain values.

    Attributes:
        typed: what stands in the inputs.
        errors: sentences by the names of inputs.
    """

    template: Template
    here: Here
    typed: Typed
    names: Names
    errors: dict[str, str] = field(default_factory=dict)

    @classmethod
    def unanswered(cls, template: Template, here: Here) -> AnswersForm:
        """With the answers it comes with."""
        typed: dict[str, Sequence[str]] = {}
        for blank in template.blanks(here):
            typed |= _ask(blank).typed(blank.default)
        return cls(template, here, typed, Names(here.actor))

    @property
    def questions(self) -> list[tuple[str, list[Input]]]:
        """Each question with its inputs."""
        return [
            (question.label, [self._input(blank) for blank in question.blanks])
            for question in self.template.questions(self.here)
        ]

    def _input(self, blank: Blank) -> Input:
        [shown] = _ask(blank).inputs(self.typed, self.errors, self.names)
        return replace(shown, groups=options.grouped(blank.choices)) if blank.choices else shown

    def read(self, *, strict: bool) -> dict[str, Any] | None:
        """The answers; none when one is missing or wrong, which its input then says.

        Args:
            strict: otherwise what cannot be read yet is as it was before anybody typed.
        """
        answers: dict[str, Any] = {}
        errors: dict[str, str] = {}
        for blank in self.template.blanks(self.here):
            try:
                answers[blank.key] = self._answer(blank)
            except Unreadable as error:
                errors |= error.errors
                answers[blank.key] = blank.default
        if not strict:
            return answers
        self.errors = errors
        return None if errors else answers

    def _answer(self, blank: Blank) -> Any:
        value = _ask(blank).read(self.typed)
        if value is None:
            raise Unreadable({blank.key: str(FILL_IN)})
        if blank.choices and value not in {option.value for option in blank.choices}:
            raise Unreadable({blank.key: _("Choose one of the list.")})
        if blank.kind is Kind.NUMBER and not blank.minimum <= value <= blank.maximum:
            limits = Fault("out_of_range", {"min": blank.minimum, "max": blank.maximum})
            raise Unreadable({blank.key: fault_sentence(limits)})
        return value


def _ask(blank: Blank) -> Ask:
    choices = [(str(option.value), option.label) for option in blank.choices]
    return Ask(blank.key, blank.label, blank.kind, choices=choices, plain=True)


@automation_page
@require_http_methods(["GET", "POST"])
def use(request: PageRequest, key: str) -> HttpResponseBase:
    """Answer a template's questions; POST switches it on, or opens it in the editor first.

    GET with answers in the address tells what they would make of it: the page asks that while somebody types.
    """
    here = _here(request)
    try:
        template = ready.find(key)
    except UnknownTemplate as error:
        raise Http404 from error
    form = AnswersForm.unanswered(template, here)
    if request.method == "POST":
        form.typed = typed_in(request)
    elif "name" in request.GET:
        form.typed = {name: [str(text) for text in texts] for name, texts in request.GET.lists()}
    problems: dict[str, str] = {}
    banner: list[str] = []
    if request.method == "POST" and (answers := form.read(strict=True)) is not None:
        document = template.document(answers, here)
        try:
            return _make(request, document, str(template.title))
        except Invalid as refusal:
            problems = refusal.problems
        except DocumentError as refusal:
            said = saying.Said.now(here.actor, owner_id=here.actor.user_id)
            about = saying.about(document, said, here.actor.user_id or 0)
            banner = list(dict.fromkeys(saying.problem(problem, about) for problem in refusal.problems))
    document = template.document(form.read(strict=False) or {}, here)
    said = saying.Said.now(here.actor, owner_id=here.actor.user_id)
    context = {
        "template": template,
        "form": form,
        "currencies": options.currencies(),
        "name": request.POST.get("name", str(template.title))[:1000],
        "problems": problems,
        "banner": banner,
        "sentence": _sentence(document, here),
        "for_whom": saying.audience(document, saying.about(document, said, here.actor.user_id or 0)),
        "back": f"{reverse('automations:templates')}?for={template.record_type}",
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "relance/automations/template.html", context, status=status)


def _make(request: PageRequest, document: dict[str, Any], title: str) -> HttpResponseBase:
    """Store it, unless it is to be adjusted first in service at once, and go to its page.

    Raises:
        Invalid: the name cannot be stored.
        DocumentError: it cannot be published; nothing was stored.
    """
    name = request.POST.get("name", title)[:1000]
    adjust = request.POST.get("do") == "adjust"
    with transaction.atomic():
        made = publish.create(request.actor, name, document=document)
        if not adjust:
            publish.publish(made, request.actor)
    if adjust:
        text = _("This is a draft. It does nothing before you save it.")
    else:
        text = _("“%(name)s” is on. What happens from now on starts it.") % {"name": made.name}
    return says(request, text, to=reverse("automations:editor", args=[made.pk]))
