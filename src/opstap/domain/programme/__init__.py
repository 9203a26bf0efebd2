"""What the programme works with: stages of change, goals, and the balance of energy."""
