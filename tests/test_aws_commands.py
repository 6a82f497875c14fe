"""Commands of the AWS CLI are found in a page, and refused where AWS or the CLI would refuse them."""

from __future__ import annotations

import pytest

from tests.aws_commands import CommandError, check, commands, policies

PAGE = """
Text with `aws s3 ls`, which is not in a block.

```sh
make plan ENV=prod
NAME=$(aws ecr batch-get-image --repository-name A --image-ids imageTag=B)
aws sqs purge-queue --queue-url "$(aws sqs get-queue-url --queue-name A)"
```

1. A block in a list:

   ```sh
   aws dynamodb delete-item --table-name locks \\
     --key '{"LockID": {"S": "a"}}'
   aws iam put-role-policy --role-name A --policy-name copy --policy-document '{"Statement":[]}'
   ```
"""


def test_commands_are_found_in_lists_in_variables_and_in_other_commands() -> None:
    assert [" ".join(one.split()[1:3]) for one in commands(PAGE)] == [
        "ecr batch-get-image",
        "sqs purge-queue",
        "sqs get-queue-url",
        "dynamodb delete-item",
        "iam put-role-policy",
    ]
    for command in commands(PAGE):
        check(command)


def test_policies_are_found() -> None:
    assert policies(PAGE) == [{"Statement": []}]


@pytest.mark.parametrize(
    "command",
    [
        "aws ecs update-service --service A --deployment-configuration maximumPercent=200,minimumHealthyPercent=100",
        "aws cloudwatch describe-alarms --state-value ALARM --max-items 3 --query 'MetricAlarms[].AlarmName'",
        "aws health describe-events --region us-east-1 --filter eventStatusCodes=open,upcoming",
        "aws lambda invoke --function-name A --payload '{}' /dev/stdout",
        "aws logs tail GROUP --since 1h",
        "aws rds describe-db-instances > instances.json # afterwards",
        "aws rds modify-db-instance --db-instance-identifier A --no-apply-immediately",
        "aws rds wait db-instance-available --region REGION --db-instance-identifier A",
        "aws s3 cp --region us-west-2 s3://BUCKET/KEY . --recursive",
    ],
)
def test_a_command_is_accepted(command: str) -> None:
    check(command)


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("aws nothing list-all", "Unknown service"),
        ("aws rds list-databases", "list-databases is not an operation of rds"),
        ("aws rds wait db-instance-restored --db-instance-identifier A", "cannot wait for db-instance-restored"),
        ("aws rds wait db-instance-available --name A", "--name is not an option"),
        ("aws rds modify-db-instance --apply-immediately", "DBInstanceIdentifier"),
        ("aws backup start-backup-job --backup-vault-name A --copy-actions B", "--copy-actions is not an option"),
        ("aws backup describe-backup-job --backup-job-id A --max-items 3", "--max-items is not an option"),
        ("aws ecr describe-image-scan-findings --repository-name A --image-id tag=B", "tag is not a member"),
        ("aws logs tail GROUP --newest", "newest"),
    ],
)
def test_a_command_is_refused(command: str, message: str) -> None:
    with pytest.raises(CommandError, match=message):
        check(command)
