"""What a container's indexing policy can serve: https://learn.microsoft.com/azure/cosmos-db/index-policy"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from tools.cosmos_emulator.refusal import bad_request
from tools.cosmos_emulator.sql.tree import Order, Path

EVERYTHING: Final[Mapping[str, Any]] = {
    "indexingMode": "consistent",
    "automatic": True,
    "includedPaths": [{"path": "/*"}],
    "excludedPaths": [{"path": '/"_etag"/?'}],
}
"""The policy of a container that was created without one."""

_ALWAYS: Final = frozenset({"/id", "/_ts"})


class Indexing:
    """One policy."""

    def __init__(self, policy: Mapping[str, Any]) -> None:
        self._included = _paths(policy, "includedPaths")
        self._excluded = _paths(policy, "excludedPaths")
        self._composite = [
            [(each["path"], each.get("order", "ascending") == "descending") for each in index]
            for index in policy.get("compositeIndexes", [])
        ]

    def covers(self, path: Path) -> bool:
        """Whether a property is indexed: the more precise of the paths that fit it decides."""
        if path.indexed_as in _ALWAYS:
            return True
        return _precision(path, self._included) > _precision(path, self._excluded)

    def names(self, path: Path) -> bool:
        """Whether the policy includes the very path; only then an ORDER BY keeps documents without it.

        https://learn.microsoft.com/azure/cosmos-db/nosql/query/order-by#remarks
        """
        return path.indexed_as in _ALWAYS or f"{path.indexed_as}/?" in self._included

    def check(self, order: Sequence[Order]) -> None:
        """Raise ``Refusal`` 400 for an order that no index has; several paths need a composite of just these."""
        if len(order) == 1 and not self.covers(order[0].path):
            raise bad_request("The index path of the order-by item is excluded.")
        if len(order) > 1 and not self._has_composite(order):
            told = "The order by query does not have a corresponding composite index"
            raise bad_request(f"{told} that it can be served from.")

    def _has_composite(self, order: Sequence[Order]) -> bool:
        """In its own directions, or in all of them turned round."""
        wanted = [(each.path.indexed_as, each.descending) for each in order]
        turned = [(path, not descending) for path, descending in wanted]
        return wanted in self._composite or turned in self._composite


def _paths(policy: Mapping[str, Any], name: str) -> list[str]:
    return [each["path"] for each in policy.get(name, [])]


def _precision(path: Path, patterns: Sequence[str]) -> int:
    fitting = [-1]
    for pattern in patterns:
        stem = pattern[:-2]
        is_exact = pattern.endswith("/?") and stem == path.indexed_as
        is_above = pattern.endswith("/*") and f"{path.indexed_as}/".startswith(f"{stem}/")
        if is_exact or is_above:
            fitting.append(2 * len(stem) + is_exact)
    return max(fitting)
