"""Every interleaving of one return with inventory and payment behind their hubs, under faults and without an inbox."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

from domain.saga import Answer, Do, Effect, Publish, Signal, Word, returns, timer
from domain.saga.return_facets import RefundOn, ReturnFacets, refund_is_due, stage, status
from tests.domain.saga.scenario import Faults
from tests.domain.saga.world import Broken

ASKED: Final = frozenset({"ReturnReceived", "ReturnApproved"})

# Only what is read: inventory and payment on support-events, the return on the hubs of the two answers.
CURSORS: Final = (
    ("support-events", ASKED),
    ("support-events", ASKED),
    ("inventory-events", frozenset({"StockLevelChanged"})),
    ("payment-events", frozenset({"RefundProcessed"})),
)
PARTICIPANTS: Final = 2

type ReturnRule = Callable[[ReturnFacets | None, Signal, returns.Rules], returns.ReturnDecision]
type AnswerRule = Callable[[Word, Signal], Answer]
type Mail = tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class ReturnFunctions:
    """The functions under test; a mutant replaces one of them."""

    decide: ReturnRule = returns.decide
    restock: AnswerRule = returns.restock
    refund: AnswerRule = returns.refund


@dataclass(frozen=True)
class ReturnCase:
    """The policy, and what people do: ``goods`` come promptly, late (their deadline may pass first), or never."""

    refund_on: RefundOn
    goods: str
    faults: Faults
    verdict: str = "ApproveReturn"


class ReturnWorld(NamedTuple):
    """One reachable situation; ``done`` counts restocks and refunds outside."""

    facets: ReturnFacets
    words: tuple[Word, Word]
    mail: Mail
    redeliveries: int
    losses: int
    parked: tuple[tuple[int, str], ...] = ()
    decided: bool = False
    sent: bool = False
    done: tuple[int, int] = (0, 0)


class ReturnEnd(NamedTuple):
    """How a return ends, and how often stock and money came back."""

    status: str
    ticket: str
    done: tuple[int, int]


class ReturnMultiverse:
    """All worlds that follow from one case."""

    def __init__(self, case: ReturnCase, functions: ReturnFunctions) -> None:
        self.case = case
        self.functions = functions
        self.rules = returns.Rules(case.refund_on)

    def start(self) -> ReturnWorld:
        """The return has just been requested."""
        facets = self._decide(None, Signal("RequestReturn", "")).facets
        assert facets is not None
        faults = self.case.faults
        nothing = Word("")
        mail: Mail = ((),) * len(CURSORS)
        return ReturnWorld(facets, (nothing, nothing), mail, faults.redeliveries, faults.losses)

    def must_follow(self, world: ReturnWorld) -> list[ReturnWorld]:
        """What will happen unless something else does first; nothing: the world has come to rest."""
        worlds = [*self._deliveries(world), *self._replays(world), *self._verdict(world)]
        goods = list(self._goods(world))
        still = not any(world.mail) and world.decided
        if self.case.goods == "prompt" or self._goods_are_late(world):
            worlds += goods
        if still and not (goods and self.case.goods == "prompt"):
            worlds += self._time_out(world)
        return worlds

    def may_follow(self, world: ReturnWorld) -> list[ReturnWorld]:
        """The goods may come before their deadline, or not."""
        return list(self._goods(world))

    def _deliveries(self, world: ReturnWorld) -> Iterator[ReturnWorld]:
        for cursor, types in enumerate(world.mail):
            if not types:
                continue
            read = (*world.mail[:cursor], types[1:], *world.mail[cursor + 1 :])
            delivered = world._replace(mail=read)
            yield self._hear(delivered, cursor, types[0])
            if world.redeliveries:
                again = world._replace(redeliveries=world.redeliveries - 1)
                yield self._hear(again, cursor, types[0])
            if world.losses:
                parked = ((cursor, types[0]),) if self.case.faults.replayed else ()
                yield delivered._replace(losses=world.losses - 1, parked=parked)

    def _replays(self, world: ReturnWorld) -> Iterator[ReturnWorld]:
        for cursor, kind in world.parked:
            yield self._hear(world._replace(parked=()), cursor, kind)

    def _verdict(self, world: ReturnWorld) -> Iterator[ReturnWorld]:
        if not world.decided:
            yield from self._tell(world._replace(decided=True), Signal(self.case.verdict, ""))

    def _goods(self, world: ReturnWorld) -> Iterator[ReturnWorld]:
        expected = world.facets.verdict in ("approved", "expired")
        if expected and not world.sent and self.case.goods != "never":
            yield from self._tell(world._replace(sent=True), Signal("ReceiveGoods", ""))

    def _goods_are_late(self, world: ReturnWorld) -> bool:
        return world.facets.verdict == "expired" or bool(world.facets.ticket)

    def _time_out(self, world: ReturnWorld) -> Iterator[ReturnWorld]:
        facets = world.facets
        if stage(facets):
            deadline = replace(timer("", stage(facets), facets.attempt), id="")
            yield from self._tell(world, deadline)

    def _tell(self, world: ReturnWorld, signal: Signal) -> Iterator[ReturnWorld]:
        """The world after the return heard a signal; none when it ignored it."""
        decision = self._decide(world.facets, signal)
        if decision != returns.ReturnDecision(world.facets):
            yield self._after(world, decision)

    def _hear(self, world: ReturnWorld, cursor: int, kind: str) -> ReturnWorld:
        if cursor >= PARTICIPANTS:
            return self._after(world, self._decide(world.facets, Signal(kind, "")))
        rule = (self.functions.restock, self.functions.refund)[cursor]
        answer = rule(world.words[cursor], Signal(kind, ""))
        deeds = sum(isinstance(effect, Do) for effect in answer.effects)
        words, done = list(world.words), list(world.done)
        words[cursor] = answer.word
        done[cursor] += deeds
        return world._replace(
            words=(words[0], words[1]),
            mail=send(world.mail, answer.effects),
            done=(done[0], done[1]),
        )

    def _after(self, world: ReturnWorld, decision: returns.ReturnDecision) -> ReturnWorld:
        assert decision.facets is not None
        return world._replace(facets=decision.facets, mail=send(world.mail, decision.effects))

    def _decide(self, facets: ReturnFacets | None, signal: Signal) -> returns.ReturnDecision:
        return self.functions.decide(facets, signal, self.rules)


def send(mail: Mail, effects: tuple[Effect, ...]) -> Mail:
    """The mail with a copy of each event for every cursor that reads it."""
    queues = list(mail)
    for event in effects:
        if not isinstance(event, Publish):
            continue
        for cursor, (hub, types) in enumerate(CURSORS):
            if hub == event.hub and event.type in types:
                queues[cursor] = (*queues[cursor], event.type)
    return tuple(queues)


def check_always(case: ReturnCase, world: ReturnWorld) -> None:
    """Safety: stock and money come back once, and only when it is due."""
    restocks, refunds = world.done
    facets = world.facets
    due = refund_is_due(facets, case.refund_on)
    if max(world.done) > 1:
        raise Broken(f"stock or money came back twice: {world}")
    if restocks and not facets.received:
        raise Broken(f"restocked, and nothing came: {world}")
    if refunds and not due:
        raise Broken(f"refunded, and not due: {world}")
    if status(facets) == "returned" and world.done != (1, 1):
        raise Broken(f"called returned before it was: {world}")


def explore_return(case: ReturnCase, functions: ReturnFunctions) -> tuple[int, set[ReturnEnd]]:
    """Visit every world of a case: how many there are, and how they end."""
    multiverse = ReturnMultiverse(case, functions)
    first = multiverse.start()
    seen, todo = {first}, [first]
    ends: set[ReturnEnd] = set()
    while todo:
        world = todo.pop()
        check_always(case, world)
        following = multiverse.must_follow(world)
        if not following:
            ends.add(ReturnEnd(status(world.facets), world.facets.ticket, world.done))
        new = {*following, *multiverse.may_follow(world)} - seen
        seen |= new
        todo += new
    return len(seen), ends
