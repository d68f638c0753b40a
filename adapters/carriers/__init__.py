"""FedEx, UPS and USPS in Azure, through their REST APIs; httpx is imported with the first call.

Nothing here has been run against a carrier. What is asked and read was taken from the carriers' published
documentation as far as it could be had; each carrier's module says what is from where, and what is not confirmed.
"""
