"""The countries by which CloudFront can allow or deny requests."""

from collections.abc import Iterator
from typing import Annotated, ClassVar, Final

from pydantic import AfterValidator, Field, WithJsonSchema

from config.errors import Problem, nearest
from config.model import Check, Model

_CODES: Final = (
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA "
    "CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA "
    "GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP "
    "KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS "
    "MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS "
    "RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW "
    "TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW"
)
COUNTRIES: Final = frozenset(_CODES.split())
"""The codes of ISO 3166-1 alpha-2, which CloudFront's restriction takes.

https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_GeoRestriction.html
https://www.iso.org/iso-3166-country-codes.html
"""

REGION_COUNTRIES: Final = {
    "af-south-1": "ZA",
    "ap-east-1": "HK",
    "ap-northeast-1": "JP",
    "ap-northeast-2": "KR",
    "ap-northeast-3": "JP",
    "ap-south-1": "IN",
    "ap-south-2": "IN",
    "ap-southeast-1": "SG",
    "ap-southeast-2": "AU",
    "ap-southeast-3": "ID",
    "ap-southeast-4": "AU",
    "ap-southeast-5": "MY",
    "ap-southeast-7": "TH",
    "ca-central-1": "CA",
    "ca-west-1": "CA",
    "eu-central-1": "DE",
    "eu-central-2": "CH",
    "eu-north-1": "SE",
    "eu-south-1": "IT",
    "eu-south-2": "ES",
    "eu-west-1": "IE",
    "eu-west-2": "GB",
    "eu-west-3": "FR",
    "il-central-1": "IL",
    "me-central-1": "AE",
    "me-south-1": "BH",
    "mx-central-1": "MX",
    "sa-east-1": "BR",
    "us-east-1": "US",
    "us-east-2": "US",
    "us-west-1": "US",
    "us-west-2": "US",
}
"""The country of each region, from which its functions reach the internet.

https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html
"""

_MEANT: Final = {"EL": "GR", "EN": "GB", "UK": "GB"}
"""Codes that others use, and that ISO has not assigned."""


def _country(value: str) -> str:
    if value in COUNTRIES:
        return value
    meant = _MEANT.get(value.upper()) or nearest(value.upper(), sorted(COUNTRIES))
    hint = f'did you mean "{meant}"? ' if meant else ""
    message = (
        f"is not a valid country code of ISO 3166-1; {hint}"
        'Allowed are the codes with two uppercase letters, like "DE", "GB" or "US"'
    )
    raise ValueError(message)


Country = Annotated[
    str,
    AfterValidator(_country),
    WithJsonSchema({"type": "string", "enum": sorted(COUNTRIES)}),
]
"""The code of a country, like `DE`."""


def _check_one_list(allow: tuple[str, ...], deny: tuple[str, ...]) -> Iterator[Problem]:
    if allow and deny:
        yield Problem(
            key="deny",
            value=deny,
            allowed="cannot be set together with allow, which denies all other countries; remove one of the two lines",
        )
    if not allow and not deny:
        yield Problem(key="allow", allowed='is missing, and so is deny; add one of them with a country, like "DE"')


def _check_unique(allow: tuple[str, ...], deny: tuple[str, ...]) -> Iterator[Problem]:
    for name, countries in (("allow", allow), ("deny", deny)):
        for index, country in enumerate(countries):
            if country in countries[:index]:
                yield Problem(key=f"{name}[{index}]", value=country, allowed="is listed twice; remove one")


class GeoRestriction(Model):
    """The countries from which CloudFront answers; it finds a country by the viewer's address, and answers 403."""

    allow: tuple[Country, ...] = Field(default=(), json_schema_extra={"uniqueItems": True})
    """The only countries from which requests are answered, like ["DE", "FR"]."""

    deny: tuple[Country, ...] = Field(default=(), json_schema_extra={"uniqueItems": True})
    """The countries from which requests are not answered; all others are."""

    checks: ClassVar[tuple[Check, ...]] = (_check_one_list, _check_unique)
