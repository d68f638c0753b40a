"""The one thing that every port's passing fault is."""


class PortFault(Exception):
    """Something outside does not answer, or not in time; the call may have happened. Repeat it."""


class AwayFor(PortFault):
    """The same, from a service that may say for how many seconds it wants to be left alone (0: it did not)."""

    def __init__(self, message: str, retry_after: float = 0) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class NotVisible(PortFault):
    """This process does not see yet what an event tells of; it will."""
