"""A new environment's file, made like dev's; `python -m config.new_environment NAME` writes it."""

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from ipaddress import IPv4Network
from pathlib import Path
from typing import Final

from jinja2 import Environment as Templates
from jinja2 import FileSystemLoader, StrictUndefined

from config.environment import Environment, validate_environment_name
from config.errors import ConfigError, Problem
from config.load import ENVIRONMENTS, environment_names, load_environment, parse_environment
from config.model import Model
from config.network import Zone

LIKE: Final = "dev"
"""The environment that a new one is made like: the smallest."""

_TEMPLATES: Final = Path(__file__).parent.parent / "templates"
_BLOCKS: Final = tuple(IPv4Network("10.0.0.0/8").subnets(new_prefix=16))
_COPIED: Final = ("logs", "postgres", "documentdb", "secrets", "backups", "cluster", "load_balancer", "deployment")
_USAGE: Final = 2
"""Exit status of a command that was asked for something it cannot do."""


def new_environment(name: str, *, folder: Path = ENVIRONMENTS) -> Path:
    """Write the file of a new environment and return its path.

    Raises:
        ConfigError: when the name is wrong or taken, or a file cannot be read or written.
    """
    file = folder / f"{name}.toml"
    try:
        validate_environment_name(name)
    except ValueError as error:
        raise ConfigError(Problem(key="NAME", value=name, allowed=str(error))) from None
    if file.exists():
        raise ConfigError(Problem(key="", allowed="exists already; edit it, or choose another name"), file=file)
    like = load_environment(LIKE, folder=folder)
    others = [load_environment(other, folder=folder) for other in environment_names(folder)]
    text = rendered(name, like=like, cidr=free_block(other.network.cidr for other in others))
    parse_environment(text, name=name, project=like.project, file=file)
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise ConfigError(Problem(key="", allowed=f"cannot be written: {error.strerror}"), file=file) from None
    return file


def free_block(used: Iterable[IPv4Network]) -> IPv4Network:
    """The first /16 of 10.0.0.0/8 that overlaps none of those used.

    Raises:
        ConfigError: when all 256 are used.
    """
    taken = tuple(used)
    for block in _BLOCKS:
        if not any(block.overlaps(other) for other in taken):
            return block
    raise ConfigError(Problem(key="network.cidr", allowed="no /16 of 10.0.0.0/8 is free; remove an environment"))


def rendered(name: str, *, like: Environment, cidr: IPv4Network) -> str:
    """The text of an environment's file: another's settings, with a name and addresses of its own."""
    templates = Templates(
        loader=FileSystemLoader(_TEMPLATES),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701 - TOML, not HTML; the toml filter quotes every value
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    templates.filters["toml"] = _toml
    return templates.get_template("environment.toml.j2").render(
        name=name,
        like=like,
        cidr=cidr,
        zones=[_moved(zone, like.network.cidr, cidr) for zone in like.network.zones],
        domain_name=_domain_name(name, like),
        tables={
            **{table: _written(settings) for table, settings in like if table in _COPIED and settings is not None},
            **{f"services.{service}": _written(settings) for service, settings in like.services.items()},
        },
    )


def _domain_name(name: str, like: Environment) -> str:
    return f"{name}.{like.domain.name.removeprefix(f'{like.name}.')}" if like.domain else ""


def _moved(zone: Zone, old: IPv4Network, new: IPv4Network) -> Zone:
    """The zone with its subnets as far into the new VPC as they were into the old."""
    distance = int(new.network_address) - int(old.network_address)
    cidrs = {
        setting: IPv4Network((int(block.network_address) + distance, block.prefixlen))
        for setting, block in zone.cidrs.items()
    }
    return Zone.model_validate({"name": zone.name, **cidrs})


def _written(settings: Model) -> dict[str, object]:
    """The settings that the file has, without the defaults that it leaves out."""
    return settings.model_dump(exclude_unset=True)


def _toml(value: object) -> str:
    """A value as TOML; JSON writes lists, text, numbers and booleans the same way."""
    if isinstance(value, Mapping):
        return f"{{ {', '.join(f'{key} = {_toml(item)}' for key, item in value.items())} }}"
    return json.dumps(str(value) if isinstance(value, IPv4Network) else value, ensure_ascii=False)


def main(arguments: Sequence[str], *, folder: Path = ENVIRONMENTS) -> int:
    """Write the file and say what to do next; 2 and one line on stderr if that cannot be."""
    if len(arguments) != 1 or not arguments[0]:
        sys.stderr.write("Say the new environment's name: make new-environment NAME=..\n")
        return _USAGE
    try:
        file = new_environment(arguments[0], folder=folder)
    except ConfigError as error:
        sys.stderr.write(f"{error}\n")
        return _USAGE
    name = arguments[0]
    sys.stdout.write(
        f"{file} is made like {LIKE}.\n"
        f"Edit next: account_id, domain.name, the tags; its addresses are its own already.\n"
        f"Then: make synth ENV={name}\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
