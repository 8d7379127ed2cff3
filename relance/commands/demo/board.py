"""The deals people see first: open ones that are told by hand, and the one to try things on."""

from __future__ import annotations

from typing import NamedTuple

#: The deal of Claire's that the demo asks people to win.
TRY_FIRST = "Refurbishment, 42 rooms"


class Told(NamedTuple):
    """An open deal of the pipeline New business.

    Attributes:
        organization: its name; empty for none.
        ago: since when it stands in its stage, in working days before today.
        next: its next activity: type, working days from today, time or empty; none when nothing is planned.
    """

    title: str
    organization: str
    owner: str
    stage: str
    amount: int
    labels: tuple[str, ...]
    ago: float
    next: tuple[str, int, str] | None


#: title | organization | owner | stage | amount | label | since, in working days ago | next: type, day, time
_TABLE = """
Espresso corner for the lobby | Hôtel des Quais | ines | Qualified | 6800 | Key account | 4.2 | call -2
Two grinders and training | The Copper Pot | owen | Qualified | 2150 | | 2.6 | email 0
Tea and coffee for 3 sites | Fernhill Campus | priya | Qualified | 9400 | Trade fair | 6.8 |
Remplacement de 4 machines | Clinique Sainte-Aldegonde | hugo | Qualified | 14200 | | 8.3 | appointment 2 10:00
Bar éphémère, marché de Noël | Ville de Colmeray | ines | Qualified | 3900 | | 3.1 | call 3
Bar à filtres | Atelier Vaubourg | hugo | Qualified | 2450 | | 9.4 | task 5
Distributeurs, rez-de-chaussée | Mairie de Saint-Ervan | claire | Qualified | 5350 | Trade fair | 5.7 | email -2
Deuxième boutique | Maison Garrelle | ines | Qualified | 7100 | | 1.4 | meeting 7 14:30
Stand et dégustations, salon Horéa | | ines | Qualified | 11800 | Trade fair | 2.35 | call 1 11:00
Café des congressistes | | hugo | Qualified | 14500 | Hot | 6.2 | email 2
Service contract, 12 machines | Kestrel & Rowe | tom | Contact made | 11600 | Renewal | 6.5 | task -1
Salle des petits-déjeuners | Auberge du Lion Vert | ines | Contact made | 8300 | | 3.8 | call 0 15:00
Kitchenettes, étages 2 à 6 | Marbeau & Fils | claire | Contact made | 19750 | | 21.5 |
Nouvelle terrasse | Brasserie Lemarchal | hugo | Contact made | 5600 | Trade fair | 4.9 | appointment 1 09:30
Clubhouse refit | Tidewater Rowing Club | owen | Contact made | 7200 | | 7.3 | email 4
Location, 3 mois | Festival Les Ondes Claires | hugo | Contact made | 3200 | | 2.2 | task 5
Refurbishment, 42 rooms | Hôtel des Quais | claire | Proposal sent | 18400 | Hot | 0.41 | call 0 16:30
Group contract, 6 hotels | Northgate House Hotels | tom | Proposal sent | 64000 | Key account | 3.5 | meeting 1 14:00
Coin torréfaction | Boulangerie Saint-Ervan | hugo | Proposal sent | 12900 | | 13.6 | email -4
Cafétéria, aile est | Lycée Aimé-Vauclair | claire | Proposal sent | 16300 | | 5.2 | task 3
Café de la salle de dégustation | Domaine Serrabel | ines | Proposal sent | 8750 | | 2.9 | call 4
Accord-cadre groupe | Groupe Aubrelle | claire | Negotiation | 58000 | Key account | 4.6 | meeting 0 11:00
Barista school equipment | Calder Street Academy | priya | Negotiation | 13700 | Trade fair | 7.7 | call 2
Leasing, 8 machines | Cabinet Perrault-Diez | ines | Negotiation | 17500 | | 11.2 |
Treatment rooms and café | Heron Lake Spa | owen | Negotiation | 22600 | Hot | 8.9 | meeting 1 10:30
Renewal and 2 new sites | Harbour Lane Kitchens | tom | Contract sent | 31250 | Renewal | 2.7 | email 1
Centre de conférences | Palais Montrevert | hugo | Contract sent | 28600 | Hot | 1.8 | task 0
Kitchenette, 3e étage | Studio Nord-Sud | hugo | Contract sent | 4100 | | 5.4 | call 4
"""


def _told(line: str) -> Told:
    title, organization, owner, stage, amount, label, ago, plan = (cell.strip() for cell in line.split("|"))
    kind, day, hour = (*plan.split(), "", "", "")[:3]
    coming = (kind, int(day), hour) if plan else None
    return Told(title, organization, owner, stage, int(amount), (label,) if label else (), float(ago), coming)


BOARD = tuple(_told(line) for line in _TABLE.strip().splitlines())

#: The organization that has bought little so far: its first large deal changes its rating before everybody's eyes.
SMALL = "Maison Garrelle"
#: How it came there: stage, working days ago.
TRY_FIRST_PATH = (("Qualified", 14.2), ("Contact made", 8.6), ("Proposal sent", 0.41))
#: The notes of the deal to try things on: working days ago, who, what.
TRY_FIRST_NOTES = (
    (12.3, "claire", "Jeanne rénove les trois étages cet hiver : 42 chambres, deux moulins par étage."),
    (6.1, "tom", "If they like it, the sister hotel in Bath would follow. Worth a discount on the grinders?"),
    (1.6, "claire", "Proposition partie ce soir ou demain. Livraison avant la haute saison, Jeanne y tient."),
)
