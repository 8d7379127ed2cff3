"""What keeps a draft from being put into service, in a sentence for the card it stands on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from relance.automation.core.problems import Problem
from relance.automation.explain.names import Names
from relance.automation.explain.paths import path_clause
from relance.automation.explain.wording import bold, capital, field_name, fill, record_noun
from relance.records.fields import WRITTEN_TYPES

_SENTENCES: Mapping[str, str | Promise] = {
    # Whole document
    "schema_too_new": _("This automation was made with a newer Relance. Update Relance to use it."),
    "too_large": _("This automation is too large."),
    "too_deep": _("This automation is nested too deeply."),
    "too_many_blocks": _("There are too many steps. Split this into several automations."),
    "no_action": _("Add at least one action."),
    "duplicate_id": _("Two steps have the same number. Duplicate one of them and remove the original."),
    "unknown_key": _("There is something here that Relance does not know."),
    "unknown_trigger": _("Choose what starts it."),
    "unknown_action": _("This kind of action does not exist. Choose another one."),
    "unknown_block": _("This kind of step does not exist. Remove it."),
    "missing": _("Please fill in what is missing here."),
    "invalid": _("This is not acceptable."),
    "wrong_type": _("Please fill this in anew."),
    "wrong_form": _("Please fill this in anew."),
    "not_text": _("This must be a text."),
    "forbidden_character": _(
        "This text contains characters that cannot be stored, such as control characters."
    ),
    # Fields and comparisons
    "unknown_operator": _("This comparison does not exist. Choose another one."),
    "operator_does_not_fit": _("This comparison does not fit the field. Choose another one."),
    "change_of_own_fields_only": _(
        "Only fields of the record that starts it can be asked whether they changed."
    ),
    "needs_update_trigger": _("Whether something changed can be asked only when it starts with an update."),
    # Values
    "blank": _("Please fill this in."),
    "value_missing": _("Please give a value."),
    "value_unexpected": _("No value belongs here."),
    "too_short": _("Please choose at least one."),
    "too_long": _("This is too long."),
    "out_of_range": _("This number is too large or too small."),
    "not_a_choice": _("Please choose one of the values offered."),
    "not_a_date": _("This is not a date."),
    "not_a_datetime": _("This is not a point in time."),
    "date_out_of_range": _("Dates must lie between 1900 and 2200."),
    "range_reversed": _("The lower value must come first."),
    "not_a_time": _("Please write the time as 14:30."),
    "end_before_start": _("It must end after it begins."),
    "end_and_duration": _("Give an end or a duration, not both."),
    "not_a_participant": _("Please choose one of the values offered."),
    "unknown_currency": _("There is no such currency."),
    "several_primaries": _("Only one can be the primary one."),
    "duplicates": _("Something is chosen twice."),
    "kind_mismatch": _("The value chosen does not fit this field."),
    "bad_template": _(
        "A placeholder in this text is not closed or not known. It looks like {{ person.name }}."
    ),
    # Calculations
    "money_times_money": _("An amount of money cannot be multiplied by another one."),
    "number_by_money": _("A number cannot be divided by an amount of money."),
    "formula_gives_money": _(
        "This gives an amount of money, and a number is needed. Divide it by an amount."
    ),
    "not_an_amount": _("Please give a number."),
    # Targets and people
    "no_contact_here": _("An organization has no contact of its own. Choose somebody else."),
    "not_an_address": _("This is not exactly one e-mail address."),
    "scope_not_allowed": _(
        "You may not let these people trigger an automation. "
        "Choose only yourself, or people of your teams if you lead one."
    ),
}

_ONLY: Mapping[str, str | Promise] = {
    "deal": _("This can be done to a deal only."),
    "lead": _("This can be done to a lead only."),
    "organization": _("This can be done to an organization only."),
}
_GONE: Mapping[str, str | Promise] = {
    "user": _("A colleague chosen here does not exist any more."),
    "team": _("A team chosen here does not exist any more."),
    "stage": _("A stage chosen here does not exist any more."),
    "pipeline": _("A pipeline chosen here does not exist any more."),
    "label": _("A label chosen here does not exist any more."),
}


def formula_problem(reason: str, word: str) -> SafeString:
    """Why a formula cannot be read.

    Args:
        word: where reading stopped.
    """
    match reason:
        case "unfinished":
            return fill(_("The calculation is not finished: something is missing at its end."))
        case "unexpected":
            return fill(_("“%(word)s” does not belong here in a calculation."), word=word)
        case "unknown_function":
            return fill(_("“%(word)s” is not known. There are min, max, round and abs."), word=word)
        case "arguments":
            return fill(_("“%(word)s” has too many or too few values in its brackets."), word=word)
        case "decimals":
            return fill(_("After the value, round takes a number of decimals from 0 to 10."))
    return fill(_("This calculation is too long. Split it into several steps."))


def problem_sentence(problem: Problem, names: Names) -> SafeString:
    """What is wrong, and what to do about it.

    Args:
        names: about the type of record that starts the automation.
    """
    params: Mapping[str, Any] = problem.params
    match problem.code:
        case "unknown_field":
            return fill(
                _("There is no field %(path)s. Choose another one."), path=bold(params.get("path", ""))
            )
        case "bad_formula":
            return formula_problem(str(params.get("reason")), str(params.get("word") or ""))
        case "not_a_number" | "not_a_date_field":
            template = (
                _("%(field)s is not a number. Choose a number or an amount of money.")
                if problem.code == "not_a_number"
                else _("%(field)s is not a date. Choose another field.")
            )
            return capital(fill(template, field=path_clause(str(params.get("path")), names.record_type)))
        case "not_found":
            gone = _GONE.get(str(params.get("target")))
            return fill(gone or _("A record chosen here does not exist any more, or you may not see it."))
        case "required":
            record_type = str(params.get("record", names.record_type))
            return fill(
                _("Please fill in %(field)s."), field=bold(field_name(record_type, str(params.get("path"))))
            )
        case "not_editable":
            return fill(
                _("Relance fills in %(field)s by itself."),
                field=path_clause(str(params.get("path")), str(params.get("record", names.record_type))),
            )
        case "target_does_not_fit":
            wanted = _ONLY.get(str(params.get("wanted")), _("This cannot be done to this record."))
            return fill(wanted)
        case "unknown_target":
            target = str(params.get("target"))
            noun = record_noun(target) if target in WRITTEN_TYPES else target
            return fill(
                _("%(record)s does not lead to %(target)s. Choose another record."),
                record=bold(record_noun(str(params.get("record", names.record_type)))),
                target=bold(noun),
            )
    return fill(_SENTENCES.get(problem.code, _("This is not acceptable.")))
