"""The protocol that a study pinned: complete in the database, so that a later file changes nothing behind its back."""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache

from opstap.domain.protocol import Protocol
from opstap.store.models import Participation, ProtocolContent, ProtocolVersion, Study


def pin(protocol: Protocol) -> ProtocolVersion:
    """Keep a protocol as it is now, once per content; the digest is SHA-256 over its canonical JSON."""
    content = protocol.model_dump(mode="json", by_alias=True)
    digest = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
    kept, new = ProtocolVersion.objects.get_or_create(
        digest=digest, defaults={"name": protocol.name, "version": protocol.version}
    )
    if new:
        ProtocolContent.objects.create(protocol=kept, content=content)
    return kept


def protocol_of(study: Study) -> Protocol:
    """Give the protocol that a study runs on."""
    return _read(study.protocol_id, study.protocol.digest)


def version_of(pinned: ProtocolVersion) -> Protocol:
    """Give a protocol as it was pinned, also when the study has gone on to a later version."""
    return _read(pinned.pk, pinned.digest)


def arm_of(participation: Participation | None, protocol: Protocol) -> str | None:
    """Give someone's arm: by the lot, or the only one there is; None before the lot and outside the study."""
    if participation is None:
        return None
    if protocol.study.allocation is None:
        return protocol.study.arms[0].id
    return participation.arm


@lru_cache(maxsize=64)
def _read(pk: int, digest: str) -> Protocol:
    return Protocol.model_validate(ProtocolContent.objects.get(protocol=pk, protocol__digest=digest).content)
