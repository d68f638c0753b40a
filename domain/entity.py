"""What the shop keeps: frozen documents of one kind, each in one partition of one container."""

import json
from collections.abc import Mapping
from typing import Any, ClassVar, Self

from pydantic import ConfigDict, PrivateAttr

from domain.model import Model


class Value(Model):
    """A frozen part of an entity; unknown fields are carried through unchanged."""

    model_config = ConfigDict(extra="allow")


class Command(Model):
    """What somebody asks for: body of a request and argument of a use case; unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class Document(Model):
    """What the store keeps of one kind: ``kind`` and ``container`` say where it lies."""

    kind: ClassVar[str]
    container: ClassVar[str]

    id: str

    @classmethod
    def of_json(cls, text: str, version: str) -> Self:
        """The document that the store read as JSON text."""
        return cls.model_validate_json(text)


class Entity(Document):
    """A document: read whole, replaced whole, compared by version.

    ``partition_field`` names the field that is its partition key. Fields that this release does not
    know are carried through, so that two releases can run side by side. ``audited`` kinds get an audit
    entry with every commit; values of ``personal`` fields enter it as keyed hashes only.
    """

    model_config = ConfigDict(extra="allow")

    partition_field: ClassVar[str]
    schema_version: ClassVar[int] = 1
    audited: ClassVar[bool] = False
    personal: ClassVar[frozenset[str]] = frozenset()

    ttl: int | None = None
    """Seconds from its last write until the store forgets it; ``None`` keeps it."""

    _version: str | None = PrivateAttr(default=None)
    _stored: Mapping[str, Any] | str | None = PrivateAttr(default=None)

    @property
    def partition(self) -> str:
        """The value of its partition key."""
        return str(getattr(self, self.partition_field))

    @property
    def version(self) -> str | None:
        """The version it was read at; ``None`` while it is new."""
        return self._version

    @property
    def stored(self) -> Mapping[str, Any] | None:
        """The document as it was read, for the audit's before and after."""
        if isinstance(self._stored, str):
            return dict(json.loads(self._stored))
        return self._stored

    @classmethod
    def lifted(cls, document: dict[str, Any]) -> dict[str, Any]:
        """The document as this release writes it; kinds with an older shape override this."""
        return document

    @classmethod
    def of_document(cls, document: Mapping[str, Any], version: str) -> Self:
        """The entity that the store read, remembering its version."""
        body = {k: v for k, v in document.items() if k not in ("kind", "schema_version")}
        if document.get("schema_version", cls.schema_version) < cls.schema_version:
            body = cls.lifted(body)
        return cls.model_validate(body)._read_at(version, document)

    @classmethod
    def of_json(cls, text: str, version: str) -> Self:
        """The entity that the store read as JSON text: the same as ``of_document``, in half the time."""
        head = cls._head()
        if not text.startswith(head):
            entity = cls.of_document(json.loads(text), version)
            return entity._read_at(version, text)
        return cls.model_validate_json("{" + text[len(head) :])._read_at(version, text)

    def document(self) -> dict[str, Any]:
        """The JSON document that the store keeps."""
        head = {"kind": self.kind, "schema_version": self.schema_version}
        return head | self.model_dump(mode="json", exclude_none=True)

    def json_text(self) -> str:
        """``document`` as JSON text, without building it first."""
        return self._head() + self.model_dump_json(exclude_none=True)[1:]

    def at(self, version: str, document: Mapping[str, Any] | str) -> Self:
        """The same entity as written at ``version``; ``document`` is what was written, or its JSON text."""
        return self.model_copy()._read_at(version, document)

    def but(self, **changes: Any) -> Self:
        """A copy with these fields changed, still of the version it was read at."""
        return self.model_copy(update=changes)

    @classmethod
    def _head(cls) -> str:
        return f'{{"kind":"{cls.kind}","schema_version":{cls.schema_version},'

    def _read_at(self, version: str, document: Mapping[str, Any] | str) -> Self:
        self._version, self._stored = version, document
        return self


class Audited(Entity):
    """A kind whose every commit is told in the audit: whatever money, stock, staff or access touches.

    ``audit_head`` is the hash of its newest audit record, written by the store alone; the next record
    is chained to it.
    """

    audited: ClassVar[bool] = True

    audit_head: str | None = None


class Excerpt(Document):
    """What is shown of an entity, read without the rest; it remembers no version, so it is never written.

    ``whole`` is the entity, which lifts what an older release wrote.
    """

    model_config = ConfigDict(extra="ignore")

    whole: ClassVar[type[Entity]]

    @classmethod
    def of_json(cls, text: str, version: str) -> Self:
        """The part of the entity that the store read as JSON text."""
        if not text.startswith(cls.whole._head()):
            text = cls.whole.of_json(text, version).json_text()
        return super().of_json(text, version)
