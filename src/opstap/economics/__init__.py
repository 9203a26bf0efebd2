"""What it costs, and whether it is worth it: dated prices, lost work, quality-adjusted life years; no database."""
