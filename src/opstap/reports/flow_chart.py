"""The flow of participants by itself, after CONSORT 2025: a figure in a file, and its counts as data.

Hopewell and others, CONSORT 2025 statement, PLoS Med 2025, doi 10.1371/journal.pmed.1004587: enrolment, allocation,
follow-up, analysis.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from opstap.domain.protocol import Protocol
from opstap.reports.blocks import Figure, Table
from opstap.reports.context import Context
from opstap.reports.look import standalone
from opstap.reports.stream import stream
from opstap.reports.words import Words
from opstap.stats.dataset import Dataset


@dataclass(frozen=True)
class FlowChart:
    """The flow: a sentence, the figure for a wide and a narrow column and for a file, and its counts."""

    sentence: str
    wide: str
    narrow: str
    alone: str
    table: Table
    counts: pd.DataFrame
    results: dict[str, Any]


def flow_chart(protocol: Protocol, data: Dataset, *, language: str, pooled: bool = False) -> FlowChart:
    """Draw the flow of a study; `pooled` draws the allocated as one group, for who may not know the arms."""
    section, results = stream(Context(protocol, data, Words(language)), {}, pooled=pooled)
    figure = next(block for block in section.blocks if isinstance(block, Figure))
    table = next(block for block in section.blocks if isinstance(block, Table))
    return FlowChart(figure.finding, figure.wide, figure.narrow, standalone(figure.wide), table, table.data, results)
