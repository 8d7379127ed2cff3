"""Thirty inquiries, told by hand: from the web site, by telephone, and from a trade fair last week."""

from __future__ import annotations

from dataclasses import dataclass, field

from relance.commands.demo.company import Office
from relance.commands.demo.days import Days
from relance.commands.demo.diary import Diary, Ref
from relance.commands.demo.organizations import Organization
from relance.commands.demo.people import Person
from relance.records.leads import convert
from relance.records.unit_of_work import Change

#: title | owner | source | value, empty for unknown | currency | working days ago | archived
_TABLE = """
Salon Horéa : hôtel de 30 chambres à Biarritz | claire | trade_fair | 12500 | EUR | 6.90 |
Salon Horéa : chaîne de 4 boulangeries, Angers | claire | trade_fair | 9800 | EUR | 6.72 |
Salon Horéa : food truck, cherche une machine compacte | claire | trade_fair | 2400 | EUR | 6.55 |
Salon Horéa : traiteur à Annemasse, rappeler mardi | claire | trade_fair | | EUR | 6.31 |
Salon Horéa : cantine d’entreprise, 200 couverts | claire | trade_fair | 21000 | EUR | 5.80 |
Salon Horéa : camping quatre étoiles, Vendée | claire | trade_fair | 4700 | EUR | 5.62 |
Salon Horéa : étudiante en école hôtelière, mémoire sur le café | claire | trade_fair | | EUR | 5.44 | yes
Salon Horéa : distributeur à Charleroi | hugo | trade_fair | 15000 | EUR | 5.30 |
Salon Horéa : glacier, saison d’été | ines | trade_fair | 3600 | EUR | 5.12 |
Demande de devis : salon de thé à Vannes | ines | website | 3200 | EUR | 1.70 |
Formulaire : deux machines pour une pépinière d’entreprises | hugo | website | 5900 | EUR | 3.40 |
Formulaire : location pour un mariage, 120 personnes | ines | website | 850 | EUR | 0.62 |
Appel entrant : maison de retraite près de Tours | hugo | phone | 7400 | EUR | 4.10 |
Recommandée par Hôtel Montorge : spa à Deauville | claire | referral | 16800 | EUR | 2.20 |
Formulaire : machine en panne, garantie d’une autre marque | hugo | website | | EUR | 11.30 | yes
Campagne de printemps : restaurant d’altitude | ines | campaign | 6100 | EUR | 17.80 |
Partenaire Atelier Vaubourg : rénovation de deux gîtes | hugo | partner | 4300 | EUR | 9.50 |
Formulaire : café associatif à Roubaix | ines | website | 1900 | EUR | 14.20 |
Appel entrant : ambassade, appel d’offres à venir | claire | phone | 28000 | EUR | 20.60 |
Website: co-working space in Leeds, 80 desks | tom | website | 5400 | GBP | 0.85 |
Website: vegan bakery opening in Hackney | owen | website | 7800 | GBP | 2.55 |
Website: school fair, one weekend only | priya | website | 300 | GBP | 13.10 | yes
Phone: caravan park near Tenby, 3 kiosks | owen | phone | 9200 | GBP | 4.35 |
Referred by Kestrel & Rowe: accountants next door | tom | referral | 4100 | GBP | 8.40 |
Website: hospital volunteers’ tea bar | priya | website | 2600 | GBP | 5.95 |
Autumn campaign: garden centre in Devon | priya | campaign | 6700 | GBP | 16.75 |
Phone: boat hire company, two galley machines | owen | phone | 3900 | GBP | 10.15 |
Website: student café wants second-hand | owen | website | 1400 | GBP | 19.30 | yes
Partner introduction: hotel group, Scottish Borders | tom | partner | 36000 | GBP | 7.25 |
Website: dentist’s waiting room in Bath | priya | website | 1750 | GBP | 1.15 |
"""
#: The one that became a deal.
CONVERTED = "Recommandée par Hôtel Montorge : spa à Deauville"


@dataclass(slots=True)
class Lead:
    """One inquiry."""

    title: str
    owner: str
    source: str
    amount: int | None
    currency: str
    ago: float
    archived: bool
    person: Person | None = None
    organization: Organization | None = None
    ref: Ref = field(default_factory=Ref)


def listed() -> list[Lead]:
    """All of them."""
    leads = []
    for line in _TABLE.strip().splitlines():
        title, owner, source, amount, currency, ago, archived = (cell.strip() for cell in line.split("|"))
        leads.append(
            Lead(title, owner, source, int(amount) if amount else None, currency, float(ago), bool(archived))
        )
    return leads


def introduce(leads: list[Lead], people: list[Person], organizations: list[Organization]) -> None:
    """Say who some of them come from: people who work on their own, and organizations that are named."""
    for person in people:
        if person.organization is None:
            lead = next((each for each in leads if each.owner == person.owner and each.person is None), None)
            if lead is not None:
                lead.person = person
    for lead in leads:
        lead.organization = next((each for each in organizations if each.name in lead.title), None)


def plan(leads: list[Lead], office: Office, days: Days, diary: Diary) -> None:
    """Write into the diary how they came, and that some were put aside."""
    for lead in leads:

        def create(change: Change, lead: Lead = lead) -> None:
            values: dict[str, object] = {
                "title": lead.title,
                "source": lead.source,
                "owner": office.users[lead.owner],
                "person": lead.person.ref.id if lead.person else None,
                "organization": lead.organization.ref.id if lead.organization else None,
            }
            if lead.amount is not None:
                values["value"] = {"amount": lead.amount * 100, "currency": lead.currency}
            lead.ref.set(change.create("lead", values))

        def put_aside(change: Change, lead: Lead = lead) -> None:
            change.update("lead", lead.ref.id, {"archived": True})

        def become_a_deal(change: Change, lead: Lead = lead) -> None:
            convert(change, lead.ref.id, stage=office.stages["Qualified"])

        diary.add(days.at(lead.ago), lead.owner, create)
        if lead.archived:
            diary.add(days.at(lead.ago - 2.1), lead.owner, put_aside)
        if lead.title == CONVERTED:
            diary.add(days.at(0.9), lead.owner, become_a_deal, looks=True)
