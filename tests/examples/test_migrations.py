"""The migrations of the example, as the pipeline runs them: in its image, signed in as the owner of the schemas."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pytest

from config.database_tls import CA_FILE
from tests.examples.image import EXAMPLES, NODE, Image, add_psql, make_image
from tests.examples.sandbox import Sandbox, can_isolate
from tests.fixtures import fixture_environment
from tests.lambdas.database_roles.platform import Platform, open_platform

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from config.services import ServiceSettings

STAGING = fixture_environment("staging")
ALL = ["001-users.sql", "002-display-name.sql"]


@dataclass
class Release:
    """A release whose migrations can run, each time in a container of its own."""

    platform: Platform
    folder: Path
    settings: ServiceSettings

    def image(self) -> Image:
        """Another copy of the same image."""
        folder = self.folder / f"image-{len(list(self.folder.iterdir()))}"
        stages = {"authorities": {"/authorities/databases.pem": self.platform.authorities}}
        image = make_image("backend", folder, stages=stages)
        add_psql(image)
        return image

    def start(self, image: Image | None = None, **variables: str) -> Sandbox:
        """Start a run, and do not wait."""
        image = image or self.image()
        given = STAGING.delivery
        assert given
        assert given.migrations
        # The database's own port, and the file in the image: what Terraform writes has both.
        url = self.platform.url("owner").replace(":5432/", f":{self.platform.server.port}/")
        url += f"&sslrootcert={'' if can_isolate() else image.root}{CA_FILE}"
        environment = {"DATABASE_URL": url, "ENVIRONMENT": "staging", **variables}
        container = Sandbox(
            replace(image, command=given.migrations.command),
            self.settings,
            environment=environment,
            isolated=can_isolate(),
        )
        container.start()
        return container

    def run(self, image: Image | None = None, **variables: str) -> tuple[int, list[str]]:
        """The exit code of a run, and what it prints."""
        return end(self.start(image, **variables))


def end(container: Sandbox) -> tuple[int, list[str]]:
    code = container.process.wait(60)
    container.kill()
    return code, container.log.splitlines()


@pytest.fixture
def release(tmp_path: Path) -> Iterator[Release]:
    (tmp_path / "platform").mkdir()
    (tmp_path / "images").mkdir()
    with open_platform(tmp_path / "platform") as platform:
        platform.call("apply")
        yield Release(platform, tmp_path / "images", STAGING.services["backend"])


def columns(connection: Any, table: str) -> set[str]:
    rows = connection.run(
        "SELECT column_name FROM information_schema.columns WHERE table_schema = 'backend' AND table_name = :table",
        table=table,
    )
    return {name for (name,) in rows}


@pytest.mark.seconds(15)
def test_each_migration_is_done_once_and_the_service_gets_its_rights(release: Release) -> None:
    assert release.run() == (0, [*ALL, "the database is up to date"])
    assert release.run() == (0, ["the database is up to date"])
    with release.platform.client("backend") as service:
        assert columns(service, "users") == {"id", "email", "created_at", "display_name"}
        service.run("INSERT INTO users (email) VALUES ('a@example.com')")  # as the release before did
        assert service.run("SELECT count(*) FROM backend.users") == [[1]]


@pytest.mark.seconds(15)
def test_two_runs_at_the_same_time_do_each_once(release: Release) -> None:
    ended = [end(run) for run in [release.start() for _ in range(2)]]
    assert [code for code, _ in ended] == [0, 0]
    done = [line for _, lines in ended for line in lines if line.endswith(".sql")]
    assert done == ALL


@pytest.mark.seconds(15)
def test_one_that_fails_leaves_nothing_of_itself_and_ends_the_rest(release: Release) -> None:
    image = release.image()
    bad = image.root / "app" / "migrations" / "003-bad.sql"
    bad.write_text("ALTER TABLE backend.users ADD COLUMN age int;\nSELECT nothing;\n")
    (bad.parent / "004-later.sql").write_text("CREATE TABLE backend.later ();\n")
    code, lines = release.run(image)
    assert (code, lines[:3]) == (3, [*ALL, "003-bad.sql"])
    assert "003-bad.sql:2: ERROR:" in lines[3]
    assert not [line for line in lines if "postgresql://" in line]
    with release.platform.master() as master:
        assert "age" not in columns(master, "users")
        assert master.run("SELECT name FROM backend.migrations ORDER BY name") == [[name] for name in ALL]
    # The release after corrects it.
    bad_again = release.image()
    shutil.copy(EXAMPLES / "backend" / "migrations" / ALL[1], bad_again.root / "app" / "migrations" / "003-no.txt")
    code, lines = release.run(bad_again)
    assert code == 1
    assert any("003-no.txt is not a valid name of a migration; use 001-what-it-does.sql" in line for line in lines)


@pytest.mark.seconds(10)
def test_a_table_that_is_in_use_is_not_waited_for_until_all_wait_behind_it(release: Release) -> None:
    assert release.run()[0] == 0
    image = release.image()
    (image.root / "app" / "migrations" / "003-more.sql").write_text("ALTER TABLE backend.users ADD COLUMN age int;\n")
    with release.platform.client("backend") as service:
        service.run("BEGIN")
        service.run("SELECT count(*) FROM backend.users")
        code, lines = release.run(image)
        assert code == 3
        assert "canceling statement due to lock timeout" in lines[-1]
        service.run("ROLLBACK")


def test_without_a_url_it_says_so() -> None:
    command = [NODE, EXAMPLES / "backend" / "migrate.js"]
    done = subprocess.run(command, env={}, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == "DATABASE_URL is missing: it is the url of the role that owns the schemas\n"
