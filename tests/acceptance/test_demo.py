from __future__ import annotations

import subprocess

from acceptance.demo import export_command


def test_the_command_that_is_printed_sets_every_variable() -> None:
    variables = {"AWS_REGION": "us-east-1", "HTTP_PROXY": "http://127.0.0.1:5000", "NO_PROXY": "127.0.0.1,localhost"}
    command = export_command(variables)
    assert command.splitlines() == [
        "  export AWS_REGION=us-east-1 \\",
        "         HTTP_PROXY=http://127.0.0.1:5000 \\",
        "         NO_PROXY=127.0.0.1,localhost",
    ]
    ran = subprocess.run(["/bin/sh", "-c", f"{command}\nenv"], env={}, capture_output=True, text=True, check=True)
    assert {f"{name}={value}" for name, value in variables.items()} <= set(ran.stdout.splitlines())
