"""The panel that says whose changes start an automation, and which ways a change may come."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from relance.automation import rights
from relance.automation.drafting import Document
from relance.web.automations import options
from relance.web.automations.asks import Typed, is_id
from relance.web.automations.desk import Desk
from relance.web.automations.options import Group
from relance.web.automations.panels import Panel

ORIGINS = ("user", "api", "import", "automation", "system")


class AudiencePanel(Panel):
    """Me, chosen people, chosen teams, everyone; and by hand, by another program, by an import, by an automation."""

    template = "relance/automations/panel/audience.html"
    kind = "audience"
    icon = "people"
    tile = "logic"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, "audience")
        stored = desk.document.get("scope")
        scope = stored if isinstance(stored, dict) else {}
        self.scope = str(scope.get("kind", "me"))
        ids = [str(each) for each in scope.get("ids") or []]
        self.chosen = {
            "users": ids if self.scope == "users" else [],
            "teams": ids if self.scope == "teams" else [],
        }
        self.origins = [str(origin) for origin in desk.document.get("origins") or []]
        self.errors: dict[str, str] = {}

    @property
    def title(self) -> str:
        return _("Who may trigger this?")

    @property
    def applies(self) -> bool:
        return True

    @property
    def kinds(self) -> Sequence[tuple[str, str, str]]:
        """What may be chosen: key, label and what it means. The present one is among them in any case."""
        allowed = {*rights.audiences_allowed(self.desk.actor), self.desk.scope_kind}
        offered = (
            ("me", _("Only me"), _("Only what you change yourself starts it.")),
            ("users", _("Chosen people"), _("What these colleagues change starts it.")),
            ("teams", _("Chosen teams"), _("Whoever is in the team when the change is made.")),
            ("everyone", _("Everyone"), _("Whatever anybody in the company changes starts it.")),
        )
        return [each for each in offered if each[0] in allowed]

    @property
    def users(self) -> Sequence[Group]:
        """Everybody to choose from."""
        return options.users()

    @property
    def teams(self) -> Sequence[Group]:
        """The teams to choose from: all for an administrator, else one's own."""
        groups = options.teams()
        if self.desk.actor.is_administrator:
            return groups
        own = {str(team) for team in self.desk.actor.team_ids} | set(self.chosen["teams"])
        return [Group(group.heading, tuple(e for e in group.entries if e[0] in own)) for group in groups]

    @property
    def ways(self) -> Sequence[tuple[str, str, str]]:
        """The ways a change may come: key, label and what it means."""
        return (
            ("user", _("Colleagues in Relance"), _("Somebody changes a record by hand.")),
            ("api", _("Other programs"), _("A program writes through the API.")),
            ("import", _("Imports"), _("A file is imported.")),
            (
                "automation",
                _("Other automations"),
                _("An automation changes a record, and may so start this one."),
            ),
        )

    def fill(self, typed: Typed) -> None:
        self.scope = next(iter(typed.get("scope", ())), "")
        self.chosen = {
            kind: [each for each in typed.get(kind, ()) if is_id(each)] for kind in ("users", "teams")
        }
        own = sorted(self.desk.actor.team_ids)
        if self.scope == "teams" and typed.get("scope-was", [""])[0] not in ("", "teams") and len(own) == 1:
            # Just turned to: somebody with one team most likely means that one.
            self.chosen["teams"] = self.chosen["teams"] or [str(own[0])]
        self.origins = [origin for origin in typed.get("origins", ()) if origin in ORIGINS]

    def apply(self) -> Document | None:
        self.errors = {}
        if self.scope not in {kind for kind, _label, _hint in self.kinds}:
            self.errors["scope"] = _("Choose who may trigger it.")
        elif self.scope in self.chosen and not self.chosen[self.scope]:
            self.errors[self.scope] = _("Choose at least one.")
        if not self.origins:
            self.errors["origins"] = _("Choose at least one.")
        if self.errors:
            self.refused = True
            return None
        ids = sorted(int(each) for each in self.chosen.get(self.scope, ()))
        return {**self.desk.document, "scope": {"kind": self.scope, "ids": ids}, "origins": self.origins}
