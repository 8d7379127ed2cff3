"""The addresses of the pages."""

from __future__ import annotations

from django.urls import include, path

# Registers the converters <records:…> and <id:…>.
from relance.web import assets, types  # noqa: F401
from relance.web.live import stream
from relance.web.views import (
    account,
    bin,
    board,
    company,
    day,
    edit,
    help,
    leads,
    lists,
    mails,
    notifications,
    people,
    records,
    search,
    session,
    styleguide,
)

APP = "web"


pages = [
    path("", board.home, name="home"),
    path("login/", session.login, name="login"),
    path("logout/", session.logout, name="logout"),
    path("welcome/<str:token>/", session.invitation, name="invitation"),
    path("account/", account.account, name="account"),
    path("account/password/", account.password, name="password"),
    path("account/language/", account.language, name="language"),
    path("account/theme/", account.theme, name="theme"),
    path("assets/relance.<slug:digest>.css", assets.stylesheet, name="stylesheet"),
    path("live", stream.live, name="live"),
    path("styleguide/", styleguide.show, name="styleguide"),
    path("search/", search.search, name="search"),
    path("pick/participants/", search.pick_participant, name="pick-participant"),
    path("pick/<records:record_type>/", search.pick, name="pick"),
    path("notifications/", notifications.menu, name="notifications"),
    path("notifications/bell/", notifications.bell, name="bell"),
    path("notifications/read/", notifications.read_all, name="notifications-read"),
    path("notifications/<id:notification_id>/", notifications.open_one, name="notification"),
    path("bin/", bin.show, name="bin"),
    path("help/<slug:name>/", help.show, name="help"),
    path("mail/", mails.show, name="mails"),
    path("mail/release/", mails.release_all, name="release-mails"),
    path("mail/caught/", mails.caught, name="caught"),
    path("mail/caught/<id:mail_id>/", mails.caught, name="caught-one"),
    path("mail/<id:mail_id>/", mails.one, name="mail"),
    path("mail/<id:mail_id>/state/", mails.state, name="mail-state"),
    path("mail/<id:mail_id>/send/", mails.send_again, name="send-mail"),
    path("mail/<id:mail_id>/discard/", mails.discard, name="discard-mail"),
    path("users/", people.users, name="users"),
    path("users/new/", people.user, name="new-user"),
    path("users/<id:user_id>/", people.user, name="user"),
    path("users/<id:user_id>/link/", people.new_link, name="new-link"),
    path("users/<id:user_id>/switch/", people.switch, name="switch-user"),
    path("teams/new/", people.team, name="new-team"),
    path("teams/<id:team_id>/", people.team, name="team"),
    path("teams/<id:team_id>/delete/", people.delete_team, name="delete-team"),
    path("settings/", company.settings, name="settings"),
    path("settings/rates/", company.rate, name="rate"),
    path("settings/rates/<id:rate_id>/delete/", company.delete_rate, name="delete-rate"),
    path("settings/automations/", company.automations, name="settings-automations"),
    path("settings/pipelines/", company.pipelines, name="pipelines"),
    path("settings/pipelines/<id:pipeline_id>/", company.pipeline, name="pipeline"),
    path("settings/stages/<id:stage_id>/", company.stage, name="stage"),
    path("settings/labels/", company.labels, name="labels"),
    path("settings/labels/<id:label_id>/", company.label, name="label"),
    path("deals/board/", board.show, name="board"),
    path("deals/board/hint/", board.hint_read, name="hint-read"),
    path("deals/board/<id:pipeline>/", board.show, name="pipeline-board"),
    path("activities/day/", day.show, name="day"),
    path("activities/<id:record_id>/done/", edit.done, name="done"),
    path("leads/<id:record_id>/convert/", leads.convert, name="convert"),
    path("<records:record_type>/", lists.show, name="list"),
    path("<records:record_type>/new/", edit.create, name="create"),
    path("<records:record_type>/<id:record_id>/", records.show, name="record"),
    path("<records:record_type>/<id:record_id>/edit/", edit.edit, name="edit"),
    path("<records:record_type>/<id:record_id>/story/", records.story, name="story"),
    path("<records:record_type>/<id:record_id>/field/<slug:key>/", edit.one_field, name="field"),
    path("<records:record_type>/<id:record_id>/note/", edit.add_note, name="note"),
    path("<records:record_type>/<id:record_id>/delete/", edit.delete, name="delete"),
    path("<records:record_type>/<id:record_id>/restore/", edit.restore, name="restore"),
    path("<records:record_type>/<id:record_id>/purge/", bin.purge, name="purge"),
    path("deals/<id:record_id>/<slug:verb>/", board.act, name="deal-act"),
]

urlpatterns = [
    path("", include((pages, APP))),
    path("automations/", include("relance.web.automations.urls")),
]
