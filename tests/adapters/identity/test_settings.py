"""Which issuers are trusted: a wrong variable names itself."""

import pytest

from adapters.environment import BadSettings
from adapters.identity.settings import CUSTOMERS, STAFF, issuers_from
from tests.adapters.identity.forge import ISSUER, OTHER_TENANT, TENANT

GIVEN = {
    "ENTRA_ISSUER": ISSUER,
    "ENTRA_AUTHORITY": f"https://login.example/{TENANT}/",
    "ENTRA_CLIENT_ID": "client-1",
}
FOR_STAFF = {
    "ENTRA_STAFF_ISSUER": f"https://work.example/{OTHER_TENANT}/v2.0",
    "ENTRA_STAFF_AUTHORITY": f"https://work.example/{OTHER_TENANT}",
    "ENTRA_STAFF_CLIENT_ID": "client-2",
    "ENTRA_STAFF_AUDIENCE": "api://staff",
}


def test_one_tenant_serves_all() -> None:
    (only,) = issuers_from(GIVEN)

    assert (only.name, only.tenant, only.audience) == (CUSTOMERS, TENANT, "client-1")
    assert only.discovery_url == (
        f"https://login.example/{TENANT}/v2.0/.well-known/openid-configuration"
    )


def test_staff_may_have_a_tenant_of_their_own() -> None:
    customers, staff = issuers_from(GIVEN | FOR_STAFF)

    assert (customers.name, staff.name) == (CUSTOMERS, STAFF)
    assert (staff.tenant, staff.audience) == (OTHER_TENANT, "api://staff")


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"ENTRA_ISSUER": ""}, "ENTRA_ISSUER"),
        ({"ENTRA_CLIENT_ID": ""}, "ENTRA_CLIENT_ID"),
        ({"ENTRA_ISSUER": f"https://sts.windows.net/{TENANT}/"}, "ENTRA_ISSUER"),
        ({"ENTRA_STAFF_ISSUER": ISSUER}, "ENTRA_STAFF_AUTHORITY"),
        ({"ENTRA_STAFF_CLIENT_ID": "client-2"}, "ENTRA_STAFF_ISSUER, ENTRA_STAFF_AUTHORITY"),
        (FOR_STAFF | {"ENTRA_STAFF_ISSUER": ISSUER}, "the same"),
    ],
)
def test_a_wrong_setting_names_itself(changes: dict[str, str], named: str) -> None:
    with pytest.raises(BadSettings, match=named):
        issuers_from(GIVEN | changes)


def test_a_secret_is_never_shown() -> None:
    (only,) = issuers_from(GIVEN | {"ENTRA_CLIENT_SECRET": "hush"})

    assert only.client_secret == "hush"
    assert "hush" not in repr(only)
