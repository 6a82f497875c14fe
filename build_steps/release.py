"""What was built, tested and deployed together: release.json, in a zip that is the source of the next environment."""

from __future__ import annotations

import hashlib
import json
import re
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from build_steps.commands import StepError, main, variable
from build_steps.inputs import Build, builds
from build_steps.migrate import command
from build_steps.registry import Repository, valid_digest
from build_steps.release_files import APP_SPEC, TASK_DEFINITION

if TYPE_CHECKING:
    from collections.abc import Mapping

FORMAT: Final = 1
FILE: Final = "release.json"
_SBOM: Final = "sbom.json"
_TIME: Final = re.compile(r"\d{8}T\d{6}Z")
_SHORT: Final = 12
# The same files make the same zip.
_ZIP_TIME: Final = (1980, 1, 1, 0, 0, 0)


def release_version(found: Mapping[str, Build]) -> str:
    """The name of the release of these builds: time of the newest and commit, the same whenever it is asked.

    Raises:
        StepError: They are not of one commit.
    """
    commits = {build.commit for build in found.values()}
    if len(commits) != 1:
        named = ", ".join(f"{build.service}: {build.commit}" for build in found.values())
        message = f"the builds are not of one commit ({named}); start the pipeline again"
        raise StepError(message)
    times = [time[0] for build in found.values() if (time := _TIME.search(build.tag))]
    return f"{max(times, default='untimed')}-{commits.pop()[:_SHORT]}"


def release_tag(version: str) -> str:
    """The tag of its images, which keeps them from expiry."""
    return f"{variable('RELEASE_TAG_PREFIX', 'release-')}{version}"


def tag_images(found: Mapping[str, Build], version: str) -> None:
    """Give each image the tag of the release; repeated, it changes nothing."""
    for build in found.values():
        Repository.parse(build.repository).add_tag(release_tag(version), build.digest)


def describe(found: Mapping[str, Build], version: str) -> dict[str, Any]:
    """The content of release.json."""
    migrating = variable("MIGRATE_SERVICE", "")
    if migrating and migrating not in found:
        message = f"MIGRATE_SERVICE is {migrating}, whose build is not an input of this action; add it"
        raise StepError(message)
    with_assets = [build for build in found.values() if build.assets]
    return {
        "version": FORMAT,
        "release": version,
        "environment": variable("ENVIRONMENT"),
        "commit": next(iter(found.values())).commit,
        "services": {
            name: {
                "repository": build.repository,
                "digest": build.digest,
                "tag": build.tag,
                "task_definition": f"{name}/{TASK_DEFINITION}",
                "task_definition_sha256": hashlib.sha256((build.folder / TASK_DEFINITION).read_bytes()).hexdigest(),
            }
            for name, build in sorted(found.items())
        },
        # The migrations are in the image of this service.
        "migrations": {"service": migrating, "digest": found[migrating].digest, "command": command()}
        if migrating
        else None,
        "assets": {build.service: build.assets for build in with_assets},
    }


def write_release(folder: Path, found: Mapping[str, Build], version: str) -> None:
    """Write release.json, and a zip with it and the files of each service."""
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(describe(found, version), indent=2) + "\n"
    (folder / FILE).write_text(text, encoding="utf-8")
    with zipfile.ZipFile(folder / "release.zip", "w") as archive:
        _add(archive, FILE, text.encode())
        for name, build in sorted(found.items()):
            for file in (TASK_DEFINITION, APP_SPEC, _SBOM):
                if (build.folder / file).exists():
                    _add(archive, f"{name}/{file}", (build.folder / file).read_bytes())


def read_release(folder: Path) -> dict[str, Any]:
    """The release that is the source of this pipeline.

    Raises:
        StepError: There is none, or it is not one that this version understands.
    """
    try:
        content = json.loads((folder / FILE).read_text(encoding="utf-8"))
        known = content["version"] == FORMAT
        if known:
            for service in content["services"].values():
                Repository.parse(service["repository"])
                valid_digest(service["digest"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        message = f"{folder / FILE} is not a valid release ({error!r}); let the pipeline before this one finish again"
        raise StepError(message) from error
    if not known:
        message = (
            f"{FILE} has the version {content['version']}, and this pipeline reads {FORMAT}; apply the same version "
        )
        message += "of the infrastructure to both environments"
        raise StepError(message)
    release: dict[str, Any] = content
    return release


def _add(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    entry = zipfile.ZipInfo(name, date_time=_ZIP_TIME)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    archive.writestr(entry, content)


def _step() -> None:
    found = builds()
    missing = set(variable("SERVICES").split()) - set(found)
    if missing:
        message = f"the builds of {', '.join(sorted(missing))} are not inputs of this action; add them"
        raise StepError(message)
    version = release_version(found)
    tag_images(found, version)
    if sys.argv[1:]:
        write_release(Path(sys.argv[1]), found, version)
    print(version)


if __name__ == "__main__":
    main(_step)
