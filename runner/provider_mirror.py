"""Decides where Terraform gets the providers: a folder on this machine, else the public registry."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from runner.errors import RunnerError
from runner.files import write_atomically

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

SYSTEM_FOLDERS = (Path("/usr/local/share/terraform/plugins"), Path("/usr/share/terraform/plugins"))
ABOVE_FOLDERS = (Path("/opt"),)
_MAIN = "hashicorp/aws"
_COMMENT = re.compile(r"^\s*(#|//).*$", re.MULTILINE)
_OVERRIDES = re.compile(r"\bdev_overrides\b[\"\s]*[{=:]")


@dataclass(frozen=True)
class Wanted:
    """The providers that the stacks require, the registry and the platform."""

    providers: frozenset[tuple[str, str]]  # (source, version), as in required_providers
    registry: str
    platform: str

    def addresses(self) -> Iterator[tuple[str, str]]:
        """Full address and exact version; a version that is a constraint is given as ''."""
        for source, version in sorted(self.providers):
            parts = source.split("/")
            defaults = [self.registry, "hashicorp"]
            address = "/".join([*defaults[: 3 - len(parts)], *parts])
            exact = version.removeprefix("=").strip()
            yield address, exact if re.fullmatch(r"[0-9][0-9A-Za-z.+-]*", exact) else ""

    def held_by(self, mirror: Path) -> list[str]:
        """The addresses that the mirror has."""
        return [address for address, version in self.addresses() if _holds(mirror, address, version, self.platform)]


def _holds(mirror: Path, address: str, version: str, platform: str) -> bool:
    """Accepts both layouts: `VERSION/PLATFORM/terraform-provider-*`, and a zip file each."""
    folder = mirror / address
    name = address.rpartition("/")[2]
    version = version or "*"
    return any(folder.glob(f"{version}/{platform}/terraform-provider-{name}*")) or any(
        folder.glob(f"terraform-provider-{name}_{version}_{platform}.zip")
    )


def plugin_folders(
    environ: Mapping[str, str],
    home: Path,
    *,
    system: tuple[Path, ...] = SYSTEM_FOLDERS,
    above: tuple[Path, ...] = ABOVE_FOLDERS,
) -> Iterator[Path]:
    """The usual folders of plugins: Terraform's own, and those below `above`."""
    yield home / ".terraform.d" / "plugins"
    yield Path(environ.get("XDG_DATA_HOME") or home / ".local" / "share") / "terraform" / "plugins"
    for folder in filter(None, environ.get("XDG_DATA_DIRS", "").split(":")):
        yield Path(folder) / "terraform" / "plugins"
    yield from system
    for parent in above:
        try:
            yield from sorted(child for child in parent.iterdir() if child.is_dir())
        except OSError:  # missing, or not readable
            continue


@dataclass(frozen=True)
class Installation:
    """Environment variables for Terraform, and whether `init` fetches into a shared cache."""

    variables: dict[str, str]
    fetches: bool
    origin: str


def prepare(
    wanted: Wanted,
    environ: Mapping[str, str],
    work: Path,
    *,
    cache: Path | None = None,
    home: Path | None = None,
    system: tuple[Path, ...] = SYSTEM_FOLDERS,
    above: tuple[Path, ...] = ABOVE_FOLDERS,
) -> Installation:
    """Decide, and write Terraform's CLI configuration to `work` where one is needed.

    What is fetched is kept in `cache`, else under `work`.

    The order: TF_PLUGIN_MIRROR; the user's CLI configuration if it says how providers are installed; a mirror
    found in the usual folders; the public registry with its own cache.
    """
    home = home or Path.home()
    existing = _find_cli_configuration(environ, home, wanted.registry)
    settings = _read(existing) if existing else ""

    chosen = environ.get("TF_PLUGIN_MIRROR")
    if not chosen:
        _refuse_overrides(settings, existing)
    if chosen:
        mirror = Path(chosen).expanduser().resolve()
        if not wanted.held_by(mirror):
            versions = ", ".join(f"{address} {version}".strip() for address, version in wanted.addresses())
            message = f"TF_PLUGIN_MIRROR={chosen} holds none of: {versions} for {wanted.platform}."
            raise RunnerError(
                message,
                "Set it to the folder that has `registry.terraform.io`, or unset it.",
            )
        settings = "" if "provider_installation" in settings else settings
        return _from_mirror(mirror, wanted, settings, work)
    if "provider_installation" in settings:
        return Installation({"TF_CLI_CONFIG_FILE": str(existing)}, fetches=True, origin=f"as {existing} says")
    main = f"{wanted.registry}/{_MAIN}"
    for mirror in plugin_folders(environ, home, system=system, above=above):
        if main in wanted.held_by(mirror):
            return _from_mirror(mirror.resolve(), wanted, settings, work)
    return _from_registry(environ, settings, work, cache or work / "plugins")


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        message = f"{path} is not UTF-8 text (byte {error.start + 1})."
        remedy = "Save Terraform's CLI configuration as UTF-8, or name another file in TF_CLI_CONFIG_FILE."
        raise RunnerError(message, remedy) from None
    except OSError as error:
        message = f"{path} cannot be read: {error.strerror}."
        raise RunnerError(message, "Correct that, or name another file in TF_CLI_CONFIG_FILE.") from None


def _refuse_overrides(settings: str, path: Path | None) -> None:
    """https://developer.hashicorp.com/terraform/cli/config/config-file#development-overrides-for-provider-developers."""
    if _OVERRIDES.search(_COMMENT.sub("", settings)):
        message = f"{path} has dev_overrides, which replace the provider by another build than the pinned version."
        raise RunnerError(message, "Remove them, or name another file in TF_CLI_CONFIG_FILE.")


def _find_cli_configuration(environ: Mapping[str, str], home: Path, registry: str) -> Path | None:
    named = environ.get("TF_CLI_CONFIG_FILE") or environ.get("TERRAFORM_CONFIG")
    usual = [home / ".terraformrc"] if "opentofu" not in registry else [home / ".tofurc", home / ".terraformrc"]
    for path in [Path(named)] if named else usual:
        if path.is_file():
            return path.resolve()
    return None


def _from_mirror(mirror: Path, wanted: Wanted, settings: str, work: Path) -> Installation:
    held = ", ".join(f'"{address}"' for address in wanted.held_by(mirror))
    installation = f"""\
provider_installation {{
  filesystem_mirror {{
    path    = "{mirror}"
    include = [{held}]
  }}
  direct {{
    exclude = [{held}]
  }}
}}
"""
    return Installation(_write(f"{settings}\n{installation}", work), fetches=False, origin=f"the mirror {mirror}")


def _from_registry(environ: Mapping[str, str], settings: str, work: Path, cache: Path) -> Installation:
    variables = _write(settings, work)
    if "TF_PLUGIN_CACHE_DIR" not in environ and "plugin_cache_dir" not in settings:
        cache.mkdir(parents=True, exist_ok=True)
        # Without the second one, the cache is used only for what a lock file has already recorded.
        variables |= {
            "TF_PLUGIN_CACHE_DIR": str(cache),
            "TF_PLUGIN_CACHE_MAY_BREAK_DEPENDENCY_LOCK_FILE": "true",
        }
    return Installation(variables, fetches=True, origin="the public registry")


def _write(text: str, work: Path) -> dict[str, str]:
    """Always write a file: with a TF_CLI_CONFIG_FILE that does not exist, every command prints a warning."""
    path = work / "terraform.rc"
    write_atomically(path, text)
    return {"TF_CLI_CONFIG_FILE": str(path)}
