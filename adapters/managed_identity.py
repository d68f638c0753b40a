"""The app's own identity in Azure; its library is imported with the first token that is asked for."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from azure.identity.aio import ManagedIdentityCredential


class ManagedIdentity:
    """The identity ``client_id``, or the only one that there is.

    A credential that is ``given`` takes its place, and is closed by who gave it.
    """

    def __init__(self, client_id: str = "", given: Any = None) -> None:
        self._client_id, self._given = client_id, given
        self._own: ManagedIdentityCredential | None = None

    def credential(self) -> Any:
        """The SDKs' credential: one for all who ask, since it keeps its token."""
        if self._given is not None:
            return self._given
        if self._own is None:
            from azure.identity.aio import ManagedIdentityCredential  # noqa: PLC0415 - cold start

            self._own = ManagedIdentityCredential(client_id=self._client_id or None)
        return self._own

    async def close(self) -> None:
        """Let go of its connections; who asks after that gets a new one."""
        own, self._own = self._own, None
        if own is not None:
            await own.close()
