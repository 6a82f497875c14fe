"""Asks Terraform for the schemas of providers once for each version, and keeps what is needed of them."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from hcl.schema import BUILT_IN, Schemas, compact
from runner import environment, executable, provider_mirror
from runner.errors import RunnerError
from runner.files import write_atomically
from synthesis.manifest import OutputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from runner.executable import Executable

CHECKOUT: Final = Path(__file__).resolve().parents[1]
WORK: Final = CHECKOUT / ".terraform-work"
"""Where the runner keeps what can be lost."""

_FORMAT: Final = "1"
"""Part of the file's name: another version of `compact` does not read what this one has written."""

_SECONDS: Final = 600


def load_schemas(
    required: Iterable[tuple[str, str]], *, work: Path = WORK, environ: Mapping[str, str] = os.environ
) -> tuple[Executable, Schemas]:
    """Terraform, and the schemas of providers.

    Args:
        required: Source and version of each provider; a version that is a constraint is asked for on every call.
        work: Where the schemas are kept, below `schemas/`.
        environ: The caller's variables.

    Raises:
        OutputError: There is no Terraform, or it cannot get a provider.
    """
    try:
        return _load(sorted({*required}), work, environ)
    except RunnerError as error:
        raise OutputError(error.message, error.remedy) from error
    except OSError as error:
        message = f"{error.filename or work} cannot be written: {error.strerror or error}."
        raise OutputError(message, "Correct that, then repeat.") from error


def _load(providers: list[tuple[str, str]], work: Path, environ: Mapping[str, str]) -> tuple[Executable, Schemas]:
    terraform = executable.find(environ)
    wanted = provider_mirror.Wanted(frozenset(providers), terraform.registry, terraform.platform)
    installation = provider_mirror.prepare(wanted, environ, work, cache=work / "plugins")
    exact = all(version for _, version in wanted.addresses())
    file = work / "schemas" / f"{_file_name(providers, terraform)}.json"
    content = _read(file) if exact else None
    if content is None:
        variables = {**environment.build(environment.without_account(environ)), **installation.variables}
        content = compact(_ask(terraform, providers, variables))
        if exact:
            write_atomically(file, json.dumps(content, separators=(",", ":")))
    return terraform, Schemas(content, terraform.registry)


def _file_name(providers: list[tuple[str, str]], terraform: Executable) -> str:
    named = "_".join(re.sub(r"[^\w.-]+", "-", f"{source}-{version}") for source, version in providers)
    digest = hashlib.sha256(json.dumps([_FORMAT, providers, terraform.registry, terraform.version]).encode())
    return f"{named[:80]}-{digest.hexdigest()[:12]}"


def _read(file: Path) -> dict[str, Any] | None:
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return content if isinstance(content, dict) and BUILT_IN in content else None


def _ask(terraform: Executable, providers: list[tuple[str, str]], variables: Mapping[str, str]) -> dict[str, Any]:
    document = {
        "terraform": {
            "required_providers": {
                f"p{number}": {"source": source, **({"version": version} if version else {})}
                for number, (source, version) in enumerate(providers)
            }
        },
        "data": {"terraform_remote_state": {"any": {"backend": "local"}}},  # brings the built-in provider
    }
    with tempfile.TemporaryDirectory(prefix="schemas-") as name:
        folder = Path(name).resolve()
        (folder / "main.tf.json").write_text(json.dumps(document), encoding="utf-8")
        run(terraform, folder, ["init", "-backend=false", "-input=false", "-no-color"], variables)
        printed = run(terraform, folder, ["providers", "schema", "-json"], variables)
    schemas: dict[str, Any] = json.loads(printed)
    return schemas


def run(terraform: Executable, folder: Path, arguments: list[str], variables: Mapping[str, str]) -> str:
    """What a command of Terraform prints.

    Raises:
        OutputError: It failed; the message has its errors.
    """
    command = [*terraform.command, f"-chdir={folder}", *arguments]
    try:
        done = subprocess.run(
            command,
            cwd=terraform.cwd,
            env=dict(variables),
            capture_output=True,
            text=True,
            encoding="utf-8",
            errors="replace",
            timeout=_SECONDS,
            check=False,
        )
    except (OSError, subprocess.SubprocessError) as error:
        message = f"terraform {arguments[0]} cannot be run: {error}."
        raise OutputError(message, "Correct that, then repeat.") from error
    if done.returncode:
        reason = (done.stderr or done.stdout).strip()
        message = f"terraform {arguments[0]} failed: {reason}"
        raise OutputError(message, "Correct that, then repeat.")
    return done.stdout
