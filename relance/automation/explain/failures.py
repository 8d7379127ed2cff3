"""Why a run failed, was blocked, or did not start: what happened, why, and what helps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from relance.automation.explain.calculated import no_result
from relance.automation.explain.explanation import Explanation
from relance.automation.explain.mails import of_mail
from relance.automation.explain.names import Names
from relance.automation.explain.paths import path_clause
from relance.automation.explain.wording import EMPTY, bold, capital, field_name, fill, listed, record_noun
from relance.records.fields import parents_of

__all__ = ["Explanation", "failure", "not_started"]


def failure(stored: Mapping[str, Any], names: Names) -> Explanation:
    """Explain what is stored as a run's or a step's failure.

    Args:
        stored: ``{"code", "params"}``.
        names: about the run's automation and the type of its record.
    """
    code = str(stored.get("code", ""))
    params: Mapping[str, Any] = stored.get("params") or {}
    found = (
        _of_step(code, params, names)
        or of_mail(code, params, names)
        or _of_value(code, params, names)
        or _of_guard(code, params)
    )
    return found or Explanation(
        fill(_("The run stopped here.")),
        fill(_("The reason is “%(code)s”."), code=code),
        fill(_("Please show this page to your administrator.")),
    )


def _of_step(code: str, params: Mapping[str, Any], names: Names) -> Explanation | None:
    noun = record_noun(str(params.get("record_type", "")))
    match code:
        case "no_parent":
            link = parents_of(str(params["record_type"])).get(str(params["link"]), "")
            return Explanation(
                fill(_("There was no record to act on.")),
                capital(
                    fill(
                        _("%(record)s is not linked to any: %(link)s is empty."),
                        record=noun,
                        link=field_name(str(params["record_type"]), str(params["link"])),
                    )
                ),
                fill(
                    _("Link %(parent)s, or add a condition before this step that asks for it."),
                    parent=record_noun(link),
                ),
            )
        case "record_gone":
            return Explanation(
                fill(_("There was no record to act on.")),
                capital(fill(_("%(record)s is in the bin or was deleted for good."), record=noun)),
                fill(
                    _(
                        "Take it back from the bin if it is still needed. Texts can still name what was deleted."
                    )
                ),
            )
        case "not_visible":
            return Explanation(
                capital(fill(_("%(record)s was left as it was."), record=noun)),
                fill(
                    _("The automation acts with the rights of %(owner)s, who may not see this record."),
                    owner=names.owner(),
                ),
                _rights_remedy(),
            )
        case "not_seen_by_both":
            return Explanation(
                fill(_("This could not be tried out by you.")),
                fill(
                    _("A test uses what both you and %(owner)s may see, and this step needs more."),
                    owner=names.owner(),
                ),
                fill(_("Ask %(owner)s to run the test."), owner=names.owner()),
            )
        case "forbidden":
            return Explanation(
                capital(fill(_("%(record)s was left as it was."), record=noun)),
                fill(
                    _("The automation acts with the rights of %(owner)s, who may not do this to it."),
                    owner=names.owner(),
                ),
                _rights_remedy(),
            )
        case "invalid":
            return Explanation(
                fill(_("The record was not saved.")),
                _refused(params, names),
                fill(_("Change the value in this step, or add a condition before it.")),
            )
        case "date_out_of_range":
            return Explanation(
                fill(_("The record was not saved.")),
                fill(_("The date would lie before 1900 or after 2200.")),
                fill(_("Change the value in this step, or add a condition before it.")),
            )
        case "nobody_to_tell":
            return Explanation(
                fill(_("Nobody was told.")),
                fill(_("None of the colleagues named in this step is there and active.")),
                fill(_("Choose somebody else in this step.")),
            )
        case "condition_unknown":
            return Explanation(
                fill(_("The run stopped at a condition.")),
                fill(
                    _("Whether the condition is met could not be found out, and nothing is done on a guess.")
                ),
                fill(_("The condition below says what was missing.")),
            )
        case "internal" | "not_written":
            return Explanation(
                fill(_("Relance could not finish this step.")),
                fill(
                    _("That is a fault in the program, not in your automation: %(error)s."),
                    error=_first(params),
                ),
                fill(_("Please show this page to your administrator. What the steps before it did stays.")),
            )
    return None


def _of_value(code: str, params: Mapping[str, Any], names: Names) -> Explanation | None:
    path = str(params.get("path", ""))
    clause = path_clause(path, names.record_type) if path else EMPTY
    what = fill(_("A value for this step was missing."))
    match code:
        case "empty":
            why = capital(
                fill(_("%(field)s is empty, and the step says nothing about what to do then."), field=clause)
            )
            return Explanation(
                what, why, fill(_("Fill it in on the record, or give the step a value to use instead."))
            )
        case "empty_placeholder":
            return Explanation(
                fill(_("The text could not be written.")),
                capital(
                    fill(_("%(field)s is empty, and the text has nothing to put in its place."), field=clause)
                ),
                fill(_("Fill it in on the record, or give the placeholder a text to use instead.")),
            )
        case "hidden":
            return Explanation(
                what,
                fill(
                    _("The automation acts with the rights of %(owner)s, who may not see %(field)s."),
                    owner=names.owner(),
                    field=clause,
                ),
                _rights_remedy(),
            )
        case "no_rate":
            currency = bold(params.get("currency", ""))
            return Explanation(
                fill(_("The value could not be worked out.")),
                fill(_("There is no exchange rate for %(currency)s."), currency=currency),
                fill(_("An administrator can add the rate in the settings.")),
            )
        case "division_by_zero" | "too_large" | "date_out_of_range":
            return Explanation(
                fill(_("The value could not be worked out.")),
                capital(fill(_("%(reason)s."), reason=no_result(code))),
                fill(_("Change the calculation in this step, or add a condition before it.")),
            )
        case "broken" | "bad_template":
            why = fill(_("This step refers to something that no longer exists."))
            return Explanation(what, why, fill(_("Open the automation and set up this step anew.")))
        case "no_actor":
            why = fill(_("Nobody triggered it: the change was made by Relance itself."))
            return Explanation(what, why, fill(_("Choose a colleague by name in this step.")))
        case "kind_mismatch" | "not_a_choice":
            why = capital(fill(_("%(field)s holds something that does not fit here."), field=clause))
            return Explanation(what, why, fill(_("Choose another source for the value in this step.")))
    return None


def _of_guard(code: str, params: Mapping[str, Any]) -> Explanation | None:
    what = fill(_("This run was not started."))
    limit = int(params.get("limit") or params.get("depth") or 0)
    match code:
        case "own_effect":
            return Explanation(
                what,
                fill(
                    _(
                        "It made this very change on the same record itself, and would have gone on starting itself."
                    )
                ),
            )
        case "too_deep":
            why = ngettext(
                "%(count)s automation had already started the next one in this chain.",
                "%(count)s automations had already started one another in this chain.",
                limit,
            )
            return Explanation(
                what,
                fill(why, count=bold(limit)),
                fill(
                    _(
                        "Look at the chain: two of these automations probably start each other. Switch one of them off."
                    )
                ),
            )
        case "too_many_chained":
            why = ngettext(
                "Other automations had started it more than %(count)s time in one minute.",
                "Other automations had started it more than %(count)s times in one minute.",
                limit,
            )
            remedy = fill(_("Look at what starts it so often. An administrator can raise the limit."))
            return Explanation(what, fill(why, count=bold(limit)), remedy)
        case "too_many_on_record":
            why = ngettext(
                "It had already run %(count)s time on this record within one hour.",
                "It had already run %(count)s times on this record within one hour.",
                limit,
            )
            remedy = fill(
                _("Look at what changes this record so often. An administrator can raise the limit.")
            )
            return Explanation(what, fill(why, count=bold(limit)), remedy)
    return None


def not_started(reason: str, names: Names) -> SafeString:
    """Why an automation that was asked did not look at its conditions, from the reason of an evaluation."""
    match reason:
        case "off":
            return fill(_("It was switched off before its turn came."))
        case "owner_inactive":
            return fill(
                _("%(owner)s has left, and it acts with the rights of its owner."), owner=names.owner()
            )
        case "owner_reads":
            return fill(
                _("%(owner)s may only read by now, and it acts with the rights of its owner."),
                owner=names.owner(),
            )
        case "hidden":
            return fill(
                _("%(owner)s may not see this record, and it acts with the rights of its owner."),
                owner=names.owner(),
            )
    return fill(_("Its condition was not met."))


def _rights_remedy() -> SafeString:
    return fill(
        _(
            "Ask somebody who may to save the automation: it then acts with that person’s rights. "
            "Or add a condition before this step."
        )
    )


def _refused(params: Mapping[str, Any], names: Names) -> SafeString:
    """The reasons the record gave, in the reader's language where they are known in it."""
    problems: Mapping[str, Mapping[str, str]] = params.get("problems") or {}
    language = (get_language() or "en").partition("-")[0]
    found = problems.get(language) or next(iter(problems.values()), {})
    record_type = str(params.get("record_type") or names.record_type)
    return listed(
        fill(_("%(field)s: %(reason)s"), field=bold(capital(field_name(record_type, key))), reason=reason)
        for key, reason in found.items()
    )


def _first(params: Mapping[str, Any]) -> str:
    return str(params.get("error") or params.get("reason") or "")
