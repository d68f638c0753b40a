"""What every port with keyed calls shares."""


class IdempotencyMisuse(Exception):
    """A key was used again for another call: a fault of ours, never to be retried or shown as a refusal."""
