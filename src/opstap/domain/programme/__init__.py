"""How a programme is delivered: its dose, and whether its talks come when they are needed."""

from opstap.domain.programme.pacing import RULES, Course, Dose, Rules, Sign, dose

__all__ = ["RULES", "Course", "Dose", "Rules", "Sign", "dose"]
