"""A setting or flag that may change while the shop runs."""

from typing import ClassVar

from domain.entity import Audited


class Setting(Audited):
    """One value of one scope, as text; the embedded end of the configuration service."""

    kind: ClassVar[str] = "setting"
    container: ClassVar[str] = "Settings"
    partition_field: ClassVar[str] = "scope"

    scope: str
    value: str
