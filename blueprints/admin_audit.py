"""The audit as administrators read it."""

from blueprints._area import Area
from blueprints._endpoint import Call, endpoint
from domain.cursor import BadCursor
from usecases import auditing
from usecases.auditing import AuditLines, ListAudit

area = Area("admin_audit")


@endpoint(
    area,
    "GET",
    "api/admin/audit-logs",
    may="audit:read",
    query=ListAudit,
    returns=AuditLines,
    raises=(BadCursor,),
)
async def list_audit(call: Call[None]) -> AuditLines:
    """Who changed what, newest first, by day, actor, action or entity; the last ninety days."""
    return await auditing.list_audit(call.shop, call.query)
