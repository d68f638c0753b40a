"""Running a function as its retry policy says: in place, again and again, and then no more."""

import asyncio
import logging

from local.protos import RetryContext, TypedData
from local.worker import Function, FunctionFailed, Retry, Worker

_log = logging.getLogger(__name__)
_MOST_DOUBLINGS = 32


async def attempt(
    worker: Worker,
    function: Function,
    data: TypedData,
    metadata: dict[str, TypedData],
    trace_parent: str = "",
) -> bool:
    """Run until it succeeds or the policy is exhausted; whether it did succeed.

    The context of the first attempt says 0 of the policy's count, that of the last says all of it.
    """
    most = function.retry.most if function.retry else 0
    count, message = 0, ""
    while True:
        context = RetryContext(count, most, message)
        try:
            await worker.invoke(function, data, metadata, trace_parent=trace_parent, retry=context)
        except FunctionFailed as failure:
            _tell(function, failure, count, most)
            if function.retry is None or count == most:
                return False
            count, message = count + 1, str(failure)
            await asyncio.sleep(delay_seconds(function.retry, count))
        else:
            return True


def delay_seconds(retry: Retry, count: int) -> float:
    """How long to wait before attempt ``count`` (1 is the first repeat)."""
    if not retry.is_exponential:
        return retry.least_seconds
    doubled = retry.least_seconds * 2.0 ** min(count - 1, _MOST_DOUBLINGS)
    return min(retry.most_seconds, doubled)


def _tell(function: Function, failure: FunctionFailed, count: int, most: int) -> None:
    facts = {"function": function.name, "error": str(failure), "attempt": count, "of": most}
    _log.error("function failed", extra={**facts, "stack": failure.stack_trace})
