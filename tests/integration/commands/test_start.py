"""What the commands that serve do before they serve."""

from __future__ import annotations

import io
import logging
import socket

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from relance.accounts import tokens
from relance.accounts.models import User
from relance.commands import start


def test_a_port_in_use_is_said_in_a_sentence():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(CommandError, match="Choose another one"):
            start.listen("127.0.0.1", taken.getsockname()[1])


def test_the_address_can_be_opened_in_a_browser():
    for host, shown in (("127.0.0.1", "127.0.0.1"), ("0.0.0.0", "127.0.0.1"), ("::1", "[::1]")):
        server = start.listen(host, 0)
        assert start.address(server) == f"http://{shown}:{server.getsockname()[1]}"
        server.close()


@pytest.mark.parametrize(("version", "warned"), [((3, 40, 1), True), ((3, 51, 2), True), ((3, 51, 3), False)])
def test_a_faulty_sqlite_is_warned_about(version, warned, caplog):
    with caplog.at_level(logging.WARNING):
        start.warn_about_sqlite(version)
    assert bool(caplog.records) == (warned and connection.vendor == "sqlite")


def test_a_key_for_the_api_is_printed_once(db):
    ana = User.objects.create_user("ana@example.com", name="Ana")
    out = io.StringIO()
    call_command("token", "Ana@example.com", "Spreadsheet", stdout=out)
    assert tokens.user_of(out.getvalue().strip()) == ana
    with pytest.raises(CommandError):
        call_command("token", "nobody@example.com", "x")
