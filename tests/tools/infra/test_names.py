from tools.infra.names import container_row, hub_row, rendered


def test_a_container_row_indexes_what_is_filtered_and_sorted_and_nothing_else() -> None:
    row = container_row("Orders", "user_id", ("status",), ("price.amount",), expires=True)

    assert row == {
        "name": "Orders",
        "partition_key": "/user_id",
        "default_ttl": -1,
        "indexed": ["/kind", "/price/amount", "/status"],
        "composite": [
            ["/price/amount asc", "/id asc"],
            ["/kind asc", "/price/amount asc", "/id asc"],
        ],
    }


def test_a_container_whose_documents_stay_has_no_time_to_live() -> None:
    assert container_row("Users", "user_id", (), (), expires=False)["default_ttl"] is None


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
