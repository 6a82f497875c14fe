"""The base of every stack: one region, one provider, one remote state, the same tags."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from cdktf import S3Backend, S3BackendAssumeRoleConfig, TerraformOutput, TerraformStack
from cdktf_cdktf_provider_aws.provider import (
    AwsProvider,
    AwsProviderAssumeRole,
    AwsProviderDefaultTags,
)

from modules.errors import WiringError
from modules.key import Key
from modules.label import Label
from modules.state_store import ACCESS_LOGS, StateLocation
from synthesis.manifest import APPLIED_AFTER, METADATA, PARTNER_ACCOUNTS, metadata, stack_id

if TYPE_CHECKING:
    from cdktf import TerraformResource
    from constructs import Construct

    from config.environment import Environment
    from modules.bucket import Bucket
    from modules.state_store import StateStore
    from modules.topic import Topics
    from stacks.notifications import NotificationsStack

# Write-only arguments and ephemeral resources, which keep secrets out of the state, need Terraform 1.11.
REQUIRED_TERRAFORM: Final = ">= 1.11"
_ACCOUNT_OF_ARN: Final = 4
"""Which part of an ARN, between its colons, is the account."""


class LayerStack(TerraformStack):
    """One layer of one environment in one region; its id is `<environment>-<name>`, its state key `<name>/...`.

    All its resources are in that region; resources in another region need another stack.
    """

    layer: ClassVar[str]
    survives_home: ClassVar[bool] = False
    """Whether it can be planned without the environment's own region, so that its state is not there either."""

    def __init__(
        self,
        scope: Construct,
        *,
        config: Environment,
        state: LayerStack | None,
        region: str | None = None,
        name: str | None = None,
    ) -> None:
        """Set up provider, backend and tags.

        Args:
            config: The environment.
            state: The stack that stores all states and is applied first; None for that stack itself.
            region: The region of its resources; None for the environment's own region.
            name: Its name within the environment; None for the name of the layer, which in the second region ends in
                the region.
        """
        self.name = name or (self.layer if config.standby_of is None else f"{self.layer}-{config.region}")
        super().__init__(scope, stack_id(config.name, self.name))
        self.config = config
        self.region = region or config.region
        self.label = Label(
            project=config.project,
            environment=config.name,
            layer=self.layer,
            account_id=config.account_id,
            region=self.region,
            home_region=config.home_region,
            recovery_region=config.recovery_region,
            owner=config.tags.owner,
            cost_center=config.tags.cost_center,
            log_destination=config.log_destination(self.region),
        )
        self._add_s3_backend(self.state_location())
        self.add_provider("aws", region=self.region)
        self.add_override("terraform.required_version", REQUIRED_TERRAFORM)
        identity = metadata(
            project=self.label.project,
            environment=config.name,
            layer=self.layer,
            name=self.name,
            region=self.region,
            protect_data=config.protect_data,
            stands_by=config.standby_of is not None,
        )
        self._applied_after: list[str] = []
        self._partners = set[str]()
        if destination := config.log_destination(self.region):
            self.name_partner(destination.split(":")[_ACCOUNT_OF_ARN])
        for key, value in identity.items():
            self.add_override(f"{METADATA}.{key}", value)
        if state is not None:
            self.add_dependency(state)

    def apply_after(self, stack: LayerStack) -> None:
        """Have `stack` applied before this one, and destroyed after it, if both are; but this one does not need it.

        Of a stack added with `add_dependency`, the runner refuses to destroy it while this one exists.
        """
        self.add_dependency(stack)
        self._applied_after.append(stack.name)
        self.add_override(f"{METADATA}.{APPLIED_AFTER}", self._applied_after)

    def name_partner(self, account_id: str) -> None:
        """Say in the JSON that the stack lets in, or uses, an account of others on purpose; rules refuse any other."""
        self._partners.add(account_id)
        if others := sorted(self._partners - {self.config.account_id}):
            self.add_override(f"{METADATA}.{PARTNER_ACCOUNTS}", others)

    def state_location(self) -> StateLocation:
        """Where its state is: in the environment's own region, or with it in the region of the copies."""
        survives = self.survives_home or self.config.standby_of is not None
        if survives and self.region == self.config.recovery_region:
            return StateLocation.in_region_of(self.label)
        return StateLocation.from_names(self.label)

    def access_log_bucket(self, store: StateStore) -> Bucket | str:
        """What receives access logs in its region: a bucket of the state, by its name if that is in another region."""
        if self.region == self.config.home_region:
            return store.access_logs
        return self.label.bucket_name(ACCESS_LOGS)

    def key(self, id_: str, *, name: str, protects: str, attach_policy: bool = False) -> Key:
        """Create a KMS key of this layer.

        Args:
            id_: Its role in the stack.
            name: Component of its alias.
            protects: What it encrypts; the start of its description.
            attach_policy: Whether its policy is a resource of its own, made after what it names.
        """
        return Key(
            self,
            id_,
            label=self.label,
            name=name,
            description=f"{protects} of {self.label.prefix}",
            protect=self.config.protect_data,
            attach_policy=attach_policy,
        )

    def output(self, name: str, value: str | list[str]) -> None:
        """Add an output for people and tests, under exactly this name."""
        TerraformOutput(self, name, value=value, static_id=True)

    def keep_for_others(self, resource: TerraformResource, attribute: str) -> None:
        """Have the output that another stack of the environment reads this by, also while no stack does.

        cdktf adds such an output with its first reader, which then waits for another apply of this stack.

        Args:
            resource: One of this stack.
            attribute: What is read of it, as Terraform names it.
        """
        self.register_outgoing_cross_stack_reference(
            f"{resource.terraform_resource_type}.{resource.friendly_unique_id}.{attribute}"
        )

    def add_provider(self, id_: str, *, region: str, alias: str | None = None) -> AwsProvider:
        """Configure the provider for a region; with an alias, for the resources that name it."""
        config = self.config
        return AwsProvider(
            self,
            id_,
            region=region,
            alias=alias,
            # Terraform stops before it changes anything in an account other than the environment's.
            allowed_account_ids=[config.account_id],
            assume_role=[AwsProviderAssumeRole(role_arn=config.deploy_role_arn)] if config.deploy_role_arn else None,
            default_tags=[AwsProviderDefaultTags(tags=self.label.tags)],
        )

    def _add_s3_backend(self, location: StateLocation) -> None:
        role_arn = self.config.deploy_role_arn
        S3Backend(
            self,
            bucket=location.bucket,
            key=f"{self.name}/terraform.tfstate",
            region=location.region,
            encrypt=True,
            kms_key_id=location.key_alias_arn,
            dynamodb_table=location.lock_table,
            assume_role=S3BackendAssumeRoleConfig(role_arn=role_arn) if role_arn else None,
        )
        # S3Backend has no such argument yet. While both locks are on, the table can be removed later in one line.
        self.add_override("terraform.backend.s3.use_lockfile", True)


def topics_for(stack: LayerStack, notifications: NotificationsStack | None) -> Topics:
    """The topics that the alarms of a stack notify.

    Raises:
        WiringError: There are no topics. The settings are checked for this, so that check must be missing the stack.
    """
    if notifications is None:
        raise WiringError(
            stack,
            "it has alarms, and its environment has no [notifications]; add a check to "
            "config/environment_checks.py that asks for the table",
        )
    return notifications.topics
