"""The parameters that a service needs to connect to a database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs import Construct

from modules.parameter import Parameter, join_hosts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cdktf import TerraformResource

    from modules.data.generated_password import GeneratedPassword
    from modules.key import Key
    from modules.label import Label
    from modules.policy import Grantable


class DatabaseParameters(Construct):
    """Host, port, user, password, and all in one as `url`, at `/<project>/<environment>/<database>/`."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        label: Label,
        key: Key,
        name: str,
        values: Mapping[str, str],
        url: str,
        reader_hosts: list[str],
        password: GeneratedPassword,
        password_version: int,
        depends_on: list[TerraformResource],
    ) -> None:
        """Create the parameters.

        Args:
            label: Names them.
            key: Encrypts them.
            name: The database in their path.
            values: The values that are not secret, by the last part of the path: `host`, `port`, `username`.
            url: The connection string, with the password.
            reader_hosts: The hosts of the readers, if there are any.
            password: The password of the database.
            password_version: Its version, the same as the database has.
            depends_on: What receives the password. If that fails, no parameter gets a password that was never set.
        """
        super().__init__(scope, id_)
        if reader_hosts:
            values = {**values, "reader-hosts": join_hosts(reader_hosts)}
        self._values = {
            name_: Parameter.plain(self, name_, label=label, key=key, name=f"{name}/{name_}", value=value)
            for name_, value in values.items()
        }
        self._secrets = {
            secret: Parameter.generated(
                self,
                secret,
                label=label,
                key=key,
                name=f"{name}/{secret}",
                value=value,
                # The version of the database's password, so that both receive it in the same apply.
                version=password_version,
                depends_on=depends_on,
            )
            for secret, value in {"password": password.value, "url": url}.items()
        }

    @property
    def by_name(self) -> dict[str, Parameter]:
        """Every parameter by the last part of its path: `host`, `password`, `url`, ..."""
        return {**self._values, **self._secrets}

    def grant_read(self, grantee: Grantable) -> None:
        """Allow `grantee` to read all of them."""
        for parameter in self.by_name.values():
            parameter.grant_read(grantee)
