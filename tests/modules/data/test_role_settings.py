"""The function's settings are what the function reads."""

from __future__ import annotations

import json
from dataclasses import replace

from lambdas.database_roles.settings import Access, Engine, Place, Settings
from modules.data.role_settings import RoleSettings
from tests.config.examples import present
from tests.modules.data.databases import API, OWNER, PROXIED, REPORTS
from tests.template import LABEL

SETTINGS = RoleSettings(
    label=LABEL,
    engine="postgres",
    database="users",
    rotation_days=30,
    roles=(OWNER, PROXIED, REPORTS),
    url=lambda role: f"postgresql://{{credentials}}@{{host}}/{role.name}",
    proxy_host="/user-management/test/postgres/host",
    stops=None,
)


def test_the_function_reads_them() -> None:
    read = Settings.parse(SETTINGS.render())
    assert (read.engine, read.database, read.rotation.days) == (Engine.POSTGRES, "users", 30)
    assert (read.prefix, read.cluster) == ("user-management-test", "user-management-test-cluster")
    assert (read.proxy_host, read.stops) == ("/user-management/test/postgres/host", None)
    assert read.authorities == "authorities.pem"
    assert [(role.name, role.access) for role in read.roles] == [
        ("owner", Access.OWNER),
        ("api", Access.READ_WRITE),
        ("reports", Access.READ_ONLY),
    ]


def test_the_logins_behind_the_proxy_are_in_secrets_and_the_others_in_parameters() -> None:
    owner, api, reports = Settings.parse(SETTINGS.render()).roles
    path = "user-management/test/postgres"
    assert api.stores == {end: Place(service="secret", name=f"{path}/api/{end}") for end in "ab"}
    assert owner.stores == {end: Place(service="parameter", name=f"/{path}/owner/{end}") for end in "ab"}
    assert (reports.stores, reports.logins) == ({}, ("reports_iam",))
    url = present(api.url)
    assert url.place == Place(service="parameter", name=f"/{path}/api/url")
    assert url.template == "postgresql://{credentials}@{host}/api"


def test_they_name_the_services_whose_tasks_keep_the_url() -> None:
    tasks = [role["services"] for role in json.loads(SETTINGS.render())["roles"]]
    assert tasks == [[], ["user-management-test-api"], []]
    reads_it_while_it_runs = replace(SETTINGS, roles=(replace(API, starts_with_url=False),))
    assert json.loads(reads_it_while_it_runs.render())["roles"][0]["services"] == []


def test_they_have_the_roles_names_and_rights_of_the_configuration() -> None:
    owner, api, reports = Settings.parse(SETTINGS.render()).roles
    for configured, read in ((OWNER, owner), (PROXIED, api), (REPORTS, reports)):
        assert read.logins == configured.logins
        assert (read.audit, read.iam, read.proxied) == (configured.audit, configured.iam, configured.is_proxied)
