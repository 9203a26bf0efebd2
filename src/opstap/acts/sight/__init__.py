"""What each audience sees: plain, frozen records made from the tables, one module for each audience.

Pages are drawn from these types and from nothing else. The workplace's types have no field that could hold
anything medical.
"""
