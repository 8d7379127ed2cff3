"""Who can log in to the demo. ``demo_data`` creates them, ``demo`` prints them."""

from __future__ import annotations

from dataclasses import dataclass

from relance.accounts.models import Role

#: One password for all: the demo holds invented data and listens on this machine only.
PASSWORD = "relance-demo"  # noqa: S105


@dataclass(frozen=True, slots=True)
class DemoLogin:
    """One invented colleague. Without a language, the browser's is used."""

    email: str
    name: str
    role: Role
    language: str


LOGINS = (
    DemoLogin("claire@delorme-finch.example", "Claire Delorme", Role.ADMINISTRATOR, ""),
    DemoLogin("tom@delorme-finch.example", "Tom Finch", Role.LEADER, "en"),
    DemoLogin("ines@delorme-finch.example", "Inès Caron", Role.LEADER, "fr"),
    DemoLogin("hugo@delorme-finch.example", "Hugo Lambert", Role.MEMBER, "fr"),
    DemoLogin("owen@delorme-finch.example", "Owen Blake", Role.MEMBER, "en"),
    DemoLogin("priya@delorme-finch.example", "Priya Nair", Role.MEMBER, ""),
    DemoLogin("margaux@delorme-finch.example", "Margaux Vidal", Role.READER, "fr"),
)
