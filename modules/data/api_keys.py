"""API keys of third parties, which a person must set."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs import Construct

from modules.parameter import Parameter

if TYPE_CHECKING:
    from collections.abc import Sequence

    from modules.key import Key
    from modules.label import Label


class ApiKeys(Construct):
    """One parameter per API at `/<project>/<environment>/api-keys/`, unset until a person sets it."""

    def __init__(self, scope: Construct, id_: str, *, names: Sequence[str], label: Label, key: Key) -> None:
        super().__init__(scope, id_)
        self.by_name = {
            name: Parameter.manual(self, name, label=label, key=key, name=f"api-keys/{name}") for name in names
        }
