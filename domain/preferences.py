"""What people wish of the shop: which messages, and in which language."""

from typing import Self

from pydantic import Field

from domain.entity import Value


class Notifications(Value):
    """Which messages the person wants, by way and subject; advertising only for who asked for it."""

    email_marketing: bool = False
    email_orders: bool = True
    sms_shipping: bool = False


class Preferences(Value):
    """What the person has chosen; the defaults are those of somebody who never chose.

    ``language`` is a tag of BCP 47, ``currency`` ISO 4217, empty for whatever the shop sells in.
    """

    newsletter_opt_in: bool = False
    notifications: Notifications = Field(default_factory=Notifications)
    language: str = "en"
    currency: str = ""

    def replaced_by(self, wanted: "Preferences") -> Self:
        """What is wanted, whole; only what another release has written beside it stays."""
        ways = self.notifications.model_copy(update=wanted.notifications.model_dump())
        rest = wanted.model_dump(exclude={"notifications"})
        return self.model_copy(update=rest | {"notifications": ways})
