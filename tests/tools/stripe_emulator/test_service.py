"""Who is let in, how lists are paged, and what a form may look like."""

import base64

import pytest

from tests.tools.stripe_emulator.asking import INTENT, Asker, error
from tools.stripe_emulator.auth import KEY


@pytest.mark.parametrize(
    ("authorization", "status"),
    [
        (f"Bearer {KEY}", 200),
        ("Basic " + base64.b64encode(f"{KEY}:".encode()).decode(), 200),
        ("Basic !", 401),
        ("Bearer sk_test_other", 401),
        ("Bearer pk_test_1", 401),
        ("", 401),
    ],
)
async def test_only_a_secret_key_of_the_account_is_let_in(
    asker: Asker, authorization: str, status: int
) -> None:
    answer = await asker.send("GET", "payment_intents", authorization=authorization)

    assert answer.status == status
    assert KEY not in str(answer.body)


async def test_a_version_that_there_is_not_is_refused(asker: Asker) -> None:
    assert (await asker.send("GET", "payment_intents", stripe_version="2020-08-27")).status == 400
    there = await asker.send("GET", "payment_intents", stripe_version="2026-10-28.endive")
    assert there.status == 200
    assert there.headers["Request-Id"].startswith("req_")


async def test_lists_are_paged_newest_first(asker: Asker) -> None:
    ids = [await asker.intent() for _ in range(5)][::-1]

    first = await asker.get("payment_intents", limit="2")
    second = await asker.get("payment_intents", limit="3", starting_after=ids[1])

    assert ([one["id"] for one in first["data"]], first["has_more"]) == (ids[:2], True)
    assert ([one["id"] for one in second["data"]], second["has_more"]) == (ids[2:], False)


async def test_a_list_is_cut_by_the_time_of_creation(asker: Asker) -> None:
    ids = []
    for _ in range(4):
        ids.append(await asker.intent())
        asker.time.seconds += 1
    began = int(asker.time.seconds) - 4

    page = await asker.get(
        "payment_intents", **{"created[gte]": str(began + 1), "created[lt]": str(began + 3)}
    )
    ends = await asker.get(
        "payment_intents", **{"created[gt]": str(began + 2), "created[lte]": str(began + 3)}
    )

    assert [one["id"] for one in page["data"]] == [ids[2], ids[1]]
    assert [one["id"] for one in ends["data"]] == [ids[3]]


@pytest.mark.parametrize(
    ("fields", "code", "param"),
    [
        ({"limit": "101"}, "", "limit"),
        ({"limit": "0"}, "parameter_invalid_integer", "limit"),
        ({"starting_after": "pi_1"}, "resource_missing", "starting_after"),
        ({"created[since]": "1"}, "", "created"),
        ({"created": "1"}, "parameter_invalid_object", "created"),
        ({"page": "2"}, "parameter_unknown", "page"),
        ({"expand": "data"}, "parameter_invalid_array", "expand"),
        ({"expand[]": "data.a.b.c.d"}, "", "expand"),
        ({"limit[]": "1"}, "parameter_invalid_string", "limit"),
    ],
)
async def test_a_list_that_is_asked_wrongly_is_refused(
    asker: Asker, fields: dict[str, str], code: str, param: str
) -> None:
    await asker.intent()

    assert error(await asker.get("payment_intents", **fields)) == (
        "invalid_request_error",
        code,
        param,
    )


async def test_json_is_no_form(asker: Asker) -> None:
    answer = await asker.send("POST", "payment_intents", INTENT, content_type="application/json")

    assert answer.status == 400


async def test_metadata_has_at_most_fifty_keys(asker: Asker) -> None:
    fields = {f"metadata[k{number}]": "v" for number in range(51)}

    assert error(await asker.post("customers", fields))[2] == "metadata"


async def test_lists_can_be_expanded_in_every_row(asker: Asker) -> None:
    await asker.held()
    await asker.intent()

    rows = (await asker.get("payment_intents", **{"expand[0]": "data.latest_charge"}))["data"]

    assert [one["latest_charge"] and one["latest_charge"]["object"] for one in rows] == [
        None,
        "charge",
    ]
