"""CloudFront's access logs, by standard logging v2: into a bucket without ACLs, which the older kind requires."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cdktf_cdktf_provider_aws.cloudwatch_log_delivery import (
    CloudwatchLogDelivery,
    CloudwatchLogDeliveryS3DeliveryConfiguration,
)
from cdktf_cdktf_provider_aws.cloudwatch_log_delivery_destination import (
    CloudwatchLogDeliveryDestination,
    CloudwatchLogDeliveryDestinationDeliveryDestinationConfiguration,
)
from cdktf_cdktf_provider_aws.cloudwatch_log_delivery_source import CloudwatchLogDeliverySource
from constructs import Construct

from modules.bucket import Bucket, BucketConfig
from modules.label import Label, NameLimit
from modules.policy import Condition

if TYPE_CHECKING:
    from modules.key import Key

_DELIVERY: Final = "delivery.logs.amazonaws.com"
_NONCURRENT_LOG_DAYS: Final = 1  # logs are written once, so a noncurrent version is a deleted log
# With a path of its own in the destination, CloudFront puts no path before that of the delivery; without one it does so
# only when the delivery is created: https://github.com/hashicorp/terraform-provider-aws/issues/46328
_FOLDER: Final = "access"
_BY_HOUR: Final = "{yyyy}/{MM}/{dd}/{HH}"


class AccessLogs(Construct):
    """A bucket with a file of JSON lines per edge location and hour, or less, and the delivery into it.

    In us-east-1, where alone CloudFront's deliveries can be made:
    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logging.html
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        label: Label,
        key: Key,
        access_logs: Bucket,
        distribution_arn: str,
        retention_days: int,
        protect: bool,
    ) -> None:
        """Create the bucket and the delivery.

        Args:
            label: Names them.
            key: Encrypts the logs.
            access_logs: Receives the access log of the bucket itself.
            distribution_arn: Whose requests are logged.
            retention_days: After these days a log is deleted.
            protect: Refuse to destroy the bucket.
        """
        super().__init__(scope, id_)
        name = label.global_name("cloudfront", limit=NameLimit.LOG_DELIVERY)
        # https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-V2-S3.html
        own = (
            Condition(operator="StringEquals", key="aws:SourceAccount", values=(label.account_id,)),
            Condition(operator="ArnLike", key="aws:SourceArn", values=(label.arn("logs", f"delivery-source:{name}"),)),
        )
        key.allow_service(_DELIVERY, sid="AllowLogDelivery", conditions=own)
        self.bucket = Bucket(
            self,
            "bucket",
            config=BucketConfig(
                noncurrent_version_days=_NONCURRENT_LOG_DAYS, expiration_days=retention_days, protect=protect
            ),
            label=label,
            name=label.bucket_name("cloudfront-logs"),
            key=key,
            access_logs=access_logs,
        )
        self.bucket.allow_delivery(_DELIVERY, sid="AllowLogDelivery", prefix=f"{_FOLDER}/", conditions=own)
        source = CloudwatchLogDeliverySource(
            self, "source", name=name, log_type="ACCESS_LOGS", resource_arn=distribution_arn
        )
        destination = CloudwatchLogDeliveryDestination(
            self,
            "destination",
            name=name,
            output_format="json",
            delivery_destination_configuration=[
                CloudwatchLogDeliveryDestinationDeliveryDestinationConfiguration(
                    destination_resource_arn=f"{self.bucket.arn}/{_FOLDER}"
                )
            ],
        )
        # One delivery: AWS takes only one change of a source at a time, so a second one must depend on this one.
        CloudwatchLogDelivery(
            self,
            "delivery",
            delivery_source_name=source.name,
            delivery_destination_arn=destination.arn,
            s3_delivery_configuration=[
                CloudwatchLogDeliveryS3DeliveryConfiguration(suffix_path=_BY_HOUR, enable_hive_compatible_path=False)
            ],
            # AWS adds its own statement to a bucket policy that does not allow the delivery.
            depends_on=[*self.bucket.dependables, *key.dependables],
        )
