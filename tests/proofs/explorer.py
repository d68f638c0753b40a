"""Every interleaving of the port calls of several use cases, tried by hand.

The search goes depth first through the states of the world and of each client (its history of answers
decides what it does next). A coroutine cannot be copied, so a client is brought to an earlier state by
running it again on the answers recorded there, which makes no call. States seen before are not entered
again; the schedules through them count all the same.

Where ``reduced``, a step that no other client's step can meet happens at once, alone: swapping it with
any other changes nothing. Which places are met by several clients is found by searching: when a place
taken for one client's own turns out to be shared, the search begins again.
"""

from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from itertools import combinations
from typing import Any, Final

from domain.entity import Entity
from domain.errors import Refusal
from tests.proofs.steps import Driven, Outcome, Touch
from tests.proofs.world import Moment, World
from usecases.ports.store import Committed, Page
from usecases.shop import Shop

type Client = Callable[[Shop], Coroutine[Any, Any, Any]]
type Outcomes = Mapping[str, Outcome]
type Key = tuple[object, ...]

MOST_STATES: Final = 2_000_000


class Violation(AssertionError):
    """A law is broken; the message is the schedule that breaks it."""


@dataclass(frozen=True)
class Scenario:
    """Clients beside each other in one world; ``always`` holds after each step, ``finally_`` at each end."""

    name: str
    world: World
    clients: Mapping[str, Client]
    always: Callable[[World], None]
    finally_: Callable[[World, Outcomes], None]


@dataclass(frozen=True, slots=True)
class Found:
    """What a search has seen: ``schedules`` counts the ways through the states, each once."""

    name: str
    states: int
    steps: int
    schedules: int

    def __str__(self) -> str:
        return f"{self.name}: {self.schedules:,} schedules, {self.states:,} states, {self.steps:,} steps"


@dataclass(frozen=True, slots=True)
class Node:
    """A state on the way: how it was reached, and the world then."""

    parent: "Node | None"
    client: str
    label: str
    outcome: Outcome
    moment: Moment
    history: bytes
    key: Key


@dataclass
class _Met:
    """Which client touched what, to tell private places from shared ones."""

    touches: dict[str, set[Touch]] = field(default_factory=dict)

    def add(self, client: str, touch: Touch) -> None:
        self.touches.setdefault(client, set()).add(touch)

    def shared(self) -> set[Touch]:
        """All touches that meet one of another client."""
        found: set[Touch] = set()
        for ours, others in combinations(self.touches.values(), 2):
            for one in ours:
                meeting = {other for other in others if one.meets(other)}
                found |= meeting | ({one} if meeting else set())
        return found


class Execution:
    """All clients, as they are in one state."""

    def __init__(self, scenario: Scenario, root: Node) -> None:
        world = scenario.world
        world.back_to(root.moment)
        self._world = world
        self.clients = {
            name: Driven(client(world.stepped(name))) for name, client in scenario.clients.items()
        }
        self.histories = dict.fromkeys(self.clients, b"")
        self.node = root

    def take(self, name: str) -> tuple[str, Outcome]:
        """Let the client's next step happen in the world."""
        step = self.clients[name].step
        assert step is not None
        outcome = step.happen()
        self.tell(name, outcome)
        return str(step), outcome

    def tell(self, name: str, outcome: Outcome) -> None:
        """Give the client a new answer."""
        client = self.clients[name]
        told = f"{client.step}|{_told(outcome)}|{self._world.clock.time}"
        self.histories[name] = blake2b(self.histories[name] + told.encode()).digest()[:16]
        client.go_on(outcome)

    def tell_again(self, node: Node) -> None:
        """Give a client the answer that is recorded there."""
        self._world.clock.time = node.moment.time
        self.histories[node.client] = node.history
        self.clients[node.client].go_on(node.outcome)
        self.node = node

    def waiting(self) -> list[str]:
        """The clients that have a next step."""
        return [name for name, client in self.clients.items() if client.step is not None]

    def key(self) -> Key:
        """What tells this state from others."""
        return (*self._world.digest(), *self.histories.values())

    def drop(self) -> None:
        """Forget the clients."""
        for client in self.clients.values():
            client.drop()


def explore(scenario: Scenario, *, reduced: bool = False) -> Found:
    """Try every schedule. Raises ``Violation`` with the first one that breaks a law."""
    shared: set[Touch] = set()
    while True:
        search = _Search(scenario, shared if reduced else None)
        found = search.run()
        if found is not None:
            return found
        shared |= search.met.shared()


class _Search:
    def __init__(self, scenario: Scenario, shared: set[Touch] | None) -> None:
        self._scenario, self._world, self._shared = scenario, scenario.world, shared
        self.met = _Met()
        self._root = Node(None, "", "", Outcome(), self._world.moment(), b"", ())
        self._children: dict[Key, list[Key]] = {}
        self._steps = 0

    def run(self) -> Found | None:
        """All schedules, or ``None`` when a place taken for private was met by another client."""
        try:
            return self._found() if self._walked() else None
        finally:
            self._world.back_to(self._root.moment)

    def _walked(self) -> bool:
        execution = Execution(self._scenario, self._root)
        self._children[()] = []
        todo = [(self._root, name) for name in reversed(self._choices(execution))]
        while todo:
            node, name = todo.pop()
            if execution.node is not node:
                execution = self._again(execution, node)
            if not self._stepped(execution, name):
                return False
            todo += [(execution.node, each) for each in reversed(self._entered(execution))]
            assert len(self._children) < MOST_STATES, "too many states"
        return True

    def _stepped(self, execution: Execution, name: str) -> bool:
        """Take one step; ``False`` where it meets what was taken for private."""
        step, parent = execution.clients[name].step, execution.node
        assert step is not None
        self._steps += 1
        self.met.add(name, step.touch)
        label, outcome = execution.take(name)
        key = execution.key()
        self._children[parent.key].append(key)
        moment, history = self._world.moment(), execution.histories[name]
        execution.node = Node(parent, name, label, outcome, moment, history, key)
        return self._shared is None or self.met.shared() <= self._shared

    def _entered(self, execution: Execution) -> list[str]:
        """Whose steps to try from here: nobody's where this was seen before, or where all is done."""
        node = execution.node
        if node.key in self._children:
            return []
        self._children[node.key] = []
        choices = self._choices(execution)
        self._check(execution, is_end=not choices)
        return choices

    def _choices(self, execution: Execution) -> list[str]:
        waiting = execution.waiting()
        if self._shared is None:
            return waiting
        for name in waiting:
            step = execution.clients[name].step
            if step is not None and step.touch not in self._shared:
                return [name]
        return waiting

    def _again(self, old: Execution, node: Node) -> Execution:
        """Bring fresh clients to the state by the answers recorded on the way to it."""
        old.drop()
        execution = Execution(self._scenario, self._root)
        for step in _way(node):
            execution.tell_again(step)
        self._world.back_to(node.moment)
        return execution

    def _check(self, execution: Execution, *, is_end: bool) -> None:
        try:
            self._scenario.always(self._world)
            for name, client in execution.clients.items():
                _check_outcome(name, client.outcome)
            if is_end:
                ends = {name: each.outcome or Outcome() for name, each in execution.clients.items()}
                self._scenario.finally_(self._world, ends)
        except AssertionError as broken:
            raise Violation(f"{self._scenario.name}: {broken}\n{_schedule(execution)}") from broken

    def _found(self) -> Found:
        states, ways = len(self._children), _ways(self._children)
        return Found(self._scenario.name, states, self._steps, ways)


def _check_outcome(name: str, outcome: Outcome | None) -> None:
    error = outcome.error if outcome else None
    assert error is None or isinstance(error, Refusal), f"{name} failed: {error!r}"


def _way(node: Node) -> list[Node]:
    way: list[Node] = []
    at: Node | None = node
    while at is not None and at.parent is not None:
        way.append(at)
        at = at.parent
    return way[::-1]


def _schedule(execution: Execution) -> str:
    lines = [
        f"  {node.client}: {node.label} -> {node.outcome.error!r}"
        if node.outcome.error
        else f"  {node.client}: {node.label}"
        for node in _way(execution.node)
    ]
    ends = [f"  {name} = {client.outcome}" for name, client in execution.clients.items()]
    return "\n".join(lines + ends)


def _ways(children: Mapping[Key, list[Key]]) -> int:
    """How many ways lead from the first state to an end; states without children are ends."""
    ways: dict[Key, int] = {}
    todo: list[Key] = [()]
    while todo:
        key = todo[-1]
        missing = [child for child in children[key] if child not in ways]
        if missing:
            todo += missing
        else:
            ways[key] = sum(ways[child] for child in children[key]) or 1
            todo.pop()
    return ways[()]


def _told(outcome: Outcome) -> str:
    """The answer as text that tells different answers apart."""
    if outcome.error is not None:
        return f"{type(outcome.error).__name__}:{outcome.error}"
    return _text(outcome.value)


def _text(value: Any) -> str:
    match value:
        case Entity():
            return f"{value.version}:{value._stored}"
        case Page():
            return "".join(_text(item) for item in value.items)
        case Committed():
            return "".join(_text(item) for item in (*value.entities, value.outbox))
        case _:
            return repr(value)
