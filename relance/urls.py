"""Every URL of Relance: the pages and the REST API."""

from __future__ import annotations

from django.urls import include, path

from relance.api.application import api

urlpatterns = [
    path("api/v1/", api.urls),
    path("", include("relance.web.urls")),
]

handler400 = "relance.web.views.errors.bad_request"
handler403 = "relance.web.views.errors.forbidden"
handler404 = "relance.web.views.errors.not_found"
handler500 = "relance.web.views.errors.server_error"
