"""The published JSON schemas of a protocol file and of an instrument file, for editors and for authors."""

from __future__ import annotations

from typing import Any

from opstap.domain.instruments.model import Questionnaire
from opstap.domain.protocol.model import Protocol


def schema() -> dict[str, Any]:
    """Give the JSON schema of `protocol.yaml`; texts and questionnaires are files of their own."""
    content = Protocol.model_json_schema(by_alias=True)
    for elsewhere in ("texts", "questionnaires"):
        content["properties"].pop(elsewhere)
    content["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    content["title"] = "Opstap protocol"
    return content


def instrument_schema() -> dict[str, Any]:
    """Give the JSON schema of an instrument file, `questionnaires/<id>.yaml`."""
    content = Questionnaire.model_json_schema(by_alias=True)
    content["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    content["title"] = "Opstap instrument"
    return content
