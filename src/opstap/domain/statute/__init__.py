"""The statutory clock: dated, sourced rule sets of NL and BE, and the terms that follow from one sick leave.

`deadlines(country, facts, on)` gives every term with who, when, how sure and whether it is done; `picture` gives the
line of the two years as data. The rules are files in `data/`, never code.
"""

from opstap.domain.statute.absence import Absence, Interruption
from opstap.domain.statute.load import RuleSetError, rule_sets
from opstap.domain.statute.model import Certainty, Country, Event, Kind, Who, Words
from opstap.domain.statute.picture import Mark, Picture, Stretch, picture
from opstap.domain.statute.timeline import Change, Deadline, FactError, Facts, State, Timeline, deadlines

__all__ = [
    "Absence",
    "Certainty",
    "Change",
    "Country",
    "Deadline",
    "Event",
    "FactError",
    "Facts",
    "Interruption",
    "Kind",
    "Mark",
    "Picture",
    "RuleSetError",
    "State",
    "Stretch",
    "Timeline",
    "Who",
    "Words",
    "deadlines",
    "picture",
    "rule_sets",
]
