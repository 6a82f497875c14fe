"""Samples for the rules on the words of policies."""

from __future__ import annotations

from typing import Any

from tests.compliance.samples import ACCOUNT, Sample, backend, policy, reads, sample, stack

_ACTIONS = "policy-names-actions-of-aws"
_RESOURCES = "statement-names-resources-of-its-actions"
_KEYS = "statement-tests-keys-of-its-actions"
_P, _T, _TOPIC, _ENDPOINT = "aws_iam_role_policy.p", "aws_iam_role.r", "aws_sns_topic_policy.t", "aws_vpc_endpoint.s3"
_ALLOW = {"Effect": "Allow"}
_BUCKET = "${aws_s3_bucket.b.arn}"
_TYPES: dict[str, dict[str, Any]] = {
    "aws_s3_bucket.b": {},
    "aws_codepipeline.p": {},
    "aws_ecs_cluster.c": {},
    "aws_glue_job.j": {},
}
_READ = {**_ALLOW, "Action": ["s3:GetObject", "s3:ListBucket"], "Resource": [_BUCKET, f"{_BUCKET}/*"]}
_LISTS = {**_ALLOW, "Action": ["logs:DescribeLogGroups", "ecr:GetAuthorizationToken"], "Resource": "*"}
_GROUPS = {
    **_ALLOW,
    "Action": "logs:DescribeLogGroups",
    "Resource": f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:*",
}
_UNKNOWN = {**_ALLOW, "Action": "kms:Decrypt", "Resource": "${data.aws_kms_alias.a.target_key_arn}"}
_DENY = {"Effect": "Deny", "NotAction": "iam:Get*", "Resource": "*"}
_TASKS = {
    **_ALLOW,
    "Action": ["ecs:ListTasks", "ecs:StopTask"],
    "Resource": "*",
    "Condition": {"ArnEquals": {"ecs:Cluster": "${aws_ecs_cluster.c.arn}"}},
}
_TAGGED = {
    **_ALLOW,
    "Action": "ec2:Delete*",
    "Resource": "*",
    "Condition": {"StringEquals": {"aws:ResourceTag/Project": "acme", "aws:PrincipalTag/team": "a"}},
}
_BY_CODE = {
    "Effect": "Deny",
    "Action": "ec2:CreateNetworkInterface",
    "Resource": "*",
    "Condition": {"ArnEquals": {"lambda:SourceFunctionArn": "arn"}},
}
_PUBLISH = {
    **_ALLOW,
    "Action": "sns:Publish",
    "Resource": "arn:aws:sns:us-east-1:1:t",
    "Principal": {"Service": "events.amazonaws.com"},
}
_OIDC = {
    **_ALLOW,
    "Action": "sts:AssumeRoleWithWebIdentity",
    "Principal": {"Federated": "arn"},
    "Condition": {"StringEquals": {"token.actions.githubusercontent.com:sub": "x"}},
}
_GOOD = {
    **_TYPES,
    _P: {"policy": policy(_READ, _LISTS, _GROUPS, _UNKNOWN, _DENY, _TASKS, _TAGGED, _BY_CODE)},
    _T: {"assume_role_policy": policy(_OIDC)},
    _TOPIC: {"policy": policy(_PUBLISH)},
    _ENDPOINT: {"policy": policy({**_ALLOW, "Action": "*", "Resource": "*", "Principal": "*"})},
    "aws_lambda_permission.l": {"action": "lambda:InvokeFunction"},
}


def _may(rule: str, action: str | list[str], resource: str | list[str], *, says: str) -> Sample:
    statement = {**_ALLOW, "Action": action, "Resource": resource}
    return sample(rule, _GOOD, {**_GOOD, _P: {"policy": policy(statement)}}, at=_P, says=says)


def _at(rule: str, address: str, says: str, **arguments: Any) -> Sample:
    return sample(rule, _GOOD, {**_GOOD, address: arguments}, at=address, says=says)


def _tests(action: str, condition: dict[str, Any], says: str) -> Sample:
    statement = {
        **_ALLOW,
        "Action": ["s3:GetObject", action],
        "Resource": "*",
        "Condition": {"StringEquals": condition},
    }
    return _at(_KEYS, _P, says, policy=policy(statement))


_FROM_OTHER = {"Action": "s3:GetObject", "Resource": "${data.terraform_remote_state.data.outputs.bucket}"}
_ANY = {"policy": policy({**_ALLOW, "Action": "s3:PutObjects", "Resource": "*"})}

SAMPLES: tuple[Sample, ...] = (
    _may(_ACTIONS, "s3:PutObjects", "*", says="names s3:PutObjects, which is not an action of s3"),
    _may(_ACTIONS, "s3:Fetch*", "*", says="names s3:Fetch*, which is not an action of s3"),
    _may(_ACTIONS, "pipeline:Start", "*", says="AWS has no service with the prefix pipeline"),
    _may(_ACTIONS, "codepipeline", "*", says="names codepipeline, which is not an action"),
    _may(_ACTIONS, '":{"service_name":x', "*", says="AWS has no service with the prefix"),
    _at(_ACTIONS, _P, "names iam:GetRoll", policy=policy({**_DENY, "NotAction": ["iam:GetRoll"]})),
    _at(_ACTIONS, _T, "names sts:AssumeRoles", assume_role_policy=policy({**_OIDC, "Action": "sts:AssumeRoles"})),
    _at(_ACTIONS, "aws_lambda_permission.l", "names lambda:Invoke,", action="lambda:Invoke"),
    *(
        _at(_ACTIONS, address, "names s3:PutObjects", **_ANY)
        for address in (_ENDPOINT, _TOPIC, "aws_kms_key.k", "aws_iam_policy.p")
    ),
    _at(_ACTIONS, "aws_iam_role.inline", "names s3:PutObjects", inline_policy=[_ANY]),
    _may(_RESOURCES, "s3:GetObject", _BUCKET, says=f"names s3:GetObject with {_BUCKET}; IAM allows it only on arn:$"),
    _may(_RESOURCES, "s3:ListBucket", "arn:aws:s3:::b/*", says="names s3:ListBucket with arn:aws:s3:::b/*"),
    _may(_RESOURCES, "s3:GetObject", [f"{_BUCKET}/*", _BUCKET], says=f"names {_BUCKET}, which none of its actions"),
    _may(
        _RESOURCES,
        "ecr:GetAuthorizationToken",
        f"arn:aws:ecr:us-east-1:{ACCOUNT}:repository/api",
        says=f'with arn:aws:ecr:us-east-1:{ACCOUNT}:repository/api; IAM allows it only on "*"',
    ),
    _may(_RESOURCES, "sqs:SendMessage", "arn:aws:sqs:us-east-1", says="names sqs:SendMessage with arn:aws:sqs"),
    _may(_RESOURCES, "codebuild:StartBuild", "${aws_codepipeline.p.arn}", says="names codebuild:StartBuild with"),
    _may(_RESOURCES, "glue:StartJobRun", "${aws_glue_job.j.arn}", says="aws_glue_job is not in the table"),
    Sample(
        rule=_RESOURCES,
        good=stack({_P: {"policy": policy({**_ALLOW, **_FROM_OTHER, "Action": "s3:ListBucket"})}}, data=reads("data")),
        bad=stack({_P: {"policy": policy({**_ALLOW, **_FROM_OTHER})}}, data=reads("data")),
        others=(
            stack(
                {"aws_s3_bucket.b": {}},
                layer="data",
                terraform=backend("data"),
                output={"bucket": {"value": _BUCKET}},
            ),
        ),
        at=_P,
        says="names s3:GetObject with ${data.terraform_remote_state",
    ),
    _tests("s3:ListBucket", {"s3:prefix": "a"}, "tests s3:prefix, which no request for s3:GetObject has"),
    _tests("s3:GetObject", {"kms:ViaService": "x"}, "tests kms:viaservice, which no request for s3:GetObject has"),
    _tests("s3:GetObject", {"aws:SorceAccount": "1"}, "tests aws:sorceaccount, which is not a condition key of AWS"),
    _tests("sqs:ListQueues", {"aws:RequestTag/a": "1"}, "tests aws:requesttag/a, which no request for sqs:ListQueues"),
    _at(
        _KEYS,
        _T,
        "tests github:sub, which no request for sts:AssumeRole has",
        assume_role_policy=policy(
            {**_OIDC, "Action": "sts:AssumeRole", "Condition": {"StringEquals": {"github:sub": "x"}}}
        ),
    ),
    _at(
        _KEYS,
        _TOPIC,
        "tests lambda:sourcefunctionarn; only policies of roles",
        policy=policy({**_PUBLISH, "Condition": _BY_CODE["Condition"]}),
    ),
)
