"""Replaces variables in the configuration of actions.

https://docs.aws.amazon.com/codepipeline/latest/userguide/actions-variables.html
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from emulator.pipelines.errors import ActionError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from emulator.pipelines.execution import Execution

_REFERENCE: Final = re.compile(r"#\{([A-Za-z0-9@_-]+)\.([A-Za-z0-9@_-]+)\}")


def resolve(configuration: Mapping[str, str], execution: Execution, *, action: str) -> dict[str, str]:
    """The configuration of an action with the values of this execution.

    Raises:
        ActionError: A namespace or a variable does not exist.
    """
    known = {
        "variables": execution.variables,
        "codepipeline": {"PipelineExecutionId": execution.id},
        **execution.namespaces,
    }

    def value(found: re.Match[str]) -> str:
        namespace, name = found.groups()
        try:
            return known[namespace][name]
        except KeyError as error:
            message = (
                "The action failed because one or more variables could not be resolved: "
                f"Action name={action}. This can result when a variable is referenced that does not exist. Validate "
                f"the pipeline definition: {found[0]}"
            )
            raise ActionError(code="ConfigurationError", message=message) from error

    return {name: _REFERENCE.sub(value, text) for name, text in configuration.items()}
