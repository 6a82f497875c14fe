"""The API as it runs beside Parameter Store, which the emulator answers for."""

from __future__ import annotations

import re
import signal
import subprocess
from typing import TYPE_CHECKING, Any

import boto3
import certifi
import pytest

from config.database_tls import CA_FILE, CA_VARIABLE
from tests.examples.image import EXAMPLES, NODE, make_image
from tests.examples.sandbox import Sandbox, can_isolate
from tests.examples.tasks import ACCOUNT, CURRENT, PREVIOUS, REGION, Secrets, Surroundings
from tests.fixtures import fixture_environment

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from config.services import ServiceSettings
    from tests.examples.image import Image


@pytest.fixture(autouse=True)
def _signals() -> Iterator[None]:
    """A shell lets what it starts in the background ignore SIGQUIT, and that would ignore it, too."""
    before = signal.signal(signal.SIGQUIT, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGQUIT, before)


@pytest.fixture(scope="module")
def emulated() -> Iterator[tuple[str, Secrets]]:
    """The emulator's URL, and its Parameter Store."""
    from emulator import Emulator  # noqa: PLC0415 - moto is a second to import

    with Emulator() as emulator:
        session = boto3.Session(aws_access_key_id=ACCOUNT, aws_secret_access_key="test", region_name=REGION)
        ssm: Any = session.client("ssm", endpoint_url=emulator.url)
        kms: Any = session.client("kms", endpoint_url=emulator.url)
        yield emulator.url, Secrets(ssm=ssm, key_id=kms.create_key()["KeyMetadata"]["Arn"])


@pytest.fixture
def secrets(emulated: tuple[str, Secrets]) -> Secrets:
    """The secrets as they are at first, whatever a test did before."""
    _, found = emulated
    found.reset()
    return found


@pytest.fixture
def around(emulated: tuple[str, Secrets], secrets: Secrets) -> Iterator[Surroundings]:
    """What the task finds around it, with these secrets."""
    assert secrets.ssm
    with Surroundings(emulated[0]) as running:
        yield running
        assert running.wrong_signatures == []


@pytest.fixture
def api_settings() -> ServiceSettings:
    """The settings of its service."""
    return fixture_environment("prod").services["backend"]


@pytest.fixture
def api_variables(around: Surroundings, api_settings: ServiceSettings) -> dict[str, str]:
    """Its environment variables."""
    return {
        **around.variables,
        **api_settings.environment,
        CA_VARIABLE: CA_FILE,
        "JWT_CURRENT_PARAMETER": CURRENT,
        "JWT_PREVIOUS_PARAMETER": PREVIOUS,
    }


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built site."""
    folder = tmp_path_factory.mktemp("site") / "dist"
    subprocess.run([NODE, "build.mjs", "site", folder], cwd=EXAMPLES / "frontend", check=True)
    return folder


@pytest.fixture
def site_image(site: Path, tmp_path: Path) -> Image:
    """The image of the site."""
    return make_image("frontend", tmp_path / "frontend", stages={"build": {"/build/dist": site}})


@pytest.fixture
def api_image(tmp_path: Path) -> Image:
    """Its image, with another certificate in place of the databases'."""
    certificate = re.search(r"-----BEGIN.*?-----END CERTIFICATE-----\n", certifi.contents(), flags=re.DOTALL)
    assert certificate
    authorities = tmp_path / "databases.pem"
    authorities.write_text(certificate[0])
    return make_image(
        "backend", tmp_path / "image", stages={"authorities": {"/authorities/databases.pem": authorities}}
    )


@pytest.fixture
def api(api_image: Image, api_settings: ServiceSettings, api_variables: dict[str, str]) -> Iterator[Sandbox]:
    """The API, started and healthy."""
    with Sandbox(api_image, api_settings, environment=api_variables, isolated=can_isolate()) as running:
        yield running
