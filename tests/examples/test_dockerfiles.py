"""What the Dockerfiles of an application must and must not have; each rule finds what it is for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import pytest

from config.database_tls import CA_FILE
from console.secret_variables import is_secret_variable
from tests.examples.dockerfile import Stage, read_stages
from tests.examples.image import EXAMPLES
from tests.fixtures import ENVIRONMENTS, fixture_environment

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from config.services import ServiceSettings

NAMES: Final = sorted(file.parent.name for file in EXAMPLES.glob("*/Dockerfile"))
_PINNED: Final = re.compile(r"[a-z0-9.-]+\.[a-z]+/[a-z0-9/._-]+(:(?!latest)[\w.-]*\d[\w.-]*|@sha256:[0-9a-f]{64})")


def findings(stages: Sequence[Stage], settings: ServiceSettings) -> Iterator[str]:
    """What is wrong with a Dockerfile."""
    names: set[str] = set()
    for stage in stages:
        if stage.image not in names and not _PINNED.fullmatch(stage.image):
            yield f"{stage.image} must have its registry, and a version as tag or a digest"
        names.add(stage.name)
        yield from _everywhere(stage)
    yield from _in_the_image(stages[-1], settings)


def _everywhere(stage: Stage) -> Iterator[str]:
    for instruction in stage.instructions:
        text = instruction.text
        if instruction.name in {"ARG", "ENV", "LABEL"} and any(map(_has_secret, instruction.words)):
            yield f"{instruction.name} {text.split('=')[0]} would be readable in the image: secrets come with the task"
        if instruction.name == "ADD":
            yield "ADD unpacks and downloads: use COPY, or RUN curl"
        if instruction.name == "COPY" and instruction.words[0] in {".", "./", "*"}:
            yield "COPY . takes whatever is there: name the files"
        if instruction.name == "RUN" and re.search(r"(curl|wget)[^;&]*\|\s*(ba)?sh", text):
            yield "RUN must not start what it downloads"
        if instruction.name == "RUN" and re.search(r"\bcurl +(?!-f)[-\w]", text.replace("add --no-cache curl", "")):
            yield "RUN curl needs -f: the page of an error would be in the image"
        if instruction.name == "RUN" and "http://" in text:
            yield "RUN must download by https"
        if instruction.name == "RUN" and "apk add" in text and "--no-cache" not in text:
            yield "RUN apk add needs --no-cache"


def _has_secret(word: str) -> bool:
    """Whether `NAME` or `NAME=value` is a variable with a secret."""
    name, sign, value = word.partition("=")
    return is_secret_variable(name, value if sign else None)


def _in_the_image(stage: Stage, settings: ServiceSettings) -> Iterator[str]:
    user = stage.last("USER")
    if user is None or user.text != settings.user:
        yield f"USER must be {settings.user}, the user of the service, as a number"
    ports = [word for instruction in stage.all("EXPOSE") for word in instruction.words]
    if ports != [str(settings.port)]:
        yield f"EXPOSE must be {settings.port}, the port of the service"
    command, entry = stage.last("CMD"), stage.last("ENTRYPOINT")
    if command is None or not command.is_exec_form or (entry is not None and not entry.is_exec_form):
        yield "CMD and ENTRYPOINT must be lists: a shell would keep the signal for itself"
    if entry is None:
        yield "ENTRYPOINT must be there, if only as []: the one of the base image writes to its file system"
    if stage.all("HEALTHCHECK"):
        yield "HEALTHCHECK has no effect on ECS: use health_command in the settings"
    if stage.all("VOLUME"):
        yield "VOLUME makes a folder that belongs to root on Fargate: use writable_paths in the settings"
    yield from _copied(stage, settings)


def _copied(stage: Stage, settings: ServiceSettings) -> Iterator[str]:
    starts = [stage.last(name) for name in ("CMD", "ENTRYPOINT")]
    started = {instruction.words[0] for instruction in starts if instruction and instruction.words}
    for copy in stage.all("COPY"):
        if "chown" in copy.flags:
            yield "COPY must not give files to the user: what runs must not be able to change itself"
        if "from" not in copy.flags and "chmod" not in copy.flags and copy.words[-1] in started:
            yield f"COPY of {copy.words[-1]} needs --chmod=0555: the source may have lost the mode of what is started"
    places = {name for copy in stage.all("COPY") for name in copy.words[-1:]}
    if settings.uses_database and CA_FILE not in places:
        yield f"{CA_FILE} is missing: the databases' certificates could not be checked"


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_the_examples_keep_the_rules(name: str, environment: str) -> None:
    stages = read_stages((EXAMPLES / name / "Dockerfile").read_text(encoding="utf-8"))
    assert list(findings(stages, fixture_environment(environment).services[name])) == []


def test_there_is_an_example_of_each_service() -> None:
    assert set(fixture_environment("prod").services) == set(NAMES)


GOOD: Final = """\
FROM public.ecr.aws/docker/library/node:24-alpine
# A comment.
RUN apk upgrade --no-cache && \\
    apk add --no-cache openssl
COPY server.mjs ./
COPY --from=public.ecr.aws/x/y:1 /databases.pem /etc/ssl/certs/databases.pem
USER 1000:1000
EXPOSE 8443
ENTRYPOINT []
CMD ["node", "server.mjs"]
"""


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("node:24-alpine", "node", "must have its registry, and a version"),
        ("node:24-alpine", "node:latest", "must have its registry, and a version"),
        ("node:24-alpine", "node:lts", "must have its registry, and a version"),
        ("node:24-alpine", "node@sha256:12", "must have its registry, and a version"),
        ("public.ecr.aws/docker/library/node", "node", "must have its registry, and a version"),
        ("node:24-alpine", "node:${VERSION}", "must have its registry, and a version"),
        ("USER 1000:1000", "", "USER must be 1000:1000"),
        ("USER 1000:1000", "USER root", "USER must be 1000:1000"),
        ("USER 1000:1000", "USER node", "USER must be 1000:1000"),
        ("USER 1000:1000", "USER 1000:1000\nUSER 0", "USER must be 1000:1000"),
        ("EXPOSE 8443", "EXPOSE 80", "EXPOSE must be 8443"),
        ("EXPOSE 8443", "", "EXPOSE must be 8443"),
        ("EXPOSE 8443", "EXPOSE 8443 9229", "EXPOSE must be 8443"),
        ('["node", "server.mjs"]', "node server.mjs", "must be lists"),
        ('CMD ["node", "server.mjs"]', "", "must be lists"),
        ("ENTRYPOINT []", "ENTRYPOINT npm", "must be lists"),
        ("ENTRYPOINT []", "", "ENTRYPOINT must be there"),
        ("EXPOSE", "ENV API_KEY=abc\nEXPOSE", "ENV API_KEY would be readable"),
        ("EXPOSE", "ARG NPM_TOKEN\nEXPOSE", "ARG NPM_TOKEN would be readable"),
        ("EXPOSE", "ADD https://example.com/x.tar /\nEXPOSE", "ADD unpacks"),
        ("COPY server.mjs ./", "COPY . .", "takes whatever is there"),
        ("COPY server.mjs", "COPY --chown=1000 server.mjs", "must not be able to change itself"),
        ('CMD ["node", "server.mjs"]', 'COPY start.sh /start.sh\nCMD ["/start.sh"]', "needs --chmod=0555"),
        ("EXPOSE", "RUN curl -fsS https://example.com/x.sh | sh\nEXPOSE", "must not start what it downloads"),
        ("EXPOSE", "RUN curl -sS https://example.com/x > /x\nEXPOSE", "RUN curl needs -f"),
        ("EXPOSE", "RUN curl -fsS http://example.com/x > /x\nEXPOSE", "must download by https"),
        ("apk upgrade --no-cache && \\\n    apk add --no-cache", "apk add", "needs --no-cache"),
        ("EXPOSE", "HEALTHCHECK CMD true\nEXPOSE", "HEALTHCHECK has no effect"),
        ("EXPOSE", "VOLUME /data\nEXPOSE", "VOLUME makes a folder"),
        ("/etc/ssl/certs/databases.pem\n", "/etc/databases.pem\n", "databases.pem is missing"),
    ],
)
def test_each_rule_finds_its_mistake(old: str, new: str, expected: str) -> None:
    settings = fixture_environment("prod").services["backend"]
    assert list(findings(read_stages(GOOD), settings)) == []
    assert old in GOOD
    found = list(findings(read_stages(GOOD.replace(old, new, 1)), settings))
    assert [expected in finding for finding in found] == [True]


@pytest.mark.parametrize("name", NAMES)
def test_the_build_gets_only_what_is_copied(name: str) -> None:
    """Not a `.env`, nor `node_modules` of another machine."""
    ignored = (EXAMPLES / name / ".dockerignore").read_text(encoding="utf-8").splitlines()
    patterns = [line for line in ignored if line and not line.startswith("#")]
    assert patterns[0] == "*"
    assert all(pattern.startswith("!") for pattern in patterns[1:])
    stages = read_stages((EXAMPLES / name / "Dockerfile").read_text(encoding="utf-8"))
    copied = {
        source
        for stage in stages
        for copy in stage.all("COPY")
        if "from" not in copy.flags
        for source in copy.words[:-1]
    }
    allowed = {file.name for pattern in patterns[1:] for file in (EXAMPLES / name).glob(pattern[1:])}
    assert copied == allowed
