"""An account with what the steps need: repositories, buckets, and machines with docker and the AWS CLI."""

from __future__ import annotations

import hashlib
import json
import os
import sys
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import boto3
import pytest
import yaml
from botocore.config import Config

from emulator.builds.machine import Machine, Outcome
from emulator.builds.tools import DOCKER_STUB
from main import ROOT
from modules.delivery.programs import packed_programs
from templates import buildspecs
from tests.emulator.edge import distribution

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from emulator import Emulator

COMMIT: Final = "0123456789abcdef0123456789abcdef01234567"
REGION: Final = "us-east-1"
TOOL_DIGEST: Final = f"sha256:{'7' * 64}"
FILES, ASSETS, RELEASES, PROGRAMS = "release-files", "assets", "releases", "programs"
SERVICES: Final = ("backend", "frontend")
_AWS_CLI: Final = ROOT / ".venv" / "aws-cli" / "bin"


class Account:
    """One account of the emulator."""

    def __init__(self, emulator: Emulator, folder: Path, *, account: str) -> None:
        self.account = account
        self._emulator = emulator
        self._folder = folder
        folder.mkdir()
        self.docker = folder / "docker"
        (self.docker / "images").mkdir(parents=True)
        self._builds = 0
        self.buckets = {name: f"{name}-{account}" for name in (FILES, ASSETS, RELEASES, PROGRAMS)}
        for bucket in self.buckets.values():
            self.client("s3").create_bucket(Bucket=bucket)
        for name in SERVICES:
            self.client("ecr").create_repository(
                repositoryName=self.name(name),
                imageTagMutability="IMMUTABLE",
                imageScanningConfiguration={"scanOnPush": True},
            )
            for file, text in _release_files(name).items():
                self.client("s3").put_object(Bucket=self.buckets[FILES], Key=f"{name}/{file}", Body=text.encode())
        self.client("s3").put_bucket_versioning(
            Bucket=self.buckets[PROGRAMS], VersioningConfiguration={"Status": "Enabled"}
        )
        self._version = self.put_programs(packed_programs())

    def put_programs(self, content: bytes) -> str:
        """Write the zip with the programs; return the version of the object."""
        put = self.client("s3").put_object(Bucket=self.buckets[PROGRAMS], Key=buildspecs.PROGRAMS_KEY, Body=content)
        return str(put["VersionId"])

    def client(self, service: str) -> Any:
        return _client(self._emulator.url, service, self.account)

    def name(self, service: str) -> str:
        return f"user-management-{service}"

    def url(self, service: str) -> str:
        return f"{self.account}.dkr.ecr.{REGION}.amazonaws.com/{self.name(service)}"

    def images(self, service: str) -> dict[str, str]:
        """The digest of each tag."""
        found = self.client("ecr").describe_images(repositoryName=self.name(service))["imageDetails"]
        return {tag: image["imageDigest"] for image in found for tag in image.get("imageTags", ())}

    def distribution(self) -> str:
        made = self.client("cloudfront").create_distribution(DistributionConfig=distribution(self.account))
        return str(made["Distribution"]["Id"])

    def docker_calls(self, *start: str) -> list[list[str]]:
        """The calls of docker that start with these words."""
        file = self.docker / "calls.jsonl"
        calls = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()] if file.exists() else []
        return [call for call in calls if tuple(call[: len(start)]) == start]

    def container(self, *, prints: str, returns: int = 0) -> None:
        """What a container does from now on."""
        text = json.dumps({"prints": prints, "returns": returns})
        (self.docker / "container.json").write_text(text, encoding="utf-8")

    def repository(self, files: Mapping[str, str] | None = None) -> Path:
        """The application's repository, as the source action of a pipeline unpacks it."""
        self._builds += 1
        folder = self._folder / f"source {self._builds}"
        content = {f"{name}/Dockerfile": f"FROM scratch\n# {name}\n" for name in SERVICES} | dict(files or {})
        for name, text in content.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text, encoding="utf-8")
        return folder

    def artifact(self, outcome: Outcome, identifier: str = "") -> Path:
        """An artifact of a build, unpacked for the next action."""
        self._builds += 1
        folder = self._folder / f"artifact {self._builds}"
        for name, text in outcome.artifacts[identifier].items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text, encoding="utf-8")
        return folder

    def run(
        self,
        buildspec: str,
        source: Path,
        variables: Mapping[str, str],
        *,
        inputs: Sequence[Path] = (),
        commit: str = "",
    ) -> Outcome:
        """Run a buildspec on a new machine; `inputs` are the artifacts beside the primary one."""
        self._builds += 1
        machine = Machine(
            self._folder / f"machine {self._builds}",
            environment=self._environment(),
            parameter=self._parameter,
        )
        return machine.run(
            buildspec,
            source=source,
            inputs={f"input_{index}": folder for index, folder in enumerate(inputs)},
            commit=commit,
            variables={
                "ENVIRONMENT": "staging",
                "PROJECT": "user-management",
                "PROGRAMS_BUCKET": self.buckets[PROGRAMS],
                "PROGRAMS_KEY": buildspecs.PROGRAMS_KEY,
                "PROGRAMS_VERSION": self._version,
                "REPOSITORY_URLS": json.dumps({service: self.url(service) for service in SERVICES}),
                "SCAN_INTERVAL_SECONDS": "0.05",
                "SCAN_SETTLE_SECONDS": "0",
                **variables,
            },
        )

    def step(self, *commands: str, **variables: str) -> Outcome:
        """Run steps alone, with the programs of this checkout: for what needs no whole build."""
        phases = {"build": {"commands": list(commands)}}
        spec = yaml.safe_dump({"version": 0.2, "env": {"shell": "bash"}, "phases": phases})
        return self.run(spec, self.repository(), {"PYTHONPATH": str(self._programs()), **variables})

    def image(self, files: Mapping[str, str]) -> str:
        """An image that docker can pull, with these files; return its digest."""
        digest = "sha256:" + hashlib.sha256(json.dumps(dict(files)).encode()).hexdigest()
        for name, text in files.items():
            file = self.docker / "images" / digest / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        return digest

    def build(
        self, service: str = "backend", *, source: Path | None = None, commit: str = COMMIT, **more: str
    ) -> Outcome:
        """Build a service; `more` are further variables of its project."""
        variables = {
            "SERVICE": service,
            "REPOSITORY_URL": self.url(service),
            "RELEASE_FILES_BUCKET": self.buckets[FILES],
            "BLUE_GREEN_SERVICES": "backend frontend",
            "SBOM_IMAGE": f"{self.account}.dkr.ecr.{REGION}.amazonaws.com/public/trivy:0.74.0",
            "SBOM_DIGEST": TOOL_DIGEST,
        }
        return self.run(
            buildspecs.service_build(assets="ASSETS_BUCKET" in more),
            source or self.repository(),
            {**variables, **more},
            commit=commit,
        )

    def _programs(self) -> Path:
        folder = self._folder / "programs"
        (folder / "build_steps").mkdir(parents=True, exist_ok=True)
        for file, text in buildspecs.programs().items():
            (folder / "build_steps" / file).write_text(text, encoding="utf-8")
        return folder

    def _parameter(self, name: str) -> str:
        return str(self.client("ssm").get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"])

    def _environment(self) -> dict[str, str]:
        programs = self._folder / "bin"
        if not programs.exists():
            programs.mkdir()
            stub = DOCKER_STUB
            (programs / "docker").write_text(f'#!/bin/sh\nexec "{sys.executable}" -I "{stub}" "$@"\n', encoding="utf-8")
            (programs / "docker").chmod(0o755)
            # Not that of the tests: the steps have the standard library only.
            (programs / "python3").symlink_to(os.path.realpath(sys.executable))
        return {
            **self._emulator.environment(account=self.account, region=REGION),
            "AWS_DEFAULT_REGION": REGION,
            "PATH": os.pathsep.join([str(programs), str(aws_cli()), "/usr/bin", "/bin"]),
            "HOME": str(self._folder),
            "DOCKER_STUB": str(self.docker),
            "STUB_TOOL_DIGEST": TOOL_DIGEST,
        }


def aws_cli() -> Path:
    """The folder of the AWS CLI."""
    if not (_AWS_CLI / "aws").exists():
        pytest.fail("the AWS CLI of the tests is not installed; run `make .venv/aws-cli.stamp`")
    return _AWS_CLI


@cache
def _client(url: str, service: str, account: str) -> Any:
    return boto3.client(
        service,
        endpoint_url=url,
        region_name=REGION,
        aws_access_key_id=account,
        aws_secret_access_key="test",
        config=Config(s3={"addressing_style": "path"}),
    )


def _release_files(service: str) -> dict[str, str]:
    containers = [{"name": service, "image": "<IMAGE1_NAME>"}, {"name": "collector", "image": "collector:1"}]
    return {
        "taskdef.json": json.dumps({"family": service, "containerDefinitions": containers}),
        "appspec.yaml": f"version: 0.0\n# {service}\n",
    }
