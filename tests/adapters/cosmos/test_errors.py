"""What a refusal of the service means to the store, by status and substatus."""

from dataclasses import dataclass

import pytest

from adapters.batch import Delete
from adapters.cosmos.errors import is_absent, refusal_of, translated, was_not_applied
from usecases.ports.store import (
    AlreadyExists,
    StoreBusy,
    StoreError,
    TooLarge,
    VersionConflict,
)


@dataclass
class Answer(Exception):
    """The SDK's error by shape."""

    status_code: int
    sub_status: int | None = None
    error_index: int | None = None


@pytest.mark.parametrize(
    ("status", "substatus", "kind"),
    [
        (400, None, StoreError),
        (401, None, StoreError),
        (403, None, StoreError),
        (403, 3, StoreBusy),  # this region takes no writes any more
        (403, 1008, StoreBusy),  # the account has left this region
        (404, 1002, StoreBusy),  # no replica has got so far
        (404, 1003, StoreError),  # no such container
        (408, None, StoreBusy),
        (410, None, StoreBusy),
        (413, None, TooLarge),
        (429, 3200, StoreBusy),
        (449, None, StoreBusy),
        (500, None, StoreBusy),
        (503, None, StoreBusy),
    ],
)
def test_what_passes_is_busy_and_what_is_wrong_with_us_is_told(
    status: int, substatus: int | None, kind: type[StoreError]
) -> None:
    assert type(translated(Answer(status, substatus))) is kind


def test_an_answer_that_never_came_is_busy() -> None:
    assert type(translated(OSError("cut"))) is StoreBusy


@pytest.mark.parametrize(
    ("status", "kind"),
    [(404, VersionConflict), (409, AlreadyExists), (412, VersionConflict), (429, StoreBusy)],
)
def test_an_operation_of_a_batch_is_refused_by_its_status(
    status: int, kind: type[StoreError]
) -> None:
    assert type(refusal_of(Delete("c", '"1"'), Answer(status, error_index=0))) is kind


def test_a_missing_document_is_told_apart_from_a_missing_container() -> None:
    assert [is_absent(Answer(404, sub)) for sub in (None, 0, 1002, 1003)] == [
        True,
        True,
        False,
        False,
    ]


def test_only_what_surely_did_not_happen_is_sent_again() -> None:
    again = [Answer(449), Answer(449, error_index=1), Answer(429, error_index=0)]
    never = [Answer(429), Answer(408), Answer(503), Answer(412, error_index=0)]

    assert [was_not_applied(one) for one in (*again, *never)] == [True] * 3 + [False] * 4
