"""Samples of data with and without a copy in another region, and of buckets for backups."""

from __future__ import annotations

from typing import Any

from tests.compliance.samples import Sample, backend, policy, reads, sample, stack

_RULE, _WRITER = "data-is-in-two-regions", "backups-bucket-has-a-writer"
_SAYS = "has no copy in another region"
_ARN = "arn:aws:rds:us-east-1:444444444444:db"


def _replication(destination: str, **arguments: Any) -> dict[str, Any]:
    to: dict[str, Any] = {"status": "Enabled", "filter": {"prefix": ""}, "destination": {"bucket": destination}}
    return {"bucket": "${aws_s3_bucket.b.id}", "rule": [{**to, **arguments}]}


def _plan(vault: str) -> dict[str, Any]:
    return {"rule": [{"rule_name": "daily", "copy_action": [{"destination_vault_arn": vault}]}]}


def _selection(tag: str) -> dict[str, Any]:
    test = {"key": "aws:ResourceTag/backup-plan", "value": tag}
    return {
        "plan_id": "${aws_backup_plan.p.id}",
        "resources": ["arn:aws:rds:us-east-1:444444444444:cluster:acme-*"],
        "condition": [{"string_equals": [test]}],
    }


def _backed_up(*, vault: str = "", tag: str = "acme-test", opt_in: bool = True, **selection: Any) -> dict[str, Any]:
    return {
        "aws_docdb_cluster.d": {"cluster_identifier": "acme-documentdb", "tags": {"backup-plan": "acme-test"}},
        "aws_backup_plan.p": _plan(vault or _WEST_VAULT),
        "aws_backup_selection.s": {**_selection(tag), **selection},
        "aws_backup_region_settings.s": {"resource_type_opt_in_preference": {"DocumentDB": opt_in}},
        "aws_backup_vault.v": {"name": "v"},
    }


def _unbacked(bad: dict[str, Any]) -> Sample:
    return sample(_RULE, _backed_up(), bad, says=_SAYS, others=(_WEST,), provider=_ACCOUNT)


_ACCOUNT = {"aws": [{"region": "us-east-1", "allowed_account_ids": ["444444444444"]}]}
_WEST_VAULT = "arn:aws:backup:us-west-2:444444444444:backup-vault:v"
_HOME_VAULT = "arn:aws:backup:us-east-1:444444444444:backup-vault:v"
_WEST = stack(
    {
        "aws_db_instance_automated_backups_replication.p": {"source_db_instance_arn": f"{_ARN}:acme-postgres"},
        "aws_s3_bucket.c": {"bucket": "acme-copy"},
        "aws_ecr_repository.api": {"name": "acme-api"},
        "aws_backup_vault.v": {"name": "v"},
    },
    layer="west",
    region="us-west-2",
)
_TWIN = stack({"aws_s3_bucket.c": {"bucket": "acme-twin"}}, layer="twin")
_STRANGER = stack({"aws_s3_bucket.c": {"bucket": "other-copy"}}, layer="west", region="us-west-2", environment="other")
_TABLE: dict[str, dict[str, Any]] = {"aws_dynamodb_table.t": {"name": "t"}}
_WEST_PROVIDER = {"aws": [{"region": "us-east-1"}, {"alias": "west", "region": "us-west-2"}]}
_REPLICA = {"aws_dynamodb_table_replica.r": {"global_table_arn": "${aws_dynamodb_table.t.arn}"}}
_IMAGES: dict[str, dict[str, Any]] = {"aws_ecr_repository.api": {"name": "acme-api"}}


def _images(*, to: str = "us-west-2", prefix: str = "acme-") -> dict[str, Any]:
    each = {"destination": [{"region": to}], "repository_filter": [{"filter": prefix, "filter_type": "PREFIX_MATCH"}]}
    return {"aws_ecr_replication_configuration.r": {"replication_configuration": {"rule": [each]}}}


def _bucket(**resources: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {"aws_s3_bucket.b": {"bucket": "acme-files"}, **resources}


def _lifecycle(**rule: Any) -> dict[str, Any]:
    return {"bucket": "${aws_s3_bucket.b.id}", "rule": [{"status": "Enabled", **rule}]}


_COPIED = _bucket(**{"aws_s3_bucket_replication_configuration.r": _replication("arn:aws:s3:::acme-copy")})


def _replicated(destination: str, **arguments: Any) -> dict[str, dict[str, Any]]:
    return _bucket(**{"aws_s3_bucket_replication_configuration.r": _replication(destination, **arguments)})


_WRITES: dict[str, Any] = {
    "Effect": "Allow",
    "Action": ["s3:PutObject", "s3:AbortMultipartUpload"],
    "Resource": "${aws_s3_bucket.b.arn}/api/*",
}
_FROM_OTHER = {**_WRITES, "Resource": "${data.terraform_remote_state.data.outputs.arn}/api/*"}


def _role(**changes: Any) -> dict[str, dict[str, Any]]:
    return {"aws_iam_role_policy.p": {"policy": policy({**_WRITES, **changes})}}


def _backups(**changes: Any) -> dict[str, dict[str, Any]]:
    return {"aws_s3_bucket.b": {}, **_role(**changes)}


def _expiring(prefix: str) -> dict[str, dict[str, Any]]:
    rule = _lifecycle(filter=[{"prefix": prefix}], expiration=[{"days": 90}])
    return _bucket(**{"aws_s3_bucket_lifecycle_configuration.l": rule})


DATABASES = (
    sample(
        _RULE,
        {"aws_db_instance.p": {"identifier": "acme-postgres"}},
        {"aws_db_instance.p": {"identifier": "postgres"}},  # the end of the name of the one that is copied
        says=_SAYS,
        others=(_WEST,),
    ),
    sample(
        _RULE,
        {"aws_db_instance.r": {"identifier": "acme-replica", "replicate_source_db": "acme-postgres"}},
        {"aws_db_instance.r": {"identifier": "acme-replica"}},
        says=_SAYS,
        others=(_WEST,),
    ),
    _unbacked(_backed_up(vault=_HOME_VAULT)),
    _unbacked(_backed_up(vault=_WEST_VAULT.replace(":v", ":gone"))),  # a vault that nothing makes
    _unbacked(_backed_up(tag="acme-prod")),
    _unbacked(_backed_up(resources=["arn:aws:rds:us-east-1:444444444444:db:acme-*"])),
    _unbacked(_backed_up(opt_in=False)),
)
TABLES = (
    sample(
        _RULE,
        {
            **_TABLE,
            "aws_dynamodb_table_replica.r": {**_REPLICA["aws_dynamodb_table_replica.r"], "provider": "aws.west"},
        },
        {**_TABLE, **_REPLICA},  # without a provider of its own it is in the same region
        says=_SAYS,
        provider=_WEST_PROVIDER,
    ),
    sample(
        _RULE,
        {"aws_dynamodb_table.t": {"name": "t", "replica": [{"region_name": "us-west-2"}]}},
        {"aws_dynamodb_table.t": {"name": "t", "replica": [{"region_name": "us-east-1"}]}},
        says=_SAYS,
    ),
)
REPOSITORIES = (
    sample(_RULE, {**_IMAGES, **_images()}, {**_IMAGES, **_images(prefix="acme-web")}, says=_SAYS, others=(_WEST,)),
    sample(
        _RULE,
        {**_IMAGES, **_images()},
        {"aws_ecr_repository.api": {"name": "acme-new"}, **_images()},  # nothing creates it there
        says=_SAYS,
        others=(_WEST,),
    ),
    sample(
        _RULE,
        {
            "aws_ecr_repository.api": {"name": "public/python"},
            "aws_ecr_pull_through_cache_rule.c": {"ecr_repository_prefix": "public"},
        },
        {
            "aws_ecr_repository.api": {"name": "publications"},
            "aws_ecr_pull_through_cache_rule.c": {"ecr_repository_prefix": "public"},
        },
        says=_SAYS,
    ),
    sample(_RULE, {**_IMAGES, **_images()}, {**_IMAGES, **_images(to="us-east-1")}, says=_SAYS, others=(_WEST,)),
    sample(
        _RULE,
        _IMAGES,  # the copy of the one at home
        {"aws_ecr_repository.api": {"name": "acme-web"}},
        says=_SAYS,
        others=(stack({**_IMAGES, **_images()}, layer="home"),),
        region="us-west-2",
    ),
)
BUCKETS = (
    sample(_RULE, _COPIED, _replicated("arn:aws:s3:::acme-gone"), says=_SAYS, others=(_WEST,)),
    sample(_RULE, _COPIED, _replicated("arn:aws:s3:::acme-twin"), says=_SAYS, others=(_WEST, _TWIN)),
    sample(_RULE, _COPIED, _replicated("arn:aws:s3:::other-copy"), says=_SAYS, others=(_WEST, _STRANGER)),
    sample(_RULE, _COPIED, _replicated("arn:aws:s3:::acme-copy", status="Disabled"), says=_SAYS, others=(_WEST,)),
    sample(
        _RULE, _COPIED, _replicated("arn:aws:s3:::acme-copy", filter={"prefix": "in/"}), says=_SAYS, others=(_WEST,)
    ),
    sample(
        _RULE,
        _bucket(**{"aws_s3_bucket_lifecycle_configuration.l": _lifecycle(expiration=[{"days": 90}])}),
        _bucket(**{"aws_s3_bucket_lifecycle_configuration.l": _lifecycle(noncurrent_version_expiration=[{"days": 9}])}),
        says=_SAYS,
    ),
    sample(_RULE, _bucket(**{"aws_codepipeline.p": {}}), _bucket(), says=_SAYS),
    sample(
        _RULE,
        {**_expiring("api/"), **_role()},
        {**_expiring("logs/"), **_role()},
        says=_SAYS,
        at="aws_s3_bucket.b",
    ),
    sample(
        _RULE,
        _bucket(**{"aws_s3_bucket_lifecycle_configuration.l": _lifecycle(expiration=[{"days": 90}])}),
        _bucket(
            **{
                "aws_s3_bucket_lifecycle_configuration.l": _lifecycle(expiration=[{"days": 90}]),
                "aws_cloudtrail.t": {"s3_bucket_name": "${aws_s3_bucket.b.id}"},
            }
        ),
        says=_SAYS,
    ),
    sample(
        _RULE,
        _bucket(**{"aws_s3_object.o": {"bucket": "${aws_s3_bucket.b.id}", "key": "k"}}),
        _bucket(**{"aws_s3_object.o": {"bucket": "${aws_s3_bucket.b.id}", "key": "k"}, **_role()}),
        says=_SAYS,
    ),
)
COPIES = (
    sample(
        _RULE,
        {"aws_ecr_repository.api": {"name": "acme-api"}},
        {"aws_ecr_repository.api": {"name": "acme-web"}},
        says="is for copies, and no replication leads to it",
        others=(stack({**_IMAGES, **_images()}, layer="home"),),
        region="us-west-2",
        layer="recovery",
    ),
    sample(
        _RULE,
        {**_COPIED, "aws_s3_bucket.c": {"bucket": "acme-copy", "provider": "aws.west"}},
        {
            "aws_s3_bucket.c": {"bucket": "acme-lost", "provider": "aws.west"},
            **_COPIED,
        },
        says="is for copies, and no replication leads to it",
        provider=_WEST_PROVIDER,
    ),
)
WRITERS = (
    sample(_WRITER, _backups(), _backups(Action="s3:GetObject"), says="nothing may write to it", layer="data"),
    sample(_WRITER, _backups(), _backups(Effect="Deny"), says="nothing may write to it", layer="data"),
    sample(
        _WRITER,
        _backups(),
        _backups(Resource="${aws_s3_bucket.b-copy.arn}/*"),
        says="nothing may write to it",
        layer="data",
    ),
    sample(
        _WRITER,
        _backups(),
        _backups(Resource="${aws_s3_bucket.b.arn}/recovery/heartbeat"),  # one object, by which copies are watched
        says="nothing may write to it",
        layer="data",
    ),
    Sample(
        rule=_WRITER,
        good=stack(
            {"aws_s3_bucket.b": {}},
            layer="data",
            terraform=backend("data"),
            output={"arn": {"value": "${aws_s3_bucket.b.arn}"}},
        ),
        bad=stack(
            {"aws_s3_bucket.b": {}, "aws_s3_bucket.c": {}},
            layer="data",
            terraform=backend("data"),
            output={"arn": {"value": "${aws_s3_bucket.c.arn}"}},
        ),
        at="aws_s3_bucket.b",
        says="set writes_backups = true",
        others=(
            stack({"aws_iam_role_policy.p": {"policy": policy(_FROM_OTHER)}}, layer="service", data=reads("data")),
        ),
    ),
)
SAMPLES: tuple[Sample, ...] = (*DATABASES, *TABLES, *REPOSITORIES, *BUCKETS, *COPIES, *WRITERS)
