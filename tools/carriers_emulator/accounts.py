"""Who may call the peers, and by which settings a shop is told so."""

from typing import Final

CLIENT: Final = "client"
SECRETS: Final = ("peers-secret",)
FEDEX_ACCOUNT: Final = "740561073"
UPS_ACCOUNT: Final = "A1B2C3"
USPS_ACCOUNT: Final = "1000405525"
CRID: Final = "56982563"
MID: Final = "904128936"


def settings(address: str) -> dict[str, str]:
    """The environment of a shop whose carriers are the peers at ``address``."""
    return {
        "FEDEX_API_BASE": f"{address}/fedex",
        "FEDEX_CLIENT_ID": CLIENT,
        "FEDEX_CLIENT_SECRET": SECRETS[0],
        "FEDEX_ACCOUNT": FEDEX_ACCOUNT,
        "UPS_API_BASE": f"{address}/ups",
        "UPS_CLIENT_ID": CLIENT,
        "UPS_CLIENT_SECRET": SECRETS[0],
        "UPS_ACCOUNT": UPS_ACCOUNT,
        "USPS_API_BASE": f"{address}/usps",
        "USPS_CLIENT_ID": CLIENT,
        "USPS_CLIENT_SECRET": SECRETS[0],
        "USPS_ACCOUNT": USPS_ACCOUNT,
        "USPS_CRID": CRID,
        "USPS_MID": MID,
        "CARRIERS_SENDER_NAME": "Holiday Peak",
        "CARRIERS_SENDER_STREET": "1 Warehouse Way",
        "CARRIERS_SENDER_CITY": "Reno",
        "CARRIERS_SENDER_STATE": "NV",
        "CARRIERS_SENDER_POSTAL_CODE": "89502",
        "CARRIERS_SENDER_PHONE": "+1 775 555 0100",
        "CARRIERS_PARCEL_POUNDS": "2",
        "CARRIERS_PARCEL_INCHES": "12x9x4",
        "CARRIERS_TRACK_SECONDS": "0",
    }
