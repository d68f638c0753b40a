"""Which carriers the environment asks for, and what half of one is."""

import pytest

from adapters.carriers.settings import Box, carriers_settings
from adapters.environment import BadSettings
from tools.carriers_emulator.accounts import settings

ALL = settings("http://127.0.0.1:9")
FEDEX = {name: text for name, text in ALL.items() if not name.startswith(("UPS_", "USPS_"))}


def without(*names: str) -> dict[str, str]:
    return {name: text for name, text in ALL.items() if name not in names}


def refused(given: dict[str, str]) -> str:
    with pytest.raises(BadSettings) as refusal:
        carriers_settings(given)
    return str(refusal.value)


def test_nobody_named_is_nobody() -> None:
    assert carriers_settings({}) is None
    assert carriers_settings({"CARRIERS_SECRETS": "vault", "FEDEX_CLIENT_ID": ""}) is None


def test_what_is_given_is_read() -> None:
    told = carriers_settings(without("UPS_API_BASE", "CARRIERS_TRACK_SECONDS"))

    assert told is not None
    assert list(told.accounts) == ["FedEx", "UPS", "USPS"]
    assert told.accounts["UPS"].api_base == "https://onlinetools.ups.com"
    assert told.accounts["USPS"].ids["CRID"] == ALL["USPS_CRID"]
    assert told.sender == {
        "name": "Holiday Peak",
        "line1": "1 Warehouse Way",
        "city": "Reno",
        "state": "NV",
        "postal_code": "89502",
        "phone": "+1 775 555 0100",
        "country": "US",
    }
    assert told.box == Box(2, (12, 9, 4))
    assert (told.track_seconds, told.from_vault) == (600, False)


@pytest.mark.parametrize("kept", ["FEDEX", "UPS"])
def test_one_carrier_that_keeps_every_promise_is_enough(kept: str) -> None:
    others = ("FEDEX_", "UPS_", "USPS_")
    given = {
        name: text
        for name, text in ALL.items()
        if name.startswith(f"{kept}_") or not name.startswith(others)
    }

    told = carriers_settings(given)

    assert told is not None
    assert [name.upper() for name in told.accounts] == [kept]


def test_carriers_that_cannot_keep_a_promise_between_them_are_refused() -> None:
    given = {name: text for name, text in ALL.items() if not name.startswith(("FEDEX_", "UPS_"))}

    assert refused(given) == "USPS has no service for overnight: name a further carrier"


def test_half_of_a_carrier_is_an_error_that_names_all_that_is_missing() -> None:
    given = {"USPS_CLIENT_ID": "c", **FEDEX, "CARRIERS_SENDER_CITY": ""}

    assert refused(given) == (
        "USPS_ACCOUNT, USPS_CRID, USPS_MID, USPS_CLIENT_SECRET, CARRIERS_SENDER_CITY is missing, "
        "while FedEx, USPS is used"
    )


@pytest.mark.parametrize("name", ["FEDEX_API_BASE", "FEDEX_CLIENT_SECRET", "FEDEX_ACCOUNT"])
def test_any_part_of_a_carrier_means_that_carrier(name: str) -> None:
    assert "FEDEX_CLIENT_ID" in refused({name: ALL[name]})


def test_a_sender_without_a_carrier_was_meant_to_have_one() -> None:
    assert refused({"CARRIERS_SENDER_CITY": "Reno"}) == (
        "CARRIERS_SENDER_CITY is set, but none of FEDEX_CLIENT_ID, UPS_CLIENT_ID, USPS_CLIENT_ID"
    )


def test_secrets_lie_in_the_vault_or_in_the_environment() -> None:
    secrets = ("FEDEX_CLIENT_SECRET", "UPS_CLIENT_SECRET", "USPS_CLIENT_SECRET")
    vault = without(*secrets) | {"CARRIERS_SECRETS": "vault"}

    assert refused(vault) == "KEY_VAULT_URL is missing, while FedEx, UPS, USPS is used"
    told = carriers_settings(vault | {"KEY_VAULT_URL": "https://shop.vault.azure.net/"})
    assert told is not None
    assert told.from_vault
    assert [one.secret_name for one in told.accounts.values()] == [
        "fedex-client-secret",
        "ups-client-secret",
        "usps-client-secret",
    ]
    assert refused(ALL | {"CARRIERS_SECRETS": "vault"}) == (
        "CARRIERS_SECRETS is vault, and FEDEX_CLIENT_SECRET, UPS_CLIENT_SECRET, "
        "USPS_CLIENT_SECRET is set too"
    )
    assert refused(ALL | {"CARRIERS_SECRETS": "safe"}) == (
        "CARRIERS_SECRETS is vault or empty, not 'safe'"
    )


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("UPS_API_BASE", "http://ups.example", "UPS_API_BASE is no https address"),
        ("UPS_API_BASE", "https://", "UPS_API_BASE is no https address"),
        ("CARRIERS_PARCEL_POUNDS", "heavy", "CARRIERS_PARCEL_POUNDS is a weight such as 2.5"),
        ("CARRIERS_PARCEL_POUNDS", "inf", "CARRIERS_PARCEL_POUNDS is a weight such as 2.5"),
        ("CARRIERS_PARCEL_INCHES", "12x9", "CARRIERS_PARCEL_INCHES a size such as 12x9x4"),
        ("CARRIERS_PARCEL_INCHES", "12x9x0", "CARRIERS_PARCEL_INCHES a size such as 12x9x4"),
        ("CARRIERS_TRACK_SECONDS", "-1", "CARRIERS_TRACK_SECONDS is no number of seconds: '-1'"),
    ],
)
def test_a_value_that_cannot_be_read_is_named(name: str, text: str, told: str) -> None:
    assert told in refused(ALL | {name: text})
