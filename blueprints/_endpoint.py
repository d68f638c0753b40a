"""The one way in: every HTTP function is declared here and answered here.

An endpoint declares its method and route, who may call it, the models of body, query and answer,
and what it may refuse. The wrapper authenticates, authorises, parses, claims the idempotency key,
calls, serialises, sets the headers, maps refusals through one table and logs one line.
"""

import logging
from collections.abc import Awaitable, Callable
from functools import partial
from time import perf_counter
from typing import Any, Final

import azure.functions as func
from pydantic import BaseModel, TypeAdapter

from blueprints._answer import Answer, Reply, answered, refused, unexpected
from blueprints._area import Area, Declaration, OpenShop
from blueprints._call import Call
from blueprints._caller import SAFE_METHODS, caller_of, request_id_of
from blueprints._keys import under_key
from blueprints._parse import body_of, query_of
from blueprints._telling import tell_answer, traced, under_way
from blueprints._triggers import OnRequest
from domain.access import PERMISSIONS, Caller, Role
from domain.errors import Conflict, Forbidden, Refusal, Unauthenticated, Unavailable
from usecases.ports.faults import PortFault
from usecases.ports.store import VersionConflict
from usecases.shop import Shop

log = logging.getLogger("shop.request")

KEYED_METHODS: Final = frozenset({"POST", "PUT", "DELETE"})
"""Methods that honour an ``Idempotency-Key``."""


__all__ = ["Call", "endpoint"]


class ScopeMissing(Forbidden):
    """The client's token is not for this, whoever it speaks for."""

    code = "INSUFFICIENT_SCOPE"
    message = "The access token has no scope for this: read, write or access_as_user."


type Handler = Callable[[Call[Any]], Awaitable[Any]]


def endpoint(  # noqa: PLR0913 - a declaration names everything that it declares
    area: Area,
    method: str,
    route: str,
    *,
    may: str,
    body: type[BaseModel] | None = None,
    query: type[BaseModel] | None = None,
    returns: Any = None,
    status: int = 200,
    also: tuple[int, ...] = (),
    raises: tuple[type[Refusal], ...] = (),
    public: bool = False,
    media_type: str = "application/json",
    other_media_types: tuple[str, ...] = (),
) -> Callable[[Handler], Handler]:
    """Declare an HTTP function of ``area``; the decorated handler stays callable as it is.

    ``also`` are other statuses of success. ``public`` answers belong to nobody and may be cached; all
    others are ``no-store``. ``other_media_types`` are what an ``Answer`` may name instead of ``media_type``.
    """
    if may not in PERMISSIONS:
        raise ValueError(f"{route}: there is no permission {may!r}")

    def declare(handler: Handler) -> Handler:
        declaration = Declaration(
            name=f"{area.name}_{handler.__name__}",
            method=method,
            route=route,
            may=may,
            status=status,
            also=also,
            doc=handler.__doc__ or "",
            body=body,
            query=query,
            returns=_adapter(returns),
            raises=raises,
            public=public,
            media_type=media_type,
            other_media_types=other_media_types,
        )
        area.declarations.append(declaration)
        trigger = OnRequest(area.name, declaration.name, method, route)
        area.add(trigger, partial(_served, declaration, handler))
        return handler

    return declare


def _adapter(returns: Any) -> TypeAdapter[Any] | None:
    return None if returns is None else TypeAdapter(returns)


async def _served(
    declaration: Declaration, handler: Handler, open_shop: OpenShop, req: func.HttpRequest
) -> func.HttpResponse:
    started = perf_counter()
    shop = await open_shop()
    with under_way(shop, declaration.name, req) as span:
        request_id = request_id_of(shop, req)
        reply = Reply(shop, req, request_id, public=declaration.public, span=span)
        response = await _response(shop, declaration, handler, req, reply)
        seconds = perf_counter() - started
        _log(declaration, reply, response.status_code, seconds)
        tell_answer(reply, declaration, response.status_code, seconds)
    return response


async def _response(
    shop: Shop, declaration: Declaration, handler: Handler, req: func.HttpRequest, reply: Reply
) -> func.HttpResponse:
    try:
        answer = await _called(shop, declaration, handler, req, reply)
        return answered(reply, answer, declaration)
    except Refusal as refusal:
        return refused(reply, refusal)
    except VersionConflict:
        return refused(reply, Conflict())
    except PortFault as fault:
        log.warning("port fault", exc_info=fault)
        return refused(reply, Unavailable())
    except Exception:
        log.exception("unexpected", extra={"function": declaration.name})
        return unexpected(reply)


async def _called(
    shop: Shop, declaration: Declaration, handler: Handler, req: func.HttpRequest, reply: Reply
) -> Answer:
    is_guarded = PERMISSIONS[declaration.may] > Role.ANONYMOUS
    who = await caller_of(
        shop, req, reply.request_id, is_guarded=is_guarded, is_public=declaration.public
    )
    reply.who = who = traced(who, reply.span)
    _authorise(who, declaration)
    call = Call(
        shop=shop,
        who=who,
        body=body_of(req, declaration.body),
        query=query_of(req, declaration.query),
        path=dict(req.route_params),
        request=req,
    )
    if declaration.method in KEYED_METHODS and "idempotency-key" in req.headers:
        return await under_key(call, declaration, handler)
    return Answer.of(await handler(call), declaration)


def _authorise(who: Caller, declaration: Declaration) -> None:
    if not who.may(declaration.may):
        raise Unauthenticated if who.role is Role.ANONYMOUS else Forbidden
    if not who.has_scope(writes=declaration.method not in SAFE_METHODS):
        raise ScopeMissing


def _log(declaration: Declaration, reply: Reply, status: int, seconds: float) -> None:
    log.info(
        "request",
        extra={
            "function": declaration.name,
            "method": declaration.method,
            "route": declaration.route,
            "status": status,
            "milliseconds": round(seconds * 1000, 2),
            "role": reply.role,
            "request_id": reply.request_id,
            "correlation_id": reply.correlation_id,
            "operations": reply.operations,
        },
    )
