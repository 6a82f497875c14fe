"""Which commands find the provider running (`runner.attached`), and that it is the program of the lock file.

And which do not read it at all, because they do not call it (`unread`).

Terraform compares the provider's package with the checksum in the lock file before each command, but not that of a
provider that it only connects to. So it is done here, and again whenever a file of the package has changed since.

Terraform starts its own provider, as always, where

- an `apply` changes a real account: it takes minutes, and the second that it would save is not worth a difference from
  what HashiCorp supports;
- a stack has two configurations of it, which need a process each;
- it is configured a second time by the same command, which it refuses if there is an `AWS_CA_BUNDLE`: the plan of a
  destroy first plans without it (`destroyPlan` in
  https://github.com/hashicorp/terraform/blob/v1.11.4/internal/terraform/context_plan.go). The emulator needs none, and
  the profiles of a real account may name one too;
- a stack has another provider;
- `TF_LOG` or one of its kind is set: what the provider logs must reach Terraform's log;
- Terraform is OpenTofu, for which none of this is tested.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import select
import sys
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from runner import attached, environment
from runner.processes import Start
from runner.provider_mirror import Wanted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from runner.executable import Executable
    from synthesis.manifest import Stack

LOCK_FILE: Final = ".terraform.lock.hcl"
_ADDRESS: Final = "registry.terraform.io/hashicorp/aws"
_END_SECONDS: Final = 30  # for what takes a tenth of one: a run must not wait forever for what was stopped
_READING: Final = frozenset({"plan", "show", "validate"})
_CHANGING: Final = frozenset({"apply"})
_CALLING_NONE: Final = frozenset({"force-unlock", "output", "state", "workspace"})
_DESTROY: Final = "-destroy"
_LOCKED: Final = re.compile(rf'provider "{re.escape(_ADDRESS)}" {{.*?^}}', re.DOTALL | re.MULTILINE)
_CHECKSUM: Final = re.compile(r'"(h1:[^"]+)"')

_NOWHERE: Final = {
    "Protocol": "grpc",
    "ProtocolVersion": 5,
    "Pid": 1,
    "Test": True,
    "Addr": {"Network": "unix", "String": "/nowhere"},
}
"""https://developer.hashicorp.com/terraform/plugin/debugging#running-terraform-with-a-provider-in-debug-mode"""

_checking = threading.Lock()
_checksums: dict[Path, tuple[object, str]] = {}


@dataclass
class Attachment:
    """A command with its provider. `crash` says how the provider ended, if it ended before Terraform."""

    start: Start
    crash: str = ""


def packages(stack: Stack, executable: Executable, data: Path) -> list[Path] | None:
    """Where `init` puts the stack's providers; None if a version is not exact."""
    wanted = Wanted(frozenset(stack.required_providers.items()), executable.registry, executable.platform)
    addresses = list(wanted.addresses())
    if not all(version for _, version in addresses):
        return None
    return [data / "providers" / address / version / executable.platform for address, version in addresses]


def find(
    arguments: Sequence[str],
    stack: Stack,
    executable: Executable,
    environ: Mapping[str, str],
    *,
    data: Path,
    config: Path,
) -> Path | None:
    """The provider's program to start for this command; None where Terraform must start it."""
    if not _may_find_it_running(arguments, environ) or list(stack.document.get("provider", {})) != ["aws"]:
        return None
    if len(stack.providers) != 1 or stack.providers[0].get("alias"):
        return None
    program = _program(stack, executable, data)
    return program if program and _is_locked(program.parent, config / LOCK_FILE) else None


def unread(
    arguments: Sequence[str], stack: Stack, executable: Executable, *, data: Path, config: Path
) -> dict[str, str]:
    """Variables with which a command does not read a provider that it does not call; none where that is not sure.

    Before `state`, `output` and the like Terraform computes the checksum of the provider's 700 MB, and in an `init`
    that finds it installed more than once. For a provider that runs already it does not: it gets one that is nowhere.
    """
    program = _program(stack, executable, data)
    if program is None:
        return {}
    if arguments[0] in _CALLING_NONE or (arguments[0] == "init" and _is_locked(program.parent, config / LOCK_FILE)):
        return {attached.REATTACH: json.dumps({_ADDRESS: _NOWHERE})}
    return {}


def _program(stack: Stack, executable: Executable, data: Path) -> Path | None:
    """The AWS provider's program, if the stack has no other provider and `init` has installed it."""
    found = packages(stack, executable, data)
    if not found or len(found) > 1 or not found[0].is_relative_to(data / "providers" / _ADDRESS):
        return None
    return next((program.resolve() for program in sorted(found[0].glob("terraform-provider-aws*"))), None)


def _may_find_it_running(arguments: Sequence[str], environ: Mapping[str, str]) -> bool:
    if any(name.startswith("TF_LOG") for name in environ):
        return False
    if not environment.is_emulator(environ):
        return arguments[0] in _READING and _DESTROY not in arguments
    if _DESTROY in arguments and environ.get("AWS_CA_BUNDLE"):
        return False
    return arguments[0] in _READING | _CHANGING


def _is_locked(package: Path, lock_file: Path) -> bool:
    """Whether the lock file has this package; otherwise Terraform says itself what is wrong."""
    try:
        locked = _LOCKED.search(lock_file.read_text(encoding="utf-8"))
        return locked is not None and checksum(package) in _CHECKSUM.findall(locked[0])
    except OSError:
        return False


def checksum(package: Path) -> str:
    """The package's `h1:` checksum, computed again only if a file has changed.

    https://pkg.go.dev/golang.org/x/mod/sumdb/dirhash#Hash1
    """
    with _checking:  # stacks that run in parallel wait for the first one
        files = sorted(path for path in package.rglob("*") if path.is_file())
        found = [(path, path.stat()) for path in files]
        seen = [(path, stat.st_ino, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns) for path, stat in found]
        if package not in _checksums or _checksums[package][0] != seen:
            _checksums[package] = (seen, _compute_checksum(package, files))
        return _checksums[package][1]


def _compute_checksum(package: Path, files: Sequence[Path]) -> str:
    lines = hashlib.sha256()
    for path in sorted(files, key=lambda path: path.relative_to(package).as_posix()):
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        lines.update(f"{digest}  {path.relative_to(package).as_posix()}\n".encode())
    return f"h1:{base64.b64encode(lines.digest()).decode()}"


@contextmanager
def attach(
    program: Path | None, command: Sequence[str], environ: Mapping[str, str], *, config: Path, log: Path
) -> Iterator[Attachment]:
    """Start the command by this; at the end the provider has ended too. Without a program it is the command itself.

    Args:
        program: The provider's.
        command: Terraform's.
        environ: For both of them.
        config: Where the provider finds the files that the configuration names, as Terraform does.
        log: What the provider prints.
    """
    if program is None:
        yield Attachment(Start(command, environ))
        return
    reading, writing = os.pipe()
    settings = {
        attached.PROGRAM: str(program),
        attached.ADDRESS: _ADDRESS,
        attached.FOLDER: str(config.resolve()),
        attached.LOG: str(log.resolve()),
        attached.DONE: str(writing),
    }
    starter = [sys.executable, "-IS", str(Path(attached.__file__).resolve()), *command]
    attachment = Attachment(Start(starter, {**environ, **settings}, (writing,)))
    try:
        yield attachment
    finally:
        os.close(writing)
        with os.fdopen(reading, encoding="utf-8") as answers:
            if select.select([answers], [], [], _END_SECONDS)[0]:  # when the keeper has ended
                attachment.crash = answers.read()
