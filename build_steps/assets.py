"""Copies the static files of an image to CloudFront's bucket: those with a hash in their name first, pages last.

They come out of the image, so they are what its pages ask for. Earlier files stay: pages that are open ask for them. A
build copies only those with a hash, which no user sees before a page refers to them; the rest is `build_steps.publish`.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from build_steps.asset_files import Asset, read_assets, version
from build_steps.commands import StepError, aws, main, run, variable
from build_steps.registry import valid_digest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_FOR_EVER: Final = "public, max-age=31536000, immutable"
_ASK_FIRST: Final = "no-cache"
# Where the bucket is, whatever the environment's region: CloudFront's.
_REGION: Final = "us-east-1"
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html#limits-invalidations
_MOST_PATHS: Final = 3000


class Site:
    """The static files in a bucket, below a prefix."""

    def __init__(self, *, bucket: str, prefix: str, distribution: str) -> None:
        """Name the place.

        Args:
            bucket: Its name.
            prefix: The start of the keys, with a slash at its end.
            distribution: The id of the distribution in front of it; empty for none.
        """
        self._bucket, self._prefix, self._distribution = bucket, f"{prefix.strip('/')}/", distribution

    def add_hashed(self, folder: Path, assets: Sequence[Asset], *, hashed: Sequence[str]) -> None:
        """Upload the files with a hash in their name that are new; nothing that users see changes.

        Raises:
            StepError: One is there with other content.
        """
        self._publish(folder, [asset for asset in assets if asset.is_hashed(hashed)], hashed)

    def publish(self, folder: Path, assets: Sequence[Asset], *, hashed: Sequence[str]) -> None:
        """Upload all that is new or has changed, and invalidate what has changed.

        Raises:
            StepError: A file whose name has a hash is there with other content.
        """
        self._publish(folder, assets, hashed)

    def _publish(self, folder: Path, assets: Sequence[Asset], hashed: Sequence[str]) -> None:
        present = self._compare(assets, folder)
        changed = [asset for asset in assets if present.get(asset.path) is False]
        if broken := [asset.path for asset in changed if asset.is_hashed(hashed)]:
            message = (
                f"{', '.join(broken)}: published before with other content, and browsers keep it for a year; give the "
                "file a name with a hash of its content, or say which names have one in hashed of [delivery.assets]"
            )
            raise StepError(message)
        wanted = [asset for asset in assets if not present.get(asset.path)]
        kept, pages = [one for one in wanted if one.is_hashed(hashed)], [one for one in wanted if one.is_page]
        others = [one for one in wanted if one not in kept and one not in pages]
        self._upload(folder, kept, _FOR_EVER)
        self._upload(folder, others, _ASK_FIRST)
        self._upload(folder, pages, _ASK_FIRST)
        print(f"static files: {len(assets)}; new: {len(wanted) - len(changed)}, changed: {len(changed)}")
        self._invalidate(changed)

    def _compare(self, assets: Iterable[Asset], folder: Path) -> Mapping[str, bool]:
        """Whether each file that is in the bucket has the same content there."""
        listed = aws(
            *("s3api", "list-objects-v2", "--bucket", self._bucket, "--prefix", self._prefix, "--region", _REGION),
            *("--query", "{objects: Contents[].{key: Key, size: Size}}"),
        )
        sizes = {one["key"].removeprefix(self._prefix): one["size"] for one in listed["objects"] or ()}
        same_size = [asset for asset in assets if sizes.get(asset.path) == asset.size]
        with tempfile.TemporaryDirectory() as place:
            # By their content: the ETag of an object with a KMS key is not a hash of it.
            self._download(same_size, Path(place))
            same = {asset.path for asset in same_size if _same(Path(place, asset.path), folder / asset.path)}
        return {asset.path: asset.path in same for asset in assets if asset.path in sizes}

    def _download(self, assets: Sequence[Asset], place: Path) -> None:
        if assets:
            _copy(f"s3://{self._bucket}/{self._prefix}", f"{place}/", *_only(assets))

    def _upload(self, folder: Path, assets: Sequence[Asset], cache_control: str) -> None:
        if not assets:
            return
        with tempfile.TemporaryDirectory() as place:
            for asset in assets:
                target = Path(place, asset.path)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(folder / asset.path, target)
            _copy(f"{place}/", f"s3://{self._bucket}/{self._prefix}", "--cache-control", cache_control)

    def _invalidate(self, assets: Sequence[Asset]) -> None:
        if not assets or not self._distribution:
            return
        paths = [quote(f"/{self._prefix}{asset.path}") for asset in assets]
        if len(paths) > _MOST_PATHS:
            paths = [quote(f"/{self._prefix}*", safe="/*")]
        aws(
            *("cloudfront", "create-invalidation", "--distribution-id", self._distribution, "--region", _REGION),
            *("--paths", *paths),
        )
        print(f"invalidated: {' '.join(paths)}")


def take_from_image(image: str, path: str, folder: Path) -> None:
    """Copy a folder out of an image; its program does not run."""
    run("docker", "pull", "--quiet", image)
    container = run("docker", "create", image, "none").strip()
    try:
        run("docker", "cp", f"{container}:{path.rstrip('/')}/.", str(folder))
    finally:
        run("docker", "rm", "--force", container)


def copy_from_image(image: str, *, is_published: bool, tested: str = "") -> str:
    """Copy the static files of an image to the bucket; return their version.

    Args:
        image: Its name, with its digest.
        is_published: Whether users get them now; if not, only those with a hash in their name are copied.
        tested: The version that was tested; empty if there is none.

    Raises:
        StepError: They are not what was tested; nothing is copied.
    """
    site = Site(
        bucket=variable("ASSETS_BUCKET"),
        prefix=variable("ASSETS_PREFIX", "static/"),
        distribution=variable("DISTRIBUTION_ID", ""),
    )
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        take_from_image(image, variable("ASSETS_PATH"), folder)
        assets = read_assets(folder)
        found = version(assets)
        if tested and found != tested:
            message = (
                f"the static files of {image} are {found}, and {tested} was tested: ASSETS_PATH must be the same where "
                "the image was built; correct it and start the pipeline again"
            )
            raise StepError(message)
        copy = site.publish if is_published else site.add_hashed
        copy(folder, assets, hashed=variable("HASHED_ASSETS", "").split())
        return found


def _only(assets: Iterable[Asset]) -> list[str]:
    return ["--exclude", "*", *(word for asset in assets for word in ("--include", _literal(asset.path)))]


def _literal(path: str) -> str:
    """The path as a pattern of the AWS CLI that matches nothing else."""
    return "".join(f"[{sign}]" if sign in "*?[" else sign for sign in path)


def _copy(source: str, target: str, *options: str) -> None:
    run("aws", "s3", "cp", source, target, "--recursive", "--only-show-errors", "--region", _REGION, *options)


def _same(one: Path, other: Path) -> bool:
    return one.exists() and one.read_bytes() == other.read_bytes()


def _step() -> None:
    image = f"{variable('REPOSITORY_URL')}@{valid_digest(variable('IMAGE_DIGEST'))}"
    found = copy_from_image(image, is_published=False)
    Path(sys.argv[1]).write_text(found, encoding="utf-8")


if __name__ == "__main__":
    main(_step)
