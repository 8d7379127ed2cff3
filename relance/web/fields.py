"""Form fields that keep to the rules of ``lib.text``."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from relance.lib.text import TextError, clean


class Text(forms.CharField):
    """A text of limited length without control characters."""

    def __init__(self, *, max_length: int, multiline: bool = False, **kwargs: Any) -> None:
        self.limit, self.multiline = max_length, multiline
        if multiline:
            kwargs.setdefault("widget", forms.Textarea(attrs={"rows": 4}))
        super().__init__(**kwargs)
        self.validators = []

    def clean(self, value: Any) -> str:
        """Apply the one text rule."""
        text = super().clean(value)
        try:
            return clean(text, max_length=self.limit, multiline=self.multiline)
        except TextError as error:
            if error.code == "too_long":
                raise ValidationError(
                    _("At most %(count)d characters, please.") % {"count": self.limit}
                ) from error
            raise ValidationError(
                _("This text contains characters that cannot be stored, such as control characters.")
            ) from error


class Several(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Some rows of a table; what can be no key at all is refused as one that is not there."""

    def clean(self, value: Any) -> Any:
        for key in value or ():
            if not (str(key).isascii() and str(key).isdigit() and len(str(key)) < 19):
                message = self.error_messages["invalid_choice"]
                raise ValidationError(message, code="invalid_choice", params={"value": str(key)[:20]})
        return super().clean(value)
