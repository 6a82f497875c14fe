"""The configuration history of every resource: AWS Config."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cdktf import TerraformStack
from cdktf_cdktf_provider_aws.config_configuration_recorder import (
    ConfigConfigurationRecorder,
    ConfigConfigurationRecorderRecordingGroup,
    ConfigConfigurationRecorderRecordingMode,
)
from cdktf_cdktf_provider_aws.config_configuration_recorder_status import ConfigConfigurationRecorderStatus
from cdktf_cdktf_provider_aws.config_delivery_channel import (
    ConfigDeliveryChannel,
    ConfigDeliveryChannelSnapshotDeliveryProperties,
)
from cdktf_cdktf_provider_aws.iam_service_linked_role import IamServiceLinkedRole
from constructs import Construct

from modules.bucket import Bucket, BucketConfig
from modules.label import NameLimit
from modules.policy import Condition

if TYPE_CHECKING:
    from config.security import ConfigRecorderSettings
    from modules.key import Key
    from modules.label import Label

SERVICE: Final = "config.amazonaws.com"
BUCKET: Final = "config"
"""Component of the name of the recorder's bucket."""
KEY: Final = "config"
"""Component of the alias of its key."""
# The name that AWS gives: https://docs.aws.amazon.com/config/latest/developerguide/using-service-linked-roles.html
_SERVICE_ROLE: Final = f"role/aws-service-role/{SERVICE}/AWSServiceRoleForConfig"
_SERVICE_ROLE_ID: Final = "service-role"
_DELETED_RECORD_DAYS: Final = 30


class ConfigRecorder(Construct):
    """Records all supported resources, including global ones, to its own bucket.

    The bucket has no Object Lock: Config cannot deliver to a bucket that has it.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        config: ConfigRecorderSettings,
        label: Label,
        key: Key,
        access_logs: Bucket,
        protect: bool,
    ) -> None:
        super().__init__(scope, id_)
        self._label = label
        from_this_account = Condition(operator="StringEquals", key="aws:SourceAccount", values=(label.account_id,))
        key.allow_service(SERVICE, sid="AllowConfig", conditions=(from_this_account,))
        self.bucket = Bucket(
            self,
            "bucket",
            config=BucketConfig(
                noncurrent_version_days=_DELETED_RECORD_DAYS, expiration_days=config.retention_days, protect=protect
            ),
            label=label,
            name=label.bucket_name(BUCKET),
            key=key,
            access_logs=access_logs,
        )
        # https://docs.aws.amazon.com/config/latest/developerguide/s3-bucket-policy.html
        self.bucket.allow_delivery(
            SERVICE,
            sid="Config",
            prefix=f"AWSLogs/{label.account_id}/Config/",
            conditions=(from_this_account,),
            may_list=True,
        )
        name = label.name("config", limit=NameLimit.CONFIG)
        self._recorder = ConfigConfigurationRecorder(
            self,
            "Default",
            name=name,
            role_arn=self._service_role_arn(create=config.create_service_role),
            recording_group=ConfigConfigurationRecorderRecordingGroup(
                all_supported=True, include_global_resource_types=True
            ),
            recording_mode=ConfigConfigurationRecorderRecordingMode(recording_frequency=config.frequency),
        )
        channel = ConfigDeliveryChannel(
            self,
            "delivery",
            name=name,
            s3_bucket_name=self.bucket.id,
            s3_kms_key_arn=key.arn,
            snapshot_delivery_properties=ConfigDeliveryChannelSnapshotDeliveryProperties(
                delivery_frequency="TwentyFour_Hours"
            ),
            # Config writes a test file when the channel is created, and a channel needs a recorder.
            depends_on=[self._recorder, *self.bucket.dependables],
        )
        ConfigConfigurationRecorderStatus(
            self,
            "on",
            name=self._recorder.name,
            is_enabled=True,
            depends_on=[channel],  # a recorder cannot start without a channel, nor lose it while it runs
        )

    def _service_role_arn(self, *, create: bool) -> str:
        if not create:
            self._keep_service_role()
            return self._label.arn("iam", _SERVICE_ROLE, region="")
        # Security Hub's control Config.1 requires exactly this role.
        return IamServiceLinkedRole(
            self, _SERVICE_ROLE_ID, aws_service_name=SERVICE, description="AWS Config reads what it records"
        ).arn

    def _keep_service_role(self) -> None:
        """Forget the role if an earlier apply created it: IAM does not delete it while the recorder uses it.

        https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_manage_delete.html#id_roles_manage_delete_slr
        """
        stack = TerraformStack.of(self)
        name = stack.get_logical_id(Construct(self, _SERVICE_ROLE_ID).node)
        address = f"{IamServiceLinkedRole.TF_RESOURCE_TYPE}.{name}"
        stack.add_override("removed", [{"from": address, "lifecycle": {"destroy": False}}])
