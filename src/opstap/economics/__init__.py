"""What it costs: dated prices, use of care, lost work, quality-adjusted life years, and whether it is worth it; no database."""
