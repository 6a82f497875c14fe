"""DocumentDB: encrypted, private, backed up, and closed until a service is allowed to connect."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.docdb_global_cluster import DocdbGlobalCluster

from config.database_tls import CA_FILE
from modules.data.database_parameters import DatabaseParameters
from modules.data.database_roles import DatabaseRoles, RoleServer
from modules.data.documentdb_base import PORT, DocumentdbBase
from modules.data.identifiers import documentdb_identifier, global_cluster_identifier
from modules.data.master import OwnMaster

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constructs import Construct

    from config.database_roles import DatabaseRole
    from config.documentdb import DocumentdbSettings
    from modules.data.database_context import DatabaseContext
    from modules.data.origins import DocumentdbOrigin
    from modules.network.connections import Connectable

# The database in which DocumentDB keeps all users:
# https://docs.aws.amazon.com/documentdb/latest/developerguide/security.managing-users.html
_USERS: Final = "admin"


class Documentdb(DocumentdbBase):
    """A cluster over the VPC's zones, without any access until `allow_from` is called."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        config: DocumentdbSettings,
        context: DatabaseContext,
        roles: Sequence[DatabaseRole],
        log_retention_days: int,
        origin: DocumentdbOrigin | None = None,
    ) -> None:
        """Create the cluster and what belongs to it.

        Args:
            config: Size, windows, backups.
            context: What all databases share.
            roles: Who signs in.
            log_retention_days: Days that its logs are kept.
            origin: What it is made of in the second region; None makes an empty one.
        """
        super().__init__(scope, id_, config=config, context=context, log_retention_days=log_retention_days)
        label = context.label
        # DocumentDB can keep it too, but the provider says neither where nor with which key:
        # https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs/resources/docdb_cluster
        self.master = OwnMaster(
            self,
            "master",
            context=context,
            database="documentdb",
            username=label.database_user,
            version=config.password_version,
        )
        is_global = config.global_cluster and origin is None
        self._add_cluster(master=self.master, origin=origin, is_primary=is_global)
        if is_global:
            self._add_global_cluster(protect=context.protect)
        self.parameters = DatabaseParameters(
            self,
            "parameters",
            label=label,
            key=context.secrets_key,
            name="documentdb",
            values={"host": self.endpoint, "port": str(PORT.first)},
            reader_hosts=[self.reader_endpoint],
        )
        self.roles = self._add_roles(roles)
        self.roles.apply(host=self.endpoint, depends_on=self._instances)
        self._watch()

    def allow_owner_from(self, peer: Connectable) -> None:
        """Allow `peer` to reach what the url of the role `owner` names: the cluster, as that of each role."""
        self.allow_from(peer)

    def _add_roles(self, roles: Sequence[DatabaseRole]) -> DatabaseRoles:
        return DatabaseRoles(
            self,
            "roles",
            context=self._context,
            server=RoleServer(
                engine="documentdb",
                database=_USERS,
                url=documentdb_url,
                host=self.endpoint,
                port=PORT,
                connections=self._group.connections,
                identifier=documentdb_identifier(self._label),
                arn=self.arn,
                resource_id=self._cluster.cluster_resource_id,
                describe="rds:DescribeDBClusters",
            ),
            master=self.master,
            roles=roles,
            rotation_days=self._config.rotation_days,
        )

    def _add_global_cluster(self, *, protect: bool) -> None:
        """Make a global cluster of this one, whether it is new or has been there for years.

        The provider adds no cluster that exists to a global cluster that exists:
        https://github.com/hashicorp/terraform-provider-aws/blob/v5.100.0/internal/service/docdb/cluster.go
        So the global cluster is made from its primary, which gives it engine, version and encryption:
        https://docs.aws.amazon.com/documentdb/latest/developerguide/API_CreateGlobalCluster.html
        """
        DocdbGlobalCluster(
            self,
            "global",
            global_cluster_identifier=global_cluster_identifier(self._label),
            source_db_cluster_identifier=self.arn,
            deletion_protection=protect,
            # The provider never reads the source, so an imported global cluster would be replaced.
            lifecycle=TerraformResourceLifecycle(
                prevent_destroy=True if protect else None, ignore_changes=["source_db_cluster_identifier"]
            ),
            depends_on=self._instances,
        )


def documentdb_url(role: DatabaseRole) -> str:
    """The url of a role, whose database is its own; with the options that DocumentDB requires of every driver.

    https://docs.aws.amazon.com/documentdb/latest/developerguide/connect_programmatically.html
    """
    database = role.name if role.access == "read_write" else ""
    return (
        f"mongodb://{{credentials}}@{{host}}:{PORT.first}/{database}?authSource={_USERS}&tls=true&tlsCAFile={CA_FILE}"
        "&replicaSet=rs0&readPreference=secondaryPreferred&retryWrites=false"
    )
