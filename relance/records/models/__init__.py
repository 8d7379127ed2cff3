"""The tables of the sales data."""

from relance.records.models.configuration import Label, Pipeline, Stage
from relance.records.models.sales import Activity, Deal, ExternalId, Lead, Note, Organization, Person

__all__ = [
    "Activity",
    "Deal",
    "ExternalId",
    "Label",
    "Lead",
    "Note",
    "Organization",
    "Person",
    "Pipeline",
    "Stage",
]
