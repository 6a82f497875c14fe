"""Runs checkov's Terraform checks on folders of HCL, in one process, and prints what each check said as JSON.

The Python of `.venv/checkov` runs it, so it imports nothing of this project. Checkov's own command would do, but its
report leaves out what no one should overlook: a check that could not decide, and a check that crashed, which checkov
counts as neither passed nor failed. Nothing here calls the network: what calls it is checkov's command line, which is
not imported.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def main(folders: list[str]) -> int:
    """Scan the folders; the answer is one JSON document on standard output."""
    answer = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what checkov and its packages print must not end up in the answer
    logging.disable(logging.CRITICAL)
    from checkov.version import version  # noqa: PLC0415

    document = {"version": version, "checks": _checks(), "scans": [_scan(folder) for folder in folders]}
    with answer:
        json.dump(document, answer)
    return 0


def _checks() -> dict[str, str]:
    """The id and name of each check that HCL can fail."""
    from checkov.common.checks_infra.registry import get_graph_checks_registry  # noqa: PLC0415
    from checkov.terraform.runner import Runner  # noqa: PLC0415

    graph = get_graph_checks_registry("terraform")
    graph.load_checks()
    checks = list(graph.checks)
    for registry in Runner.block_type_registries.values():
        for found in (*registry.checks.values(), *registry.wildcard_checks.values()):
            checks += found
    return {str(check.id): str(check.name) for check in checks}


def _scan(folder: str) -> dict[str, Any]:
    from checkov.common.checks.base_check import BaseCheck  # noqa: PLC0415
    from checkov.common.checks_infra.registry import Registry  # noqa: PLC0415
    from checkov.common.output.report import Report  # noqa: PLC0415
    from checkov.runner_filter import RunnerFilter  # noqa: PLC0415
    from checkov.terraform.runner import Runner  # noqa: PLC0415

    results: set[tuple[str, str, str]] = set()
    crashes: set[tuple[str, str]] = set()

    def add_record(original: Callable[..., None], report: object, record: Any) -> None:  # noqa: ANN401
        results.add((record.check_id, record.resource, record.check_result["result"].value))
        original(report, record)

    def run(original: Callable[..., Any], check: Any, *about: Any, **named: Any) -> Any:  # noqa: ANN401
        try:
            return original(check, *about, **named)
        except Exception as error:
            crashes.add((check.id, f"{named['entity_type']}.{named['entity_name']}: {error!r}"))
            raise

    def run_check_parallel(original: Callable[..., None], registry: object, check: Any, *about: Any) -> None:  # noqa: ANN401
        try:
            original(registry, check, *about)
        except Exception as error:
            crashes.add((check.id, repr(error)))
            raise

    with (
        _wrapped(Report, add_record),
        _wrapped(BaseCheck, run),
        _wrapped(Registry, run_check_parallel),
    ):
        report = Runner().run(
            root_folder=folder, runner_filter=RunnerFilter(framework=["terraform"], show_progress_bar=False)
        )
    return {
        "folder": folder,
        "resources": sorted(resource.rpartition(":")[2] for resource in report.resources),
        "unreadable": sorted(report.parsing_errors),
        "results": sorted(results),
        "crashes": sorted(crashes),
    }


@contextlib.contextmanager
def _wrapped(owner: type, wrapper: Callable[..., Any]) -> Iterator[None]:
    """Call `wrapper` for a method of its name while the block runs; its first argument is the method itself."""
    name = wrapper.__name__
    original = getattr(owner, name)

    def call(instance: object, *arguments: Any, **named: Any) -> Any:  # noqa: ANN401
        return wrapper(original, instance, *arguments, **named)

    setattr(owner, name, call)
    try:
        yield
    finally:
        setattr(owner, name, original)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
