"""Records that bring every operator to its limits.

Texts that databases fold differently, amounts that round, moments around the edges of days, weeks and months in zones
that change their clocks, empty values, parents in the bin, parents that somebody may not see.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import cycle
from typing import Any
from zoneinfo import ZoneInfo

from relance.accounts.models import Company, Membership, Rate, Role, Team, User, Visibility
from relance.accounts.people import SYSTEM, Actor, actor_for
from relance.lib import clock
from relance.records.models import Label, Pipeline, Stage
from relance.records.unit_of_work import write

TEXTS = (
    "Été", "ETE", "été", "ete", "Hiver en été", "L’Œuvre d'été", "oeuvre", "ŒUVRE", "100% sûr",
    "100 percent", "a_b", "axb", "İstanbul", "istanbul", "ISTANBUL", "ıstanbul", "Straße", "STRASSE",
    "strase", 'say "hi"', "back\\slash", "l'eau", "Ελλάς", "ΕΛΛΑΣ", "two  spaces", "ﬁn", "fin", "Zoe\u0308",
    "Zoé", "\u200bhidden", "\u0301", "😀 smile", "null", "true", "1", "[]", "{}", "$.title", "é", "z", "Œ",
    "of", "Ł ødz", "Lodz", "ʼn", "Ǆ", "%", "_", "\\", "'", "--", "x'; DROP TABLE x",
)  # fmt: skip
LONG = "\n".join(("First line", "Second line, été\tafter a tab", "x" * 5_000, "needle at the end"))

#: Rates for one unit, in euros. At 0.5 every odd amount rounds; CHF has no rate, and NOK none that counts.
RATES = {"USD": "0.9", "JPY": "0.00625", "KWD": "2.95", "GBP": "1.1234567891", "SEK": "0.5", "NOK": "0"}
CURRENCIES = ("EUR", *RATES, "CHF")
AMOUNTS = (-(10**15), -5, -3, -1, 0, 1, 3, 5, 7, 9, 11, 15, 112, 900, 999, 1000, 1001, 10**15)

EMAILS = (
    ("ana@example.com",), ("ANA@EXAMPLE.COM",), ("one@first.example", "two@second.example"),
    ("a_b@example.com",), ("a%b@example.com",), ("axb@example.com",), ("o'neil+tag@bücher.example",),
)  # fmt: skip
PHONES = (
    ("+33 1 23 45 67 89",), ("01.23.45.67.89",), ("(0)1-23 x12",), ("12 34", "56 78"), ("0+0",),
    ("---", "555"), ("x x x",),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Setting:
    """When and where is asked."""

    zone: str
    now: datetime

    @property
    def today(self) -> date:
        return self.now.astimezone(ZoneInfo(self.zone)).date()

    def days(self) -> Iterator[date]:
        """Days at the edges of what operators tell apart."""
        today = self.today
        monday = today - timedelta(today.weekday())
        first = today.replace(day=1)
        following = (first + timedelta(31)).replace(day=1)
        for day in (today, monday, monday + timedelta(7), first, following):
            yield from (day - timedelta(1), day)
        for far in (1, 2, 6, 7, 8, 29, 30, 31, 366):
            yield from (today - timedelta(far), today + timedelta(far))

    def moments(self) -> Iterator[datetime]:
        """The first and the last instants of those days, and now."""
        yield self.now
        for day in sorted(set(self.days())):
            begin = datetime.combine(day, time(), ZoneInfo(self.zone)).astimezone(UTC)
            yield from (begin, begin - timedelta(microseconds=1))


#: Already the next month in Paris; half a minute into a day that begins twice; far ahead of UTC, at the end of a year.
SETTINGS = {
    "Paris": Setting("Europe/Paris", datetime(2026, 3, 31, 22, 30, tzinfo=UTC)),
    "St John's": Setting("America/St_Johns", datetime(2010, 11, 7, 2, 30, 30, tzinfo=UTC)),
    "Kiritimati": Setting("Pacific/Kiritimati", datetime(2024, 12, 31, 9, 59, 59, 5, tzinfo=UTC)),
}
#: The clocks of St John's go back across midnight.
TWICE = tuple(
    datetime(2010, 11, 7, *parts, tzinfo=UTC)
    for parts in ((2, 29, 59), (2, 30), (2, 31), (3, 29, 59), (3, 30))
)
MOMENTS = tuple(
    sorted({moment for setting in SETTINGS.values() for moment in setting.moments()} | set(TWICE))
)
DAYS = tuple(sorted({day for setting in SETTINGS.values() for day in setting.days()}))


@dataclass
class Corpus:
    """What was built: who and what can be asked about, by name."""

    users: dict[str, int]
    teams: list[int]
    stages: list[int]
    pipelines: list[int]
    labels: list[int]
    records: dict[str, list[int]]

    def actor(self, name: str) -> Actor:
        return actor_for(self.users[name])


def money(amount: int, currency: str) -> dict[str, Any]:
    return {"amount": amount, "currency": currency}


def build() -> Corpus:
    """Write all of it. The time goes back and forth; the clock is put back by the caller."""
    corpus = _company()
    _organizations(corpus)
    _people(corpus)
    _deals(corpus)
    _leads(corpus)
    _activities(corpus)
    clock.set_clock(None)
    with write(SYSTEM) as change:
        for record_type, ids in corpus.records.items():
            if record_type != "activity":
                for record_id in ids[3::9]:
                    change.delete(record_type, record_id)
    # Only now, so that everybody could link everything.
    company = Company.get()
    company.visibility = Visibility.TEAM
    company.save()
    return corpus


def _company() -> Corpus:
    Company(id=1, name="Kestrel", currency="EUR", timezone="Europe/Paris").save()
    for currency, rate in RATES.items():
        Rate.objects.create(currency=currency, rate=rate)
    roles = {"claire": Role.ADMINISTRATOR, "tom": Role.LEADER, "ana": Role.MEMBER, "ben": Role.MEMBER}
    users = {
        name: User.objects.create_user(f"{name}@kestrel.example", name=name.title(), role=role)
        for name, role in roles.items()
    }
    teams = [Team.objects.create(name=name) for name in ("North", "South", "Nobody's")]
    for name, team in (("tom", 0), ("ana", 0), ("ana", 1), ("claire", 1)):
        Membership.objects.create(team=teams[team], user=users[name])
    pipelines = [Pipeline.objects.create(name=name) for name in ("New business", "Renewals")]
    stages = [
        Stage.objects.create(pipeline=pipeline, name=name, position=place, probability=20 * place)
        for pipeline in pipelines
        for place, name in enumerate(("Qualified", "Proposal", "Negotiation"))
    ]
    labels = [Label.objects.create(name=f"Label {number}") for number in range(12)]
    return Corpus(
        users={name: user.pk for name, user in users.items()},
        teams=[team.pk for team in teams],
        stages=[stage.pk for stage in stages],
        pipelines=[pipeline.pk for pipeline in pipelines],
        labels=[label.pk for label in labels],
        records={},
    )


def _contacts(values: tuple[str, ...] | None) -> list[dict[str, Any]]:
    return [
        {"value": value, "kind": "work", "primary": place == 0} for place, value in enumerate(values or ())
    ]


def _labels(corpus: Corpus) -> cycle[list[int]]:
    one, two, *_, eleven, twelve = corpus.labels
    return cycle(([], [one], [two, one], [eleven], [one, twelve], [two, eleven, twelve], list(corpus.labels)))


def _owners(corpus: Corpus) -> cycle[int | None]:
    # Five, so that they meet other cycles in ever new pairs.
    return cycle((None, *corpus.users.values()))


def _organizations(corpus: Corpus) -> None:
    ids = corpus.records["organization"] = []
    owners, labels = _owners(corpus), _labels(corpus)
    ratings, industries, countries = (
        cycle((None, "A", "B", "D")),
        cycle((None, "retail", "other")),
        cycle(("FR", None, "GB")),
    )
    numbers, phones = cycle((None, 0, 1, 49, 50, 51, 10_000_000)), cycle((None, *PHONES))
    cities = cycle((None, *reversed(TEXTS)))
    for place, text in enumerate(TEXTS):
        actor = SYSTEM if place % 2 else corpus.actor("claire")
        with write(actor) as change:
            ids.append(
                change.create(
                    "organization",
                    {
                        "name": text,
                        "rating": next(ratings),
                        "industry": next(industries),
                        "country": next(countries),
                        "employees": next(numbers),
                        "phones": _contacts(next(phones)),
                        "city": next(cities),
                        "labels": next(labels),
                        "owner": next(owners),
                        "website": "https://Été.example/100%" if place % 3 else None,
                        "street": f"{place} rue de l’Église" if place % 2 else None,
                        "postcode": f"{place:05}" if place % 4 else None,
                    },
                )
            )


def _people(corpus: Corpus) -> None:
    ids = corpus.records["person"] = []
    owners, labels, sources = _owners(corpus), _labels(corpus), cycle((None, "website", "other"))
    organizations, titles = cycle((None, *corpus.records["organization"])), cycle((*TEXTS, None, None))
    with write(SYSTEM) as change:
        for emails in (None, *EMAILS):
            for phones in (None, *PHONES):
                ids.append(
                    change.create(
                        "person",
                        {
                            "name": f"Zoë {len(ids)}" if len(ids) % 2 else "Jean-François",
                            "job_title": next(titles),
                            "emails": _contacts(emails),
                            "phones": _contacts(phones),
                            "organization": next(organizations),
                            "source": next(sources),
                            "labels": next(labels),
                            "owner": next(owners),
                        },
                    )
                )


def _deals(corpus: Corpus) -> None:
    ids = corpus.records["deal"] = []
    owners, labels, stages = _owners(corpus), _labels(corpus), cycle(corpus.stages)
    titles, days, states = cycle(TEXTS), cycle((None, *DAYS)), cycle(("open", "won", "lost"))
    people, organizations = (
        cycle((None, *corpus.records["person"])),
        cycle((None, None, *corpus.records["organization"])),
    )
    chances, currencies, amounts = cycle((None, 0, 1, 50, 100)), cycle(CURRENCIES), cycle((*AMOUNTS, None))
    sources = cycle((None, "website", "other", "referral"))
    for moment in MOMENTS:
        clock.set_clock(lambda moment=moment: moment)  # type: ignore[misc]
        amount, currency, state = next(amounts), next(currencies), next(states)
        with write(SYSTEM if len(ids) % 3 else corpus.actor("tom")) as change:
            ids.append(
                change.create(
                    "deal",
                    {
                        "title": next(titles),
                        "value": None if amount is None else money(amount, currency),
                        "stage": next(stages),
                        "status": state,
                        "probability": next(chances),
                        "expected_close": (day := next(days)) and day.isoformat(),
                        "person": next(people),
                        "organization": next(organizations),
                        "source": next(sources),
                        "labels": next(labels),
                        "owner": next(owners),
                        "lost_reason": "Trop cher" if state == "lost" and len(ids) % 2 else None,
                    },
                )
            )
    clock.set_clock(None)


def _leads(corpus: Corpus) -> None:
    ids = corpus.records["lead"] = []
    owners, labels, titles = _owners(corpus), _labels(corpus), cycle(TEXTS)
    people, organizations = (
        cycle((*corpus.records["person"], None)),
        cycle((*corpus.records["organization"], None)),
    )
    with write(corpus.actor("claire")) as change:
        for value in (None, *(money(amount, currency) for currency in CURRENCIES for amount in AMOUNTS)):
            ids.append(
                change.create(
                    "lead",
                    {
                        "title": next(titles),
                        "value": value,
                        "archived": len(ids) % 3 == 0,
                        "person": next(people),
                        "organization": next(organizations),
                        "source": None if len(ids) % 4 else "campaign",
                        "labels": next(labels),
                        "owner": next(owners),
                    },
                )
            )


def _activities(corpus: Corpus) -> None:
    """One for each record of another type, and some for none."""
    ids = corpus.records["activity"] = []
    owners, labels, kinds = _owners(corpus), _labels(corpus), cycle(("call", "meeting", "task"))
    notes, times = cycle((None, LONG, *TEXTS)), cycle((None, "09:30", "23:59"))
    lengths, days = cycle((None, 0, 30)), cycle((None, *DAYS))
    parents = [
        (link, record)
        for link in ("deal", "person", "organization", "lead")
        for record in corpus.records[link]
    ]
    with write(corpus.actor("claire")) as change:
        for link, record in (*parents, *[(None, None)] * 5):
            ids.append(
                change.create(
                    "activity",
                    {
                        "subject": f"Activity {len(ids)}",
                        "type": next(kinds),
                        "done": len(ids) % 2 == 0,
                        "note": next(notes),
                        "due_date": (day := next(days)) and day.isoformat(),
                        "due_time": next(times),
                        "duration": next(lengths),
                        "participants": [f"user:{corpus.users['ana']}"] if len(ids) % 3 == 0 else [],
                        "labels": next(labels),
                        "owner": next(owners),
                        **({link: record} if link else {}),
                    },
                )
            )
