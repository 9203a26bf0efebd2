"""Tags of the research pages."""
