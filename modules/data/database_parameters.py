"""The parameters that say where a database is, the same for everyone who connects to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs import Construct

from modules.parameter import Parameter, join_hosts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cdktf import TerraformResource

    from modules.key import Key
    from modules.label import Label
    from modules.policy import Grantable


class DatabaseParameters(Construct):
    """Host, port and the like at `/<project>/<environment>/<database>/`; who signs in is in the url of each role."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        label: Label,
        key: Key,
        name: str,
        values: Mapping[str, str],
        reader_hosts: list[str],
    ) -> None:
        """Create the parameters.

        Args:
            label: Names them.
            key: Encrypts them.
            name: The database in their path.
            values: By the last part of the path: `host`, `port`.
            reader_hosts: The hosts of the readers, if there are any.
        """
        super().__init__(scope, id_)
        if reader_hosts:
            values = {**values, "reader-hosts": join_hosts(reader_hosts)}
        self.by_name: dict[str, Parameter] = {
            name_: Parameter.plain(self, name_, label=label, key=key, name=f"{name}/{name_}", value=value)
            for name_, value in values.items()
        }
        """Each by the last part of its path."""

    @property
    def dependables(self) -> list[TerraformResource]:
        """What must exist before anything reads them."""
        return [resource for parameter in self.by_name.values() for resource in parameter.dependables]

    def grant_read(self, grantee: Grantable) -> None:
        """Allow `grantee` to read all of them."""
        for parameter in self.by_name.values():
            parameter.grant_read(grantee)
