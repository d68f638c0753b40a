"""FedEx, UPS and USPS on this machine: strict peers of ``adapters/carriers``, for tests, the demo and proofs.

They are only as good as what was read of the carriers' documentation: see the modules of ``adapters/carriers``.
"""
