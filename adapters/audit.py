"""The audit record that a commit leaves of an audited entity: what changed, by whom, chained by hash."""

import hmac
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from domain.audit import digest, record_id_of
from domain.companions import AuditRecord, beside
from domain.containers import PARTITION_KEYS
from domain.entity import Entity
from usecases.ports.store import Change, Take

_NOT_TOLD: Final = frozenset({"kind", "schema_version", "audit_head"})


def record_put(entity: Entity, change: Change, now: datetime, key: bytes) -> AuditRecord:
    """What ``change`` does to ``entity``: before and after of each top-level field that differs.

    ``key`` turns the values of the kind's ``personal`` fields into HMAC-SHA-256, so that the record says
    *that* they changed, and to the same value or another, and erasing the person breaks no chain.
    """
    before, after = entity.stored or {}, entity.document()
    action = "created" if entity.version is None else "changed"
    return _record(entity, action, _changes(entity, before, after, key), change, now)


def record_removal(entity: Entity, change: Change, now: datetime, key: bytes) -> AuditRecord:
    """The last record of an entity's chain: everything it held, before."""
    changes = _changes(entity, entity.stored or entity.document(), {}, key)
    return _record(entity, "removed", changes, change, now)


def _record(
    entity: Entity, action: str, changes: dict[str, Any], change: Change, now: datetime
) -> AuditRecord:
    if _is_first_audited(entity, change):
        changes |= {f"{take.id}.{take.field}": _taken(take) for take in change.takes}
    container = entity.container
    draft: AuditRecord = beside(AuditRecord, container).model_validate(
        {
            "id": "",
            PARTITION_KEYS[container]: entity.partition,
            "entity_type": entity.kind,
            "entity_id": entity.id,
            "action": action,
            "actor_id": change.by.user_id,
            "actor_type": change.by.role.name.lower(),
            "changes": changes,
            "previous": getattr(entity, "audit_head", None) or "",
            "hash": "",
            "correlation_id": change.by.trace.correlation_id,
            "timestamp": now,
            "waiting_since": now,
        }
    )
    head = digest(draft)
    return draft.but(id=record_id_of(head), hash=head)


def _is_first_audited(entity: Entity, change: Change) -> bool:
    """The takes of a batch are told once, by the first of its audited entities."""
    return next(other for other in change.puts + change.removes if other.audited) is entity


def _taken(take: Take) -> dict[str, Any]:
    return {"taken": take.quantity}


def _changes(
    entity: Entity, before: Mapping[str, Any], after: Mapping[str, Any], key: bytes
) -> dict[str, Any]:
    told = [name for name in {**before, **after} if name not in _NOT_TOLD]
    return {
        name: _sides(name in entity.personal, before, after, name, key)
        for name in told
        if name not in before or name not in after or before[name] != after[name]
    }


def _sides(
    is_personal: bool, before: Mapping[str, Any], after: Mapping[str, Any], name: str, key: bytes
) -> dict[str, Any]:
    sides = {"before": before, "after": after}
    values = {side: document[name] for side, document in sides.items() if name in document}
    return {side: _hidden(value, key) if is_personal else value for side, value in values.items()}


def _hidden(value: Any, key: bytes) -> str:
    text = json.dumps(value, sort_keys=True, separators=(",", ":"))
    return "hmac:" + hmac.digest(key, text.encode(), "sha256").hex()
