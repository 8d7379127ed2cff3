"""Why a run is not run again, and what helps."""

from __future__ import annotations

from django.utils.translation import gettext as _

from relance.automation.explain.failures import Explanation
from relance.automation.explain.names import Names
from relance.automation.explain.wording import fill


def not_run_again(code: str, names: Names) -> Explanation:
    """The reason of a ``NotRunAgain``.

    Args:
        names: about the run's automation and the type of its record.
    """
    what = fill(_("It was not run again."))
    match code:
        case "off":
            why, remedy = fill(_("The automation is switched off.")), fill(_("Switch it on first."))
        case "record_gone":
            why = fill(_("The record is in the bin or was deleted for good."))
            remedy = fill(_("Take it out of the bin first."))
        case "record_hidden":
            why = fill(
                _("The automation acts with the rights of %(owner)s, who may not see this record."),
                owner=names.owner(),
            )
            remedy = fill(
                _("Ask somebody who may to save the automation: it then acts with that person’s rights.")
            )
        case "event_gone":
            why, remedy = (
                fill(_("What started it is no longer in the log.")),
                fill(_("Change the record by hand.")),
            )
        case "other_record":
            why = fill(_("The automation waits for another kind of record by now."))
            remedy = fill(_("Change the record by hand."))
        case "owner_inactive" | "owner_reads":
            why = fill(
                _("The automation acts with the rights of %(owner)s, who may not change anything by now."),
                owner=names.owner(),
            )
            remedy = fill(
                _("Ask somebody who may to save the automation: it then acts with that person’s rights.")
            )
        case "busy":
            why = fill(_("Somebody else was changing the same record all the while."))
            remedy = fill(_("Try it once more."))
        case _:
            why = fill(_("This version of the automation cannot be run."))
            remedy = fill(_("Open the automation and save it again."))
    return Explanation(what, why, remedy)
