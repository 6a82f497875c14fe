"""Which traffic is encrypted, by which argument, and what AWS does without it."""

from __future__ import annotations

import re
from typing import Final

SWITCHES: Final = re.compile(
    r"(^|_)(transit_encryption_enabled|require_tls|tls_enabled|enforce_https|node_to_node_encryption|in_cluster"
    r"|enable_inter_container_traffic_encryption|transit_encryption|require_encryption|encryption_in_transit_enabled)$"
)
"""Arguments of any type that switch the encryption of traffic; off is never right."""
VALUES: Final = {
    "client_broker": frozenset({"TLS"}),
    "cluster_endpoint_encryption_type": frozenset({"TLS"}),
    "transit_encryption_mode": frozenset({"required"}),
    "in_transit_encryption": frozenset({"TLS1_2"}),
    "ssl_mode": frozenset({"require", "verify-ca", "verify-full"}),
    "tls_policy": frozenset({"Require"}),
    "origin_protocol_policy": frozenset({"https-only"}),
    "viewer_protocol_policy": frozenset({"https-only", "redirect-to-https"}),
}
"""Arguments with a mode, and the modes that refuse clear text."""
REQUIRED: Final = {
    # https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/in-transit-encryption.html
    "aws_elasticache_replication_group": "transit_encryption_enabled",
    "aws_appsync_api_cache": "transit_encryption_enabled",
    "aws_db_proxy": "require_tls",
    # https://docs.aws.amazon.com/opensearch-service/latest/developerguide/ntn.html
    "aws_opensearch_domain": "node_to_node_encryption.enabled",
    "aws_elasticsearch_domain": "node_to_node_encryption.enabled",
    # https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/DAXEncryptionInTransit.html
    "aws_dax_cluster": "cluster_endpoint_encryption_type",
}
"""Types whose traffic is in clear text, or may be, unless the argument is on."""
REQUIRED_IN_DOMAINS: Final = "domain_endpoint_options.enforce_https"
"""https://docs.aws.amazon.com/opensearch-service/latest/developerguide/createupdatedomains.html"""

OLD_TLS: Final = re.compile(
    r"(SSLv3|TLSv1|TLSv1_2016|TLSv1\.1_2016|TLSv1\.1|TLS_1_0|TLS_1_1|Policy-Min-TLS-1-0-2019-07"
    r"|ELBSecurityPolicy-(2016-08|2015-05|TLS-1-[01].*|FS-2018-06|FS-1-1.*|TLS13-1-[01].*|2014-.*|2011-.*)"
    r"|TransferSecurityPolicy-2018-11|TransferSecurityPolicy-(PQ-SSH-)?Experimental.*)",
)
"""Policies that accept versions below TLS 1.2:
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/secure-connections-supported-viewer-protocols-ciphers.html"""
POLICY_ARGUMENTS: Final = re.compile(
    r"(ssl_policy|security_policy|minimum_protocol_version|tls_security_policy|security_policy_name|origin_ssl_protocols"
    r"|min_tls_version|minimum_tls_version)$"
)
POLICY_REQUIRED: Final = {
    # https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-custom-domain-tls-version.html
    "aws_api_gateway_domain_name": "security_policy",
    "aws_opensearch_domain": "domain_endpoint_options.tls_security_policy",
    "aws_elasticsearch_domain": "domain_endpoint_options.tls_security_policy",
    # https://docs.aws.amazon.com/transfer/latest/userguide/security-policies.html
    "aws_transfer_server": "security_policy_name",
}
"""Types whose policy accepts old versions if nothing is said."""
CLEAR_PROTOCOLS: Final = frozenset({"HTTP", "TCP", "UDP", "TCP_UDP"})
SHARED_CERTIFICATE: Final = "cloudfront_default_certificate"
