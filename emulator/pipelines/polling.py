"""Asks once a minute for new versions of the objects that are sources of pipelines."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, Any, Final

from moto.codepipeline.models import codepipeline_backends
from moto.s3.models import s3_backends

from emulator.pipelines.execution import EXECUTIONS
from emulator.pipelines.start import start
from emulator.registry import REGISTRY
from emulator.releases.clock import CLOCK

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

LOG = logging.getLogger(__name__)
_POLL_SECONDS: Final = 0.05


class Poller:
    """One thread for all pipelines of the process."""

    def __init__(self) -> None:
        """Ask nothing yet."""
        self._lock = threading.Lock()
        self._stopped: threading.Event | None = None
        self._seen: dict[tuple[str, str, str, str], str] = {}

    def begin(self) -> None:
        """Ask from now on; the caller may have the emulator's lock."""
        with self._lock:
            if self._stopped is None:
                self._stopped = threading.Event()
                threading.Thread(target=self._run, args=(self._stopped,), name="source polling", daemon=True).start()

    def stop(self) -> None:
        """Ask nothing any more."""
        with self._lock:
            if self._stopped:
                self._stopped.set()
            self._stopped = None
        self.forget()

    def forget(self) -> None:
        """See each version as a new one."""
        with self._lock:
            self._seen.clear()

    def _run(self, stopped: threading.Event) -> None:
        waited = 0.0
        while not stopped.wait(_POLL_SECONDS):
            waited += _POLL_SECONDS
            if waited < CLOCK.seconds(1):  # which a test may change meanwhile
                continue
            waited = 0.0
            try:
                with REGISTRY.lock:
                    if not stopped.is_set():
                        self.ask()
            except Exception:
                LOG.exception("failed to ask for new sources")

    def ask(self) -> None:
        """Start the pipelines whose source has a new version; the caller has the lock."""
        for account, region, name, action in _polled():
            version = _version(action["configuration"])
            key = (account, region, name, str(action["name"]))
            if version is None or version == self._seen.get(key) or _reads_source(account, region, name):
                continue
            self._seen[key] = version
            if not _has_run(account, region, name, version):
                start(
                    name,
                    account=account,
                    region=region,
                    trigger="PollForSourceChanges",
                    detail=str(action["name"]),
                )


POLLER: Final = Poller()
REGISTRY.resets.append(POLLER.stop)


def is_polled(structure: Mapping[str, Any]) -> bool:
    """Whether CodePipeline asks for new versions of a source; without the setting it does.

    https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-S3.html
    """
    return any(_is_polled(action) for action in structure["stages"][0]["actions"])


def _is_polled(action: Mapping[str, Any]) -> bool:
    configuration = action.get("configuration") or {}
    is_s3: bool = action["actionTypeId"]["provider"] == "S3"
    return is_s3 and str(configuration.get("PollForSourceChanges", "true")).lower() == "true"


def _polled() -> Iterator[tuple[str, str, str, Mapping[str, Any]]]:
    for account, regions in list(codepipeline_backends.items()):
        for region, backend in list(dict.items(regions)):
            for name, found in list(backend.pipelines.items()):
                for action in found.pipeline["stages"][0]["actions"]:
                    if _is_polled(action):
                        yield account, region, name, action


def _version(configuration: Mapping[str, str]) -> str | None:
    """The version of an object, in whatever account; None if there is none."""
    bucket, key = configuration["S3Bucket"], configuration["S3ObjectKey"]
    for backends in list(s3_backends.values()):
        found = backends["aws"].buckets.get(bucket)
        if found is not None:
            kept = found.keys.get(key)
            return None if kept is None else str(kept.version_id)
    return None


def _has_run(account: str, region: str, pipeline: str, version: str) -> bool:
    """Whether an execution has taken this version already, as one that the creation of the pipeline has started."""
    return any(
        one.pipeline == pipeline and any(artifact.revision == version for artifact in one.artifacts.values())
        for one in REGISTRY.store.table(EXECUTIONS, account, region).values()
    )


def _reads_source(account: str, region: str, pipeline: str) -> bool:
    """Whether an execution is about to take the newest version; if it fails, the version is still a new one."""
    return any(
        one.pipeline == pipeline and one.is_active and not one.artifacts
        for one in REGISTRY.store.table(EXECUTIONS, account, region).values()
    )
