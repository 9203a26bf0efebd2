"""What the programme works with, and how it is delivered: stages, goals, energy, and the pace of its talks."""

from opstap.domain.programme.pacing import RULES, Course, Dose, Rules, Sign, dose

__all__ = ["RULES", "Course", "Dose", "Rules", "Sign", "dose"]
