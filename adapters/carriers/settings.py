"""How the carriers know us: accounts, addresses, and the one parcel that the shop packs."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import isfinite
from types import MappingProxyType
from typing import Final
from urllib.parse import urlsplit

from adapters.embedded.secrets import variable_of
from adapters.environment import BadSettings
from adapters.keyvault import ADDRESS
from domain.carrier import unkept

SECRETS: Final = "CARRIERS_SECRETS"
IN_VAULT: Final = "vault"
HERE: Final = frozenset({"localhost", "127.0.0.1", "::1"})

APIS: Final = MappingProxyType(
    {
        "FedEx": "https://apis.fedex.com",
        "UPS": "https://onlinetools.ups.com",
        "USPS": "https://apis.usps.com",
    }
)
"""Where each carrier's production is; sandboxes: apis-sandbox.fedex.com, wwwcie.ups.com, apis-tem.usps.com."""

IDS: Final = MappingProxyType(
    {
        "FedEx": ("CLIENT_ID", "ACCOUNT"),
        "UPS": ("CLIENT_ID", "ACCOUNT"),
        "USPS": ("CLIENT_ID", "ACCOUNT", "CRID", "MID"),
    }
)
"""What each carrier knows us by beside the secret: USPS by its payment account (EPS), customer and mailer too."""

SENDER: Final = MappingProxyType(
    {
        "name": "CARRIERS_SENDER_NAME",
        "line1": "CARRIERS_SENDER_STREET",
        "city": "CARRIERS_SENDER_CITY",
        "state": "CARRIERS_SENDER_STATE",
        "postal_code": "CARRIERS_SENDER_POSTAL_CODE",
        "phone": "CARRIERS_SENDER_PHONE",
    }
)
POUNDS: Final = "CARRIERS_PARCEL_POUNDS"
INCHES: Final = "CARRIERS_PARCEL_INCHES"
TRACK: Final = "CARRIERS_TRACK_SECONDS"
USUAL_TRACK: Final = "600"
COMMON: Final = (*SENDER.values(), POUNDS, INCHES)


@dataclass(frozen=True, slots=True)
class Account:
    """One carrier: where its API is, and the ids that it knows us by; its secret is ``secret_name``'s."""

    carrier: str
    api_base: str
    ids: Mapping[str, str]

    @property
    def secret_name(self) -> str:
        """Under which name the secret is kept: in the vault, or as a variable."""
        return secret_of(self.carrier)


@dataclass(frozen=True, slots=True)
class Box:
    """The parcel that the shop packs: it knows no weights of its goods, so all its parcels are this one."""

    pounds: float
    inches: tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class CarriersSettings:
    """Who carries; ``sender`` is an address like a customer's, in the US.

    ``track_seconds`` pass at least between two questions about a parcel.
    """

    accounts: Mapping[str, Account]
    sender: Mapping[str, str]
    box: Box
    track_seconds: int
    from_vault: bool = False


def secret_of(carrier: str) -> str:
    """The name of a carrier's secret, such as ``ups-client-secret``."""
    return f"{carrier.lower()}-client-secret"


def carriers_settings(environment: Mapping[str, str]) -> CarriersSettings | None:
    """The settings, or ``None`` where no carrier is named. Raises ``BadSettings``, which names all that is missing."""
    accounts = {
        carrier: Account(carrier, _api_base(environment, carrier), _ids(environment, carrier))
        for carrier in APIS
        if any(environment.get(name) for name in _own_names(carrier))
    }
    if not accounts:
        _refuse_leftovers(environment)
        return None
    from_vault = _is_in_vault(environment)
    missing = [name for name in _needed(accounts, from_vault) if not environment.get(name)]
    if missing:
        raise BadSettings(f"{', '.join(missing)} is missing, while {', '.join(accounts)} is used")
    _check_promises(accounts)
    sender = {part: environment[name] for part, name in SENDER.items()} | {"country": "US"}
    return CarriersSettings(
        accounts=MappingProxyType(accounts),
        sender=sender,
        box=_box(environment),
        track_seconds=_track_seconds(environment),
        from_vault=from_vault,
    )


def _own_names(carrier: str) -> Iterator[str]:
    yield variable_of(secret_of(carrier))
    yield from (_variable(carrier, name) for name in (*IDS[carrier], "API_BASE"))


def _variable(carrier: str, name: str) -> str:
    return f"{carrier.upper()}_{name}"


def _ids(environment: Mapping[str, str], carrier: str) -> dict[str, str]:
    return {name: environment.get(_variable(carrier, name), "") for name in IDS[carrier]}


def _needed(accounts: Mapping[str, Account], from_vault: bool) -> Iterator[str]:
    for carrier in accounts:
        yield from (_variable(carrier, name) for name in IDS[carrier])
        if not from_vault:
            yield variable_of(secret_of(carrier))
    yield from COMMON
    if from_vault:
        yield ADDRESS


def _is_in_vault(environment: Mapping[str, str]) -> bool:
    where = environment.get(SECRETS, "")
    if where not in ("", IN_VAULT):
        raise BadSettings(f"{SECRETS} is {IN_VAULT} or empty, not {where!r}")
    doubled = [name for name in map(variable_of, map(secret_of, APIS)) if environment.get(name)]
    if where and doubled:
        raise BadSettings(f"{SECRETS} is {IN_VAULT}, and {', '.join(doubled)} is set too")
    return where == IN_VAULT


def _refuse_leftovers(environment: Mapping[str, str]) -> None:
    """A sender without a carrier was meant to have one."""
    given = [name for name in COMMON if environment.get(name)]
    if given:
        names = ", ".join(_variable(carrier, "CLIENT_ID") for carrier in APIS)
        raise BadSettings(f"{given[0]} is set, but none of {names}")


def _check_promises(accounts: Mapping[str, Account]) -> None:
    """A shipping method that the shop sells and nobody keeps would take money for parcels that never leave."""
    methods = unkept(accounts)
    if methods:
        given = ", ".join(accounts)
        raise BadSettings(
            f"{given} has no service for {', '.join(methods)}: name a further carrier"
        )


def _api_base(environment: Mapping[str, str], carrier: str) -> str:
    """Everything of a carrier is encrypted; only a peer on this machine may be spoken to in the clear."""
    name = _variable(carrier, "API_BASE")
    address = environment.get(name) or APIS[carrier]
    parts = urlsplit(address)
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in HERE)
    if not is_safe or not parts.hostname or parts.query:
        raise BadSettings(f"{name} is no https address, nor one on this machine: {address!r}")
    return address.rstrip("/")


def _box(environment: Mapping[str, str]) -> Box:
    try:
        pounds = _positive(environment[POUNDS])
        length, width, height = map(_positive, environment[INCHES].split("x"))
    except ValueError:
        raise BadSettings(
            f"{POUNDS} is a weight such as 2.5, {INCHES} a size such as 12x9x4"
        ) from None
    return Box(pounds, (length, width, height))


def _track_seconds(environment: Mapping[str, str]) -> int:
    text = environment.get(TRACK) or USUAL_TRACK
    if not text.isdecimal():
        raise BadSettings(f"{TRACK} is no number of seconds: {text!r}")
    return int(text)


def _positive(text: str) -> float:
    number = float(text)
    if not isfinite(number) or number <= 0:
        raise ValueError(text)
    return number
