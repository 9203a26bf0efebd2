"""The form of a message. What may be written, and to whom, is for the act to say."""

from django import forms
from django.utils.translation import gettext_lazy as _

from opstap.acts.messages import MOST


class MessageForm(forms.Form):
    """One message."""

    text = forms.CharField(
        label=_("Your message"), required=False, max_length=MOST, widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"max_length": _("This message is too long. Make it shorter, or send it in two parts.")},
    )  # fmt: skip
