"""The pages themselves, by subject. Each asks a sight for what to show and an act for what to change."""
