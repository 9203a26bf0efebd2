"""What a participant sees of their own record, subject by subject.

Everything here starts from the record of the person who signed in (`doors.own_record`): there is no way to name
someone else's. Words are given in the language that the reader chose.
"""

from opstap.acts.sight.participant.pages import Own, own, pages_open

__all__ = ["Own", "own", "pages_open"]
