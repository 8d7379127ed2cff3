"""What all record types share, and the refusal to write them any other way than through a UnitOfWork."""

from __future__ import annotations

from typing import Any, ClassVar, NoReturn, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

REFUSAL = "Records are written through records.unit_of_work, so that no event, check or trace is missing."


class ReadOnlyQuerySet(models.QuerySet[Any]):
    """Reads records; refuses everything that writes."""

    def _refuse(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError(REFUSAL)

    create = update = delete = bulk_create = bulk_update = get_or_create = update_or_create = _refuse

    def here(self) -> Self:
        """Records that are not in the bin."""
        return self.filter(deleted_at__isnull=True)


class Here(models.Manager.from_queryset(ReadOnlyQuerySet)):  # type: ignore[misc]
    """The records that are not in the bin."""

    def get_queryset(self) -> Any:
        return super().get_queryset().here()


Everything = models.Manager.from_queryset(ReadOnlyQuerySet)


class Record(models.Model):
    """A record of the sales data.

    Attributes:
        version: rises by one with each event of the record; ``rseq`` of its latest event.
        deleted_at: when it went to the bin; it can be restored for 30 days.
        folded: for each text field the key by which it is compared and sorted (case and accents ignored); of e-mails
            and phones one a line, and of phones the digits besides.
        search: all folded texts together, for the search box.
    """

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("Owner"),
    )
    creator = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("Created by"),
    )
    created_at = models.DateTimeField(_("Created"))
    updated_at = models.DateTimeField(_("Changed"))
    version = models.IntegerField(default=1)
    deleted_at = models.DateTimeField(null=True)
    folded = models.JSONField(default=dict)
    search = models.TextField(default="")

    objects: ClassVar[Any] = Here()
    everything: ClassVar[Any] = Everything()

    class Meta:
        abstract = True
        base_manager_name = "everything"

    def save(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError(REFUSAL)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError(REFUSAL)


def link(target: str, label: Any) -> Any:
    """A foreign key to another record; the database keeps it true, the bin keeps the target."""
    return models.ForeignKey(
        target, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=label
    )


def labels() -> Any:
    """The ids of a record's labels, sorted."""
    return models.JSONField(_("Labels"), default=list)
