"""Reads environments/<name>.toml into an Environment, or reports every problem of the file."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from config.account_settings import Owner, check_account_settings, owned_keys, read_owner
from config.cost import CostSettings, check_shared_account
from config.delivery import DeliverySettings, OtherEnvironment
from config.delivery_checks import check_release_source, source_region_problem
from config.dns_zones import ZoneUser, check_zones
from config.domain import DomainSettings
from config.environment import Environment
from config.environment_tables import validate_environment_name
from config.errors import ConfigError, Problem, nearest, render_value
from config.neighbor_networks import Networks, check_networks, read_networks, shared_blocks
from config.project import PROJECT_FILE, load_project
from config.registries import Registries, check_registries, read_registries
from config.renamed_settings import move_renamed
from config.toml import parse_table, placing, read_text, validate_table
from config.tracing import check_trace_groups, read_trace_groups, trace_groups_of

ENVIRONMENTS: Final = Path("environments")

_FIRST: Final = ("dev", "staging", "prod")
_GIVEN: Final = {
    "name": "the file's name is the environment's name; remove this line",
    "standby_of": "is made of [recovery] region; remove this line",
    "release_source": "is read from the file of the environment in [delivery] release_from; remove this line",
    "release_targets": "is read from the files of those that name this one in release_from; remove this line",
    "project": f"is the same for all environments: set it as `name` in {PROJECT_FILE} and remove this line",
}
"""Settings of an environment that its file cannot set, and what to do about each."""


def environment_names(folder: Path = ENVIRONMENTS) -> tuple[str, ...]:
    """The environments that have a file: dev, staging, prod, then the others in alphabetical order."""
    files = [path for path in folder.glob("*.toml") if not path.name.startswith(".")]
    names = {path.stem for path in files if path.name != PROJECT_FILE}
    return (*(name for name in _FIRST if name in names), *sorted(names.difference(_FIRST)))


def load_environments(names: Iterable[str], *, folder: Path) -> tuple[list[Environment], list[ConfigError]]:
    """Load the environments with these names, each once, and collect the errors of those that cannot be loaded."""
    try:
        project = load_project(folder)
    except ConfigError as error:
        return [], [error]
    environments, wrong = [], []
    for name in dict.fromkeys(names):
        try:
            environments.append(load_environment(name, folder=folder, project=project))
        except ConfigError as error:
            wrong.append(error)
    return environments, wrong


def load_environment(name: str, *, folder: Path = ENVIRONMENTS, project: str | None = None) -> Environment:
    """Read the file of an environment.

    Args:
        name: The name of the environment.
        folder: The folder of its file.
        project: The project's name; None reads it from its file in the folder.

    Raises:
        ConfigError: with every problem of the file, or with the existing names if there is no such file.
    """
    names = environment_names(folder)
    if name not in names:
        raise ConfigError(_missing_environment(name, names, folder))
    file = folder / f"{name}.toml"
    text = read_text(file)
    with placing(text, file=file):
        environment = parse_environment(text, name=name, project=project or load_project(folder), file=file)
        if problems := [*check_neighbors(environment, names, folder)]:
            raise ConfigError(*problems, file=file)
    return with_neighbors(environment, names, folder)


def parse_environment(text: str, *, name: str, project: str, file: Path) -> Environment:
    """Parse the text of an environment file; the path is only for messages.

    Raises:
        ConfigError: with every problem of the text.
    """
    if not text.strip():
        raise ConfigError(
            Problem(key="", allowed="is empty; copy the settings of another environment to it"), file=file
        )
    table, problems = move_renamed(parse_table(text, file=file))
    try:
        validate_environment_name(name)
    except ValueError as error:
        problems.append(Problem(key="", allowed=f'the file\'s name "{name}" {error}'))
        name = "unnamed"
    problems += [
        Problem(key=key, value=table.pop(key), allowed=allowed) for key, allowed in _GIVEN.items() if key in table
    ]
    try:
        environment = validate_table(Environment, {"name": name, "project": project, **table}, file=file)
    except ConfigError as error:
        raise ConfigError(*problems, *error.problems, file=file) from None
    if problems:
        raise ConfigError(*problems, file=file)
    return environment


def check_neighbors(environment: Environment, names: Sequence[str], folder: Path) -> Iterator[Problem]:
    """The problems between an environment and the others that have a file."""
    yield from check_prefixes(environment, names, folder)
    yield from _check_costs(environment, names, folder)
    own = Registries(
        environment=environment.name,
        account_id=environment.account_id,
        region=environment.region,
        copies_region=environment.recovery_region,
        repositories=environment.repository_names,
    )
    yield from check_registries(
        own,
        (
            read_registries(name, environment.project, _table_in(folder / f"{name}.toml"))
            for name in names
            if name != environment.name
        ),
    )
    owner = Owner(
        environment=environment.name,
        account_id=environment.account_id,
        region=environment.region,
        keys=owned_keys(environment.security, scanning=environment.registry.scanning),
    )
    yield from check_account_settings(
        owner,
        (read_owner(name, _table_in(folder / f"{name}.toml")) for name in names if name != environment.name),
    )
    recovery = environment.recovery
    networks = Networks(
        environment=environment.name,
        own=environment.network.cidr,
        standby=recovery.standby.network.cidr if recovery and recovery.standby else None,
    )
    yield from check_networks(
        networks,
        (read_networks(name, _table_in(folder / f"{name}.toml")) for name in names if name != environment.name),
    )
    others = [name for name in names if name != environment.name]
    yield from check_trace_groups(
        trace_groups_of(environment),
        (read_trace_groups(name, _table_in(folder / f"{name}.toml")) for name in others),
    )
    if environment.delivery:
        yield from _check_release_source(environment, environment.delivery, names, folder)
    if environment.domain:
        user = ZoneUser(environment=environment.name, account_id=environment.account_id, domain=environment.domain)
        yield from check_zones(user, [*_zone_users(names, folder, without=environment.name)])


def address_notes(environments: Sequence[Environment], *, folder: Path) -> list[str]:
    """What must be known of the address blocks of these environments, with those of all others that have a file."""
    found = [read_networks(name, _table_in(folder / f"{name}.toml")) for name in environment_names(folder)]
    return [*shared_blocks(found, of=[config.name for config in environments])]


def check_prefixes(environment: Environment, names: Sequence[str], folder: Path) -> Iterator[Problem]:
    """Roles may change whatever has their environment's prefix, so in one account no prefix may start another."""
    for other in names:
        shorter, longer = sorted((environment.name, other), key=len)
        if longer.startswith(f"{shorter}-") and _account_in(folder / f"{other}.toml") == environment.account_id:
            yield Problem(
                key="account_id",
                value=environment.account_id,
                allowed=f'is also the account of "{other}", and the roles of "{shorter}" may change all that is named '
                f'"{environment.project}-{shorter}-..", so also what belongs to "{longer}"; use another account, '
                f'or rename the environment that is not applied yet, like "{longer.removeprefix(f"{shorter}-")}"',
            )


def _check_release_source(
    environment: Environment, delivery: DeliverySettings, names: Sequence[str], folder: Path
) -> Iterator[Problem]:
    source = delivery.release_from
    table = _table_in(folder / f"{source}.toml") if source in names else {}
    other = table.get("delivery")
    yield from check_release_source(
        delivery, name=environment.name, names=names, other=other if isinstance(other, dict) else None
    )
    if not isinstance(other, dict) or source == environment.name:
        return
    if source and _other_environment(source, environment.project, folder) is None:
        yield Problem(
            key="delivery.release_from",
            value=source,
            allowed=f"has mistakes in its file, from which its account and region are read; fix {source}.toml first",
        )
        return
    if source and table["region"] != environment.region:
        yield source_region_problem(source, there=str(table["region"]), own=environment.region)
    there = table.get("services")
    for name, missing, lacking in (
        (environment.name, source, [one for one in environment.services if one not in (there or ())]),
        (source, environment.name, [one for one in (there or ()) if one not in environment.services]),
    ):
        if lacking:
            yield Problem(
                key="delivery.release_from",
                value=source,
                allowed=f"must have the same services, and {missing} has no {', '.join(lacking)}; add the service to "
                f"{missing}.toml, or remove it from {name}.toml",
            )


def with_neighbors(environment: Environment, names: Sequence[str], folder: Path) -> Environment:
    """The environment, with what it must know of those that it hands releases over to, or takes them over from."""
    if environment.delivery is None:
        return environment
    source = environment.delivery.release_from
    targets = [
        name
        for name in names
        if name != environment.name and _release_source(folder / f"{name}.toml") == environment.name
    ]
    others = {name: _other_environment(name, environment.project, folder) for name in (*targets, source) if name}
    return environment.model_copy(
        update={
            "release_source": others.get(source) if source else None,
            "release_targets": tuple(other for name in targets if (other := others[name])),
        }
    )


def _release_source(file: Path) -> object:
    delivery = _table_in(file).get("delivery")
    return delivery.get("release_from") if isinstance(delivery, dict) else None


def _other_environment(name: str, project: str, folder: Path) -> OtherEnvironment | None:
    """What the file of another environment says about its place; None if that is not valid."""
    table = _table_in(folder / f"{name}.toml")
    registry, services = table.get("registry"), table.get("services")
    prefix = registry.get("repository_prefix") if isinstance(registry, dict) else None
    try:
        return OtherEnvironment.model_validate(
            {
                "name": name,
                "account_id": table.get("account_id"),
                "region": table.get("region"),
                "project": project,
                "repository_prefix": prefix or project,
                "services": tuple(services) if isinstance(services, dict) else (),
            }
        )
    except ValidationError:
        return None


def _check_costs(environment: Environment, names: Sequence[str], folder: Path) -> Iterator[Problem]:
    """Budgets and monitors belong to an account, so environments in one account must share them."""
    for name in names:
        table = _table_in(folder / f"{name}.toml") if name != environment.name else {}
        if table.get("account_id") != environment.account_id:
            continue
        try:
            cost = CostSettings.model_validate(table["cost"]) if "cost" in table else None
        except ValidationError:
            continue
        if cost:
            yield from check_shared_account(environment.cost, cost, name=name)


def _zone_users(names: Sequence[str], folder: Path, *, without: str) -> Iterator[ZoneUser]:
    """The other environments with a [domain] that is valid."""
    for name in names:
        table = _table_in(folder / f"{name}.toml") if name != without else {}
        try:
            domain = DomainSettings.model_validate(table["domain"]) if "domain" in table else None
        except ValidationError:
            continue
        if domain:
            yield ZoneUser(environment=name, account_id=table.get("account_id"), domain=domain)


def _account_in(file: Path) -> object:
    return _table_in(file).get("account_id")


def _table_in(file: Path) -> dict[str, Any]:
    """The settings in a file that may be invalid, which is reported when that environment is loaded."""
    try:
        return move_renamed(parse_table(read_text(file), file=file))[0]
    except ConfigError:
        return {}


def _missing_environment(name: str, names: Sequence[str], folder: Path) -> Problem:
    there_are = f"there {'are' if names[1:] else 'is'} {', '.join(names) or 'none yet'}"
    close = nearest(name, names)
    hint = f"did you mean {close}? " if close else ""
    return Problem(
        key="",
        allowed=f"no environment {render_value(name)} in {folder}/: {hint}{there_are}; "
        "`make new-environment NAME=..` adds one",
    )
