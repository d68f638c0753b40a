"""Entra ID as the shop talks to it: tokens verified by published keys, people signed in by OpenID Connect."""
