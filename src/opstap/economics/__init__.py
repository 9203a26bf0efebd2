"""What it costs: dated prices, use of care, lost work, quality-adjusted life years; arrays and tables, no database."""
