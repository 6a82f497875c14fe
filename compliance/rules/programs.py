"""Programs that Terraform runs: no plan shows what they do, and they run with the rights of whoever applies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from compliance.rule import Finding, rule
from synthesis.template import blocks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from synthesis.manifest import Stack

_EXTERNAL: Final = "external"
"""https://registry.terraform.io/providers/hashicorp/external/latest/docs/data-sources/external"""


@rule
def apply_runs_no_program(stack: Stack) -> Iterator[Finding]:
    """Terraform runs no program: neither a provisioner nor a data source that starts one."""
    for resource in stack.all():
        for block in blocks(resource.get("provisioner")):
            for name in block:
                yield Finding.about(resource, f"has the provisioner {name}, which no plan shows; use a resource of AWS")
    for name in stack.document.get("data", {}).get(_EXTERNAL, {}):
        address = f"data.{_EXTERNAL}.{name}"
        yield Finding(address=address, message="runs a program at each plan; use a data source of AWS")
