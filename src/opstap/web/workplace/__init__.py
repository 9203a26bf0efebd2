"""The pages of a supervisor or HR adviser: hours and agreements, and nothing about health."""
