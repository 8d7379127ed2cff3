"""The kinds of value a field can hold: one vocabulary for records, conditions, forms and the API."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """What a field holds. The comment gives its plain (JSON-compatible) shape; None always means empty."""

    TEXT = "text"  # str; '' is stored as None
    LONG_TEXT = "long_text"  # str with line breaks
    CHOICE = "choice"  # str: the key of one of the field's choices
    NUMBER = "number"  # int (never a float)
    MONEY = "money"  # {"amount": int in minor units, "currency": "EUR"}
    DATE = "date"  # "YYYY-MM-DD"
    DATETIME = "datetime"  # "YYYY-MM-DDTHH:MM:SS.ffffff+00:00", always UTC
    BOOL = "bool"  # True or False
    USER = "user"  # int: a user's id
    LINK = "link"  # int: the id of another record, of the type the field targets
    STAGE = "stage"  # int: a stage's id
    PIPELINE = "pipeline"  # int: a pipeline's id
    MULTI_CHOICE = "multi_choice"  # sorted list of int ids (labels); [] is empty
    EMAILS = "emails"  # list of {"value", "kind", "primary"}; [] is empty
    PHONES = "phones"  # list of {"value", "kind", "primary"}; [] is empty
    PARTICIPANTS = "participants"  # sorted list of "person:<id>" and "user:<id>"; [] is empty
