"""Settings and flags, over HTTP."""

from typing import Any

import pytest

from adapters.embedded.configuration import SCOPE, StoreConfiguration
from adapters.embedded.secrets import EnvironmentSecrets
from domain.access import Role
from domain.companions import AuditRecord, beside
from domain.setting import Setting
from tests.blueprints.goods import ADDRESS, CANDLE, TRAY
from tests.blueprints.harness import Web, code, somebody
from tests.blueprints.steps import filled
from usecases.configuring import SettingLine
from usecases.ports.configuration import ConfigurationAway
from usecases.ports.store import Change, Query

CONFIG = "/api/admin/config"
MAX_ITEMS = f"{CONFIG}/cart.max_items"


async def put(web: Web, key: str, value: Any) -> Any:
    """Change a setting as an administrator."""
    return await web.send("PUT", f"{CONFIG}/{key}", {"value": value}, **web.token(Role.ADMIN))


async def lines(web: Web) -> dict[str, SettingLine]:
    """Every setting as an administrator sees it."""
    answer = await web.get(CONFIG, **web.token(Role.ADMIN))
    assert answer.status_code == 200
    return {one["key"]: SettingLine(**one) for one in answer.json()["items"]}


async def told(web: Web) -> list[AuditRecord]:
    """What the audit says about settings."""
    page = await web.shop.store.find(beside(AuditRecord, "Settings"), Query(SCOPE))
    return list(page.items)


async def test_every_setting_is_listed_with_type_default_and_bounds(web: Web) -> None:
    found = await lines(web)

    assert {key: (one.type, one.default, one.least, one.most) for key, one in found.items()} == {
        "feature.new_checkout": ("boolean", False, None, None),
        "feature.agents": ("boolean", True, None, None),
        "cart.max_items": ("integer", 100, 1, 100),
        "cart.guest_days": ("integer", 14, 1, 365),
        "cart.customer_days": ("integer", 90, 1, 365),
    }
    assert all(one.is_default and one.value == one.default for one in found.values())


@pytest.mark.parametrize(
    ("role", "refusal"),
    [
        (Role.ANONYMOUS, (401, "UNAUTHORIZED")),
        (Role.CUSTOMER, (403, "FORBIDDEN")),
        (Role.STAFF, (403, "FORBIDDEN")),
    ],
)
async def test_only_administrators_see_and_change_them(
    web: Web, role: Role, refusal: tuple[int, str]
) -> None:
    token = web.token(role) if role else {}
    await web.get("/api/cart", **token)

    with web.unchanged():
        seen = await web.get(CONFIG, **token)
        changed = await web.send("PUT", MAX_ITEMS, {"value": 3}, **token)

    assert (code(seen), code(changed)) == (refusal, refusal)


async def test_a_change_holds_at_once_and_is_audited(web: Web) -> None:
    answer = await put(web, "cart.max_items", 1)

    assert answer.status_code == 200
    assert answer.json() == (await lines(web))["cart.max_items"].model_dump()
    assert (answer.json()["value"], answer.json()["is_default"]) == (1, False)
    (record,) = await told(web)
    assert (record.entity_id, record.actor_type) == ("cart.max_items", "admin")
    assert record.changes["value"]["after"] == "1"
    guest = await filled(web, CANDLE)
    full = await guest.send("POST", "/api/cart/items", {"product_id": TRAY})
    assert code(full) == (422, "CART_FULL")
    assert full.json()["error"]["details"] == {"limit": 1}


async def test_the_same_change_twice_is_one(web: Web) -> None:
    for _ in range(2):
        assert (await put(web, "feature.agents", False)).json()["value"] is False

    assert len(await told(web)) == 1


async def test_a_cart_with_more_lines_keeps_them(web: Web) -> None:
    guest = await filled(web, CANDLE, TRAY)
    await put(web, "cart.max_items", 1)

    (line, _) = (await guest.send("GET", "/api/cart")).json()["items"]
    path = f"/api/cart/items/{line['cart_item_id']}"
    answer = await guest.send("PUT", path, {"quantity": 2})

    assert answer.status_code == 200
    assert len(answer.json()["items"]) == 2


async def test_pages_are_told_which_checkout_to_use(web: Web) -> None:
    guest = await filled(web)
    body = {"shipping_address": ADDRESS}

    before = await guest.send("POST", "/api/checkout/validate", body)
    await put(web, "feature.new_checkout", True)
    after = await guest.send("POST", "/api/checkout/validate", body)

    assert (before.json()["new_checkout"], after.json()["new_checkout"]) == (False, True)


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("cart.max_items", 0, "is less than 1"),
        ("feature.agents", "true", "is no boolean"),
    ],
)
async def test_a_value_of_the_wrong_type_or_size_changes_nothing(
    web: Web, key: str, value: object, message: str
) -> None:
    await lines(web)

    with web.unchanged():
        answer = await put(web, key, value)

    assert code(answer) == (400, "INVALID_SETTING")
    assert answer.json()["error"]["details"] == {"fields": [{"field": "value", "message": message}]}


async def test_what_is_no_setting_cannot_be_set(web: Web) -> None:
    await lines(web)

    with web.unchanged():
        unknown = await put(web, "HPH_SECRET_KEY", "x")
        empty = await web.send("PUT", MAX_ITEMS, {}, **web.token(Role.ADMIN))
        nothing = await put(web, "cart.max_items", None)

    assert code(unknown) == (404, "SETTING_NOT_FOUND")
    assert empty.status_code == nothing.status_code == 400


async def test_another_process_goes_by_it_half_a_minute_later(web: Web) -> None:
    store, clock = web.shop.store, web.clock
    here, there = StoreConfiguration(store, clock), StoreConfiguration(store, clock)
    web.change(configuration=there)
    assert (await lines(web))["cart.max_items"].value == 100

    web.change(configuration=here)
    await put(web, "cart.max_items", 7)
    assert (await lines(web))["cart.max_items"].value == 7

    web.change(configuration=there)
    assert (await lines(web))["cart.max_items"].value == 100
    clock.move(30)
    assert (await lines(web))["cart.max_items"].value == 7


async def test_what_somebody_else_wrote_wrongly_is_shown_and_the_default_holds(web: Web) -> None:
    wrong = Setting(id="cart.max_items", scope=SCOPE, value="many")
    await web.shop.store.commit(Change(by=somebody(), puts=(wrong,)))

    line = (await lines(web))["cart.max_items"]

    assert (line.value, line.is_default) == (100, True)
    assert line.fault == "what is kept is no value of this setting: the default holds"
    assert (await filled(web, CANDLE, TRAY)).user_id


class Away:
    """A configuration service that never answered."""

    async def read(self) -> Any:
        raise ConfigurationAway("away")

    async def put(self, by: Any, key: str, value: str) -> None:
        raise ConfigurationAway("away")


async def test_without_the_service_shoppers_shop_by_the_defaults_and_administrators_are_told(
    web: Web,
) -> None:
    web.change(configuration=Away())

    await filled(web, CANDLE, TRAY)
    seen = await web.get(CONFIG, **web.token(Role.ADMIN))
    changed = await put(web, "cart.max_items", 7)

    assert code(seen) == code(changed) == (503, "SERVICE_UNAVAILABLE")


async def test_a_guest_keeps_the_cart_while_the_signing_secret_rolls(web: Web) -> None:
    """The shop's own secret, then a secret of the vault, then its next version: one guest throughout."""
    guest = await filled(web, CANDLE)
    page = (await web.get("/api/products?limit=2")).json()
    keys = {"SHOP_SIGNING_KEY": "1" * 32}

    web.set(signing_secret="shop-signing-key")
    web.change(secrets=EnvironmentSecrets(keys))
    second = await filled(web, TRAY)
    for one in (guest, second):
        assert len((await one.send("GET", "/api/cart")).json()["items"]) == 1

    web.change(
        secrets=EnvironmentSecrets(
            {"SHOP_SIGNING_KEY": "2" * 32, "SHOP_SIGNING_KEY_PREVIOUS": "1" * 32}
        )
    )
    kept = await second.send("POST", "/api/cart/items", {"product_id": CANDLE})
    assert (kept.status_code, len(kept.json()["items"])) == (201, 2)
    assert code(await guest.send("GET", "/api/cart")) == (401, "UNAUTHORIZED")
    following = await web.get(f"/api/products?limit=2&cursor={page['next_cursor']}")
    assert code(following) == (400, "INVALID_CURSOR")


async def test_a_shop_whose_signing_secret_is_away_refuses_guests_for_now(web: Web) -> None:
    guest = await filled(web, CANDLE)
    web.set(signing_secret="shop-signing-key")
    web.change(secrets=EnvironmentSecrets({"SHOP_SIGNING_KEY": "too short"}))

    assert code(await guest.send("GET", "/api/cart")) == (503, "SERVICE_UNAVAILABLE")
    assert (await web.get("/api/products")).status_code == 200
