"""Idempotency keys as the outside companies keep them: the first answer again, also when it was a refusal."""

from collections.abc import Callable, Sequence
from datetime import datetime

from adapters.embedded.world import Record, Records
from usecases.ports.idempotency import IdempotencyMisuse

KEPT_SECONDS = 24 * 3600
"""How long a key is remembered (Stripe, "Idempotent requests": at least 24 hours)."""

PRUNED_AT_ONCE = 2
"""Old keys forgotten with each new one, so that they cannot pile up."""


def once(
    records: Records,
    drawer: str,
    call: tuple[str, Sequence[object]],
    now: datetime,
    job: Callable[[], Record],
) -> tuple[Record, bool]:
    """What ``job`` answered the first time the call's key was used, and whether that is now.

    ``call`` is the key and what is asked, verb and parameters as JSON values. Raises
    ``IdempotencyMisuse`` when the key was used for something else.
    """
    key, asked = call
    _prune(records, drawer, now)
    kept = records.get(drawer, key)
    if kept is not None and not _is_over(kept, now):
        if kept["asked"] != list(asked):
            raise IdempotencyMisuse(f"{key} was used for {kept['asked']}, not for {list(asked)}")
        return kept["answer"], False
    answer = job()
    records.drop(drawer, key)
    records.put(drawer, key, {"asked": list(asked), "answer": answer, "at": now.timestamp()})
    return answer, True


def _prune(records: Records, drawer: str, now: datetime) -> None:
    for key, kept in records.oldest(drawer, PRUNED_AT_ONCE):
        if _is_over(kept, now):
            records.drop(drawer, key)


def _is_over(kept: Record, now: datetime) -> bool:
    return bool(now.timestamp() - kept["at"] >= KEPT_SECONDS)
