"""Where a template is used: the defaults and the choices that the company's own configuration gives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import pgettext_lazy

from relance.accounts.models import Role
from relance.accounts.people import Actor
from relance.automation.inputs import Option
from relance.automation.rights import audience_allowed, audiences_allowed
from relance.lib.text import fold
from relance.records.configuration import Configuration


@dataclass(frozen=True, slots=True)
class Here:
    """Where a template is used: who builds, in which company."""

    actor: Actor
    configuration: Configuration

    def scope(self) -> dict[str, Any]:
        """The widest audience this person may build for: everyone, their teams, or themselves."""
        allowed = audiences_allowed(self.actor)
        if "everyone" in allowed:
            return {"kind": "everyone", "ids": []}
        if "teams" in allowed:
            return {"kind": "teams", "ids": sorted(self.actor.team_ids)}
        return {"kind": "me", "ids": []}

    def stage(self, share: float = 0.5) -> int | None:
        """A stage so far along the first pipeline; none while there is no stage."""
        first = next(iter(self.configuration.pipelines), None)
        stages = [stage for stage in self.configuration.stages.values() if stage.pipeline == first]
        stages.sort(key=lambda stage: stage.position)
        return stages[min(int(len(stages) * share), len(stages) - 1)].id if stages else None

    def leader(self) -> int | None:
        """Who is told of what matters: who leads a team of this person, else an administrator, else this person."""
        actors = self.configuration.directory.actors
        mates = [actors[id] for id in sorted(self.actor.teammate_ids) if id in actors]
        everybody = [actors[id] for id in sorted(actors)]
        for found in (
            *(actor for actor in mates if actor.active and actor.role == Role.LEADER),
            *(actor for actor in everybody if actor.active and actor.role == Role.ADMINISTRATOR),
        ):
            return found.user_id
        return self.actor.user_id

    def audiences(self) -> tuple[Option, ...]:
        """Whose changes may start it: "everyone", "team:3", "user:7" or "me", as far as this person may build that."""
        directory = self.configuration.directory
        allowed = audiences_allowed(self.actor)
        found = [Option("everyone", str(_EVERYONE))] if "everyone" in allowed else []
        if "teams" in allowed:
            found += [
                Option(f"team:{id}", str(_SOMEBODY_IN) % {"team": name}, str(_TEAMS))
                for id, name in sorted(directory.teams.items(), key=lambda item: fold(item[1]))
                if audience_allowed(self.actor, "teams", [id])
            ]
        found.append(Option("me", str(_ONLY_ME)))
        if "users" in allowed:
            people = sorted(directory.actors.values(), key=lambda actor: fold(actor.name))
            found += [
                Option(f"user:{actor.user_id}", actor.name, str(_COLLEAGUES))
                for actor in people
                if actor.active
                and actor.user_id not in (None, self.actor.user_id)
                and audience_allowed(self.actor, "users", [actor.user_id])
            ]
        return tuple(found)

    def own_audience(self) -> str:
        """The first to think of: a team of this person, else everyone, else this person alone."""
        allowed = audiences_allowed(self.actor)
        if "teams" in allowed and self.actor.team_ids:
            return f"team:{min(self.actor.team_ids)}"
        return "everyone" if "everyone" in allowed else "me"

    def recipients(self) -> tuple[Option, ...]:
        """Who can be told: the record's owner, a team, a colleague, as ``notify`` names them."""
        directory = self.configuration.directory
        teams = sorted(directory.teams.items(), key=lambda item: fold(item[1]))
        people = sorted(directory.actors.values(), key=lambda actor: fold(actor.name))
        return (
            Option("owner", str(_THE_OWNER)),
            *(Option(f"team:{id}", name, str(_TEAMS)) for id, name in teams),
            *(
                Option(f"user:{actor.user_id}", actor.name, str(_COLLEAGUES))
                for actor in people
                if actor.active and actor.user_id is not None
            ),
        )


_EVERYONE = pgettext_lazy("whose changes start it", "Everyone")
_SOMEBODY_IN = pgettext_lazy("whose changes start it", "Somebody in %(team)s")
_ONLY_ME = pgettext_lazy("whose changes start it", "Only me")
_TEAMS = pgettext_lazy("heading of a list of choices", "Teams")
_COLLEAGUES = pgettext_lazy("heading of a list of choices", "Colleagues")
_THE_OWNER = pgettext_lazy("who is told", "The record’s owner")
