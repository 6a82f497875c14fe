"""AWS WAF: moto knows neither capacity nor managed rule groups, and accepts nearly every rule and destination."""

from emulator.services.wafv2 import associations, capacity, ip_sets, logging, rules, scopes, web_acls

__all__ = ["associations", "capacity", "ip_sets", "logging", "rules", "scopes", "web_acls"]
