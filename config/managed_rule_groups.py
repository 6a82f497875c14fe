"""The rule groups of AWS Managed Rules that the firewall can have, with the rules in each.

AWS ignores an override that names a rule which the group does not have, without a word, and the rule goes on blocking:
https://docs.aws.amazon.com/waf/latest/APIReference/API_RuleActionOverride.html
So the names are listed here, as AWS's pages of each group had them in November 2026:
https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-list.html
https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-changelog.html
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, kw_only=True)
class ManagedGroup:
    """One rule group of AWS."""

    name: str
    """AWS's name of it."""
    capacity: int
    """What it costs in WCUs."""
    rules: tuple[str, ...]
    """The names of its rules, those of all versions in use."""
    counted: tuple[str, ...] = ()
    """The rules that only count if the settings do not say which, because they match normal requests too."""
    is_versioned: bool = True
    """Whether AWS publishes versions of it, one of which can be kept."""


GROUPS: Final[Mapping[str, ManagedGroup]] = {
    # https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-baseline.html
    "common": ManagedGroup(
        name="AWSManagedRulesCommonRuleSet",
        capacity=700,
        rules=(
            "NoUserAgent_HEADER",
            "UserAgent_BadBots_HEADER",
            "SizeRestrictions_QUERYSTRING",
            "SizeRestrictions_Cookie_HEADER",
            "SizeRestrictions_BODY",
            "SizeRestrictions_URIPATH",
            "EC2MetaDataSSRF_BODY",
            "EC2MetaDataSSRF_COOKIE",
            "EC2MetaDataSSRF_URIPATH",
            "EC2MetaDataSSRF_QUERYARGUMENTS",
            "GenericLFI_QUERYARGUMENTS",
            "GenericLFI_URIPATH",
            "GenericLFI_BODY",
            "RestrictedExtensions_URIPATH",
            "RestrictedExtensions_QUERYARGUMENTS",
            "GenericRFI_QUERYARGUMENTS",
            "GenericRFI_BODY",
            "GenericRFI_URIPATH",
            "CrossSiteScripting_COOKIE",
            "CrossSiteScripting_QUERYARGUMENTS",
            "CrossSiteScripting_BODY",
            "CrossSiteScripting_URIPATH",
        ),
        # AWS names the first three among those that block files which users upload. A program that calls an API need
        # not send a User-Agent.
        # https://repost.aws/knowledge-center/waf-upload-blocked-files
        # https://repost.aws/knowledge-center/waf-block-http-requests-no-user-agent
        counted=("SizeRestrictions_BODY", "GenericLFI_BODY", "CrossSiteScripting_BODY", "NoUserAgent_HEADER"),
    ),
    "known_bad_inputs": ManagedGroup(
        name="AWSManagedRulesKnownBadInputsRuleSet",
        capacity=200,
        rules=(
            "JavaDeserializationRCE_HEADER",
            "JavaDeserializationRCE_BODY",
            "JavaDeserializationRCE_URIPATH",
            "JavaDeserializationRCE_QUERYSTRING",
            "Host_localhost_HEADER",
            "PROPFIND_METHOD",
            "ExploitablePaths_URIPATH",
            "Log4JRCE_HEADER",
            "Log4JRCE_QUERYSTRING",
            "Log4JRCE_BODY",
            "Log4JRCE_URIPATH",
            "ReactJSRCE_BODY",
        ),
    ),
    # https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-use-case.html
    "sql_injection": ManagedGroup(
        name="AWSManagedRulesSQLiRuleSet",
        capacity=200,
        rules=(
            "SQLi_QUERYARGUMENTS",
            "SQLiExtendedPatterns_QUERYARGUMENTS",
            "SQLi_BODY",
            "SQLiExtendedPatterns_BODY",
            "SQLiExtendedPatterns_HEADER",
            "SQLiExtendedPatterns_URIPATH",
            "SQLi_COOKIE",
            "SQLi_URIPATH",
        ),
        # Another one of AWS's list of those that block uploads; SQLiExtendedPatterns_BODY, which is not on it, blocks.
        # https://repost.aws/knowledge-center/waf-upload-blocked-files
        counted=("SQLi_BODY",),
    ),
    # https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-ip-rep.html
    "ip_reputation": ManagedGroup(
        name="AWSManagedRulesAmazonIpReputationList",
        capacity=25,
        rules=("AWSManagedIPReputationList", "AWSManagedReconnaissanceList", "AWSManagedIPDDoSList"),
        # AWS's own action for this rule is to count.
        counted=("AWSManagedIPDDoSList",),
        is_versioned=False,
    ),
    "anonymous_ip": ManagedGroup(
        name="AWSManagedRulesAnonymousIpList",
        capacity=50,
        rules=("AnonymousIPList", "HostingProviderIPList"),
        # People use a VPN, and programs that call an API run in data centers: that alone is not an attack.
        counted=("AnonymousIPList", "HostingProviderIPList"),
        is_versioned=False,
    ),
}
"""The groups by the name of their table in [firewall.managed_rules]."""
