"""What Terraform itself makes of an expression, in a folder without providers."""

from __future__ import annotations

import base64
import json
import os
import subprocess
from typing import TYPE_CHECKING, Any

from runner import environment, executable

if TYPE_CHECKING:
    from pathlib import Path


def evaluate(folder: Path, expression: str) -> Any:
    """The value of an expression with the local values of a folder."""
    terraform = executable.find(os.environ)
    done = subprocess.run(
        [*terraform.command, f"-chdir={folder}", "console"],
        input=f"base64encode(jsonencode({expression}))\n",
        cwd=terraform.cwd,
        env=environment.build(os.environ),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(base64.b64decode(done.stdout.strip().strip('"')))
