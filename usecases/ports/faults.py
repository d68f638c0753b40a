"""The one thing that every port's passing fault is."""


class PortFault(Exception):
    """Something outside does not answer, or not in time; the call may have happened. Repeat it."""
