"""Runs the application's migrations in the image that will be deployed, signed in as the owner of the schemas.

In the image, not on the machine of the build: what is tested and promoted is one thing, by its digest, and it has the
certificates that the urls name. No url is in a command line or in the output.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote, urlsplit

from build_steps.commands import StepError, main, run, variable
from build_steps.inputs import build_of
from build_steps.registry import Repository

if TYPE_CHECKING:
    from collections.abc import Iterable

URLS: Final = ("DATABASE_URL", "DOCUMENTDB_URL")
_HIDDEN: Final = "***"
_UNSET: Final = "unset"  # what Terraform writes before the function has made the role


def secrets_in(urls: Iterable[str]) -> list[str]:
    """What must not be printed of the urls, the longest first: all of them, and their passwords."""
    found = set()
    for url in urls:
        password = urlsplit(url).password or ""
        found |= {url, password, unquote(password)}
    return sorted(found - {""}, key=len, reverse=True)


def hide(line: str, secrets: Iterable[str]) -> str:
    """A line without them."""
    for secret in secrets:
        line = line.replace(secret, _HIDDEN)
    return line


def command() -> list[str]:
    """The program and its arguments, from a JSON list."""
    text = variable("MIGRATE_COMMAND")
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, list) or not found or not all(isinstance(word, str) for word in found):
        message = f'MIGRATE_COMMAND is {text}; it must be a list of words, like ["node", "migrate.js"]'
        raise StepError(message)
    return found


def migrate(image: str, words: list[str]) -> None:
    """Run the migrations; what they print is printed, without secrets.

    Raises:
        StepError: The url is missing, or the command failed.
    """
    given = {name: value for name in URLS if (value := os.environ.get(name))}
    if not given:
        message = f"none of {' and '.join(URLS)} is set; read the url of the role `owner` by `parameter-store`"
        raise StepError(message)
    if unset := [name for name, value in given.items() if value == _UNSET]:
        message = f"{', '.join(unset)} has no url yet: the role `owner` is made by an apply of the layer `data`"
        raise StepError(message)
    run("docker", "pull", "--quiet", image)
    docker = shutil.which("docker") or "docker"
    passed = [word for name in (*given, "ENVIRONMENT") for word in ("--env", name)]  # by name: docker reads the values
    arguments = [
        *(docker, "run", "--rm", "--init", "--network", "host", "--read-only", "--tmpfs", "/tmp"),  # noqa: S108 (in the container)
        *("--cap-drop", "ALL", "--security-opt", "no-new-privileges", *passed),
        # The command as it is: the entry point of the image may start the service instead.
        *("--entrypoint", words[0], image, *words[1:]),
    ]
    hidden = secrets_in(given.values())
    with subprocess.Popen(
        arguments, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
    ) as process:
        for line in process.stdout or ():
            print(hide(line.rstrip("\n"), hidden), flush=True)
    if process.returncode:
        message = (
            f"the migrations failed with exit code {process.returncode}, see above; nothing was deployed: correct them "
            "with a further migration and start the pipeline again"
        )
        raise StepError(message)


def _step() -> None:
    build = build_of(variable("MIGRATE_SERVICE"))
    Repository.parse(build.repository).log_in()
    print(f"migrations of {build.image}")
    migrate(build.image, command())


if __name__ == "__main__":
    main(_step)
