"""Work as dated spells of hours and sick leave, and the outcomes that are derived from them."""
