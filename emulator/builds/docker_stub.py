"""A `docker` without containers: it keeps images in the emulator's registry, and records how it was called.

An image is the files of its build's folder; nothing of its Dockerfile runs. The stub's folder, in DOCKER_STUB, has
`calls.jsonl` and, if a test wants that, `container.json`: what a container prints and returns. Without it a container
is a process of this machine in a copy of the image's files, which gets only the variables that are passed. Programs in
the folder `bin` of the image come before those of the machine.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any, Final, NoReturn

_STATE: Final = Path(os.environ["DOCKER_STUB"])
_IMAGES: Final = Path(os.environ.get("DOCKER_IMAGES") or _STATE / "images")
"""The files of each image, by its digest."""
_NETWORK: Final = ("EMULATOR_QUESTION", "NODE_EXTRA_CA_CERTS", "NODE_OPTIONS", "SSL_CERT_FILE", "TZ")
"""What leads the connections of a process, and whom it trusts."""
_OPTIONS: Final = Path(__file__).with_name("docker_options.json")
"""Those of each command, with a value and without: https://docs.docker.com/reference/cli/docker/"""
_BOOLEANS: Final = frozenset({"true", "false", "1", "0"})
_NOT_ACCEPTED: Final = 125
_MANIFEST: Final = "application/vnd.oci.image.manifest.v1+json"
_INDEX: Final = "application/vnd.oci.image.index.v1+json"
_HASHED: Final = "sha256:"


def main(arguments: list[str]) -> None:
    """Do what the arguments say."""
    with (_STATE / "calls.jsonl").open("a", encoding="utf-8") as calls:
        calls.write(json.dumps(arguments) + "\n")
    for start, function in _COMMANDS.items():
        if arguments[: len(start)] == list(start):
            _parse(start, arguments[len(start) :])
            function(arguments[len(start) :])
            return
    sys.exit(f"the stub does not know: docker {' '.join(arguments)}")


def _log_in(words: list[str]) -> None:
    _require(words[:3] == ["--username", "AWS", "--password-stdin"], f"it signs in with {' '.join(words)}")
    _require(bool(sys.stdin.read()), "there is no token")
    (_STATE / "hosts").mkdir(exist_ok=True)
    (_STATE / "hosts" / words[3]).touch()


def _pull(words: list[str]) -> None:
    _need_login(words[-1])


def _save(words: list[str]) -> None:
    """One layer with all files, and the name of the image."""
    _, file, image = words
    with tempfile.TemporaryDirectory() as place:
        layer = Path(place, "layer.tar")
        with tarfile.open(layer, "w") as files:
            folder = _IMAGES / image.rpartition("@")[2]
            if folder.is_dir():
                files.add(folder, arcname="")
        manifest = Path(place, "manifest.json")
        manifest.write_text(json.dumps([{"RepoTags": [image], "Layers": ["layer.tar"]}]), encoding="utf-8")
        with tarfile.open(file, "w") as saved:
            for each in (layer, manifest):
                saved.add(each, arcname=each.name)


def _saved(file: Path) -> tuple[str, list[str]]:
    """The name of a saved image, and of its files."""
    with tarfile.open(file) as saved:
        manifest, layer = saved.extractfile("manifest.json"), saved.extractfile("layer.tar")
        _require(manifest is not None and layer is not None, "it was saved by another program")
        with tarfile.open(fileobj=layer) as files:
            return json.load(manifest)[0]["RepoTags"][0], files.getnames()  # type: ignore[arg-type] # required above


def _inspect(words: list[str]) -> None:
    url = words[-1].rpartition(":")[0]
    print(json.dumps([f"{url}@{os.environ['STUB_TOOL_DIGEST']}"]))


def _create(words: list[str]) -> None:
    image, command = words
    _require(bool(command), "an image without a command needs one")
    print(image.rpartition("@")[2])


def _take_out(words: list[str]) -> None:
    source, target = words
    digest, _, path = source.rpartition(":")
    folder = _IMAGES / digest / path.strip("/.")
    if not folder.is_dir():
        sys.exit(f"Error response from daemon: Could not find the file {path} in container {digest}")
    shutil.copytree(folder, target, dirs_exist_ok=True)


def _remove(words: list[str]) -> None:
    _require(words[0] == "--force", "only with --force")


def _build(options: list[str]) -> None:
    values, (folder,) = _parse(("buildx", "build"), options)
    context, tagged = Path(folder), values["tag"]
    _need_login(tagged)
    files = {path.relative_to(context).as_posix(): path for path in sorted(context.rglob("*")) if path.is_file()}
    text = "".join(f"{name}\0{path.read_text(encoding='utf-8')}\0" for name, path in files.items()) + values["label"]
    layer = _HASHED + hashlib.sha256(text.encode()).hexdigest()
    manifest = json.dumps({"schemaVersion": 2, "mediaType": _MANIFEST, "layers": [{"digest": layer, "size": 1}]})
    digest = _push(tagged, manifest, _MANIFEST)
    shutil.copytree(context, _IMAGES / digest, dirs_exist_ok=True)
    Path(values["metadata-file"]).write_text(json.dumps({"containerimage.digest": digest}), encoding="utf-8")


def _copy(options: list[str]) -> None:
    values, (source,) = _parse(("buildx", "imagetools", "create"), options)
    tagged = values["tag"]
    _need_login(source)
    _need_login(tagged)
    name, _, digest = source.partition("@")
    found = _client(name).batch_get_image(repositoryName=_name(name), imageIds=[{"imageDigest": digest}])["images"]
    if not found:
        sys.exit(f"ERROR: {source}: not found")
    manifest, kind = found[0]["imageManifest"], _MANIFEST
    if values.get("prefer-index") != "false":  # as buildx does with an image for one processor
        entries = [{"mediaType": _MANIFEST, "digest": digest, "size": len(manifest)}]
        manifest, kind = json.dumps({"schemaVersion": 2, "mediaType": _INDEX, "manifests": entries}), _INDEX
    _push(tagged, manifest, kind)


def _push(tagged: str, manifest: str, kind: str) -> str:
    url, _, tag = tagged.rpartition(":")
    digest = _HASHED + hashlib.sha256(manifest.encode()).hexdigest()
    _client(url).put_image(
        repositoryName=_name(url),
        imageTag=tag,
        imageManifest=manifest,
        imageManifestMediaType=kind,
        imageDigest=digest,
    )
    return digest


def _run(options: list[str]) -> None:
    if os.environ["STUB_TOOL_DIGEST"] in " ".join(options):
        _require("none" in options, "the tool must have no network")
        volume = options[options.index("--volume") + 1].rpartition(":")[0]
        image, names = _saved(Path(volume, "image.tar"))
        # https://github.com/aquasecurity/trivy/issues/3980
        _require(
            "--skip-files" in options or not any(name.endswith(".jar") for name in names),
            "Unable to initialize the Java DB: '--skip-java-db-update' cannot be specified on the first run",
        )
        sbom = {"bomFormat": "CycloneDX", "components": [{"name": "openssl"}], "metadata": {"component": image}}
        Path(volume, "sbom.json").write_text(json.dumps(sbom), encoding="utf-8")
        return
    passed = {options[index + 1] for index, word in enumerate(options) if word == "--env"}
    scripted = _STATE / "container.json"
    if not scripted.exists():
        _run_command(options, passed)
    wanted = json.loads(scripted.read_text(encoding="utf-8"))
    print(wanted["prints"].format(**{name: os.environ.get(name, "") for name in passed}), flush=True)
    sys.exit(wanted["returns"])


def _run_command(options: list[str], passed: set[str]) -> None:
    """Run the command of a container as a process, and return what it returns."""
    values, (image, *arguments) = _parse(("run",), options)
    entry = values.get("entrypoint", "")
    digest = image.rpartition("@")[2]
    if not (_IMAGES / digest).is_dir():
        sys.exit(f"Unable to find image '{image}' locally")
    command = [entry, *arguments] if entry else arguments
    with tempfile.TemporaryDirectory(prefix="emulator-container-") as place:
        folder = Path(place, "files")
        shutil.copytree(_IMAGES / digest, folder)
        path = os.pathsep.join([str(folder / "bin"), os.environ["PATH"]])
        given = {name: os.environ[name] for name in (*passed, *_NETWORK) if name in os.environ}
        program = shutil.which(command[0], path=path)
        if program is None:
            sys.exit(f'exec: "{command[0]}": executable file not found in $PATH')
        done = subprocess.run(
            [program, *command[1:]], cwd=folder, env={**given, "PATH": path, "HOME": place}, check=False
        )
    sys.exit(done.returncode)


def _parse(command: tuple[str, ...], words: list[str]) -> tuple[dict[str, str], list[str]]:
    """The values of the options, and the other arguments; it ends as docker does if it has no such option."""
    known = json.loads(_OPTIONS.read_text(encoding="utf-8"))[" ".join(command)]
    valued, flags = set(known["values"]), set(known["flags"])
    values: dict[str, str] = {}
    others: list[str] = []
    rest = list(words)
    while rest:
        word = rest.pop(0)
        if not word.startswith("-"):
            others.append(word)
            if command in _ENDS_OPTIONS:  # the rest is the command in the container
                return values, others + rest
            continue
        name, equals, value = word.removeprefix("--").partition("=")
        if not word.startswith("--") or name not in valued | flags:
            _refuse(f"unknown flag: {word.partition('=')[0]}; the stub knows the long names of docker's options")
        if name in flags and equals and value not in _BOOLEANS:
            _refuse(f'invalid argument "{value}" for "--{name}" flag: it must be true or false')
        if name in valued and not equals:
            if not rest:
                _refuse(f"flag needs an argument: --{name}")
            value = rest.pop(0)
        values[name] = value
    return values, others


def _refuse(why: str) -> NoReturn:
    print(why, file=sys.stderr)
    sys.exit(_NOT_ACCEPTED)


def _require(holds: bool, otherwise: str) -> None:  # noqa: FBT001
    if not holds:
        sys.exit(f"the stub does not accept it: {otherwise}")


def _need_login(image: str) -> None:
    host = image.partition("/")[0]
    if not (_STATE / "hosts" / host).exists():
        sys.exit(f"ERROR: {host}: no basic auth credentials")


def _name(url: str) -> str:
    return url.partition("/")[2]


def _client(url: str) -> Any:
    import boto3  # noqa: PLC0415 (half a second, for the calls that need it)

    account, _, _, region = url.split(".")[:4]
    return boto3.client("ecr", region_name=region, aws_access_key_id=account, aws_secret_access_key="-")  # noqa: S106


_COMMANDS: Final = {
    ("login",): _log_in,
    ("buildx", "build"): _build,
    ("buildx", "imagetools", "create"): _copy,
    ("pull",): _pull,
    ("save",): _save,
    ("image", "inspect"): _inspect,
    ("create",): _create,
    ("cp",): _take_out,
    ("rm",): _remove,
    ("run",): _run,
}


_ENDS_OPTIONS: Final = frozenset({("create",), ("run",)})


if __name__ == "__main__":
    main(sys.argv[1:])
