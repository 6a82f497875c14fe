"""Writes the software bill of materials of an image, in the format CycloneDX.

Trivy reads the image from a file, in a container without network and without credentials: it comes from others, so it
gets only what it needs. Its image is a copy in the account's registry, and is compared with a digest before it runs.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import Final

from build_steps.commands import StepError, main, run, variable
from build_steps.java_archives import TRIVY_SKIPS, java_components
from build_steps.registry import valid_digest

_PLACE: Final = "/work"


def write_sbom(image: str, file: Path) -> int:
    """Write the packages of an image into a file; return their number.

    Raises:
        StepError: The tool's image is another one than the project names, or it wrote no valid file.
    """
    tool = _tool()
    with tempfile.TemporaryDirectory() as folder:
        run("docker", "pull", "--quiet", image)
        run("docker", "save", "--output", f"{folder}/image.tar", image)
        run(
            *("docker", "run", "--rm", "--network", "none", "--read-only", "--tmpfs", "/tmp", "--cap-drop", "ALL"),  # noqa: S108 (in the container)
            *("--volume", f"{folder}:{_PLACE}", "--env", "TRIVY_CACHE_DIR=/tmp/cache", tool),
            *("image", "--quiet", "--offline-scan", "--format", "cyclonedx", "--skip-files", ",".join(TRIVY_SKIPS)),
            *("--input", f"{_PLACE}/image.tar", "--output", f"{_PLACE}/sbom.json"),
        )
        written = Path(folder, "sbom.json")
        content = json.loads(written.read_text(encoding="utf-8")) if written.exists() else {}
        if content.get("bomFormat") != "CycloneDX":
            message = (
                f"{tool} wrote no CycloneDX file for {image}; use a base image that it supports: https://trivy.dev"
            )
            raise StepError(message)
        content["components"] = [*(content.get("components") or ()), *java_components(Path(folder, "image.tar"))]
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(content), encoding="utf-8")
    return len(content["components"])


def _tool() -> str:
    """The image of the tool by its digest, which the copy in the registry must have."""
    image, wanted = variable("SBOM_IMAGE"), valid_digest(variable("SBOM_DIGEST"))
    url = image.rpartition(":")[0]
    run("docker", "pull", "--quiet", image)  # by tag, by which ECR makes the copy at the first pull
    pulled = json.loads(run("docker", "image", "inspect", "--format", "{{json .RepoDigests}}", image))
    if f"{url}@{wanted}" not in pulled:
        message = f"{image} is {', '.join(pulled) or 'without a digest'}, not {wanted}; find out why before you use it"
        raise StepError(message)
    return f"{url}@{wanted}"


def _step() -> None:
    image = f"{variable('REPOSITORY_URL')}@{valid_digest(variable('IMAGE_DIGEST'))}"
    print(f"packages in the SBOM: {write_sbom(image, Path(sys.argv[1]))}")


if __name__ == "__main__":
    main(_step)
