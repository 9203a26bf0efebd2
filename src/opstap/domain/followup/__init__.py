"""Follow-up by rule: when a wave is open, when a mail may go, and which mail someone should have by now, and why."""

from opstap.domain.followup.hours import Hours
from opstap.domain.followup.mails import Facts, Step, Verdict, plan
from opstap.domain.followup.windows import Window, window

__all__ = ["Facts", "Hours", "Step", "Verdict", "Window", "plan", "window"]
