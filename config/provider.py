"""What the bindings of the AWS provider have that are installed, where a setting needs more than today's."""

from __future__ import annotations

import importlib.util
from functools import cache
from pathlib import Path
from typing import Final

PROVIDER: Final = "hashicorp/aws 5.100.0"
"""The provider of the bindings in use: `cdktf_cdktf_provider_aws` 20.1.0."""
NATIVE_BLUE_GREEN_SINCE: Final = "6.4.0"
"""https://github.com/hashicorp/terraform-provider-aws/blob/main/CHANGELOG.md#640-july-17-2025"""

_BINDINGS: Final = "cdktf_cdktf_provider_aws"
_NEEDED: Final = "class EcsServiceLoadBalancerAdvancedConfiguration:"


@cache
def has_native_blue_green() -> bool:
    """Whether the bindings that are installed have the arguments of ECS's own blue/green deployments.

    Their file is read and not imported: settings are checked before any binding is loaded.
    """
    spec = importlib.util.find_spec(_BINDINGS)
    if spec is None or spec.origin is None:
        return False
    module = Path(spec.origin).parent / "ecs_service" / "__init__.py"
    return module.is_file() and _NEEDED in module.read_text(encoding="utf-8")
