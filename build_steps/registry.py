"""Repositories of ECR: their images by tag and by digest."""

from __future__ import annotations

import json
import re
import sys
from dataclasses import dataclass
from typing import Final

from build_steps.commands import CommandError, StepError, aws, main, run, variable

_URL: Final = re.compile(
    r"(?P<host>(?P<account>\d{12})\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.amazonaws\.com(?:\.cn)?)/(?P<name>[a-z0-9._/-]+)"
)
_DIGEST: Final = re.compile(r"sha256:[0-9a-f]{64}")
# Of an image for one processor, as Docker and BuildKit write them.
_MANIFESTS: Final = (
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.v2+json",
)


@dataclass(frozen=True)
class Image:
    """An image, and its tags."""

    digest: str
    tags: tuple[str, ...]


@dataclass(frozen=True)
class Repository:
    """A repository of a private registry."""

    url: str
    host: str
    account: str
    region: str
    name: str

    @classmethod
    def parse(cls, url: str) -> Repository:
        """Read the name of an image without its tag or digest."""
        found = _URL.fullmatch(url)
        if not found:
            message = (
                f"{url!r} is not a valid repository; it must be like 123456789012.dkr.ecr.us-east-1.amazonaws.com/name"
            )
            raise StepError(message)
        return cls(url=url, **found.groupdict())

    def log_in(self) -> None:
        """Let docker use the registry; a token of ECR is for every registry of its region that the role may use.

        https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry_auth.html
        """
        token = run("aws", "ecr", "get-login-password", "--region", self.region)
        run("docker", "login", "--username", "AWS", "--password-stdin", self.host, text=token)

    def images(self) -> list[Image]:
        """Every image that has a tag."""
        found = aws("ecr", "describe-images", *self._named(), "--filter", "tagStatus=TAGGED")["imageDetails"]
        return [Image(digest=one["imageDigest"], tags=tuple(one.get("imageTags") or ())) for one in found]

    def digest(self, tag: str) -> str:
        """The digest of the image with a tag, or nothing."""
        try:
            (found,) = aws("ecr", "describe-images", *self._named(), "--image-ids", f"imageTag={tag}")["imageDetails"]
        except CommandError as error:
            if error.code == "ImageNotFoundException":
                return ""
            raise
        return str(found["imageDigest"])

    def add_tag(self, tag: str, digest: str) -> None:
        """Give an image a further tag; one that it has already is as good.

        Raises:
            StepError: Another image has the tag: tags cannot be moved.
        """
        if present := self.digest(tag):
            if present != digest:
                message = (
                    f"the tag {tag} of {self.name} is on {present}, not on {digest}, and tags cannot be moved: "
                    "start the pipeline again for a release of its own"
                )
                raise StepError(message)
            return
        (image,) = self._manifests(digest)
        aws(
            *("ecr", "put-image", *self._named(), "--image-tag", tag, "--image-digest", digest),
            # As it is, to the byte: its digest is that of the text.
            *("--image-manifest", image["imageManifest"]),
            *("--image-manifest-media-type", image["imageManifestMediaType"]),
        )

    def _manifests(self, digest: str) -> list[dict[str, str]]:
        answer = aws(
            *("ecr", "batch-get-image", *self._named(), "--image-ids", f"imageDigest={digest}"),
            *("--accepted-media-types", *_MANIFESTS),
        )
        if not answer["images"]:
            message = f"{self.name} has no image {digest}; it may have expired: run the build again"
            raise StepError(message)
        found: list[dict[str, str]] = answer["images"]
        return found

    def _named(self) -> tuple[str, ...]:
        return ("--repository-name", self.name, "--registry-id", self.account, "--region", self.region)


def named_repositories(name: str) -> dict[str, Repository]:
    """The repositories by service in a variable of the project.

    Raises:
        StepError: The variable is not such an object.
    """
    text = variable(name)
    try:
        return {str(service): Repository.parse(url) for service, url in json.loads(text).items()}
    except (ValueError, AttributeError, TypeError) as error:
        message = f'{name} is {text}; it must be a JSON object, like {{"backend": "<repository>"}}'
        raise StepError(message) from error


def expected_repository(service: str, url: str, name: str) -> Repository:
    """The repository of a service, if it is the one in a variable of the project.

    An artifact is written by a build, which runs code of the application; the variables are written by Terraform.

    Raises:
        StepError: It is another one, or the service is not known.
    """
    known = named_repositories(name)
    if service not in known or known[service].url != url:
        wanted = known[service].url if service in known else f"one of a service, which are {', '.join(sorted(known))}"
        message = (
            f"the image of {service} is in {url}, and it must be in {wanted} ({name}): nothing of it was run; find "
            "which build has written that, and start the pipeline again"
        )
        raise StepError(message)
    return known[service]


def valid_digest(text: str) -> str:
    """The digest, if it is one.

    Raises:
        StepError: It is not.
    """
    if not _DIGEST.fullmatch(text):
        message = f"{text!r} is not a valid digest; it must be like sha256:<64 hexadecimal digits>"
        raise StepError(message)
    return text


def _log_in() -> None:
    for url in sys.argv[1:] or [variable("REPOSITORY_URL")]:
        Repository.parse(url).log_in()


if __name__ == "__main__":
    main(_log_in)
