"""The environment variables of a build: those of CodeBuild, of the project, and what leads its connections."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Final

from emulator import address
from emulator.builds.tools import LED_NODE, TOOLS
from emulator.databases.servers import authority
from emulator.functions.network import endpoint_variables
from emulator.functions.packages import PACKAGES
from emulator.reachability import Place
from emulator.registry import REGISTRY

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from emulator.builds.build import Build
    from emulator.sessions import Session
    from emulator.store import Shape

QUESTIONS: Final = "/emulator/builds/questions/"
"""Below it, each build has a path at which its processes ask about connections."""

FAST: Final = {
    "LOAD_WARM_UP_SECONDS": "0",
    "SCAN_INTERVAL_SECONDS": "0.05",
    "SCAN_SETTLE_SECONDS": "0",
}
"""Waiting that a project may shorten by its variables; here each is short, unless the project has its own."""
OVERRIDES: Final[dict[str, str]] = {}
"""Variables of every build, whatever its project has: what it would measure here is this machine; for tests."""
REGISTRY.resets.append(OVERRIDES.clear)
_NO_DIGEST: Final = f"sha256:{'0' * 64}"


class Values:
    """Reads Parameter Store and Secrets Manager with the credentials of the project's role."""

    def __init__(self, session: Session) -> None:
        """Use a session."""
        self._session = session

    def parameter(self, name: str) -> str:
        """The value of a parameter."""
        found = self._session.client("ssm").get_parameter(Name=name, WithDecryption=True)
        return str(found["Parameter"]["Value"])

    def secret(self, reference: str) -> str:
        """A secret, or a member of it: `id:key:stage:version`, of which all but the id may be left out.

        https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html (secrets-manager)
        """
        start = 7 if reference.startswith("arn:") else 1
        parts = reference.split(":")
        identifier, rest = ":".join(parts[:start]), parts[start:]
        text = str(self._session.client("secretsmanager").get_secret_value(SecretId=identifier)["SecretString"])
        return str(json.loads(text)[rest[0]]) if rest and rest[0] else text

    def resolve(self, variables: Iterable[Shape]) -> dict[str, str]:
        """The values of variables as a project has them."""
        readers = {"PARAMETER_STORE": self.parameter, "SECRETS_MANAGER": self.secret}
        return {
            one["name"]: readers[one["type"]](one["value"]) if one.get("type") in readers else one["value"]
            for one in variables
        }


def place_of(build: Build) -> Place | None:
    """Where a build is, or None outside of a VPC."""
    config = build.project.get("vpcConfig") or {}
    if not config.get("vpcId"):
        return None
    subnets, groups = config.get("subnets") or (), config.get("securityGroupIds") or ()
    return Place(account=build.account, region=build.region, subnets=tuple(subnets), groups=tuple(groups))


def machine_variables(build: Build, session: Session, folder: Path, variables: dict[str, str]) -> dict[str, str]:
    """The variables that CodeBuild sets, and those of this machine.

    https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-env-vars.html
    """
    with REGISTRY.lock:
        endpoints = endpoint_variables(place_of(build), build.region)
    trusted = str(PACKAGES.trusted(authority().pem))
    return {
        **FAST,
        **session.variables(),
        **endpoints,
        "PATH": os.pathsep.join([str(TOOLS.programs()), "/usr/local/bin", "/usr/bin", "/bin"]),
        "HOME": str(folder),
        "LANG": "C.UTF-8",
        "DOCKER_STUB": str(TOOLS.docker(build.account)),
        "DOCKER_IMAGES": str(TOOLS.images()),
        # The tool that makes the SBOM cannot be downloaded: its copy is taken to be the one that the project names.
        "STUB_TOOL_DIGEST": variables.get("SBOM_DIGEST") or _NO_DIGEST,
        "EMULATOR_QUESTION": f"{address.current()}{QUESTIONS}{build.uuid}",
        "NODE_OPTIONS": f"--require {LED_NODE}",
        "NODE_EXTRA_CA_CERTS": trusted,
        "SSL_CERT_FILE": trusted,
        "CODEBUILD_BUILD_ID": build.id,
        "CODEBUILD_BUILD_ARN": build.arn,
        "CODEBUILD_BUILD_NUMBER": str(build.number),
        "CODEBUILD_BUILD_SUCCEEDING": "1",
        "CODEBUILD_INITIATOR": build.initiator,
        "CODEBUILD_LOG_PATH": build.log_stream,
        "CODEBUILD_START_TIME": str(int(build.start.timestamp() * 1000)),
        "CODEBUILD_SOURCE_VERSION": build.source_version,
    }
