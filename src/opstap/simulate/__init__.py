"""What could happen: invented people from a seed, who live through a programme and its study.

Nobody here exists. The numbers behind them are chosen so that the demonstration looks like the founding documents
and the field's literature; they are no estimate of anything.
"""
