"""The settings under test: those of the product, with a database of its own for each run and a cheap password hasher.

``DATABASE_URL`` chooses the database system, as everywhere. The name of the test database is unique, so that two
checkouts can run their tests on the same PostgreSQL server at the same time.
"""

from __future__ import annotations

import os
import tempfile
import uuid
from pathlib import Path

os.environ.setdefault("SECRET_KEY", "only for tests, never for data that matters")

from relance.settings import *  # noqa: F403
from relance.settings import DATABASES

#: One name for all processes of a run: the workers inherit it from the process that starts them.
RUN = os.environ.setdefault("RELANCE_TEST_RUN", uuid.uuid4().hex)
TEST_DATABASE = f"relance_test_{RUN[:16]}"

#: Files of this run; tests/conftest.py removes it.
DIRECTORY = Path(tempfile.gettempdir()) / TEST_DATABASE
DIRECTORY.mkdir(parents=True, exist_ok=True)

DATABASE = DATABASES["default"]
if DATABASE["ENGINE"].endswith("sqlite3"):
    # A file, as in production: threads and processes must meet in it. Only its durability is given up, for speed.
    DATABASE["TEST"] = {"NAME": str(DIRECTORY / "relance.sqlite3")}
    DATABASE["OPTIONS"]["init_command"] = DATABASE["OPTIONS"]["init_command"].replace(
        "synchronous=FULL", "synchronous=OFF"
    )
else:
    DATABASE["TEST"] = {"NAME": TEST_DATABASE}

PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.MD5PasswordHasher",
    "django.contrib.auth.hashers.Argon2PasswordHasher",
]
