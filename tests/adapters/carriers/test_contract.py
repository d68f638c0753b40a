"""The REST end keeps the carriers' contract, at our peers and over real sockets."""

from tests.adapters.carriers_contract import CarriersContract


class TestCarriers(CarriersContract):
    """The contract of the carriers."""
