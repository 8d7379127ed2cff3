"""The hundred and fifty people who work there, and a few who work for themselves. All invented."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from random import Random

from relance.commands.demo.company import Office
from relance.commands.demo.days import HISTORY, Days
from relance.commands.demo.diary import Act, Diary, Ref
from relance.commands.demo.organizations import Organization, mobile
from relance.events.models import Origin
from relance.lib.text import fold
from relance.records.unit_of_work import Change

COUNT = 150
#: How many work for no organization.
ALONE = 10

_WOMEN_FR = (
    "Jeanne Solène Camille Aurélie Fatou Nadia Maëlle Élodie Sandrine Anaïs Yasmine Clémence Hélène "
    "Marion Océane Delphine Lucie Agathe Noémie Corinne Inaya Bérénice Valérie Gaëlle Mathilde Sabrina "
    "Rozenn Laure Odile Christelle"
)
_MEN_FR = (
    "Julien Mathieu Karim Bastien Olivier Yann Thibault Moussa Étienne Guillaume Rémi Sébastien Antoine "
    "Mehdi Loïc Pascal Vincent Benoît Florian Damien Gaspard Philippe Adrien Samir Erwan Christophe "
    "Nicolas Cédric Hervé Lucas"
)
_LAST_FR = (
    "Kerbrat Tessier Lagarde Morvan Benali Chevalier Roussel Diallo Faure Le_Goff Marchand Barbier "
    "Nguyen Colin Vasseur Haddad Gauthier Perrin Boucher Lemoine Besson Traoré Pichon Guérin "
    "Charpentier Meunier Riou Arnaud Delaunay Bouvier Prigent Cordier Jacquot Saulnier Amrani Tanguy "
    "Bellec Rousselot Maillard Hamon Leclair Ferrand Quéméner Dubreuil Caradec Vidalie Fontaine Lacaze "
    "Sarrazin Peyrot"
)
_WOMEN_GB = (
    "Sarah Amelia Nia Grace Harriet Meera Olivia Chloe Fiona Zainab Eleanor Rhiannon Beth Ayesha Isla "
    "Joanne Tamsin Abena Kirsty Imogen Megan Shreya Laura Bronwen"
)
_MEN_GB = (
    "Daniel Callum Hassan George Rhys Marcus Ewan Arjun Toby Kwame Simon Declan Piotr Alistair Ravi "
    "Jack Gareth Leon Stuart Adeel Freddie Neil Tomasz Duncan"
)
_LAST_GB = (
    "Whitaker Okafor Sutcliffe Pritchard Sharma Holloway Kowalski Fairbairn Ahmed Thornton Mensah "
    "Griffiths Carver Patel Lockwood Rutherford Osei Hargreaves Bancroft Iqbal Fenwick Llewellyn "
    "Radcliffe Chowdhury Ashworth Penrose Drummond Beckett Nowak Tillman Hargood Merriweather Stokes "
    "Adeyemi Cartwright Baines"
)
_NAMES = {
    "fr women": _WOMEN_FR, "fr men": _MEN_FR, "fr": _LAST_FR,
    "gb women": _WOMEN_GB, "gb men": _MEN_GB, "gb": _LAST_GB,
}  # fmt: skip

#: For each industry the titles of French women, French men and the British.
_TITLES: dict[str, tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]] = {
    "hospitality": (
        (
            "Directrice",
            "Gérante",
            "Responsable restauration",
            "Gouvernante générale",
            "Cheffe de salle",
            "Acheteuse",
        ),
        (
            "Directeur",
            "Gérant",
            "Responsable restauration",
            "Chef de cuisine",
            "Chef de salle",
            "Responsable achats",
        ),
        (
            "General Manager",
            "Owner",
            "Food & Beverage Manager",
            "Head Chef",
            "Front of House Manager",
            "Head Barista",
        ),
    ),
    "education": (
        ("Intendante", "Directrice adjointe", "Responsable de la vie étudiante"),
        ("Intendant", "Directeur adjoint", "Responsable des services généraux"),
        ("Catering Manager", "Bursar", "Head of Campus Services"),
    ),
    "health": (
        ("Directrice des services", "Cadre hôtelière", "Acheteuse"),
        ("Directeur des services", "Responsable hôtelier", "Acheteur"),
        ("Facilities Manager", "Practice Manager", "Catering Lead"),
    ),
    "public": (
        ("Responsable des marchés publics", "Chargée de l’intendance"),
        ("Responsable des marchés publics", "Chargé de l’intendance"),
        ("Procurement Officer", "Facilities Officer"),
    ),
}
_ANY_TITLES = (
    (
        "Office manager",
        "Directrice administrative",
        "Responsable des services généraux",
        "Assistante de direction",
        "Gérante",
    ),
    (
        "Office manager",
        "Directeur administratif",
        "Responsable des services généraux",
        "Responsable du site",
        "Gérant",
    ),
    ("Office Manager", "Operations Director", "Facilities Manager", "Managing Director", "Workplace Lead"),
)
_ALONE_TITLES = (
    ("Architecte d’intérieur", "Organisatrice d’événements", "Barista indépendante"),
    ("Architecte d’intérieur", "Consultant en restauration", "Barista indépendant"),
    ("Interior Architect", "Wedding Planner", "Freelance Barista"),
)
_SOURCES = ("website", "referral", "trade_fair", "phone", "campaign", "partner")


@dataclass(slots=True)
class Person:
    """One of them."""

    name: str
    title: str
    organization: Organization | None
    owner: str
    ago: float
    ref: Ref = field(default_factory=Ref)


class _Deck:
    """Names drawn without putting them back, until all have been drawn once."""

    def __init__(self, names: Iterable[str], rng: Random) -> None:
        self._names = [name.replace("_", " ") for name in names]
        self._rng = rng
        self._left: list[str] = []

    def draw(self) -> str:
        if not self._left:
            self._left = self._rng.sample(self._names, len(self._names))
        return self._left.pop()


def listed(organizations: list[Organization], rng: Random) -> list[Person]:
    """All of them: one for each organization, more where there are more employees, and some on their own."""
    by_size = sorted(organizations, key=lambda each: -each.employees)
    more = COUNT - ALONE - len(organizations)
    second = min(len(organizations), more * 3 // 4)
    employers: list[Organization | None] = [*organizations, *by_size[:second], *by_size[: more - second]]
    employers += [None] * ALONE
    decks = {key: _Deck(names.split(), rng) for key, names in _NAMES.items()}
    people = []
    for place, employer in enumerate(employers):
        french = employer.french if employer else place % 2 == 0
        name, title = (
            ("Jeanne Kerbrat", "Directrice") if place == 0 else _somebody(employer, french, decks, rng)
        )
        owner = employer.owner if employer else rng.choice(("ines", "hugo") if french else ("owen", "priya"))
        ago = employer.ago if employer else rng.uniform(44, HISTORY - 2)
        people.append(Person(name, title, employer, owner, ago))
    return people


def _somebody(
    employer: Organization | None, french: bool, decks: dict[str, _Deck], rng: Random
) -> tuple[str, str]:
    titles = _TITLES.get(employer.industry, _ANY_TITLES) if employer else _ALONE_TITLES
    woman = rng.random() < 0.5
    country = "fr" if french else "gb"
    name = f"{decks[f'{country} women' if woman else f'{country} men'].draw()} {decks[country].draw()}"
    return name, rng.choice(titles[(0 if woman else 1) if french else 2])


def plan(people: list[Person], office: Office, days: Days, diary: Diary, rng: Random) -> None:
    """Write into the diary how they came to be, right after their organizations."""
    for person in people:
        imported = person.ago == HISTORY
        diary.add(
            days.at(person.ago - 0.01),
            "claire" if imported else person.owner,
            _creation(person, _values(person, office, rng)),
            Origin.IMPORT if imported else Origin.USER,
        )


def _creation(person: Person, values: dict[str, object]) -> Act:
    def act(change: Change) -> None:
        employer = person.organization
        person.ref.set(
            change.create("person", {**values, "organization": employer.ref.id if employer else None})
        )

    return act


def _values(person: Person, office: Office, rng: Random) -> dict[str, object]:
    first, last = person.name.split(" ", 1)
    folded = fold(last).replace(" ", "").replace("’", "")
    if person.organization is not None:
        address = f"{fold(first)[0]}.{folded}@{person.organization.domain}"
    else:
        address = f"{fold(first)}@{folded}.example"
    labels = [office.labels["À rappeler"]] if rng.random() < 0.06 else []
    return {
        "name": person.name,
        "first_name": first,
        "job_title": person.title,
        "emails": [{"value": address, "kind": "work", "primary": True}],
        "phones": [{"value": mobile(person.organization, rng), "kind": "mobile"}]
        if rng.random() < 0.8
        else [],
        "source": rng.choice(_SOURCES),
        "labels": labels,
        "owner": office.users[person.owner],
    }
