"""The eighty organizations the company sells to. All invented."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random

from relance.commands.demo.company import Office
from relance.commands.demo.days import HISTORY, Days
from relance.commands.demo.diary import Act, Diary, Ref
from relance.events.models import Origin
from relance.lib.text import fold

#: name | city | country | industry | employees | street | postcode
_TABLE = """
Hôtel des Quais | Nantes | FR | hospitality | 64 | 12 quai des Brumes | 44000
Groupe Aubrelle | Clermont-Ferrand | FR | hospitality | 420 | 3 place des Orgues | 63000
Boulangerie Saint-Ervan | Rennes | FR | hospitality | 18 | 41 rue du Levain | 35000
Auberge du Lion Vert | Beaune | FR | hospitality | 22 | 7 rue des Tonneliers | 21200
Marbeau & Fils | Lille | FR | manufacturing | 310 | 88 avenue de la Filature | 59000
Brasserie Lemarchal | Metz | FR | hospitality | 26 | 2 place aux Houblons | 57000
Lycée Aimé-Vauclair | Le Mans | FR | education | 140 | 15 rue de l’Octroi | 72000
Domaine Serrabel | Gaillac | FR | hospitality | 31 | Route des Coteaux | 81600
Cabinet Perrault-Diez | Toulouse | FR | services | 45 | 9 rue du Puits-Vert | 31000
Palais Montrevert | Pau | FR | services | 80 | 1 allée du Belvédère | 64000
Clinique Sainte-Aldegonde | Strasbourg | FR | health | 260 | 54 quai des Tanneurs | 67000
Atelier Vaubourg | Besançon | FR | services | 12 | 6 rue du Balancier | 25000
Mairie de Saint-Ervan | Saint-Ervan | FR | public | 90 | Place de la Mairie | 35990
Ville de Colmeray | Colmeray | FR | public | 530 | 1 place du Marché-Couvert | 68990
Maison Garrelle | Bordeaux | FR | retail | 14 | 27 rue des Chartrons-Vieux | 33000
Festival Les Ondes Claires | La Rochelle | FR | services | 9 | |
Studio Nord-Sud | Tourcoing | FR | services | 16 | 110 rue des Peigneurs | 59200
Hôtel Belle Escale | Marseille | FR | hospitality | 88 | 5 anse des Cordiers | 13007
Hôtel du Vieux Phare | Saint-Malo | FR | hospitality | 31 | 19 chaussée des Goélands | 35400
Résidence Les Tilleuls d’Or | Annecy | FR | health | 74 | 33 avenue du Semnoz | 74000
Le Comptoir des Halles Basses | Lyon | FR | hospitality | 19 | 14 rue des Canuts-Blancs | 69001
Café Mirabelle | Nancy | FR | hospitality | 11 | |
Bistrot de l’Écluse | Agen | FR | hospitality | 13 | |
Crêperie Ty Gwenn | Quimper | FR | hospitality | 8 | 3 rue du Frout | 29000
Chalets du Grand Versant | Les Houches | FR | hospitality | 52 | Route du Nant | 74310
Thermes de Valbrune | Aix-les-Bains | FR | hospitality | 120 | 8 boulevard des Sources | 73100
Coworking La Verrière | Montreuil | FR | services | 10 | 71 rue des Murs-à-Pêches | 93100
Pépinière Horizon Ouest | Brest | FR | technology | 35 | 2 rue du Sémaphore | 29200
Imprimerie Castaing-Rey | Limoges | FR | manufacturing | 58 | |
Fromagerie Arvelle | Aurillac | FR | manufacturing | 41 | Zone de la Jordanne | 15000
Librairie L’Encre Bleue | Dijon | FR | retail | 7 | |
Garage Delmotte | Amiens | FR | retail | 38 | 204 route d’Abbeville | 80000
Université Populaire du Littoral | Dunkerque | FR | education | 55 | |
Campus Hélianthe | Montpellier | FR | education | 180 | 1200 avenue des Garrigues | 34000
École hôtelière des Trois Rives | Angers | FR | education | 66 | 5 quai des Mariniers | 49000
Centre Les Grandes Marées | Lorient | FR | health | 95 | 17 rue du Large | 56100
Transports Kervella | Vannes | FR | services | 150 | Parc de Kerlann | 56000
Scierie Prénovel | Saint-Claude | FR | manufacturing | 33 | |
Cinéma Le Lumignon | Valence | FR | services | 12 | |
Théâtre des Deux Ponts | Grenoble | FR | public | 40 | 4 quai du Drac | 38000
Maison Okoumé | Paris | FR | hospitality | 24 | 62 rue du Faubourg-Vert | 75010
Hôtel Montorge | Paris | FR | hospitality | 57 | 11 rue des Feuillants | 75006
Agence Papier Ciel | Paris | FR | services | 29 | |
Laboratoires Fontevive | Tours | FR | health | 210 | 90 avenue du Val | 37000
Constructions Marchetti-Roux | Nice | FR | construction | 170 | 35 chemin des Oliviers | 06200
Les Terrasses du Sud | Perpignan | FR | hospitality | 230 | 6 quai de la Basse | 66000
Kestrel & Rowe | Leeds | GB | services | 130 | 40 Weavers Row | LS1 9QX
The Copper Pot | Bristol | GB | hospitality | 16 | 3 Mariners Lane | BS1 9QX
Fernhill Campus | Reading | GB | education | 240 | Fernhill Road | RG6 9QX
Northgate House Hotels | York | GB | hospitality | 380 | 1 Northgate Yard | YO1 9QX
Harbour Lane Kitchens | Plymouth | GB | hospitality | 72 | 18 Harbour Lane | PL1 9QX
Calder Street Academy | Edinburgh | GB | education | 60 | 77 Calder Street | EH6 9QX
Tidewater Rowing Club | London | GB | other | 14 | The Embankment | SW15 9QX
Marlowe Bakehouse | Canterbury | GB | hospitality | 21 | 9 Pilgrims Row | CT1 9QX
The Lantern Rooms | Brighton | GB | hospitality | 28 | 52 Lantern Street | BN1 9QX
Pennine Walkers’ Inn | Hebden Bridge | GB | hospitality | 17 | |
Ashdown & Vale Solicitors | Birmingham | GB | services | 85 | 200 Temple Court | B2 9QX
Bramble & Thyme Deli | Oxford | GB | retail | 9 | |
Castlegate Brewing Co | Nottingham | GB | manufacturing | 34 | Unit 4, Lock Yard | NG1 9QX
Dunmore Care Homes | Glasgow | GB | health | 310 | 15 Dunmore Terrace | G3 9QX
Eastcliff Guest House | Whitby | GB | hospitality | 8 | |
Foxglove Studios | Manchester | GB | technology | 48 | 6 Spinners Mews | M4 9QX
Greywell Motors | Southampton | GB | retail | 52 | 310 Dock Approach | SO14 9QX
Heron Lake Spa | Keswick | GB | hospitality | 66 | Heron Lake Drive | CA12 9QX
Inkwell Co-working | Sheffield | GB | services | 11 | |
Juniper Street Coffee | Cardiff | GB | hospitality | 12 | 21 Juniper Street | CF10 9QX
Kingsmere Borough Council | Kingsmere | GB | public | 640 | Town Hall Square | RG41 9QX
Larkspur Dental Group | Cheltenham | GB | health | 58 | 8 Larkspur Parade | GL50 9QX
Millbrook Garden Centre | Stafford | GB | retail | 44 | Millbrook Lane | ST17 9QX
Oldfield Mill Conferences | Derby | GB | services | 39 | Oldfield Mill | DE1 9QX
Quayside Print Works | Newcastle upon Tyne | GB | manufacturing | 27 | |
Redwing Logistics | Felixstowe | GB | services | 190 | Redwing Park, Gate 3 | IP11 9QX
St Aldric’s Hospice | Exeter | GB | health | 104 | 2 Aldric’s Close | EX2 9QX
Wharf Street Cinema | Liverpool | GB | services | 19 | 33 Wharf Street | L3 9QX
Hôtel du Débarcadère | Lausanne | CH | hospitality | 70 | 4 quai des Cygnes | 1006
Pension Silberdistel | Brig | CH | hospitality | 15 | |
Traiteur Van Houtryve | Bruxelles | BE | hospitality | 36 | 58 rue du Vieux-Canal | 1000
Brasserie du Beffroi Bleu | Tournai | BE | hospitality | 20 | |
Carrigmore House Hotel | Galway | IE | hospitality | 49 | Carrigmore Road | H91
Haskell Bay Roasters | Portland | US | manufacturing | 22 | 1480 Cannery Way | 97209
"""
#: How many are in the company's old address book and come with the import on the first day.
IMPORTED = 56
_FRENCH = ("ines", "hugo", "ines", "hugo", "claire")
_BRITISH = ("tom", "owen", "priya", "owen", "priya")
_RATINGS = (None, None, "B", "B", "C", "C", "D")
#: Numbers that the regulators keep free for fiction: Ofcom's and Arcep's.
_AREAS = {
    "Leeds": "113 496", "Bristol": "117 496", "Reading": "118 496", "London": "20 7946", "Sheffield": "114 496",
    "Edinburgh": "131 496", "Glasgow": "141 496", "Manchester": "161 496", "Liverpool": "151 496",
    "Birmingham": "121 496",
}  # fmt: skip
_FRENCH_AREAS = {"1": "1 99 00", "2": "2 61 91", "3": "3 53 01", "4": "4 65 71", "5": "5 36 49"}
_DEPARTMENTS = {"1": "75 93", "2": "29 35 37 44 49 56 72", "3": "21 25 57 59 67 68 80", "5": "31 33 64 81"}
_FRENCH_REGIONS = {department: area for area, some in _DEPARTMENTS.items() for department in some.split()}


@dataclass(slots=True)
class Organization:
    """One of them, with what the other parts of the demo need to know.

    Attributes:
        ago: when it was created, in working days before today.
        owner: first name of the colleague who looks after it.
    """

    name: str
    city: str
    country: str
    industry: str
    employees: int
    street: str
    postcode: str
    owner: str
    ago: float
    ref: Ref = field(default_factory=Ref)

    @property
    def french(self) -> bool:
        """Whether people write French there."""
        return self.country in {"FR", "BE"} or self.city == "Lausanne"

    @property
    def domain(self) -> str:
        """Where its web site and its mail boxes are."""
        return (
            "".join(letter for letter in fold(self.name) if letter.isalnum() and letter.isascii())
            + ".example"
        )

    @property
    def currency(self) -> str:
        """What it pays in."""
        return {"GB": "GBP", "CH": "CHF", "US": "USD"}.get(self.country, "EUR")


def listed(rng: Random) -> list[Organization]:
    """All of them, in the order of the table."""
    organizations = []
    for place, line in enumerate(_TABLE.strip().splitlines()):
        name, city, country, industry, employees, street, postcode = (
            cell.strip() for cell in line.split("|")
        )
        team = _BRITISH if country in {"GB", "IE", "US"} else _FRENCH
        organizations.append(
            Organization(
                name, city, country, industry, int(employees), street, postcode, team[place % len(team)],
                HISTORY if place % 10 < IMPORTED / 8 else rng.uniform(44, HISTORY - 2),
            )
        )  # fmt: skip
    return organizations


def plan(organizations: list[Organization], office: Office, days: Days, diary: Diary, rng: Random) -> None:
    """Write into the diary how they came to be: most by an import, the others one by one."""
    for organization in organizations:
        imported = organization.ago == HISTORY
        diary.add(
            days.at(organization.ago),
            "claire" if imported else organization.owner,
            _creation(organization, _values(organization, office, rng)),
            Origin.IMPORT if imported else Origin.USER,
        )


def _creation(organization: Organization, values: dict[str, object]) -> Act:
    return lambda change: organization.ref.set(change.create("organization", values))


def _values(organization: Organization, office: Office, rng: Random) -> dict[str, object]:
    return {
        "name": organization.name,
        "industry": organization.industry,
        "employees": organization.employees,
        "street": organization.street,
        "postcode": organization.postcode,
        "city": organization.city,
        "country": organization.country,
        "website": f"https://www.{organization.domain}",
        "phones": [{"value": number, "kind": "work"} for number in _phone(organization, rng)],
        "rating": "B" if organization.employees > 200 else rng.choice(_RATINGS),
        "labels": [office.labels["Multi-site"]] if organization.employees > 200 else [],
        "owner": office.users[organization.owner],
    }


def _phone(organization: Organization, rng: Random) -> Iterator[str]:
    last = rng.randrange(100, 999) if organization.country == "GB" else rng.randrange(10, 99)
    if organization.country == "GB":
        area = _AREAS.get(organization.city)
        yield f"+44 {area} 0{last}" if area else f"+44 1632 960{last}"
    elif organization.country == "FR" and organization.postcode:
        region = _FRENCH_REGIONS.get(organization.postcode[:2], "4")
        yield f"+33 {_FRENCH_AREAS[region]} {rng.randrange(10, 99)} {last}"


def mobile(organization: Organization | None, rng: Random) -> str:
    """A mobile number of nobody."""
    if organization is None or organization.french:
        return f"+33 6 39 98 {rng.randrange(10, 99)} {rng.randrange(10, 99)}"
    return f"+44 7700 900{rng.randrange(100, 999)}"
