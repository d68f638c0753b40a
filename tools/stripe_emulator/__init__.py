"""A strict peer of ours that speaks Stripe's HTTP to Stripe's own SDK: for development, proofs and tests.

Written from Stripe's documentation and never compared with Stripe itself; every rule names its page.
It shares nothing with the embedded card network, so that each can judge the other.
"""
