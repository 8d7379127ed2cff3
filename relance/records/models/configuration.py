"""What a company arranges for itself: pipelines, stages, labels."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from relance.accounts.models import Configured


class Pipeline(Configured):
    """A way deals go, from first contact to contract."""

    name = models.CharField(_("Name"), max_length=100)
    position = models.IntegerField(default=0)

    class Meta:
        ordering = ("position", "id")

    def __str__(self) -> str:
        return self.name


class Stage(Configured):
    """One stretch of a pipeline.

    Attributes:
        probability: the chance in percent that a deal standing here is won.
        rotting_days: after how many days here a deal deserves attention; none = never.
    """

    pipeline = models.ForeignKey(Pipeline, on_delete=models.PROTECT, related_name="stages")
    name = models.CharField(_("Name"), max_length=100)
    position = models.IntegerField(default=0)
    probability = models.IntegerField(
        _("Probability"), default=50, validators=[MinValueValidator(0), MaxValueValidator(100)]
    )
    rotting_days = models.IntegerField(
        _("Days until it rots"), null=True, blank=True, validators=[MinValueValidator(1)]
    )

    class Meta:
        ordering = ("pipeline__position", "pipeline_id", "position", "id")

    def __str__(self) -> str:
        return self.name


class Label(Configured):
    """A coloured word on records."""

    name = models.CharField(_("Name"), max_length=60, unique=True)
    colour = models.IntegerField(
        _("Colour"), default=1, validators=[MinValueValidator(1), MaxValueValidator(8)]
    )

    class Meta:
        ordering = ("name", "id")

    def __str__(self) -> str:
        return self.name
