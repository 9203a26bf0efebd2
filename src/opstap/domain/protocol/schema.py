"""The published JSON schema of a protocol file, for editors and for authors of a new programme."""

from __future__ import annotations

from typing import Any

from opstap.domain.protocol.model import Protocol


def schema() -> dict[str, Any]:
    """Give the JSON schema of `protocol.yaml`; texts and questionnaires are files of their own."""
    content = Protocol.model_json_schema(by_alias=True)
    for elsewhere in ("texts", "questionnaires"):
        content["properties"].pop(elsewhere)
    content["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    content["title"] = "Opstap protocol"
    return content
