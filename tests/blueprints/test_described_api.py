"""The API keeps its own description, whatever is sent."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import HealthCheck, Phase, assume, settings
from hypothesis.stateful import run_state_machine_as_test
from schemathesis import Case, Response
from schemathesis.specs.openapi.checks import negative_data_rejection

from blueprints._index import INDEX
from blueprints._triggers import OnRequest
from tests.blueprints.harness import Door
from tests.blueprints.wire import Wire, described

EXAMPLES = 25
WORDS = {word for one in INDEX if isinstance(one, OnRequest) for word in one.route.split("/")}
WAYS = 30
SCHEMA = described()
SHOPPING = SCHEMA.include(
    path_regex=r"^/api/(products$|cart/items|checkout/promo|orders(/{id})?$|payments/c)"
)

BOUNDED = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module")
def wire(door: Door, stocked: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wire]:
    """A shop that all these calls go to."""
    opened = Wire(door, stocked, tmp_path_factory.mktemp("described"))
    yield opened
    opened.close()


def check(case: Case[Any], response: Response) -> None:
    """The Functions host drops a query value that is empty, so that it is absent and not bad;
    an empty If-Match is as none.

    412 refuses a bad If-Match: the check's own list of refusals lacks it.
    """
    url = urlsplit(str(response.request.url))
    values = [value for _, value in parse_qsl(url.query, keep_blank_values=True)]
    is_bearer = (
        "authorization" in response.request.headers
    )  # no cookie vouches: no token is asked for
    is_dropped = "" in values or (is_bearer and "x-csrf-token" in response.request.headers)
    is_dropped |= not str(response.request.headers.get("if-match", "*")).strip()
    is_refused = response.status_code == 412
    unchecked: Any = [negative_data_rejection] if is_dropped or is_refused else []
    case.validate_response(response, excluded_checks=unchecked)


def names_another_route(case: Case[Any]) -> bool:
    """Whether a parameter reads as a word of our routes: ``/products/search`` is no product's page."""
    return any(str(value).lower() in WORDS for value in (case.path_parameters or {}).values())


@SCHEMA.parametrize()  # type: ignore[untyped-decorator]  # schemathesis has no types here
@BOUNDED
def test_every_answer_is_as_described(case: Case[Any], wire: Wire) -> None:
    """No 5xx, no undocumented status, every body as its schema says; bad data is refused."""
    assume(not names_another_route(case))
    check(case, wire.send(case))


def test_every_answer_on_a_shoppers_way_is_as_described(wire: Wire) -> None:
    """The same, where each call goes on with what the ones before it answered."""

    class Shopping(SHOPPING.as_state_machine()):  # type: ignore[misc]  # made at run time
        def setup(self) -> None:
            wire.start_anew()

        def call(self, case: Case[Any], **_: Any) -> Response:
            return wire.send(case)

        def validate_response(self, response: Response, case: Case[Any], **_: Any) -> None:
            check(case, response)

    wire.answers.clear()
    run_state_machine_as_test(
        Shopping, settings=settings(BOUNDED, stateful_step_count=20, max_examples=WAYS)
    )

    assert wire.answers["POST /api/orders 201"] > 0
    assert wire.answers["POST /api/checkout/promo 200"] > 0
    assert wire.answers["POST /api/payments/confirm 200"] > 0
