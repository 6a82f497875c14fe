"""Migrations run in the image of the service, with a url that is never printed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from build_steps.migrate import hide, secrets_in
from templates import buildspecs
from tests.build_steps.account import COMMIT

if TYPE_CHECKING:
    from pathlib import Path

    from emulator.builds.machine import Outcome
    from tests.build_steps.account import Account

PASSWORD: Final = "s3cret%2Fpassword"
URL: Final = f"postgres://owner_a:{PASSWORD}@db.example.com:5432/app?sslmode=verify-full"
PARAMETER: Final = "/user-management/staging/postgres/owner/url"
DIGEST: Final = f"sha256:{'a' * 64}"


def migrate(account: Account, folder: Path, *, url: str = URL, **more: str) -> Outcome:
    account.client("ssm").put_parameter(Name=PARAMETER, Value=url, Type="SecureString", Overwrite=True)
    content = {"service": "backend", "commit": COMMIT, "tag": "build-1", "assets": "", "digest": DIGEST}
    content["repository"] = account.url("backend")
    (folder / "build.json").write_text(json.dumps(content), encoding="utf-8")
    variables = {"MIGRATE_SERVICE": "backend", "MIGRATE_COMMAND": '["node", "migrate all.js", "--up"]', **more}
    return account.run(buildspecs.migrations(urls={"DATABASE_URL": PARAMETER}), folder, variables)


def test_the_command_runs_once_in_the_image_and_its_output_has_no_url(account: Account, tmp_path: Path) -> None:
    account.container(prints="connected to {DATABASE_URL} in {ENVIRONMENT}\npassword s3cret/password\n2 migrations")
    done = migrate(account, tmp_path)
    assert done.succeeded, done.output
    (call,) = account.docker_calls("run")
    image = f"{account.url('backend')}@{DIGEST}"
    assert call[call.index("--entrypoint") :] == ["--entrypoint", "node", image, "migrate all.js", "--up"]
    assert {"--read-only", "--rm"} <= set(call)
    assert "connected to *** in staging\npassword ***\n2 migrations\n" in done.output
    calls = json.dumps(account.docker_calls())
    assert not [text for text in (URL, PASSWORD, "s3cret/password") if text in done.output or text in calls]


def test_migrations_that_fail_fail_the_phase(account: Account, tmp_path: Path) -> None:
    account.container(prints="relation exists", returns=3)
    done = migrate(account, tmp_path)
    assert done.phases == {"install": True, "build": False}
    assert "relation exists\n" in done.output
    (error,) = done.errors
    assert error.startswith("error: the migrations failed with exit code 3, see above; nothing was deployed")


def test_a_url_that_is_not_written_yet_is_reported(account: Account, tmp_path: Path) -> None:
    done = migrate(account, tmp_path, url="unset")
    assert done.errors == [
        "error: DATABASE_URL has no url yet: the role `owner` is made by an apply of the layer `data`"
    ]
    assert not account.docker_calls("run")


def test_a_command_that_is_not_a_list_is_reported(account: Account, tmp_path: Path) -> None:
    done = migrate(account, tmp_path, MIGRATE_COMMAND="node migrate.js")
    assert done.errors == [
        'error: MIGRATE_COMMAND is node migrate.js; it must be a list of words, like ["node", "migrate.js"]'
    ]


def test_an_image_of_another_repository_is_not_run(account: Account, tmp_path: Path) -> None:
    other = f"999999999999.dkr.ecr.us-east-1.amazonaws.com/{account.name('backend')}"
    done = migrate(account, tmp_path, REPOSITORY_URLS=json.dumps({"backend": other}))
    (error,) = done.errors
    assert error.startswith(
        f"error: the image of backend is in {account.url('backend')}, and it must be in {other} (REPOSITORY_URLS): "
    )
    assert not account.docker_calls()


def test_a_build_of_an_unknown_service_is_not_run(account: Account, tmp_path: Path) -> None:
    done = migrate(account, tmp_path, REPOSITORY_URLS=json.dumps({"worker": account.url("backend")}))
    (error,) = done.errors
    assert "it must be in one of a service, which are worker (REPOSITORY_URLS)" in error


def test_another_service_than_that_of_the_inputs_is_reported(account: Account, tmp_path: Path) -> None:
    done = migrate(account, tmp_path, MIGRATE_SERVICE="worker")
    assert done.errors == ["error: the build of worker is not an input of this action, only backend; add it"]


def test_a_url_and_its_password_are_hidden_in_both_spellings() -> None:
    secrets = secrets_in(["postgres://owner_a:a%2Fb@host/db", "postgres://owner_a@host/db"])
    assert hide("postgres://owner_a:a%2Fb@host/db a%2Fb a/b owner_a", secrets) == "*** *** *** owner_a"
