"""Samples for the rules on encryption of stores and of traffic, public addresses, and sharing."""

from __future__ import annotations

from typing import Any

from tests.compliance.samples import changed, sample, without

_DISK: dict[str, dict[str, Any]] = {"aws_instance.one": {"root_block_device": {"encrypted": True}}}
_BUCKET: dict[str, dict[str, Any]] = {
    "aws_s3_bucket.one": {"bucket": "one"},
    "aws_s3_bucket_server_side_encryption_configuration.one": {"bucket": "${aws_s3_bucket.one.id}"},
}
_STREAM: dict[str, dict[str, Any]] = {"aws_kinesis_stream.one": {"encryption_type": "KMS"}}
_DOMAIN: dict[str, dict[str, Any]] = {
    "aws_opensearch_domain.one": {
        "encrypt_at_rest": {"enabled": True},
        "node_to_node_encryption": {"enabled": True},
        "domain_endpoint_options": {"enforce_https": True, "tls_security_policy": "Policy-Min-TLS-1-2-2019-07"},
        "vpc_options": {"subnet_ids": ["subnet-1"]},
    }
}

STORES = (
    sample(
        "store-is-encrypted",
        {"aws_efs_file_system.one": {"encrypted": True}},
        {"aws_efs_file_system.one": {}},
        says="encrypted is not set",
    ),
    sample("store-is-encrypted", _DOMAIN, {"aws_opensearch_domain.one": {}}, says="encrypt_at_rest.enabled is not set"),
    sample(
        "store-is-encrypted", _STREAM, changed(_STREAM, "aws_kinesis_stream.one", encryption_type="NONE"), says="NONE"
    ),
    sample(
        "store-is-encrypted",
        _DISK,
        {"aws_instance.one": {"root_block_device": {}}},
        says="the account has no aws_ebs_encryption_by_default",
    ),
    sample(
        "store-is-encrypted",
        {**_DISK, "aws_ebs_encryption_by_default.on": {"enabled": True}, "aws_instance.two": {}},
        {"aws_instance.one": {"ebs_block_device": [{"encrypted": True}, {"encrypted": False}]}},
        says="ebs_block_device.encrypted is false",
    ),
    sample(
        "store-is-encrypted",
        _BUCKET,
        without(_BUCKET, "aws_s3_bucket_server_side_encryption_configuration.one"),
        says="add one",
    ),
    sample(
        "store-is-encrypted",
        {"aws_sqs_queue.one": {"sqs_managed_sse_enabled": False, "kms_master_key_id": "key"}},
        {"aws_sqs_queue.one": {"sqs_managed_sse_enabled": False}},
        says="sqs_managed_sse_enabled is false",
    ),
    sample(
        "store-is-encrypted",
        {"aws_codebuild_project.one": {"artifacts": {"encryption_disabled": False}}},
        {"aws_codebuild_project.one": {"artifacts": {"encryption_disabled": True}}},
        says="artifacts.encryption_disabled is true",
    ),
)

_LISTENER: dict[str, dict[str, Any]] = {
    "aws_lb_listener.http": {
        "protocol": "HTTP",
        "default_action": [{"type": "redirect", "redirect": {"protocol": "HTTPS"}}],
    },
    "aws_lb_listener_rule.one": {
        "listener_arn": "${aws_lb_listener.http.arn}",
        "action": {"type": "redirect", "redirect": [{"protocol": "HTTPS"}]},
    },
}
_HTTPS: dict[str, dict[str, Any]] = {
    "aws_lb_listener.https": {"protocol": "HTTPS", "ssl_policy": "ELBSecurityPolicy-TLS13-1-2-Res-2021-06"}
}

TRAFFIC = (
    sample(
        "traffic-is-encrypted",
        {"aws_sns_topic_subscription.a": {"protocol": "https"}},
        {"aws_sns_topic_subscription.a": {"protocol": "http"}},
        says="protocol is http",
    ),
    sample(
        "traffic-is-encrypted",
        {"aws_elasticache_replication_group.one": {"transit_encryption_enabled": True}},
        {"aws_elasticache_replication_group.one": {}},
        says="transit_encryption_enabled is not set",
    ),
    sample(
        "traffic-is-encrypted",
        _DOMAIN,
        changed(_DOMAIN, "aws_opensearch_domain.one", domain_endpoint_options={"enforce_https": False}),
        says="enforce_https is off",
    ),
    sample(
        "traffic-is-encrypted",
        {"aws_msk_cluster.one": {"encryption_info": {"encryption_in_transit": {"client_broker": "TLS"}}}},
        {"aws_msk_cluster.one": {"encryption_info": {"encryption_in_transit": {"client_broker": "TLS_PLAINTEXT"}}}},
        says="use TLS",
    ),
    sample(
        "traffic-is-encrypted",
        {"aws_ecs_task_definition.one": {"volume": {"efs_volume_configuration": {"transit_encryption": "ENABLED"}}}},
        {"aws_ecs_task_definition.one": {"volume": {"efs_volume_configuration": {}}}},
        says="transit_encryption is not set",
    ),
    sample(
        "listener-is-encrypted",
        _LISTENER,
        changed(_LISTENER, "aws_lb_listener.http", default_action={"type": "forward"}),
        says="answers HTTP with forward",
    ),
    sample(
        "listener-is-encrypted",
        _LISTENER,
        changed(_LISTENER, "aws_lb_listener_rule.one", action=[{"type": "forward"}]),
        at="aws_lb_listener_rule.one",
        says="answers HTTP with forward",
    ),
    sample(
        "listener-is-encrypted",
        {"aws_elb.one": {"listener": {"lb_protocol": "https"}}},
        {"aws_elb.one": {"listener": {"lb_protocol": "http"}}},
        says="listens by http",
    ),
    sample(
        "targets-are-reached-by-tls",
        {"aws_lb_target_group.one": {"protocol": "HTTPS"}},
        {"aws_lb_target_group.one": {"protocol": "HTTP"}},
        says="protocol is HTTP",
    ),
    sample(
        "tls-is-12-or-newer",
        _HTTPS,
        changed(_HTTPS, "aws_lb_listener.https", ssl_policy="ELBSecurityPolicy-TLS13-1-0-2021-06"),
        says="accepts versions below TLS 1.2",
    ),
    sample(
        "tls-is-12-or-newer", _HTTPS, {"aws_lb_listener.https": {"protocol": "HTTPS"}}, says="ssl_policy is not set"
    ),
    sample(
        "tls-is-12-or-newer",
        _DOMAIN,
        changed(_DOMAIN, "aws_opensearch_domain.one", domain_endpoint_options={"enforce_https": True}),
        says="tls_security_policy is not set",
    ),
)

PUBLIC = (
    sample(
        "database-is-not-public",
        {"aws_redshift_cluster.one": {"publicly_accessible": False}},
        {"aws_redshift_cluster.one": {}},
        says="the default is public",
    ),
    sample(
        "database-is-not-public",
        {"aws_neptune_cluster_instance.one": {"publicly_accessible": False}},
        {"aws_neptune_cluster_instance.one": {"publicly_accessible": True}},
        says="publicly_accessible is on",
    ),
    sample("database-is-not-public", _DOMAIN, {"aws_opensearch_domain.one": {}}, says="has no vpc_options"),
    sample(
        "database-is-not-public",
        {"aws_msk_cluster.one": {}},
        {
            "aws_msk_cluster.one": {
                "broker_node_group_info": {"connectivity_info": {"public_access": {"type": "SERVICE_PROVIDED_EIPS"}}}
            }
        },
        says="SERVICE_PROVIDED_EIPS",
    ),
    sample(
        "nothing-has-a-public-address",
        {"aws_ecs_service.one": {"network_configuration": {"assign_public_ip": False}}},
        {"aws_ecs_service.one": {"network_configuration": {"assign_public_ip": True}}},
        says="network_configuration.assign_public_ip is on",
    ),
    sample(
        "nothing-has-a-public-address",
        {"aws_sfn_state_machine.one": {"definition": '{"AssignPublicIp": "DISABLED"}'}},
        {"aws_sfn_state_machine.one": {"definition": '{"AssignPublicIp": "ENABLED"}'}},
        says="AssignPublicIp is on",
    ),
    sample(
        "nothing-has-a-public-address",
        {"aws_eks_cluster.one": {"vpc_config": {"endpoint_public_access": False}}},
        {"aws_eks_cluster.one": {"vpc_config": {}}},
        says="the default is public",
    ),
    sample(
        "public-address-is-for-nat",
        {"aws_eip.one": {"domain": "vpc"}},
        {"aws_eip.one": {"network_interface": "eni-1"}},
        says="network_interface has it",
    ),
    sample(
        "public-address-is-for-nat",
        {"aws_eip.one": {}, "aws_instance.one": {}},
        {"aws_eip_association.one": {"instance_id": "${aws_instance.one.id}"}, "aws_instance.one": {}},
        says="gives aws_instance.one a public address",
    ),
)

_DATABASE: dict[str, dict[str, Any]] = {
    "aws_vpc_security_group_ingress_rule.one": {
        "security_group_id": "${aws_security_group.one.id}",
        "cidr_ipv4": "10.0.0.0/16",
    },
    "aws_security_group.one": {},
    "aws_rds_cluster.one": {"vpc_security_group_ids": ["${aws_security_group.one.id}"]},
}
_INSIDE = (
    sample(
        "database-accepts-private-addresses-only",
        _DATABASE,
        changed(_DATABASE, "aws_vpc_security_group_ingress_rule.one", cidr_ipv4="203.0.114.7/32"),
        says="lets addresses of the internet reach test-unit/aws_rds_cluster.one",
    ),
    sample(
        "database-accepts-private-addresses-only",
        _DATABASE,
        changed(_DATABASE, "aws_security_group.one", ingress=[{"cidr_blocks": ["8.8.8.0/24"], "protocol": "-1"}]),
        at="aws_security_group.one",
        says="lets addresses of the internet reach",
    ),
)
_STATE = (
    sample(
        "secret-argument-is-write-only",
        {"aws_ssm_parameter.one": {"value_wo": "${ephemeral.random_password.one.result}"}},
        {"random_password.one": {"length": 20}},
        says="its result is stored in the state",
    ),
    sample(
        "secret-argument-is-write-only",
        {},
        {"aws_mq_broker.one": {"user": [{"username": "a", "password": "b"}]}},
        says="password is stored in the state",
    ),
    sample(
        "text-has-no-secret",
        {"aws_instance.one": {"user_data": "export DB_PASSWORD=$(aws ssm get-parameter --name x)"}},
        {"aws_instance.one": {"user_data_base64": "ZXhwb3J0IERCX1BBU1NXT1JEPWNvcnJlY3Rob3JzZTEK"}},
        says="a password in clear text",
    ),
)
_SETTINGS = (
    sample(
        "setting-is-safe",
        {"aws_ecs_service.a": {"platform_version": "LATEST"}, "aws_ecs_service.b": {}},
        {"aws_ecs_service.a": {"platform_version": "1.3.0"}},
        says="platform_version is 1.3.0",
    ),
    sample(
        "setting-is-safe",
        {"aws_lb.one": {"drop_invalid_header_fields": True, "desync_mitigation_mode": "strictest"}},
        {"aws_lb.one": {"drop_invalid_header_fields": True, "desync_mitigation_mode": "monitor"}},
        says="desync_mitigation_mode is monitor; it must be defensive or strictest",
    ),
    sample(
        "setting-is-safe",
        {"aws_lb.one": {"load_balancer_type": "network"}},
        {"aws_lb.one": {"desync_mitigation_mode": "defensive"}},
        says="drop_invalid_header_fields is not set",
    ),
    sample(
        "schedule-is-on",
        {"aws_scheduler_schedule.one": {}, "aws_cloudwatch_event_rule.one": {"state": "ENABLED"}},
        {"aws_cloudwatch_event_rule.one": {"is_enabled": False}},
        says="is switched off",
    ),
)

SHARING = (
    sample(
        "bucket-is-made-public-by-nothing",
        {"aws_s3_bucket_acl.one": {"acl": "private"}},
        {"aws_s3_bucket_acl.one": {"acl": "public-read"}},
        says="acl is public-read",
    ),
    sample(
        "bucket-is-made-public-by-nothing",
        {"aws_s3_access_point.one": {"public_access_block_configuration": {"block_public_policy": True}}},
        {"aws_s3_access_point.one": {"public_access_block_configuration": {"block_public_policy": False}}},
        says="block_public_policy is off",
    ),
    sample(
        "bucket-is-made-public-by-nothing",
        {"aws_s3_bucket.one": {}},
        {"aws_s3_bucket_website_configuration.one": {}},
        says="makes a bucket a website",
    ),
    sample(
        "bucket-is-made-public-by-nothing",
        {"aws_s3_bucket_acl.one": {}},
        {
            "aws_s3_bucket_acl.one": {
                "access_control_policy": {
                    "grant": [{"grantee": {"uri": "http://acs.amazonaws.com/groups/global/AllUsers"}}]
                }
            }
        },
        says="AllUsers",
    ),
    sample(
        "function-address-asks-who-calls",
        {"aws_lambda_function_url.one": {"authorization_type": "AWS_IAM"}},
        {"aws_lambda_function_url.one": {"authorization_type": "NONE"}},
        says="everyone may call the function",
    ),
    sample(
        "function-address-asks-who-calls",
        {"aws_api_gateway_method.one": {"authorization": "AWS_IAM", "http_method": "GET"}},
        {"aws_api_gateway_method.one": {"authorization": "NONE", "http_method": "GET"}},
        says="everyone may call it",
    ),
    sample(
        "account-blocks-public-snapshots",
        {"aws_ebs_snapshot_block_public_access.one": {"state": "block-all-sharing"}},
        {"aws_ebs_snapshot_block_public_access.one": {"state": "unblocked"}},
        says="use block-all-sharing",
    ),
)

SAMPLES = (*STORES, *TRAFFIC, *PUBLIC, *_INSIDE, *_STATE, *_SETTINGS, *SHARING)
