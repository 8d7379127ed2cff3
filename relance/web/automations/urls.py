"""The addresses of the automations' pages."""

from __future__ import annotations

from django.urls import path

from relance.web.automations import (
    adding,
    again,
    branching,
    editing,
    gallery,
    guide,
    listing,
    records,
    runlist,
    runs,
    trying,
)

app_name = "automations"

urlpatterns = [
    path("", listing.mine, name="list"),
    path("company/", listing.company, name="company"),
    path("new/", listing.new, name="new"),
    path("templates/", gallery.gallery, name="templates"),
    path("templates/<slug:key>/", gallery.use, name="template"),
    path("runs/", runlist.runs, name="runs"),
    path("runs/again/", again.several, name="runs-again"),
    path("runs/<id:run_id>/again/", again.one, name="run-again"),
    path("runs/<id:run_id>/", runs.run, name="run"),
    path("events/<id:event_id>/", runs.event, name="event"),
    path("records/<records:record_type>/<id:record_id>/", records.record, name="record"),
    path("<id:automation_id>/", editing.editor, name="editor"),
    path("<id:automation_id>/switch/", listing.switch, name="switch"),
    path("<id:automation_id>/copy/", listing.copy, name="copy"),
    path("<id:automation_id>/delete/", listing.delete, name="delete"),
    path("<id:automation_id>/name/", editing.rename, name="rename"),
    path("<id:automation_id>/description/", editing.describe, name="describe"),
    path("<id:automation_id>/guide/", guide.guide, name="guide"),
    path("<id:automation_id>/minutes/", editing.minutes, name="minutes"),
    path("<id:automation_id>/everyone/", editing.everyone, name="everyone"),
    path("<id:automation_id>/publish/", editing.put_into_service, name="publish"),
    path("<id:automation_id>/power/", editing.power, name="power"),
    path("<id:automation_id>/state/", editing.state, name="state"),
    path("<id:automation_id>/test/", trying.trying, name="test"),
    path("<id:automation_id>/add/", adding.picker, name="picker"),
    path("<id:automation_id>/insert/", adding.insert, name="insert"),
    path("<id:automation_id>/panel/", editing.panel, name="overview"),
    path("<id:automation_id>/panel/<slug:which>/", editing.panel, name="panel"),
    path("<id:automation_id>/panel/<slug:which>/apply/", editing.apply, name="apply"),
    path("<id:automation_id>/panel/<slug:which>/recast/", editing.recast, name="recast"),
    path("<id:automation_id>/steps/<slug:which>/move/", editing.move, name="move"),
    path("<id:automation_id>/steps/<slug:which>/duplicate/", editing.duplicate, name="duplicate-step"),
    path("<id:automation_id>/steps/<slug:which>/remove/", editing.remove, name="remove"),
    path("<id:automation_id>/steps/<slug:which>/relocate/", branching.relocate, name="relocate"),
    path("<id:automation_id>/steps/<slug:which>/paths/", branching.add_path, name="add-path"),
    path("<id:automation_id>/paths/<slug:which>/move/", branching.move_path, name="move-path"),
    path("<id:automation_id>/paths/<slug:which>/duplicate/", branching.duplicate_path, name="duplicate-path"),
    path("<id:automation_id>/paths/<slug:which>/remove/", branching.remove_path, name="remove-path"),
]
