"""``python -m relance demo_data``: the demo company, without serving it."""

from __future__ import annotations

import time
from typing import Any

from django.core.management.base import BaseCommand

from relance.accounts.models import User
from relance.commands.demo.seed import seed


class Command(BaseCommand):
    help = (
        "Makes the demo company in an empty database. Where somebody has a login already, nothing is touched."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        if User.objects.exists():
            self.stdout.write("There are users already: the data is kept as it is.")
            return
        started = time.monotonic()
        seed()
        self.stdout.write(f"The demo company is ready ({time.monotonic() - started:.1f} s).")
