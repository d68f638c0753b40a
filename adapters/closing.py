"""Letting go of what an end has opened."""


async def closed(end: object) -> None:
    """Close the end, where it has anything to close."""
    closing = getattr(end, "close", None)
    if closing is not None:
        await closing()
