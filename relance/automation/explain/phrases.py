"""Sentences and labels that name a record type, one for each: articles and endings differ from language to language."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

#: Of triggers, inside an automation's sentence.
WHEN_CREATED = {
    "person": _("When a person is created"),
    "organization": _("When an organization is created"),
    "deal": _("When a deal is created"),
    "lead": _("When a lead is created"),
    "activity": _("When an activity is created"),
}
WHEN_UPDATED = {
    "person": _("When a person is updated"),
    "organization": _("When an organization is updated"),
    "deal": _("When a deal is updated"),
    "lead": _("When a lead is updated"),
    "activity": _("When an activity is updated"),
}
WHEN_DELETED = {
    "person": _("When a person is deleted"),
    "organization": _("When an organization is deleted"),
    "deal": _("When a deal is deleted"),
    "lead": _("When a lead is deleted"),
    "activity": _("When an activity is deleted"),
}
#: ``field`` is the field's name.
WHEN_FIELD_CHANGED = {
    "person": _("When a person’s %(field)s is changed"),
    "organization": _("When an organization’s %(field)s is changed"),
    "deal": _("When a deal’s %(field)s is changed"),
    "lead": _("When a lead’s %(field)s is changed"),
    "activity": _("When an activity’s %(field)s is changed"),
}

#: Of triggers, in the picker.
IS_CREATED = {
    "person": _("Person created"),
    "organization": _("Organization created"),
    "deal": _("Deal created"),
    "lead": _("Lead created"),
    "activity": _("Activity created"),
}
IS_UPDATED = {
    "person": _("Person updated"),
    "organization": _("Organization updated"),
    "deal": _("Deal updated"),
    "lead": _("Lead updated"),
    "activity": _("Activity updated"),
}
IS_DELETED = {
    "person": _("Person deleted"),
    "organization": _("Organization deleted"),
    "deal": _("Deal deleted"),
    "lead": _("Lead deleted"),
    "activity": _("Activity deleted"),
}
FIELD_OF_CHANGED = {
    "person": _("A field of a person changed"),
    "organization": _("A field of an organization changed"),
    "deal": _("A field of a deal changed"),
    "lead": _("A field of a lead changed"),
    "activity": _("A field of an activity changed"),
}

#: Of actions, in the picker.
CREATE = {
    "person": _("Create a person"),
    "organization": _("Create an organization"),
    "deal": _("Create a deal"),
    "lead": _("Create a lead"),
    "activity": _("Create an activity"),
}
UPDATE = {
    "person": _("Update the person"),
    "organization": _("Update the organization"),
    "deal": _("Update the deal"),
    "lead": _("Update the lead"),
    "activity": _("Update the activity"),
}
#: Also the sentence of the action.
DELETE = {
    "person": _("Delete the person"),
    "organization": _("Delete the organization"),
    "deal": _("Delete the deal"),
    "lead": _("Delete the lead"),
    "activity": _("Delete the activity"),
}
CHANGE_OWNER = {
    "person": _("Change the owner of the person"),
    "organization": _("Change the owner of the organization"),
    "deal": _("Change the owner of the deal"),
    "lead": _("Change the owner of the lead"),
    "activity": _("Change the owner of the activity"),
}
ADD_NOTE = {
    "person": _("Add a note to the person"),
    "organization": _("Add a note to the organization"),
    "deal": _("Add a note to the deal"),
    "lead": _("Add a note to the lead"),
}
ADD_LABEL = {
    "person": _("Add a label to the person"),
    "organization": _("Add a label to the organization"),
    "deal": _("Add a label to the deal"),
    "lead": _("Add a label to the lead"),
    "activity": _("Add a label to the activity"),
}
REMOVE_LABEL = {
    "person": _("Remove a label from the person"),
    "organization": _("Remove a label from the organization"),
    "deal": _("Remove a label from the deal"),
    "lead": _("Remove a label from the lead"),
    "activity": _("Remove a label from the activity"),
}
#: Also the sentences of the actions; of an activity that one, of other records what is open among theirs.
FINISH_ACTIVITIES = {
    "person": _("Mark the person’s open activities as done"),
    "organization": _("Mark the organization’s open activities as done"),
    "deal": _("Mark the deal’s open activities as done"),
    "lead": _("Mark the lead’s open activities as done"),
    "activity": _("Mark the activity as done"),
}
CANCEL_ACTIVITIES = {
    "person": _("Cancel the person’s open activities"),
    "organization": _("Cancel the organization’s open activities"),
    "deal": _("Cancel the deal’s open activities"),
    "lead": _("Cancel the lead’s open activities"),
    "activity": _("Cancel the activity"),
}
SHIFT_ACTIVITIES = {
    "person": _("Shift the dates of the person’s open activities"),
    "organization": _("Shift the dates of the organization’s open activities"),
    "deal": _("Shift the dates of the deal’s open activities"),
    "lead": _("Shift the dates of the lead’s open activities"),
    "activity": _("Shift the date of the activity"),
}

#: Of actions; ``name`` is what the new record is called.
CREATE_NAMED = {
    "person": _("Create the person %(name)s"),
    "organization": _("Create the organization %(name)s"),
    "deal": _("Create the deal %(name)s"),
    "lead": _("Create the lead %(name)s"),
    "activity": _("Create the activity %(name)s"),
}
#: ``owner`` is who gets it.
GIVE_TO = {
    "person": _("Give the person to %(owner)s"),
    "organization": _("Give the organization to %(owner)s"),
    "deal": _("Give the deal to %(owner)s"),
    "lead": _("Give the lead to %(owner)s"),
    "activity": _("Give the activity to %(owner)s"),
}
#: ``labels`` is a list of names.
ADD_LABELS = {
    "person": _("Label the person: %(labels)s"),
    "organization": _("Label the organization: %(labels)s"),
    "deal": _("Label the deal: %(labels)s"),
    "lead": _("Label the lead: %(labels)s"),
    "activity": _("Label the activity: %(labels)s"),
}
REMOVE_LABELS = {
    "person": _("Remove labels from the person: %(labels)s"),
    "organization": _("Remove labels from the organization: %(labels)s"),
    "deal": _("Remove labels from the deal: %(labels)s"),
    "lead": _("Remove labels from the lead: %(labels)s"),
    "activity": _("Remove labels from the activity: %(labels)s"),
}
