"""The integration test of the examples: it passes with their images, and finds what it is for."""

from __future__ import annotations

import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from templates import buildspecs
from tests.examples.docker_engine import DockerEngine
from tests.examples.image import EXAMPLES
from tests.fixtures import fixture_environment

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.examples.image import Image

PROGRAM = EXAMPLES / "ci" / "integration-test"
SERVICES = fixture_environment("prod").services


def integrate(folder: Path, images: Mapping[str, Image]) -> tuple[int, str, dict[str, str | None]]:
    """The exit code, what is printed, and the failures of the report by the names of the tests."""
    reports = folder / "reports"
    reports.mkdir()
    with DockerEngine(folder / "docker", images={name: (images[name], SERVICES[name]) for name in images}) as engine:
        environment = {
            "PATH": f"{engine.programs}{os.pathsep}{os.environ['PATH']}",
            "REPORTS_DIR": str(reports),
            **{f"{name.upper()}_IMAGE": name for name in images},
        }
        done = subprocess.run(
            [sys.executable, PROGRAM], env=environment, capture_output=True, text=True, check=False, timeout=120
        )
        assert engine.removed == set(engine.containers)
    root = ET.parse(reports / "integration.xml").getroot()  # noqa: S314 (its own)
    failed = {case.attrib["name"]: case.find("failure") for case in root}
    found = {name: None if element is None else element.attrib["message"] for name, element in failed.items()}
    assert int(root.attrib["failures"]) == sum(message is not None for message in found.values())
    return done.returncode, done.stdout + done.stderr, found


@pytest.mark.seconds(5)
def test_it_passes_with_the_images_of_the_examples(tmp_path: Path, site_image: Image, api_image: Image) -> None:
    code, printed, failures = integrate(tmp_path, {"frontend": site_image, "backend": api_image})
    assert (code, failures) == (0, {"test_frontend": None, "test_backend": None}), printed


@pytest.mark.seconds(5)
def test_it_finds_a_page_without_its_files_and_an_api_that_is_killed(
    tmp_path: Path, site_image: Image, api_image: Image
) -> None:
    for file in (site_image.root / "usr/share/nginx/html/static").glob("*.js"):
        file.unlink()
    # As if it took longer to stop than it may.
    script = "trap 'kill -KILL $!; exit 137' TERM; node server.mjs & wait $!"
    killed = replace(api_image, command=("sh", "-c", script))
    code, printed, failures = integrate(tmp_path, {"frontend": site_image, "backend": killed})
    assert code == 1
    assert str(failures["test_frontend"]).endswith("the status is 404 and must be 200"), printed
    assert str(failures["test_backend"]).startswith("it ended with 137 and must end with 0; its log:")


def test_it_is_what_the_pipeline_looks_for() -> None:
    name = PROGRAM.relative_to(EXAMPLES).as_posix()
    assert f"INTEGRATION_TEST: {name}\n" in buildspecs.integration_tests(report_group="group")
    assert os.access(PROGRAM, os.X_OK)
