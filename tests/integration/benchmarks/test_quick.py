"""The benchmarks run, and the floor does what the engine does. How fast is asked by ``make bench`` alone."""

from __future__ import annotations

import os
import re
import subprocess
import sys

from django.db import connection

from tests import scratch


def test_a_quick_run_prints_its_figures() -> None:
    command = [
        sys.executable,
        "-m",
        "tests.benchmarks",
        "B1",
        "B4",
        "--quick",
        "--database",
        connection.vendor,
    ]
    result = subprocess.run(
        command, cwd=scratch.ROOT, env=dict(os.environ), capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stdout + result.stderr
    line = rf"^{{}} {connection.vendor} \d+\.\d\d of .+ \(goal 0\.\d\)( missed)?$"
    for name in ("B1", "B4"):
        assert re.search(line.format(name), result.stdout, re.MULTILINE), result.stdout
