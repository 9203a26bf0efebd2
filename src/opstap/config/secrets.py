"""The installation's three secrets: sessions, identity, audit chain.

Each comes from the environment (`OPSTAP_SECRET_KEY`, `OPSTAP_IDENTITY_KEY`, `OPSTAP_AUDIT_KEY`) or from
`secrets.json` in the data folder, which is made on first use and readable by its owner only.
"""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path

NAMES = ("OPSTAP_SECRET_KEY", "OPSTAP_IDENTITY_KEY", "OPSTAP_AUDIT_KEY")


class SecretsError(Exception):
    """Secrets that can be neither read nor made; says where and how to mend it."""


def load(home: Path) -> dict[str, str]:
    """Give the three secrets, each at least 256 bits of text; SecretsError when they cannot be had."""
    kept = {name: os.environ[name] for name in NAMES if os.environ.get(name)}
    if len(kept) < len(NAMES):
        kept = {**_file(home / "secrets.json"), **kept}
    short = [name for name, value in kept.items() if len(value) < 32]
    if short:
        raise SecretsError(f"{short[0]} is shorter than 32 characters; make one with `openssl rand -hex 32`")
    return kept


def _file(path: Path) -> dict[str, str]:
    try:
        if path.exists():
            kept = json.loads(path.read_text(encoding="utf-8"))
            return {name: str(kept[name]) for name in NAMES}
        path.parent.mkdir(parents=True, exist_ok=True)
        made = {name: secrets.token_hex(32) for name in NAMES}
        # Made complete under another name and linked into place: two starts at once keep one set of secrets.
        draft = path.with_suffix(f".{os.getpid()}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(made, file, indent=1)
        try:
            os.link(draft, path)
        except FileExistsError:
            return _file(path)
        finally:
            draft.unlink()
        return made
    except OSError as error:
        raise SecretsError(
            f"{path}: {error.strerror}; make the folder writable, or set {', '.join(NAMES)} in the environment"
        ) from None
    except (ValueError, KeyError, TypeError):
        raise SecretsError(f"{path}: not a complete set of secrets; restore it from the backup") from None
