"""What ``demo``, ``run`` and ``serve`` share: making an installation ready, and serving it."""

from __future__ import annotations

import logging
import os
import signal
import socket
import sqlite3
import sys
import threading
from collections.abc import Callable

import uvicorn
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError, CommandParser
from django.db import connection, connections
from django.utils import autoreload

from relance.commands import translations

log = logging.getLogger(__name__)


def prepare() -> None:
    """Bring the database and the translated texts up to date."""
    if connection.vendor == "sqlite":
        settings.VAR_DIR.mkdir(parents=True, exist_ok=True)
    call_command("migrate", interactive=False, verbosity=0)
    translations.compile_all()


def add_arguments(parser: CommandParser) -> None:
    """The options of every command that ends up serving."""
    parser.add_argument("--host", default=os.environ.get("HOST", "127.0.0.1"))
    parser.add_argument(
        "--port", type=int, default=int(os.environ.get("PORT", "8000")), help="0: any free one"
    )
    parser.add_argument("--reload", action="store_true", help="Start again whenever a file changes.")


def run(action: Callable[[], None], *, reload: bool) -> None:
    """Do ``action``, and with ``reload`` do it anew in a fresh process whenever a source file changes."""
    if reload:
        autoreload.run_with_reloader(action)
    else:
        action()


def listen(host: str, port: int) -> socket.socket:
    """Take the address before anything else is done, so that a port in use is said at once.

    Raises:
        CommandError: the address is in use or not ours.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    server = socket.socket(family, socket.SOCK_STREAM)
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        server.bind((host, port))
    except OSError as error:
        server.close()
        raise CommandError(
            f"Port {port} of {host} cannot be used ({error.strerror}). Choose another one: PORT=8001 make …"
        ) from error
    return server


def address(server: socket.socket) -> str:
    """The address people open in their browser."""
    host, port = server.getsockname()[:2]
    if host in {"0.0.0.0", "::"}:  # noqa: S104
        host = "127.0.0.1"
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


def warn_about_sqlite(version: tuple[int, int, int] = sqlite3.sqlite_version_info) -> None:
    """Say so when the SQLite of this machine can, in a rare race, corrupt the database."""
    if connection.vendor == "sqlite" and (3, 7, 0) <= version < (3, 51, 3):
        log.warning(
            "SQLite %s has a rare fault that can corrupt a database in WAL mode (mended in 3.51.3). "
            "Update it when you can, keep backups, and never open the file from another program while Relance runs.",
            ".".join(map(str, version)),
        )


def serve(server: socket.socket) -> None:
    """Serve pages and API, with the automation engine beside them, until the process is told to stop."""
    # Imported late: both read models, and `prepare` may be what creates their tables.
    from relance.asgi import application
    from relance.automation.engine import start_embedded_engine
    from relance.outbound.delivery import start_delivery

    config = uvicorn.Config(
        application,
        lifespan="off",
        log_level="warning",
        access_log=False,
        server_header=False,
        # Who may say from which address and by which scheme a request came: only a proxy that was named.
        proxy_headers=settings.HTTPS,
        # Pages that listen for changes keep their connection open; they open it again by themselves.
        timeout_graceful_shutdown=2,
    )
    warn_about_sqlite()
    if threading.current_thread() is threading.main_thread():
        # The server hands a signal on once it has closed its connections; by default that ends the process on the spot.
        signal.signal(signal.SIGTERM, signal.default_int_handler)
    settings.SITE_URL = settings.SITE_URL or address(server)
    delivery = start_delivery()
    engine = start_embedded_engine()
    try:
        uvicorn.Server(config).run(sockets=[server])
    except KeyboardInterrupt:
        sys.stdout.write("\n")
    finally:
        engine.stop()
        delivery.stop()
        # The last one to leave a SQLite database puts everything into its one file.
        connections.close_all()
        server.close()
