"""Settings of the firewall: what it is without any, and each mistake by its message."""

import pytest

from config.environment import Environment
from config.firewall import FirewallSettings
from tests.config.examples import changed, parsed, present, refusal, without

TABLE = "[firewall] #"
SIGN_IN = 'paths = ["/api/auth/"]\nrate_limit = 100'
ACL = "arn:aws:wafv2:us-east-1:333333333333:global/webacl/own/11111111-2222-3333-4444-555555555555"
REGIONAL = ACL.replace("global", "regional")


def with_settings(text: str) -> str:
    """Production's file, behind CloudFront, with these settings."""
    return changed((TABLE, f"[firewall]\n{text}\n#"))


def public(text: str) -> str:
    """The same with a public load balancer."""
    return without("edge", toml=with_settings(text))


def own_acl(arn: str, more: str = "") -> str:
    """With a web ACL of the user's own only."""
    return without("firewall") + f'[firewall]\nweb_acl_arn = "{arn}"\n{more}'


def firewall(environment: Environment) -> FirewallSettings:
    return present(environment.firewall)


def test_an_empty_table_turns_it_on() -> None:
    settings = firewall(parsed(without("firewall") + "[firewall]\n"))
    assert (settings.mode, settings.rate_limit, settings.rate_window_seconds) == ("block", 10_000, 300)
    assert settings.upload_paths is None
    assert settings.sign_in is None
    assert len(settings.managed_rules.groups) == 5


def test_the_web_acl_is_where_what_it_protects_is() -> None:
    assert parsed(changed()).firewall_region == "us-east-1"
    west = (
        without("recovery", toml=public(""))
        .replace('region = "us-east-1"', 'region = "us-west-2"')
        .replace("use1-az", "usw2-az")
    )
    assert parsed(west).firewall_region == "us-west-2"
    assert parsed(own_acl(ACL)).firewall_region is None
    assert parsed(without("firewall")).firewall_region is None


def test_without_a_load_balancer_it_is_refused() -> None:
    assert (
        "firewall: there is no [load_balancer] whose requests it would inspect; add the table, or remove [firewall]"
        in refusal(without("load_balancer"))
    )


def test_another_mode_is_refused() -> None:
    assert refusal(with_settings('mode = "log"')) == ['firewall.mode = "log": allowed: "block", "count"']


@pytest.mark.parametrize("place", ["rate_limit = {}", "sign_in"])
def test_a_rate_below_what_aws_accepts_is_refused(place: str) -> None:
    if place == "sign_in":
        assert refusal(changed(("rate_limit = 100", "rate_limit = 9"))) == [
            "firewall.sign_in.rate_limit = 9: must be 10 or more"
        ]
    else:
        lines = refusal(with_settings(place.format(9)))
        assert lines == ["firewall.rate_limit = 9: must be 10 or more"]


def test_a_window_that_aws_does_not_have_is_refused_with_the_nearest() -> None:
    message = "is not a valid window of AWS WAF; the nearest is 300 (allowed: 60, 120, 300, 600)"
    assert refusal(with_settings("rate_window_seconds = 301")) == [f"firewall.rate_window_seconds = 301: {message}"]
    assert refusal(changed((SIGN_IN, f"{SIGN_IN}\nrate_window_seconds = 301"))) == [
        f"firewall.sign_in.rate_window_seconds = 301: {message}"
    ]


@pytest.mark.parametrize(
    ("site", "sign_in"),
    [("rate_limit = 100", ""), ("rate_limit = 200\nrate_window_seconds = 600", ""), ("", "rate_window_seconds = 60")],
)
def test_a_limit_for_sign_in_that_is_not_stricter_is_refused(site: str, sign_in: str) -> None:
    limit = "rate_limit = 100" if site else "rate_limit = 2000"
    toml = with_settings(site).replace("rate_limit = 100 #", f"{limit}\n{sign_in} #")
    (line,) = refusal(toml)
    assert line.startswith(f"firewall.sign_in.{limit}: is not stricter than the limit of the whole site, rate_limit = ")
    assert line.endswith("lower it, or remove [firewall.sign_in]")


@pytest.mark.parametrize("path", ["api/auth", "/API/auth", "/api/*", "/api/%61uth", "/", "/api auth"])
def test_a_path_that_would_not_match_is_refused(path: str) -> None:
    message = (
        "is not a valid start of a path; use a slash, then lowercase letters, digits and . _ ~ / -, and no * or "
        'escapes, like "/api/auth/": requests are compared after they are decoded and in lowercase letters'
    )
    assert refusal(changed(('"/api/auth/"', f'"{path}"'))) == [f'firewall.sign_in.paths[0] = "{path}": {message}']
    assert refusal(with_settings(f'upload_paths = ["{path}"]')) == [f'firewall.upload_paths[0] = "{path}": {message}']


def test_a_path_that_is_too_long_is_refused() -> None:
    (line,) = refusal(changed(('"/api/auth/"', f'"/{"a" * 200}"')))
    assert line.endswith("has 201 characters; AWS WAF compares 200 or fewer")


def test_a_table_for_sign_in_without_paths_is_refused() -> None:
    assert refusal(changed(('["/api/auth/"]', "[]"))) == [
        "firewall.sign_in.paths = []: must have 1 or more entries, not 0"
    ]


@pytest.mark.parametrize("setting", ["allow_ips", "deny_ips"])
def test_every_address_in_a_list_is_refused(setting: str) -> None:
    (line,) = refusal(with_settings(f'{setting} = ["0.0.0.0/0"]'))
    assert line == (
        f'firewall.{setting}[0] = "0.0.0.0/0": is every address, which AWS WAF refuses in a list; use smaller blocks, '
        "or leave the list out"
    )


def test_an_address_that_is_allowed_and_denied_is_refused() -> None:
    lists = 'allow_ips = ["2001:db8::/48", "203.0.113.7/32"]\ndeny_ips = ["198.51.100.0/24", "203.0.113.0/24"]'
    (line,) = refusal(with_settings(lists))
    assert line == (
        "firewall.allow_ips[1] = 203.0.113.7/32: is in 203.0.113.0/24 of deny_ips, which comes first, so it is never "
        "allowed; remove one of them"
    )
    parsed(with_settings('allow_ips = ["203.0.113.0/24"]\ndeny_ips = ["203.0.113.7/32"]'))


def test_a_size_of_bodies_that_the_entrance_does_not_have_is_refused() -> None:
    assert refusal(with_settings("body_limit_kib = 20")) == [
        "firewall.body_limit_kib = 20: is not a size that AWS WAF inspects; allowed: 8, 16, 32, 48, 64"
    ]
    assert refusal(with_settings("body_limit_kib = 8")) == [
        "firewall.body_limit_kib = 8: is not a size that CloudFront passes to AWS WAF; allowed: 16, 32, 48, 64"
    ]
    assert refusal(public("body_limit_kib = 16")) == [
        "firewall.body_limit_kib = 16: a load balancer passes 8 KiB to AWS WAF only; remove the line, or add [edge]"
    ]
    assert firewall(parsed(public("body_limit_kib = 8"))).body_limit_kib == 8
    assert firewall(parsed(with_settings("body_limit_kib = 64"))).body_limit_kib == 64


def test_rules_over_the_capacity_are_refused_with_what_they_need() -> None:
    (line,) = refusal(with_settings("max_capacity = 1000"))
    assert line == (
        "firewall.max_capacity = 1000: the rules need 1201 WCUs; raise it to 1201 (AWS charges for each 500 above "
        "1500), or use fewer groups in [firewall.managed_rules], or fewer paths in sign_in.paths and upload_paths"
    )
    many = ", ".join(f'"/upload/{number}/"' for number in range(200))
    (line,) = refusal(with_settings(f"max_capacity = 5000\nupload_paths = [{many}]"))
    assert "the rules need 5602 WCUs; AWS accepts 5000 or fewer: use fewer groups" in line
    assert refusal(with_settings("max_capacity = 5001")) == ["firewall.max_capacity = 5001: must be 5000 or less"]


def test_a_web_acl_of_the_users_own_stands_alone() -> None:
    assert firewall(parsed(own_acl(ACL))).web_acl_arn == ACL
    assert firewall(parsed(own_acl(ACL, "shield_advanced = true"))).shield_advanced
    (line,) = refusal(own_acl(ACL, 'rate_limit = 100\nmode = "count"'))
    assert line == (
        f'firewall.web_acl_arn = "{ACL[:56]}...: has rules of its own, so these settings would have no effect: mode, '
        "rate_limit; remove them, or web_acl_arn"
    )


@pytest.mark.parametrize("arn", ["own", ACL.replace("webacl", "rulegroup"), ACL[:-1]])
def test_what_is_not_the_arn_of_a_web_acl_is_refused(arn: str) -> None:
    (line,) = refusal(own_acl(arn))
    assert "is not a valid ARN of a web ACL; `aws wafv2 list-web-acls --scope CLOUDFRONT --region us-east-1` or" in line


@pytest.mark.parametrize(
    ("arn", "edge", "protected", "start"),
    [
        (REGIONAL, True, "CloudFront", "arn:aws:wafv2:us-east-1:333333333333:global/webacl/"),
        (ACL.replace("333333333333", "1" * 12), True, "CloudFront", "arn:aws:wafv2:us-east-1:333333333333:global/"),
        (ACL, False, "a load balancer in us-east-1", "arn:aws:wafv2:us-east-1:333333333333:regional/webacl/"),
        (
            REGIONAL.replace("us-east-1", "eu-west-1"),
            False,
            "a load balancer in us-east-1",
            "arn:aws:wafv2:us-east-1:333333333333:regional/webacl/",
        ),
    ],
)
def test_a_web_acl_that_cannot_protect_the_entrance_is_refused(
    arn: str, protected: str, start: str, *, edge: bool
) -> None:
    toml = own_acl(arn)
    (line,) = refusal(toml if edge else without("edge", toml=toml))
    assert f'cannot protect {protected} of this account; use one that starts with "{start}' in line
