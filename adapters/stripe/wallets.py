"""Customers at Stripe and the cards that they keep there.

https://docs.stripe.com/api/payment_methods/attach, https://docs.stripe.com/api/customers/delete
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from adapters.stripe.changing import Thing, changed
from adapters.stripe.connection import StripeConnection
from adapters.stripe.faults import MISSING
from adapters.stripe.reading import method_of
from usecases.ports.payments import Declined, PaymentMethod

if TYPE_CHECKING:
    from stripe import Customer, RequestOptions, StripeClient
    from stripe import PaymentMethod as StripeMethod

TOKEN: Final = "tok_"  # noqa: S105 - how a card token begins


async def create_customer(
    stripe: StripeConnection, *, key: str, metadata: Mapping[str, str]
) -> str:
    """The new customer's id."""

    async def call(client: "StripeClient", options: "RequestOptions") -> "Customer":
        return await client.v1.customers.create_async({"metadata": dict(metadata)}, options)

    return str((await changed(stripe, call, key=key))["id"])


async def attach(
    stripe: StripeConnection, token: str, *, customer_id: str, key: str
) -> PaymentMethod:
    """The card that the customer keeps from now on, or has kept. Raises ``Declined``."""
    method_id = await _method_of(stripe, token, f"{key}:card") if _is_token(token) else token

    async def call(client: "StripeClient", options: "RequestOptions") -> "StripeMethod":
        service = client.v1.payment_methods
        return await service.attach_async(method_id, {"customer": customer_id}, options)

    try:
        return method_of(await changed(stripe, call, key=key))
    except Declined:
        kept = await _read(stripe, method_id)
        if kept is None or kept["customer"] != customer_id:
            raise
        return method_of(kept)


async def detach(stripe: StripeConnection, method_id: str, *, key: str) -> None:
    """Take the card from whoever has it; nobody may have it already."""

    async def call(client: "StripeClient", options: "RequestOptions") -> "StripeMethod":
        return await client.v1.payment_methods.detach_async(method_id, {}, options)

    try:
        await changed(stripe, call, key=key)
    except Declined:
        kept = await _read(stripe, method_id)
        if kept is not None and kept["customer"]:
            raise


async def delete_customer(stripe: StripeConnection, customer_id: str) -> None:
    """Stripe detaches the cards with it."""

    async def call(client: "StripeClient", options: "RequestOptions") -> "Customer":
        return await client.v1.customers.delete_async(customer_id, {}, options)

    try:
        await stripe.ask(call)
    except Declined as refusal:
        if refusal.reason != MISSING:
            raise


def _is_token(token: str) -> bool:
    return token.startswith(TOKEN)


async def _method_of(stripe: StripeConnection, token: str, key: str) -> str:
    async def call(client: "StripeClient", options: "RequestOptions") -> "StripeMethod":
        wish: Any = {"type": "card", "card": {"token": token}}
        return await client.v1.payment_methods.create_async(wish, options)

    return str((await changed(stripe, call, key=key))["id"])


async def _read(stripe: StripeConnection, method_id: str) -> Thing | None:
    async def call(client: "StripeClient", options: "RequestOptions") -> "StripeMethod":
        return await client.v1.payment_methods.retrieve_async(method_id, {}, options)

    try:
        return await stripe.ask(call)
    except Declined as refusal:
        if refusal.reason != MISSING:
            raise
        return None
