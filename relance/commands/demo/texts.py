"""What people typed: titles, subjects, notes and reasons, in the language of whoever typed them."""

from __future__ import annotations

from random import Random

#: Who writes French.
FRENCH = frozenset({"claire", "ines", "hugo"})

#: French title | English title | from | to (in units of the deal's currency).
_OFFERS = """
Remplacement de {n} machines | Replacement of {n} machines | 4200 | 21000
Coin café de l’accueil | Espresso corner for the lobby | 2900 | 8600
Salle des petits-déjeuners | Breakfast room | 5400 | 16500
Contrat d’entretien, {n} machines | Service contract, {n} machines | 1800 | 9800
Location longue durée, 36 mois | Rental, 36 months | 3600 | 14800
Moulins et formation barista | Grinders and barista training | 1200 | 4900
Cafétéria du personnel | Staff canteen | 6800 | 27500
Bar du rooftop | Rooftop bar | 9800 | 31000
Distributeurs, rez-de-chaussée | Vending, ground floor | 3100 | 9400
Machine deux groupes | Two-group machine | 3900 | 7800
Café en grains, abonnement annuel | Beans, yearly subscription | 900 | 5200
Filtration d’eau, {n} points | Water filtration, {n} points | 650 | 3900
Espace séminaires | Seminar rooms | 4700 | 18800
Kitchenettes, étages 1 à {n} | Tea points, floors 1 to {n} | 7200 | 24500
Réouverture de printemps | Spring reopening | 2600 | 11900
Bar éphémère d’été | Summer pop-up bar | 1900 | 6400
Deuxième point de vente | Second site | 8200 | 34000
Audit et remise en état | Audit and overhaul | 450 | 2700
Machines à capsules pour {n}0 chambres | Capsule machines for {n}0 rooms | 3300 | 13200
Équipement complet du comptoir | Full counter fit-out | 14500 | 42000
Machine d’occasion révisée | Refurbished machine | 1500 | 3600
Salon des visiteurs | Visitors’ lounge | 2100 | 7300
Torréfacteur de démonstration | Demonstration roaster | 11200 | 19800
Formation de l’équipe, 2 jours | Team training, 2 days | 780 | 1900
Bar à thés et infusions | Tea and infusions bar | 1700 | 5600
Terrasse et service extérieur | Terrace and outdoor service | 3400 | 9900
Extension de garantie | Warranty extension | 400 | 1600
Appel d’offres restauration | Catering tender | 22000 | 68000
Coin café, service des urgences | Coffee point, emergency ward | 2400 | 7900
Foyer des étudiants | Student common room | 3700 | 12800
Cuisine d’essai | Test kitchen | 6100 | 15400
Mélange maison, 40 kg par mois | House blend, 40 kg a month | 5200 | 9600
Machine de prêt pendant les travaux | Loan machine during the works | 600 | 2200
Comptoir de la gare | Station counter | 8700 | 23600
Salle du personnel, équipe de nuit | Staff room, night shift | 1300 | 4400
Buvette du stade | Stadium kiosk | 4900 | 13900
Petit-déjeuner buffet, {n} machines | Breakfast buffet, {n} machines | 9300 | 29500
Regroupement de {n} contrats | {n} contracts into one | 7700 | 26800
Lait végétal et sirops, essai | Oat milk and syrups, trial | 350 | 1100
Atelier latte art | Latte art workshop | 520 | 1400
Déménagement du bar | Moving the bar | 1100 | 3800
Machine pour la galerie | Machine for the gallery | 2700 | 6900
"""
OFFERS = tuple(
    (french, english, int(low), int(high))
    for french, english, low, high in (
        tuple(cell.strip() for cell in line.split("|")) for line in _OFFERS.strip().splitlines()
    )
)
RENEWALS = (
    ("Renouvellement, contrat d’entretien", "Service contract renewal", 1200, 8800),
    ("Reconduction de la location", "Rental renewal", 2400, 13500),
    ("Abonnement café, année suivante", "Beans subscription, next year", 900, 6200),
    ("Maintenance {n} machines, 3 ans", "Maintenance of {n} machines, 3 years", 3800, 16500),
)

LOST = (
    (
        "Budget reporté à l’an prochain", "Un concurrent local, 12 % moins cher", "Pas de réponse après trois relances",
        "L’établissement a été vendu", "Ils gardent leur machine encore un an", "Délai de livraison trop long",
        "Décision du siège : fournisseur unique", "Projet de travaux abandonné",
    ),
    (
        "Went with a cheaper supplier", "No budget this year", "Stopped answering after the quote",
        "Head office has a framework deal elsewhere", "Timing: they open in spring after all",
        "Wanted capsule machines only", "Decision maker left the company", "Refit postponed",
    ),
)  # fmt: skip

#: For each stage what is done there: type, French subject, English subject. "{who}" is the contact's first name.
STEPS: dict[str, tuple[tuple[str, str, str], ...]] = {
    "Qualified": (
        ("call", "Premier appel : besoins et volumes", "Discovery call"),
        ("call", "Appeler {who} : combien de cafés par jour ?", "Call {who}: cups per day?"),
        ("email", "Envoyer le catalogue à {who}", "Send {who} the brochure"),
    ),
    "Contact made": (
        ("meeting", "Dégustation sur place", "Tasting on site"),
        ("appointment", "Visite technique : eau et électricité", "Site survey: water and power"),
        ("lunch", "Déjeuner avec {who}", "Lunch with {who}"),
        ("task", "Chiffrer deux variantes", "Price two options"),
    ),
    "Proposal sent": (
        ("call", "Relancer {who} sur la proposition", "Did the proposal arrive?"),
        ("email", "Répondre aux questions de {who}", "Answer {who}’s questions"),
        ("meeting", "Présenter la proposition", "Walk through the proposal"),
    ),
    "Negotiation": (
        ("meeting", "Négociation : durée et remise", "Terms and discount"),
        ("call", "Point avec {who} sur le calendrier", "Agree dates with {who}"),
        ("task", "Faire valider la remise par Claire", "Get Claire to approve the discount"),
    ),
    "Contract sent": (
        ("deadline", "Retour du contrat signé", "Signed contract due back"),
        ("call", "Vérifier que {who} a bien reçu le contrat", "Check {who} has the contract"),
        ("task", "Réserver la livraison", "Book the delivery slot"),
    ),
    "To renew": (
        ("call", "Bilan de l’année avec {who}", "Yearly review with {who}"),
        ("task", "Sortir l’historique des interventions", "Pull the service history"),
    ),
    "Offer sent": (
        ("call", "Relance renouvellement", "Chase the renewal"),
        ("email", "Envoyer les nouveaux tarifs", "Send the new price list"),
    ),
    "Agreed": (
        ("task", "Préparer l’avenant", "Draw up the amendment"),
        ("deadline", "Signature de l’avenant", "Amendment signed"),
    ),
}

NOTES = (
    (
        "Ils tournent à 180 cafés par jour, surtout entre 7 h et 10 h. La machine actuelle a neuf ans.",
        "Très sensibles au bruit du moulin : la salle est ouverte sur la réception.",
        "Compteur électrique limité à 9 kW, prévoir une machine deux groupes basse tension.",
        "Décision en comité le mois prochain, le directeur financier sera présent.",
        "Ils ont goûté le mélange Ardoise et le Maragogype, préférence nette pour le premier.",
        "Eau très calcaire (32 °f). Sans adoucisseur, pas de garantie : le répéter.",
        "Concurrent en place jusqu’en juin, préavis de trois mois.",
        "Demandent un essai de deux semaines avant de signer.",
        "Parking livraison fermé le mardi (marché). Livrer avant 8 h.",
        "Bonne entente avec l’équipe du bar, le gérant hésite encore sur le prix.",
        "Veulent deux moulins par étage et une livraison avant la saison.",
        "Paiement à 45 jours accepté par la compta.",
    ),
    (
        "About 140 cups on a weekday, double that on Saturdays. Current machine is on its last legs.",
        "They want one invoice for all sites. Finance is firm about it.",
        "Met the new manager: friendly, wants numbers rather than stories.",
        "Oat milk is half of their sales, so the steam wands matter more than the groups.",
        "Deliveries through the back yard only, before nine.",
        "Asked for two references nearby. Sent them Castlegate and the Lantern Rooms.",
        "Board meets on the first Monday of the month, nothing moves before.",
        "Their lease ends in spring, so they would rather rent than buy.",
        "Water is soft here, no filter needed. Saves them about £300.",
        "Training for six people, two of them on the night shift.",
        "Competing quote is £900 below ours but without servicing.",
        "Happy with the tasting. The Slate blend won by a mile.",
    ),
)

#: Small things people plan without any deal.
CHORES = (
    ("claire", "meeting", "Point d’équipe France", "09:30", 45),
    ("claire", "task", "Relire les chiffres du mois", None, 30),
    ("tom", "meeting", "UK pipeline review", "10:00", 45),
    ("tom", "task", "Approve Owen’s expenses", None, 15),
    ("ines", "task", "Préparer les badges du salon Horéa", None, 30),
    ("hugo", "lunch", "Déjeuner avec l’installateur de Nantes", "12:30", 90),
    ("owen", "task", "Demo machine back from the workshop", None, 20),
    ("priya", "email", "Send samples to the Cardiff shops", None, 20),
)
#: Who meets a customer today: when, for how long, where, and which colleagues come along.
APPOINTMENTS = (
    (
        "claire",
        "10:00",
        60,
        "Démonstration sur place",
        "Demo on site",
        "Showroom, 12 rue Crébillon, Nantes",
        ("hugo",),
    ),
    ("claire", "10:30", 30, "Point avec l’architecte", "A word with the architect", "Visio", ()),
    ("claire", "14:30", 90, "Négociation du contrat", "Contract negotiation", "Chez le client", ("ines",)),
    ("ines", "11:00", 60, "Dégustation", "Tasting", "Atelier", ()),
    (
        "tom",
        "11:00",
        90,
        "Présentation du contrat",
        "Contract review",
        "Customer’s office, Leeds",
        ("owen", "priya"),
    ),
    ("owen", "15:00", 45, "Relevé des cotes", "Site survey", "On site", ()),
)


def write(who: str, pair: tuple[str, str]) -> str:
    """The version of a text that this colleague would write."""
    return pair[0] if who in FRENCH else pair[1]


def pick(who: str, texts: tuple[tuple[str, ...], tuple[str, ...]], rng: Random) -> str:
    """One text in this colleague's language."""
    return rng.choice(texts[0] if who in FRENCH else texts[1])
