"""What it costs: prices, productivity, quality-adjusted life years, cost-effectiveness."""
