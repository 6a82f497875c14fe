"""The copies of parameters in the second region, under the same names, where the services look for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs import Construct

from modules.parameter import Parameter

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cdktf import TerraformResource

    from modules.key import Key
    from modules.label import Label

MARKER: Final = "recovery/parameters-equal"
"""The parameter, of the second region only, that is written whenever all copies are equal to their parameters."""


class ParameterCopies(Construct):
    """One parameter for each that is copied, which the function parameter-mirror fills; until then it is `unset`.

    Terraform makes them, and not the function: so each has its key and its tags, and is gone after a destroy.
    """

    def __init__(self, scope: Construct, id_: str, *, names: Sequence[str], label: Label, key: Key) -> None:
        """Create them, and the marker.

        Args:
            names: The ends of their paths, like `jwt/current`.
            label: Names them, in the second region.
            key: Encrypts them.
        """
        super().__init__(scope, id_)
        self.by_name = {
            name: Parameter.by_function(self, name.replace("/", "-"), label=label, key=key, name=name) for name in names
        }
        """Each by the end of its path: `jwt/current`."""
        self.marker = Parameter.by_function(self, "marker", label=label, key=key, name=MARKER)

    @property
    def dependables(self) -> list[TerraformResource]:
        """What must exist before the marker is read."""
        return self.marker.dependables
