from __future__ import annotations

import io
import json
import subprocess
import zipfile
from typing import TYPE_CHECKING

from acceptance.releases.application import NAMED, TESTED, make_commit

if TYPE_CHECKING:
    from pathlib import Path

SERVICES = {"web": "frontend", "api": "backend"}


def test_each_service_has_its_example_and_the_commit_what_the_builds_ask_for() -> None:
    commit = make_commit(SERVICES, assets="web:/usr/share/static", migrations="api", change="one")
    assert {"web/Dockerfile", "api/Dockerfile", "api/server.mjs", "api/migrate.js", "ci/integration-test"} <= set(
        commit.files
    )
    named, hashed = sorted(name for name in commit.files if name.startswith("web/usr/share/static/"))
    assert (named, hashed[-3:]) == (f"web/usr/share/static/{NAMED}", ".js")
    assert "web/migrate.js" not in commit.files


def test_another_change_is_another_commit_with_other_static_files() -> None:
    one, same, other = (make_commit(SERVICES, assets="web:/static", change=change) for change in ("1", "1", "2"))
    assert one.id == same.id
    assert one.id != other.id
    assert len(one.id) == 40
    assert {name for name in one.files if "/static/site." in name and name.startswith("web/static")}.isdisjoint(
        other.files
    )


def test_its_integration_test_can_be_executed_and_says_which_images_it_got(tmp_path: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(make_commit(SERVICES, change="one").archive())) as archive:
        entry = archive.getinfo("ci/integration-test")
        assert entry.external_attr >> 16 & 0o111
        program = tmp_path / "test"
        program.write_bytes(archive.read(entry))
    image = "123456789012.dkr.ecr.us-east-1.amazonaws.com/api@sha256:1"
    done = subprocess.run(
        ["sh", program],  # noqa: S607
        env={"PATH": "/usr/bin:/bin", "REPORTS_DIR": str(tmp_path), "API_IMAGE": image},
        check=True,
        capture_output=True,
        text=True,
    )
    assert f"{TESTED}API {image}" in done.stdout.splitlines()
    assert "<testsuite" in (tmp_path / "integration.xml").read_text()


def test_files_are_text_that_json_can_carry() -> None:
    json.dumps(dict(make_commit(SERVICES, change="one").files))
