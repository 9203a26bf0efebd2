"""Settings, addresses and system checks."""
