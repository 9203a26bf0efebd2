"""How forms are drawn: a summary of what does not fit yet on top, and the same sentence at the field.

Set `FORM_RENDERER = "opstap.web.shared.forms.Renderer"`; then `{{ form }}` in a template is enough.
"""

from django.forms.renderers import TemplatesSetting


class Renderer(TemplatesSetting):
    """Forms and fields in the look of Opstap, also those of packages."""

    form_template_name = "shared/form.html"
    field_template_name = "shared/field.html"
