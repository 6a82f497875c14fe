"""What builds may do with images and release files: those of their own services only."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from modules.delivery import build_grants
from modules.repository import Repository
from tests.modules.delivery.parts import Parts
from tests.modules.service.parts import REGISTRY
from tests.template import LABEL

if TYPE_CHECKING:
    from modules.repository import Repository as Images


def repositories(parts: Parts, *names: str) -> list[Images]:
    return [
        Repository(parts.stack, name, config=REGISTRY, prefix=LABEL.project, service=name, key=parts.key, protect=False)
        for name in names
    ]


def test_a_build_reads_the_scans_of_its_own_images() -> None:
    parts = Parts.make()
    own, _ = repositories(parts, "api", "site")
    build_grants.grant_images_and_scans(parts.role, [own], enhanced=False)
    granted = parts.granted()
    assert granted["ReadScans"]["Resource"] == "${aws_ecr_repository.api.arn}"
    assert "ReadFindings" not in granted


def test_findings_of_inspector_are_read_with_enhanced_scanning_only() -> None:
    parts = Parts.make()
    build_grants.grant_images_and_scans(parts.role, repositories(parts, "api"), enhanced=True)
    assert parts.granted()["ReadFindings"]["Action"] == ["inspector2:ListCoverage", "inspector2:ListFindings"]


@pytest.mark.parametrize("services", [("api",), ("api", "site")])
def test_a_build_reads_the_release_files_of_its_services(services: tuple[str, ...]) -> None:
    parts = Parts.make()
    build_grants.grant_release_files(parts.role, parts.store.artifacts, parts.key, services)
    statement = parts.granted()["ReadReleaseFiles"]
    found = statement["Resource"] if isinstance(statement["Resource"], list) else [statement["Resource"]]
    assert statement["Action"] == "s3:GetObject"
    assert [one.rpartition("}/")[2] for one in found] == [f"{service}/*" for service in services]


def test_a_tag_is_given_without_a_right_to_push_layers() -> None:
    parts = Parts.make()
    build_grants.grant_tags(parts.role, repositories(parts, "api"))
    statement = parts.granted()["TagImages"]
    assert statement["Action"] == ["ecr:BatchGetImage", "ecr:DescribeImages", "ecr:PutImage"]
    assert statement["Resource"] == "${aws_ecr_repository.api.arn}"
