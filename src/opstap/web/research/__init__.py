"""The pages of the study: referring, screening, consent, the lot, follow-up, the report."""
