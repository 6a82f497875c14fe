"""Layer `data` with only some of its tables: a missing part has no keys either."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from config.parameters import URLS
from main import synthesize
from synthesis.manifest import read_stacks
from tests.config.examples import changed, parsed, present
from tests.template import Template

if TYPE_CHECKING:
    from pathlib import Path

    from config.environment import Environment

TABLES = ("postgres", "documentdb", "secrets", "backups")
KEYS = {
    "postgres": {"databases-key", "secrets-key", "data-logs-key"},
    "documentdb": {"databases-key", "secrets-key", "data-logs-key"},
    "secrets": {"secrets-key", "data-logs-key"},
    "backups": {"backups-key"},
}
OUTPUTS = {
    "postgres": ["postgres_host", "postgres_roles_function"],
    "documentdb": ["documentdb_host", "documentdb_roles_function"],
    "secrets": ["jwt_rotation_function"],
    "backups": ["backups_bucket"],
}


def with_only(*tables: str) -> Environment:
    """Production whose services request no parameters, with only these tables of the layer."""
    prod = parsed(changed())
    services = {
        name: service.model_copy(
            update={"postgres_role": None, "documentdb_role": None, "secrets": {}, "parameters": {}}
        )
        for name, service in prod.services.items()
    }
    return prod.model_copy(update={"services": services, **dict.fromkeys(set(TABLES).difference(tables))})


def data_of(environment: Environment, folder: Path) -> Template | None:
    synthesize([environment], folder / "cdktf.out")
    stacks = read_stacks(folder / "cdktf.out")
    return Template(dict(stacks["prod-data"].document)) if "prod-data" in stacks else None


@pytest.mark.parametrize("table", TABLES)
def test_a_single_part_has_its_own_keys_and_output(table: str, tmp_path: Path) -> None:
    data = present(data_of(with_only(table), tmp_path))
    assert set(data.all("aws_kms_key")) == KEYS[table]
    own = [name for name in data.document["output"] if not name.startswith("cross-stack-output")]
    assert own == OUTPUTS[table]


def test_parts_keep_their_addresses_without_the_others(tmp_path: Path, stacks: dict[str, Template]) -> None:
    data = present(data_of(with_only("documentdb", "backups"), tmp_path))
    assert set(data.addresses) < set(stacks["prod-data"].addresses)


def test_without_any_part_there_is_no_layer(tmp_path: Path) -> None:
    assert data_of(with_only(), tmp_path) is None


@pytest.mark.parametrize(
    ("tables", "names"),
    [
        ((), ()),
        (("secrets",), ("api-keys/email", "jwt/current", "jwt/previous")),
        (("backups",), ()),
    ],
)
def test_a_service_may_request_only_existing_parameters(tables: tuple[str, ...], names: tuple[str, ...]) -> None:
    assert with_only(*tables).parameter_names == names


@pytest.mark.parametrize("tables", [("postgres",), ("documentdb", "secrets"), TABLES])
def test_all_existing_parameters_may_be_requested(tables: tuple[str, ...], tmp_path: Path) -> None:
    environment = with_only(*tables)
    data = present(data_of(environment, tmp_path))
    made = {entry["name"].removeprefix("/user-management/prod/") for entry in data.all("aws_ssm_parameter").values()}
    # Those of a role are requested by the service that has it, as `postgres/url`.
    shared = {name for name in environment.parameter_names if name not in URLS}
    of_roles = {role.url_name for role in (*environment.postgres_roles, *environment.documentdb_roles)}
    assert shared | of_roles <= made
    assert {name.count("/") for name in made - shared} <= {2}
