"""Sweeps: one thing after the other, and none stops the others."""

import logging
from collections.abc import Awaitable, Callable, Iterable
from typing import Protocol

from domain.entity import Entity
from domain.errors import Refusal
from usecases.ports.faults import PortFault
from usecases.ports.store import StoreError

log = logging.getLogger("shop.sweep")


class HasId(Protocol):
    """Something that the log can name."""

    @property
    def id(self) -> str:
        """Its id."""


async def each[E: Entity](found: Iterable[E], step: Callable[[E], Awaitable[bool]]) -> int:
    """How many steps did something; one that is refused or meets a passing fault waits for the next sweep.

    A fault of ours is raised when all the others had their turn, so that what is broken for good is seen,
    and stops nobody.
    """
    done, broken = 0, []
    for entity in found:
        try:
            done += await step(entity)
        except (Refusal, PortFault, StoreError):
            log.warning("left for the next sweep", extra={"id": entity.id}, exc_info=True)
        except Exception as fault:  # whatever it is, the next one is not to blame
            log.exception("broken", extra={"id": entity.id})
            broken.append(fault)
    if broken:
        raise broken[0]
    return done


async def each_until_away[T: HasId](
    found: Iterable[T], step: Callable[[T], Awaitable[bool]]
) -> tuple[int, list[Exception]]:
    """How many steps did something, and the faults of ours that stopped nobody: raise them in the end.

    A passing fault is raised at once: nothing may be counted as seen that was not.
    """
    done, broken = 0, []
    for thing in found:
        try:
            done += await step(thing)
        except PortFault:
            raise
        except (Refusal, StoreError):
            log.warning("left for the next sweep", extra={"id": thing.id}, exc_info=True)
        except Exception as fault:  # whatever it is, the next one is not to blame
            log.exception("broken", extra={"id": thing.id})
            broken.append(fault)
    return done, broken
