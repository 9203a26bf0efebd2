"""Encryption under a key per person, so that destroying one key erases one person's words everywhere.

AES-256-GCM. The person's key is itself encrypted under the installation's identity key; what is sealed is bound
to the person it belongs to, so that no row's words can be moved to another row unnoticed.
"""

from __future__ import annotations

import hashlib
import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings


class Unreadable(Exception):
    """Sealed words whose key is gone (erased) or wrong."""


def new_key(owner: str) -> bytes:
    """Make a key for one owner and give it wrapped under the installation's key."""
    return _lock(_house_key(), AESGCM.generate_key(256), owner)


def seal(wrapped: bytes, owner: str, text: str) -> bytes:
    """Encrypt text under an owner's wrapped key."""
    return _lock(_open(_house_key(), wrapped, owner), text.encode(), owner)


def unseal(wrapped: bytes, owner: str, sealed: bytes) -> str:
    """Decrypt text under an owner's wrapped key; Unreadable when the key does not fit."""
    return _open(_open(_house_key(), wrapped, owner), sealed, owner).decode()


def blind_index(text: str) -> str:
    """Give a keyed fingerprint by which an address can be found without being readable."""
    key = hashlib.sha256(b"index" + settings.IDENTITY_KEY.encode()).digest()
    return hmac.new(key, text.strip().casefold().encode(), hashlib.sha256).hexdigest()


def _house_key() -> bytes:
    return hashlib.sha256(b"identity" + settings.IDENTITY_KEY.encode()).digest()


def _lock(key: bytes, content: bytes, owner: str) -> bytes:
    nonce = os.urandom(12)
    return nonce + AESGCM(key).encrypt(nonce, content, owner.encode())


def _open(key: bytes, sealed: bytes, owner: str) -> bytes:
    try:
        return AESGCM(key).decrypt(bytes(sealed[:12]), bytes(sealed[12:]), owner.encode())
    except (InvalidTag, ValueError):
        raise Unreadable(owner) from None
