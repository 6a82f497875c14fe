"""A small application: the examples of this repository, with what a repository must have beside its services."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import stat
import urllib.request
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from main import ROOT

if TYPE_CHECKING:
    from collections.abc import Mapping

_EXAMPLES: Final = ROOT / "examples"
_TEST: Final = "ci/integration-test"
_EARLIEST: Final = (1980, 1, 1, 0, 0, 0)
_MODE_BITS: Final = 16
NAMED: Final = "release.txt"
"""The static file whose name stays the same from release to release."""
TESTED: Final = "tested "
"""How the lines of the log start in which the integration test says which image it got for which service."""
_TEST_TEXT: Final = """#!/bin/sh
set -eu
env | sed -n 's/^\\([A-Z0-9_]*\\)_IMAGE=/tested \\1 /p'
cat > "$REPORTS_DIR/integration.xml" <<END
<testsuite name="integration" tests="1"><testcase classname="images" name="every service has one" time="0"/></testsuite>
END
"""
_MIGRATION_TEXT: Final = """// Connects to each database whose url it gets, and does nothing there.
const net = require("node:net");
const urls = [process.env.DATABASE_URL, process.env.DOCUMENTDB_URL].filter(Boolean).map((text) => new URL(text));
if (urls.length === 0) throw new Error("no url of a database is set");
for (const url of urls) {
  if (!url.password) throw new Error(`the url of ${url.hostname} has no password`);
  const socket = net.connect(Number(url.port || 5432), url.hostname);
  socket.setTimeout(20000, () => socket.destroy(new Error(`${url.hostname} does not answer`)));
  socket.on("connect", () => { console.log(`migrated ${url.hostname} as ${url.username}`); socket.destroy(); });
}
"""


@dataclass(frozen=True)
class Commit:
    """One commit, with all its files by path."""

    files: Mapping[str, str]

    @property
    def id(self) -> str:
        """The same for the same files."""
        return hashlib.sha1(json.dumps(dict(self.files)).encode(), usedforsecurity=False).hexdigest()

    def archive(self) -> bytes:
        """A zip of the files, of which those in `ci/` can be executed."""
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, text in sorted(self.files.items()):
                entry = zipfile.ZipInfo(name, _EARLIEST)
                mode = 0o755 if name.startswith("ci/") else 0o644
                entry.external_attr = (mode | stat.S_IFREG) << _MODE_BITS
                archive.writestr(entry, text)
        return buffer.getvalue()


def make_commit(services: Mapping[str, str], *, assets: str = "", migrations: str = "", change: str) -> Commit:
    """A commit of the application.

    Args:
        services: The example that each service has.
        assets: A service and the folder of its static files in its image, as `service:/folder`.
        migrations: The service that brings the migrations.
        change: Makes this commit, and each of its images, another one than that of the commit before.
    """
    files = {_TEST: _TEST_TEXT}
    for service, example in services.items():
        folder = _EXAMPLES / example
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                files[f"{service}/{path.relative_to(folder).as_posix()}"] = path.read_text(encoding="utf-8")
        files[f"{service}/version.txt"] = f"{change}\n"
    if migrations:
        files[f"{migrations}/migrate.js"] = _MIGRATION_TEXT
        files[f"{migrations}/package.json"] = '{"type": "commonjs"}\n'
    if assets:
        # The files of an image are those of its folder here, because no Dockerfile is run.
        service, _, folder_in_image = assets.partition(":")
        digest = hashlib.sha256(change.encode()).hexdigest()[:8]
        static = f"{service}/{folder_in_image.strip('/')}"
        files[f"{static}/site.{digest}.js"] = f"// {change}\n"
        files[f"{static}/{NAMED}"] = f"{change}\n"
    return Commit(files)


def push(url: str, commit: Commit, *, account: str, repository: str, branch: str = "", tag: str = "") -> dict[str, Any]:
    """Push a commit to the emulator's GitHub, of which only pipelines of an account hear; return what it says."""
    sent: dict[str, Any] = {
        "account": account,
        "repository": repository,
        "commit": commit.id,
        "message": "A release that is rehearsed",
        "author": "acceptance",
        "paths": sorted(commit.files),
        "files": base64.b64encode(commit.archive()).decode(),
    }
    return _post(f"{url}/emulator/pushes", sent | ({"tag": tag} if tag else {"branch": branch}))


def confirm(url: str, connection_arn: str) -> None:
    """Confirm a pending connection, as a person does in the console."""
    _post(f"{url}/emulator/connections", {"arn": connection_arn})


def _post(url: str, content: Mapping[str, Any]) -> dict[str, Any]:
    request = urllib.request.Request(url, json.dumps(dict(content)).encode(), {"Content-Type": "application/json"})  # noqa: S310 (the emulator's)
    # No proxy of the shell: it cannot reach an address of this machine.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=60) as response:
        answer: dict[str, Any] = json.load(response)
    return answer
