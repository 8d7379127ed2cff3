"""The ASGI application that ``relance serve`` runs."""

from __future__ import annotations

import os

from django.core.asgi import get_asgi_application

from relance.lib.body_limit import BodyLimit

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "relance.settings")

application = BodyLimit(get_asgi_application())
