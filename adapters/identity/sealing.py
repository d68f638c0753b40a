"""Secrets that others keep for us or that lie at rest: sealed with AES-256-GCM, each purpose by its own key."""

import secrets
from typing import Final

from domain.keys import bytes_of, derived, text_of

NONCE_BYTES: Final = 12
"""NIST SP 800-38D, 8.2: 96 bits; random ones serve for 2³² messages under a key."""


class AesSealer:
    """Seals under keys that are derived from the shop's secret."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def seal(self, purpose: str, plain: bytes) -> str:
        """The sealed bytes as URL-safe text: only ``open`` with the same purpose gives them back."""
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415 - when needed

        nonce = secrets.token_bytes(NONCE_BYTES)
        sealed = AESGCM(self._key(purpose)).encrypt(nonce, plain, purpose.encode())
        return text_of(nonce + sealed)

    def open(self, purpose: str, sealed: str) -> bytes | None:
        """What was sealed; ``None`` when it was changed, or sealed for something else."""
        from cryptography.exceptions import InvalidTag  # noqa: PLC0415
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415

        raw = bytes_of(sealed) if sealed.isascii() else None
        if raw is None or len(raw) <= NONCE_BYTES:
            return None
        nonce, body = raw[:NONCE_BYTES], raw[NONCE_BYTES:]
        try:
            return AESGCM(self._key(purpose)).decrypt(nonce, body, purpose.encode())
        except InvalidTag:
            return None

    def _key(self, purpose: str) -> bytes:
        return derived(self._secret, f"seal:{purpose}")
