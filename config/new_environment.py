"""Creates the file of a new environment from dev's; `python -m config.new_environment NAME` runs it.

Without dev it is like staging, then prod, then the first of the others. The file is that one's own text with a few
values replaced: it has every table with its comments, and a new kind of table needs no change here. The replaced
values are those that two environments cannot share.
"""

import argparse
import sys
from collections.abc import Iterable, Sequence
from ipaddress import IPv4Network
from itertools import takewhile
from pathlib import Path
from typing import Final, cast

import tomlkit
from tomlkit import TOMLDocument
from tomlkit.items import AoT, Comment, Item, Table

from config.environment import Environment
from config.environment_tables import validate_environment_name
from config.errors import ConfigError, Problem
from config.load import ENVIRONMENTS, check_neighbors, environment_names, load_environment, parse_environment
from config.toml import read_text
from console import program
from console.files import write_whole

_BLOCKS: Final = tuple(IPv4Network("10.0.0.0/8").subnets(new_prefix=16))
_SCHEMA: Final = "#:schema"
_USAGE: Final = 2
"""Exit status of a command with an invalid argument."""


def new_environment(name: str, *, folder: Path = ENVIRONMENTS) -> Path:
    """Write the file of a new environment and return its path.

    Raises:
        ConfigError: The name is not valid or is in use, or a file cannot be read or written.
    """
    file = folder / f"{name}.toml"
    try:
        validate_environment_name(name)
    except ValueError as error:
        raise ConfigError(Problem(key="NAME", value=name, allowed=str(error))) from None
    if file.exists():
        raise ConfigError(Problem(key="", allowed="exists already; edit it, or choose another name"), file=file)
    names = environment_names(folder)
    if not names:
        allowed = (
            "has no environment that a new one could be like: restore dev.toml, or write the file (docs/settings.md)"
        )
        raise ConfigError(Problem(key="", allowed=allowed), file=folder)
    like = load_environment(names[0], folder=folder)
    others = [load_environment(other, folder=folder) for other in names]
    cidr = find_free_block(other.network.cidr for other in others)
    text = render(name, read_text(folder / f"{like.name}.toml"), like=like, cidr=cidr)
    made = parse_environment(text, name=name, project=like.project, file=file)
    if problems := [*check_neighbors(made, environment_names(folder), folder)]:
        raise ConfigError(*problems, file=file)
    try:
        write_whole(file, text)
    except OSError as error:
        raise ConfigError(Problem(key="", allowed=f"cannot be written: {error.strerror}"), file=file) from None
    return file


def find_free_block(used: Iterable[IPv4Network]) -> IPv4Network:
    """The first /16 of 10.0.0.0/8 that overlaps none of the blocks in use.

    Raises:
        ConfigError: All 256 are in use.
    """
    taken = tuple(used)
    for block in _BLOCKS:
        if not any(block.overlaps(other) for other in taken):
            return block
    raise ConfigError(Problem(key="network.cidr", allowed="no /16 of 10.0.0.0/8 is free; remove an environment"))


def render(name: str, text: str, *, like: Environment, cidr: IPv4Network) -> str:
    """The text of the new environment's file: that of `like`, with its own name and addresses."""
    document = tomlkit.parse(text)
    heading = f"# {name}: created from the settings of {like.name}."
    if like.security:
        heading += f"\n# No [security]: {like.name} has the account-wide settings of this account."
    if _measures_account(like):
        heading += f"\n# Of [cost], what {like.name} has for the whole account is left out."
    if like.recovery_region:
        heading += f"\n# No [recovery]: {like.name} copies the images of this account to a second region."
    _replace_heading(document, heading)
    _comment(document["account_id"], f"the account of {like.name}: replace it if this environment has its own")
    _move_network(_table(document, "network"), like.network.cidr, cidr)
    _rename_domain(document, name, like)
    _separate_registry(_table(document, "registry"), f"{like.project}-{name}")
    _remove_security(document, like)
    _remove_account_costs(document, like)
    if like.recovery_region:
        document.remove("recovery")
    return tomlkit.dumps(document)


def _replace_heading(document: TOMLDocument, heading: str) -> None:
    """Replace the comments at the start of the file, but not the one that names the schema."""
    old = [item for _, item in takewhile(lambda entry: isinstance(entry[1], Comment), document.body)]
    for item in old:
        if not item.as_string().startswith(_SCHEMA):
            item.trivia.comment, heading = heading, ""
            if not item.trivia.comment:
                item.trivia.trail = ""


def _move_network(network: Table, old: IPv4Network, new: IPv4Network) -> None:
    """Give the VPC another block, and its subnets the same positions in it; no earlier version has applied any."""
    distance = int(new.network_address) - int(old.network_address)
    network["cidr"] = str(new)
    for zone in cast("AoT", network["zones"]):
        zone.pop("formerly", None)
        for setting in [key for key in zone if key.endswith("_cidr")]:
            block = IPv4Network(str(zone[setting]))
            zone[setting] = str(IPv4Network((int(block.network_address) + distance, block.prefixlen)))


def _rename_domain(document: TOMLDocument, name: str, like: Environment) -> None:
    """Use a new name and create its zone, because the zone of `like` is only for the name of `like`."""
    if like.domain is None:
        return
    domain = _table(document, "domain")
    own = _name_beside(like.domain.name, name, like=like.name)
    for setting in ("zone_id", "alternative_names", "delegations"):
        if setting in domain:
            domain.remove(setting)
    domain.update({"name": own, "zone_name": own, "create_zone": True})
    delegated = tomlkit.item(False)
    _comment(delegated, "true once the parent domain has the zone's name servers, which the apply prints")
    domain["delegated"] = delegated


def _name_beside(domain: str, name: str, *, like: str) -> str:
    """A name on the level of the other: `users-dev.example.com` becomes `users-preview.example.com`."""
    if domain.startswith(f"{like}."):
        return f"{name}.{domain.removeprefix(f'{like}.')}"
    first, _, rest = domain.partition(".")
    if "." in rest:
        return f"{first.removesuffix(f'-{like}')}-{name}.{rest}"
    return f"{name}.{domain}"


def _separate_registry(registry: Table, prefix: str) -> None:
    """Use other repository names, and leave the account-wide setting of scans to `like`."""
    registry["repository_prefix"] = prefix
    _comment(registry["repository_prefix"], "two environments in one account need different ones")
    if registry["scanning"] != "basic":
        registry["scanning"] = "basic"
        _comment(registry["scanning"], "enhanced is a setting of the whole account")


def _remove_security(document: TOMLDocument, like: Environment) -> None:
    """Remove [security]: the new environment starts in the account of `like`, whose file has those settings."""
    if like.security:
        document.remove("security")


def _measures_account(like: Environment) -> bool:
    return like.cost is not None and any((like.cost.budget, like.cost.anomaly_detection, like.cost.allocation_tags))


def _remove_account_costs(document: TOMLDocument, like: Environment) -> None:
    """Remove the budget, the anomaly detection and the tags: those of `like` are for its whole account."""
    if not _measures_account(like):
        return
    cost = _table(document, "cost")
    for setting in ("budget", "anomaly_detection", "allocation_tags"):
        if setting in cost:
            cost.remove(setting)
    if not cost:
        document.remove("cost")


def _table(document: TOMLDocument, name: str) -> Table:
    return cast("Table", document[name])


def _comment(item: object, text: str) -> None:
    cast("Item", item).comment(text)


def main(arguments: Sequence[str], *, folder: Path = ENVIRONMENTS) -> int:
    """Write the file and print what to do next; return 2 after one line on stderr if that fails."""
    parser = argparse.ArgumentParser(prog="python -m config.new_environment", description=main.__doc__)
    parser.add_argument("name", nargs="*", help="the name of the environment, like preview")
    names = parser.parse_args(arguments).name
    if len(names) != 1 or not names[0]:
        sys.stderr.write("NAME is missing. For example: make new-environment NAME=preview\n")
        return _USAGE
    try:
        like = next(iter(environment_names(folder)), "")
        file = new_environment(names[0], folder=folder)
    except ConfigError as error:
        sys.stderr.write(f"{error}\n")
        return _USAGE
    name = names[0]
    sys.stdout.write(
        f"{file} is created from {like}.\n"
        "Next, edit account_id, the tags, and the names in [domain]; its address range is already unique.\n"
        f"Then: make synth ENV={name}\n"
    )
    return 0


if __name__ == "__main__":
    program.run(lambda: main(sys.argv[1:]))
