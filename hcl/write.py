"""Writes HCL: a folder for each stack, and one for each environment with all its stacks as one graph."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from hcl.blocks import MANAGED
from hcl.document import MAIN, files
from hcl.merge import Merged, Origin, merge
from hcl.names import named
from hcl.providers import Providers, required
from hcl.schema_file import load_schemas, run
from runner import environment as variables
from synthesis.folders import HCL, LAMBDAS
from synthesis.manifest import OutputError, of_environment, read_stacks

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from hcl.schema import Schemas
    from runner.executable import Executable
    from synthesis.manifest import Stack

ADDRESSES: Final = "addresses.json"
"""The file of a merged graph that says where each of its resources comes from."""

_SOURCE: Final = "# Written by `make hcl` from"
_CODE: Final = (LAMBDAS, "assets")
"""Folders beside a stack's JSON that its arguments name; the second one is of stock cdktf."""


@dataclass(frozen=True)
class Rendered:
    """The HCL of an environment."""

    environment: str
    folder: Path
    """The folder of the merged graph."""
    stacks: Mapping[str, Path]
    """The folder of each stack by its id."""
    addresses: Mapping[str, Origin]
    """For the address of each resource of the merged graph, where it comes from."""
    resources: int
    """How many resources, data sources and ephemeral resources the stacks have."""


def write(output: Path, environments: Sequence[str] = (), *, to: Path | None = None) -> list[Rendered]:
    """Write the HCL of environments.

    Args:
        output: The output of synthesis.
        environments: Their names; all if there are none.
        to: Where the folders go; `hcl/` below the output if it is not given.

    Raises:
        OutputError: The output, or the place to write to, is not usable; nothing was written.
    """
    stacks = read_stacks(output)
    names = list(environments) or list(dict.fromkeys(stack.environment for stack in stacks.values()))
    chosen = {name: of_environment(stacks, name) for name in names}
    if both := chosen.keys() & {id_ for each in chosen.values() for id_ in each}:
        message = f"{min(both)} is the name of a stack and of an environment, and both would have the same folder."
        raise OutputError(message, "Rename it, or write each environment by itself with --to.")
    terraform, schemas = load_schemas(_required(stack for each in chosen.values() for stack in each.values()))
    target = (to or output / HCL).resolve()
    try:
        target.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".new-", dir=target) as name:
            fresh = Path(name)
            rendered = [_write_environment(each, found, schemas, fresh) for each, found in chosen.items()]
            _format(terraform, fresh)
            for folder in sorted(fresh.iterdir()):
                _require_own(folder, target / folder.name)
            for each in rendered:
                _remove_absent_stacks(target, each)
            for folder in sorted(fresh.iterdir()):
                _replace(folder, target / folder.name)
    except OSError as error:
        message = f"{error.filename or target} cannot be written: {error.strerror or error}."
        raise OutputError(message, "Correct that, or name another folder with --to.") from error
    return [_moved(each, target) for each in rendered]


def write_merged(stacks: Mapping[str, Stack], folder: Path) -> Merged:
    """Write only the merged graph of some stacks, into a folder that exists; return it.

    Raises:
        OutputError: The stacks cannot be written as HCL.
    """
    terraform, schemas = load_schemas(_required(stacks.values()))
    merged = _write_merged(stacks, schemas, folder)
    _format(terraform, folder.resolve())
    return merged


def _write_environment(name: str, stacks: Mapping[str, Stack], schemas: Schemas, fresh: Path) -> Rendered:
    for id_, stack in stacks.items():
        folder = fresh / id_
        folder.mkdir()
        for file, text in files(stack.document, _providers(stack, schemas), id_).items():
            _write_file(folder / file, f"{_SOURCE} {id_}.\n\n{text}")
        for code in _CODE:
            if (stack.folder / code).is_dir():
                shutil.copytree(stack.folder / code, folder / code)
    (fresh / name).mkdir()
    merged = _write_merged(stacks, schemas, fresh / name)
    count = sum(key[0] in MANAGED for stack in stacks.values() for key in named(stack.document))
    return Rendered(name, fresh / name, {id_: fresh / id_ for id_ in stacks}, merged.addresses, count)


def _write_merged(stacks: Mapping[str, Stack], schemas: Schemas, folder: Path) -> Merged:
    merged = merge(stacks)
    environment = next(iter(stacks.values())).environment
    required_providers = merged.common["terraform"]["required_providers"]
    providers = Providers(schemas, {local: entry["source"] for local, entry in required_providers.items()})
    head = (
        f"{_SOURCE} all stacks of {environment}, for scanners: never apply it.\n"
        "# It has no backend, and no moved, import or removed blocks. What an output of another stack stands for is\n"
        "# written where it is read. A name that two stacks use starts with the stack's name, and each provider's\n"
        f"# alias is the stack that configures it; {ADDRESSES} says where each resource comes from.\n\n"
    )
    for file, text in files(merged.common, providers, environment).items():
        _write_file(folder / file, head + text)
    for name, document in merged.stacks.items():
        text = files(document, providers, name).get(MAIN, "")
        if text:
            path = folder / f"{name}.tf"
            while path.exists():  # a stack called `outputs`
                path = path.with_name(f"{path.stem}_.tf")
            _write_file(path, f"{_SOURCE} {environment}-{name}; see terraform.tf.\n\n{text}")
    addresses = {address: asdict(origin) for address, origin in merged.addresses.items()}
    _write_file(folder / ADDRESSES, json.dumps(addresses, indent=2) + "\n")
    return merged


def _required(stacks: Iterable[Stack]) -> set[tuple[str, str]]:
    return {entry for stack in stacks for entry in required(stack.document).values()}


def _providers(stack: Stack, schemas: Schemas) -> Providers:
    return Providers(schemas, {local: source for local, (source, _) in required(stack.document).items()})


def _write_file(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")


def _format(terraform: Executable, folder: Path) -> None:
    run(terraform, folder, ["fmt", "-recursive", "-list=false"], variables.build(os.environ))


def _require_own(fresh: Path, target: Path) -> None:
    """Refuse to replace what no earlier run wrote."""
    written = _written(target)
    for entry in fresh.iterdir():
        place = target / entry.name
        is_own = place in written if entry.suffix == ".tf" else bool(written)
        if os.path.lexists(place) and not is_own:
            message = f"{place} was not written by `make hcl`, which needs that name."
            raise OutputError(message, "Nothing was written: move it away, or name another folder with --to.")


def _replace(fresh: Path, target: Path) -> None:
    """Replace what an earlier run wrote, and keep everything else: a `.terraform`, a lock file, a state."""
    target.mkdir(exist_ok=True)
    _remove_written(target)
    for entry in sorted(fresh.iterdir(), key=lambda entry: entry.suffix != ".tf"):  # they say whose folder it is
        place = target / entry.name
        if entry.is_dir():
            shutil.rmtree(place, ignore_errors=True)
        entry.rename(place)


def _remove_absent_stacks(target: Path, rendered: Rendered) -> None:
    """Remove what an earlier run wrote for stacks that the environment does not have any more."""
    try:
        before = json.loads((target / rendered.environment / ADDRESSES).read_text(encoding="utf-8"))
        absent = {origin["stack"] for origin in before.values()} - rendered.stacks.keys()
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return
    for id_ in absent:
        folder = target / Path(id_).name
        if _remove_written(folder):
            for code in _CODE:
                shutil.rmtree(folder / code, ignore_errors=True)
            if not any(folder.iterdir()):
                folder.rmdir()


def _remove_written(folder: Path) -> bool:
    written = _written(folder)
    for file in written:
        file.unlink()
    return bool(written)


def _written(folder: Path) -> set[Path]:
    """The files of a folder that an earlier run wrote."""
    found = (file for file in folder.glob("*.tf") if file.is_file())
    return {file for file in found if file.read_text(encoding="utf-8", errors="replace").startswith(_SOURCE)}


def _moved(rendered: Rendered, target: Path) -> Rendered:
    return Rendered(
        rendered.environment,
        target / rendered.folder.name,
        {id_: target / folder.name for id_, folder in rendered.stacks.items()},
        rendered.addresses,
        rendered.resources,
    )
