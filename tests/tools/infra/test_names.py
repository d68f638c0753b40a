from tools.infra.names import (
    background_functions,
    container_row,
    homely_settings,
    hub_row,
    referenced_settings,
    rendered,
    wired_settings,
)

BLUEPRINT = """
@consumer(area, "order-events", "payment")
async def payment_hears_orders(shop, caller, event): ...

@timer("%RELAY_SCHEDULE%")
async def relay_outbox(shop, caller): ...

@endpoint(area, "GET", "api/cart")
async def get_cart(call): ...
"""


def test_a_container_row_indexes_what_is_filtered_and_sorted_and_nothing_else() -> None:
    row = container_row("Orders", "user_id", ("status",), ("price.amount",))

    assert row == {
        "name": "Orders",
        "partition_key": "/user_id",
        "default_ttl": -1,
        "indexed": ["/kind", "/user_id", "/price/amount", "/status"],
        "composite": [["/kind asc", "/price/amount asc", "/id asc"]],
    }


def test_event_and_timer_functions_run_in_the_background_and_endpoints_do_not() -> None:
    assert background_functions([BLUEPRINT]) == ["payment_on_order_events", "relay_outbox"]


def test_the_settings_that_triggers_name_are_found() -> None:
    assert referenced_settings([BLUEPRINT]) == {"RELAY_SCHEDULE"}


def test_the_settings_that_the_wiring_reads_by_itself_are_found() -> None:
    assert wired_settings('BASE: Final = "HPH_BASE_URL"\nOTHER = "REDIS_HOST"') == {"HPH_BASE_URL"}


def test_a_default_of_a_developers_machine_is_told_from_others() -> None:
    defaults = {"HPH_SHOP_ORIGINS": "http://localhost:3000", "HPH_HOME_PATH": "/", "HPH_DAYS": 14}

    assert homely_settings(defaults) == {"HPH_SHOP_ORIGINS"}


def test_a_hub_row_has_eight_partitions() -> None:
    assert hub_row("order-events", ("views",)) == {
        "name": "order-events",
        "partitions": 8,
        "groups": ["views"],
    }


def test_the_file_has_one_row_a_line() -> None:
    assert rendered({"database": "shop", "hubs": [{"name": "a"}, {"name": "b"}]}) == (
        '{\n  "database": "shop",\n  "hubs": [\n    {"name": "a"},\n    {"name": "b"}\n  ]\n}\n'
    )
