"""The words of the caseload and the case."""
