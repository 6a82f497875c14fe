"""Samples for the rules on services: their tasks, target groups, load balancer and images."""

from __future__ import annotations

import json
from typing import Any

from tests.compliance.samples import ACCOUNT, Sample, changed, sample, stack, without

_HOST = f"{ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com"
_DIGEST = f"sha256:{'a' * 64}"
_OWNER = ["noexec", "uid=101", "gid=102", "mode=0755"]
_PROVIDER: dict[str, Any] = {"provider": {"aws": [{"allowed_account_ids": [ACCOUNT]}]}}


def _containers(*containers: dict[str, Any]) -> str:
    return json.dumps([{"name": "app", "image": "<IMAGE1_NAME>"} | container for container in containers])


def _task(*containers: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {"aws_ecs_task_definition.app": {"container_definitions": _containers(*containers)}}


def _file(*containers: dict[str, Any]) -> dict[str, dict[str, Any]]:
    content = json.dumps({"containerDefinitions": json.loads(_containers(*containers))})
    return {"aws_s3_object.taskdef": {"key": "app/taskdef.json", "content": content}}


def _mount(options: list[str], user: str | None = "101:102") -> dict[str, Any]:
    mounts = [{"containerPath": "/run", "size": 1, "mountOptions": options}]
    return {"user": user, "linuxParameters": {"tmpfs": mounts}}


def _image(image: str) -> dict[str, Any]:
    return {"image": image}


_COPY = {"aws_ecr_repository.copy": {"name": "copies/python", "image_tag_mutability": "IMMUTABLE"}}
_BOUND = {"name": "collector", "memory": 256, "memoryReservation": 128}


def _reads(metric: str, dimension: str) -> dict[str, Any]:
    one = {"namespace": "AWS/ApplicationELB", "metric_name": metric, "dimensions": {"X": f"${{{dimension}}}"}}
    return {"metric_query": [{"id": "one", "metric": one}, {"id": "sum", "expression": "one"}]}


GROUP: dict[str, dict[str, Any]] = {
    "aws_lb_target_group.blue": {"name": "blue"},
    "aws_cloudwatch_metric_alarm.absence": _reads("HealthyHostCount", "aws_lb_target_group.blue.arn_suffix"),
}
BALANCER: dict[str, dict[str, Any]] = {
    "aws_lb.web": {"load_balancer_type": "application"},
    "aws_lb.tcp": {"load_balancer_type": "network"},
    "aws_cloudwatch_metric_alarm.own": {
        "metric_name": "HTTPCode_ELB_5XX_Count",
        "dimensions": {"LoadBalancer": "${aws_lb.web.arn_suffix}"},
    },
}


def _expiry(*selections: dict[str, Any]) -> dict[str, dict[str, Any]]:
    rules = [{"rulePriority": number, "selection": one} for number, one in enumerate(selections, start=1)]
    return {"aws_ecr_lifecycle_policy.app": {"policy": json.dumps({"rules": rules})}}


def _by_count(pattern: str, number: int) -> dict[str, Any]:
    return {
        "tagStatus": "tagged",
        "tagPatternList": [pattern],
        "countType": "imageCountMoreThan",
        "countNumber": number,
    }


_ANY = {"tagStatus": "any", "countType": "sinceImagePushed", "countUnit": "days", "countNumber": 9}
_KEPT = _by_count("release-*", 1_000_000)

CODEDEPLOY: dict[str, dict[str, Any]] = {
    "aws_ecs_service.app": {
        "name": "app",
        "deployment_controller": {"type": "CODE_DEPLOY"},
        "desired_count": 1,
        "availability_zone_rebalancing": "DISABLED",
        "enable_execute_command": False,
        "lifecycle": {"ignore_changes": ["enable_execute_command"]},
    }
}
_URL = "aws_ssm_parameter.url"
_PARAMETERS = {
    "aws_ssm_parameter.url": {"name": "/acme/test/postgres/backend/url"},
    "aws_ssm_parameter.key": {"name": "/acme/test/api-keys/url"},
}


def _client(*variables: str) -> dict[str, Any]:
    """It gets the url of a database, and a key."""
    parameters = {"DATABASE_URL": "url", "KEY": "key"}
    return {
        "environment": [{"name": name, "value": "x"} for name in variables],
        "secrets": [
            {"name": name, "valueFrom": f"${{aws_ssm_parameter.{value}.arn}}"} for name, value in parameters.items()
        ],
    }


def _reader(*variables: str) -> dict[str, Any]:
    """It reads the url of a database at run time."""
    environment = {"URL_PARAMETER": "/acme/test/documentdb/backend/url", **dict.fromkeys(variables, "x")}
    return {"environment": [{"name": name, "value": value} for name, value in environment.items()]}


SAMPLES: tuple[Sample, ...] = (
    *(
        sample("tmpfs-belongs-to-the-user", make(_mount(_OWNER)), make(bad), says=says)
        for make in (_task, _file)
        for bad, says in (
            (_mount(["noexec"]), "app mounts /run without uid=101 and a gid"),
            (_mount(["uid=101"]), "app mounts /run without uid=101 and a gid"),
            (_mount(["uid=101", "gid=101"]), "app mounts /run without gid=102"),
            (_mount(["uid=1010", "gid=102"]), "app mounts /run without uid=101"),
            (_mount(_OWNER, "nginx"), "its user is not a number"),
            (_mount(_OWNER, None), "its user is not a number"),
        )
    ),
    sample(
        "tmpfs-belongs-to-the-user",
        _task({}, _mount(["uid=7", "gid=7"], "7")),
        _task({}, _mount(["uid=8", "gid=7"], "7")),
        says="without uid=7",
    ),
    *(
        sample(
            "image-is-in-the-own-registry",
            _task({}, _image(f"{_HOST}/copies/python:3"), _image(f"{_HOST}/other@{_DIGEST}")) | _COPY,
            make(_image(image)) | _COPY,
            says=says,
            **_PROVIDER,
        )
        for make in (_task, _file)
        for image, says in (
            ("public.ecr.aws/docker/library/python:3", "is not in the account's registry"),
            (f"public.ecr.aws/docker/library/python@{_DIGEST}", "is not in the account's registry"),
            (f"{_HOST.replace(ACCOUNT, '1' * 12)}/other@{_DIGEST}", "is not in the account's registry"),
            (f"{_HOST.replace('us-east-1', 'eu-west-1')}/other@{_DIGEST}", "is not in the account's registry"),
            (f"{_HOST}/other:3", "has a tag that can be moved"),
        )
    ),
    sample(
        "image-is-in-the-own-registry",
        _task(_image(f"{_HOST}/copies/python:3")) | _COPY,
        _task(_image(f"{_HOST}/copies/python:3"))
        | changed(_COPY, "aws_ecr_repository.copy", image_tag_mutability="MUTABLE"),
        says="has a tag that can be moved",
    ),
    sample(
        "image-is-in-the-own-registry",
        _task(_image("${aws_ecr_repository.copy.repository_url}:release-1")) | _COPY,
        _task(_image("${aws_ecr_repository.copy.repository_url}:release-1"))
        | changed(_COPY, "aws_ecr_repository.copy", image_tag_mutability="MUTABLE"),
        says="has tags that can be moved",
    ),
    Sample(
        rule="image-is-in-the-own-registry",
        good=stack(_task(_image("${aws_ecr_repository.copy.repository_url}:release-1")) | _COPY, layer="service"),
        bad=stack(_task(_image("${aws_ecr_repository.other.repository_url}:release-1")) | _COPY, layer="service"),
        at="aws_ecs_task_definition.app",
        says="is not in the account's registry",
    ),
    *(
        sample("sidecar-memory-is-bounded", make({}, _BOUND), make({}, _BOUND | {missing: None}), says=says)
        for make in (_task, _file)
        for missing, says in (
            ("memory", "collector has no memory"),
            ("memoryReservation", "collector has no memoryReservation"),
        )
    ),
    sample(
        "absence-of-targets-has-an-alarm",
        GROUP,
        without(GROUP, "aws_cloudwatch_metric_alarm.absence"),
        says="no alarm reads its HealthyHostCount or UnHealthyHostCount",
    ),
    sample(
        "absence-of-targets-has-an-alarm",
        GROUP,
        GROUP | {"aws_lb_target_group.green": {"name": "green"}},
        at="aws_lb_target_group.green",
        says="no alarm reads its HealthyHostCount or UnHealthyHostCount",
    ),
    sample(
        "absence-of-targets-has-an-alarm",
        GROUP,
        GROUP | {"aws_cloudwatch_metric_alarm.absence": _reads("RequestCount", "aws_lb_target_group.blue.arn_suffix")},
        says="no alarm reads its HealthyHostCount or UnHealthyHostCount",
    ),
    *(
        sample("load-balancer-errors-have-an-alarm", BALANCER, bad, says="no alarm reads its HTTPCode_ELB_5XX")
        for bad in (
            without(BALANCER, "aws_cloudwatch_metric_alarm.own"),
            changed(BALANCER, "aws_cloudwatch_metric_alarm.own", metric_name="HTTPCode_Target_5XX_Count"),
            changed(BALANCER, "aws_cloudwatch_metric_alarm.own", dimensions={"LoadBalancer": "${aws_lb.tcp.arn}"}),
        )
    ),
    *(
        sample("image-expiry-spares-releases", good, bad, says=says)
        for good, bad, says in (
            (
                _expiry(_KEPT, _by_count("build-*", 9)),
                _expiry(_by_count("*", 9)),
                "rule 1 expires images with the tags release-1",
            ),
            (
                _expiry(_KEPT, _ANY),
                _expiry(_by_count("build-*", 9), _KEPT),
                "rule 1 expires images with the tags build-1, release-1",
            ),
            (_expiry(_by_count("cache-*", 9)), _expiry(_ANY), "rule 1 expires images with the tags release-1"),
            (
                _expiry({"tagStatus": "untagged", "countType": "sinceImagePushed", "countNumber": 1}),
                _expiry(_by_count("release-*", 500)),
                "rule 1 expires images with the tags release-1",
            ),
            (
                _expiry({"tagStatus": "tagged", "tagPrefixList": ["build-", "cache-"], "countType": "x"}),
                _expiry({"tagStatus": "tagged", "tagPrefixList": ["build-", "release-"], "countType": "x"}),
                "rule 1 expires images with the tags build-1, release-1",
            ),
            (_expiry(_KEPT), {"aws_ecr_lifecycle_policy.app": {"policy": "${file(x)}"}}, "is not literal JSON"),
        )
    ),
    *(
        sample(
            "codedeploy-service-changes-nothing-else",
            CODEDEPLOY,
            changed(CODEDEPLOY, "aws_ecs_service.app", **arguments),
            says=f"{says} is set and not in ignore_changes",
        )
        for arguments, says in (
            ({"lifecycle": {"ignore_changes": []}}, "enable_execute_command"),
            ({"alarms": {"enable": True}}, "alarms"),
            ({"availability_zone_rebalancing": "ENABLED"}, "availability_zone_rebalancing"),
            ({"service_registries": {"registry_arn": "x"}}, "service_registries"),
        )
    ),
    sample(
        "codedeploy-service-changes-nothing-else",
        changed(CODEDEPLOY, "aws_ecs_service.app", deployment_controller={"type": "ECS"}, platform_version="LATEST"),
        changed(CODEDEPLOY, "aws_ecs_service.app", platform_version="LATEST"),
        says="platform_version is set and not in ignore_changes",
    ),
    *(
        sample(
            "database-url-names-its-authorities",
            {_URL: {"value_wo": f"{scheme}u:p@host/db?x=y&{option}=/a.pem"}},
            {_URL: {"value_wo": f"{scheme}u:p@host/db?x=y"}},
            says=f"a url {scheme}.. has no {option}=..",
        )
        for scheme, option in (
            ("postgresql://", "sslrootcert"),
            ("postgres://", "sslrootcert"),
            ("mongodb://", "tlsCAFile"),
        )
    ),
    *(
        sample(
            "database-client-has-authorities",
            make(client("NODE_EXTRA_CA_CERTS")) | _PARAMETERS,
            make(client("OTHER")) | _PARAMETERS,
            says=f"app gets {name} without NODE_EXTRA_CA_CERTS",
        )
        for make in (_task, _file)
        for client, name in ((_client, "DATABASE_URL"), (_reader, "URL_PARAMETER"))
    ),
    Sample(
        rule="image-is-in-the-own-registry",
        good=stack(_task(_image(f"{_HOST}/copies/python:3")), layer="service"),
        bad=stack(_task(_image(f"{_HOST}/copies/ruby:3")), layer="service"),
        at="aws_ecs_task_definition.app",
        says="has a tag that can be moved",
        others=(stack(_COPY, layer="registry"),),
    ),
)
