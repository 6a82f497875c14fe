"""The processes of this machine, as a test looks for those that it, or what it tests, has started."""

from __future__ import annotations

import subprocess


def processes_with(text: str) -> dict[int, str]:
    """Every process that has `text` in its command line, by its id."""
    # -ww: where COLUMNS is set, ps cuts its lines, and nothing would be found behind the cut.
    listed = subprocess.run(["ps", "-wweo", "pid=,args="], capture_output=True, text=True, check=True).stdout  # noqa: S607
    found = (line.split(maxsplit=1) for line in listed.splitlines())
    return {int(pid): command for pid, command in found if text in command}
