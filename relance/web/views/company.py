"""The company, its rates, pipelines, stages and labels, for administrators."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Max, ProtectedError
from django.forms import BaseForm
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST

from relance.accounts.models import Company, Rate
from relance.records.models import Deal, Label, Pipeline, Stage
from relance.web.admin_forms import AutomationsForm, CompanyForm, LabelForm, PipelineForm, RateForm, StageForm
from relance.web.pages import PageRequest, administrators_only, says


@administrators_only
def settings(request: PageRequest) -> HttpResponseBase:
    """Name, currency, time zone, who sees what; and the rates."""
    form = CompanyForm(request.POST or None, instance=Company.get())
    if request.method == "POST" and form.is_valid():
        form.save()
        return says(request, _("The settings are saved."), to=reverse("web:settings"))
    return _settings_page(request, form, RateForm(), failed=request.method == "POST")


@administrators_only
def automations(request: PageRequest) -> HttpResponseBase:
    """For whom automations are there, and how long runs stay."""
    form = AutomationsForm(request.POST or None, instance=Company.get())
    if request.method == "POST" and form.is_valid():
        form.save()
        return says(request, _("The settings are saved."), to=reverse("web:settings-automations"))
    status = 422 if request.method == "POST" else 200
    return render(request, "relance/admin/automations.html", {"form": form}, status=status)


def _settings_page(request: PageRequest, form: BaseForm, rate: RateForm, *, failed: bool) -> HttpResponseBase:
    context = {
        "form": form,
        "rate_form": rate,
        "rates": Rate.objects.order_by("currency"),
        "company": Company.get(),
        "no_pipeline": not Pipeline.objects.exists(),
    }
    return render(request, "relance/admin/settings.html", context, status=422 if failed else 200)


@administrators_only
@require_POST
def rate(request: PageRequest) -> HttpResponseBase:
    """Set what a currency is worth."""
    form = RateForm(request.POST)
    if not form.is_valid():
        return _settings_page(request, CompanyForm(instance=Company.get()), form, failed=True)
    saved = form.save()
    return says(
        request,
        _("The rate of %(currency)s is saved.") % {"currency": saved.currency},
        to=reverse("web:settings"),
    )


@administrators_only
@require_POST
def delete_rate(request: PageRequest, rate_id: int) -> HttpResponseBase:
    """Forget what a currency is worth."""
    found = get_object_or_404(Rate, pk=rate_id)
    found.delete()
    return says(
        request,
        _("The rate of %(currency)s is gone.") % {"currency": found.currency},
        to=reverse("web:settings"),
    )


def suggested() -> dict[str, Any]:
    """A pipeline to begin with, in the language of who makes it."""
    return {
        "name": _("New business"),
        "stages": [
            {"name": pgettext("stage", "Qualified"), "probability": 10},
            {"name": pgettext("stage", "Contact made"), "probability": 25},
            {"name": pgettext("stage", "Proposal sent"), "probability": 50},
            {"name": pgettext("stage", "Negotiation"), "probability": 75},
        ],
    }


@administrators_only
def pipelines(request: PageRequest) -> HttpResponseBase:
    """All pipelines with their stages; POST makes a new one, with the stages that are suggested."""
    first = {} if Pipeline.objects.exists() else {"name": suggested()["name"]}
    form = PipelineForm(request.POST or None, initial=first)
    if request.method == "POST" and form.is_valid():
        pipeline = form.save(commit=False)
        pipeline.position = _next(Pipeline.objects.all())
        with transaction.atomic():
            pipeline.save()
            for position, stage in enumerate(suggested()["stages"]):
                Stage.objects.create(pipeline=pipeline, position=position, **stage)
        if "first" in request.POST:
            return says(request, _("The pipeline is ready. Add the first deal."), to=reverse("web:board"))
        return _done(request)
    return _pipelines_page(request, form, failed=request.method == "POST")


def _pipelines_page(request: PageRequest, form: BaseForm | None = None, *, failed: bool = False, bad_stage: Any = None,
                    bad_form: BaseForm | None = None) -> HttpResponseBase:  # fmt: skip
    found = Pipeline.objects.prefetch_related("stages")
    shown = []
    for pipeline in found:
        rows = [
            (stage, bad_form if stage == bad_stage else StageForm(instance=stage, prefix=f"s{stage.pk}"))
            for stage in pipeline.stages.all()
        ]
        new = bad_form if bad_stage == pipeline else StageForm(prefix=f"n{pipeline.pk}")
        shown.append(
            {
                "pipeline": pipeline,
                "form": PipelineForm(instance=pipeline, prefix=f"p{pipeline.pk}"),
                "rows": rows,
                "new": new,
            }
        )
    context = {
        "shown": shown,
        "form": form or PipelineForm(),
        "stages": [stage["name"] for stage in suggested()["stages"]],
    }
    return render(request, "relance/admin/pipelines.html", context, status=422 if failed else 200)


def _problems(form: BaseForm) -> str:
    return " ".join(str(error) for errors in form.errors.values() for error in errors)


def _still_deals(request: PageRequest, name: str) -> HttpResponseBase:
    said = _("There are still deals in “%(name)s”. Move them elsewhere first; those in the bin count too.")
    return says(request, said % {"name": name}, to=reverse("web:pipelines"), bad=True)


def _next(rows: Any) -> int:
    return int(rows.aggregate(last=Max("position", default=-1))["last"]) + 1


def _done(request: PageRequest) -> HttpResponseBase:
    return says(request, _("The pipelines are saved."), to=reverse("web:pipelines"))


@administrators_only
@require_POST
def pipeline(request: PageRequest, pipeline_id: int) -> HttpResponseBase:
    """Rename, move or delete a pipeline, or give it another stage: the button that was pressed says which."""
    found = get_object_or_404(Pipeline, pk=pipeline_id)
    match request.POST.get("do"):
        case "up" | "down" as way:
            _shift(list(Pipeline.objects.all()), found, way)
        case "delete":
            if Deal.everything.filter(pipeline=found).exists():
                return _still_deals(request, found.name)
            with transaction.atomic():
                for each in found.stages.all():
                    each.delete()
                found.delete()
        case "stage":
            form = StageForm(request.POST, prefix=f"n{found.pk}")
            if not form.is_valid():
                return _pipelines_page(request, failed=True, bad_stage=found, bad_form=form)
            stage = form.save(commit=False)
            stage.pipeline = found
            stage.position = _next(found.stages.all())
            stage.save()
        case _:
            name = PipelineForm(request.POST, instance=found, prefix=f"p{found.pk}")
            if name.is_valid():
                name.save()
            else:
                return says(request, _problems(name), to=reverse("web:pipelines"), bad=True)
    return _done(request)


@administrators_only
@require_POST
def stage(request: PageRequest, stage_id: int) -> HttpResponseBase:
    """Save, move or delete a stage."""
    found = get_object_or_404(Stage, pk=stage_id)
    match request.POST.get("do"):
        case "up" | "down" as way:
            _shift(list(found.pipeline.stages.all()), found, way)
        case "delete":
            try:
                found.delete()
            except ProtectedError:
                return _still_deals(request, found.name)
        case _:
            form = StageForm(request.POST, instance=found, prefix=f"s{found.pk}")
            if not form.is_valid():
                return _pipelines_page(request, failed=True, bad_stage=found, bad_form=form)
            form.save()
    return _done(request)


def _shift(rows: list[Any], row: Any, way: str) -> None:
    """Move a row one place up or down among its kind."""
    at = rows.index(row)
    to = at + (1 if way == "down" else -1)
    if 0 <= to < len(rows):
        rows.insert(to, rows.pop(at))
    with transaction.atomic():
        for position, each in enumerate(rows):
            if each.position != position:
                each.position = position
                each.save()


@administrators_only
def labels(request: PageRequest) -> HttpResponseBase:
    """All labels; POST makes a new one."""
    form = LabelForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        form.save()
        return says(request, _("The labels are saved."), to=reverse("web:labels"))
    rows = [(each, LabelForm(instance=each, prefix=f"l{each.pk}")) for each in Label.objects.all()]
    return render(
        request,
        "relance/admin/labels.html",
        {"form": form, "rows": rows},
        status=422 if request.method == "POST" else 200,
    )


@administrators_only
@require_POST
def label(request: PageRequest, label_id: int) -> HttpResponseBase:
    """Save a label, or delete it: records that carry it show that it is gone."""
    found = get_object_or_404(Label, pk=label_id)
    to = reverse("web:labels")
    if request.POST.get("do") == "delete":
        found.delete()
        return says(request, _("The labels are saved."), to=to)
    form = LabelForm(request.POST, instance=found, prefix=f"l{found.pk}")
    if not form.is_valid():
        return says(request, _problems(form), to=to, bad=True)
    form.save()
    return says(request, _("The labels are saved."), to=to)
