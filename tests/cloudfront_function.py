"""Runs the JavaScript of a CloudFront Function with Node."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from typing import Any

from synthesis import variables


def answers(code: str, *requests: dict[str, Any]) -> list[dict[str, Any]]:
    """What the function returns for each request, in one process."""
    node = os.environ.get(variables.NODE) or shutil.which("node")
    assert node, "jsii needs Node, so there is one"
    program = f"{code}\nconst events = {json.dumps([{'request': one} for one in requests])};\n"
    program += "console.log(JSON.stringify(events.map((event) => handler(event))));"
    environment = {name: value for name, value in os.environ.items() if name != "NODE_OPTIONS"}
    done = subprocess.run(
        [node, "--input-type=commonjs", "-"],
        input=program,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found
