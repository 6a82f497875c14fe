"""What every stack has in common: one provider, one remote state, the same tags."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from cdktf import S3Backend, S3BackendAssumeRoleConfig, TerraformStack
from cdktf_cdktf_provider_aws.provider import (
    AwsProvider,
    AwsProviderAssumeRole,
    AwsProviderDefaultTags,
)

from modules.label import Label
from modules.state_store import StateLocation

if TYPE_CHECKING:
    from constructs import Construct

    from config.environment import Environment

PROJECT: Final = "user-management"
# Write-only arguments and ephemeral resources, which keep secrets out of the state, came with 1.11.
REQUIRED_TERRAFORM: Final = ">= 1.11"


class LayerStack(TerraformStack):
    """One layer of one environment: its id is `<environment>-<layer>`, and so is its state's key."""

    layer: ClassVar[str]

    def __init__(self, scope: Construct, *, config: Environment) -> None:
        super().__init__(scope, f"{config.name}-{self.layer}")
        self.label = Label(
            project=PROJECT,
            environment=config.name,
            layer=self.layer,
            account_id=config.account_id,
            region=config.region,
            owner=config.tags.owner,
            cost_center=config.tags.cost_center,
        )
        self._keep_state_remotely(config)
        self._provider(config, "aws", region=config.region)
        self.add_override("terraform.required_version", REQUIRED_TERRAFORM)
        # For readers of the JSON: `make destroy` refuses a protected environment.
        self.add_override(
            "//.metadata", {"environment": config.name, "layer": self.layer, "protect_data": config.protect_data}
        )

    def provider_in(self, config: Environment, region: str) -> AwsProvider:
        """A second provider, for what AWS only takes in a region of its own choice; the same account and tags."""
        return self._provider(config, f"aws-{region}", region=region, alias=region)

    def _provider(self, config: Environment, id_: str, *, region: str, alias: str | None = None) -> AwsProvider:
        return AwsProvider(
            self,
            id_,
            region=region,
            alias=alias,
            # Terraform stops before it touches an account that is not the environment's.
            allowed_account_ids=[config.account_id],
            assume_role=[AwsProviderAssumeRole(role_arn=config.deploy_role_arn)] if config.deploy_role_arn else None,
            default_tags=[AwsProviderDefaultTags(tags=self.label.tags)],
        )

    def _keep_state_remotely(self, config: Environment) -> None:
        location = StateLocation.of(self.label)
        S3Backend(
            self,
            bucket=location.bucket,
            key=f"{self.layer}/terraform.tfstate",
            region=config.region,
            encrypt=True,
            kms_key_id=location.key_alias_arn,
            dynamodb_table=location.lock_table,
            assume_role=S3BackendAssumeRoleConfig(role_arn=config.deploy_role_arn) if config.deploy_role_arn else None,
        )
        # S3Backend has no such argument yet. With both locks on, the table can be dropped later by one line.
        self.add_override("terraform.backend.s3.use_lockfile", True)
