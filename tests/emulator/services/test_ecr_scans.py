from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from emulator.services.ecr_scans import FINDINGS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.emulator.conftest import Client

ACCOUNT = "900000000311"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
FINDING = {"name": "CVE-1", "severity": "CRITICAL", "attributes": []}


@pytest.fixture(autouse=True)
def findings() -> Iterator[None]:
    FINDINGS["found"] = [FINDING]
    yield
    FINDINGS.clear()


def push(client: Client, name: str, **settings: Any) -> dict[str, str]:
    ecr = client("ecr", account=ACCOUNT)
    ecr.create_repository(repositoryName=name, **settings)
    manifest = json.dumps({"schemaVersion": 2, "mediaType": MANIFEST, "layers": [], "name": name})
    image = ecr.put_image(repositoryName=name, imageManifest=manifest, imageTag="1")["image"]["imageId"]
    return {"imageDigest": image["imageDigest"]}


def scan(client: Client, name: str, image: dict[str, str]) -> Any:
    return client("ecr", account=ACCOUNT).describe_image_scan_findings(repositoryName=name, imageId=image)


def test_an_image_is_scanned_on_push_where_the_repository_says_so(client: Client) -> None:
    image = push(client, "found", imageScanningConfiguration={"scanOnPush": True})
    found = scan(client, "found", image)
    assert found["imageScanStatus"]["status"] == "COMPLETE"
    assert [one["name"] for one in found["imageScanFindings"]["findings"]] == ["CVE-1"]
    assert found["imageScanFindings"]["findingSeverityCounts"] == {"CRITICAL": 1}
    image = push(client, "quiet")
    with pytest.raises(ClientError, match="ScanNotFoundException"):
        scan(client, "quiet", image)


def test_the_registry_scans_what_its_rules_name(client: Client) -> None:
    ecr = client("ecr", account=ACCOUNT)
    filters = [{"filter": "enhanced*", "filterType": "WILDCARD"}]
    rules: list[Any] = [{"scanFrequency": "CONTINUOUS_SCAN", "repositoryFilters": filters}]
    ecr.put_registry_scanning_configuration(scanType="ENHANCED", rules=rules)
    found = scan(client, "enhanced-app", push(client, "enhanced-app"))
    assert found["imageScanStatus"]["status"] == "ACTIVE"
    assert found["imageScanFindings"]["enhancedFindings"] == []
    with pytest.raises(ClientError, match="ScanNotFoundException"):
        scan(client, "another", push(client, "another"))
