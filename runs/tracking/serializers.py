"""Shapes of requests, checked strictly, and of answers as the API's description shows them."""

from rest_framework import serializers

from studio.api.fields import Int64, Name, RunId, StrictBoolean, StrictSerializer, Text

MAX_FILE = 1_000_000


class Anything(serializers.JSONField):
    """A JSON value whose inside a service judges."""


class ExperimentCreate(StrictSerializer):
    path = Text(max_length=255)
    description = Text(max_length=20_000, required=False, allow_blank=True, default="")


class ExperimentEdit(StrictSerializer):
    description = Text(max_length=20_000, required=False, allow_blank=True)
    is_archived = StrictBoolean(required=False)


class JobFileCheck(StrictSerializer):
    file_name = Text(max_length=1024, required=False, default="job.yml")
    text = Text(max_length=2 * MAX_FILE, allow_blank=True)
    set = serializers.DictField(child=Anything(allow_null=True), required=False, default=dict)
    files = serializers.DictField(
        child=Text(max_length=2 * MAX_FILE, allow_blank=True),
        required=False,
        default=dict,
        help_text="Texts that a pipeline file named in an earlier answer, by their paths.",
    )


class RunSubmit(StrictSerializer):
    """Either the text of a job file, or the job as an object."""

    file_name = Text(max_length=1024, required=False, default="job.yml")
    text = Text(max_length=2 * MAX_FILE, required=False, allow_blank=True)
    job = serializers.DictField(child=Anything(allow_null=True), required=False)
    set = serializers.DictField(child=Anything(allow_null=True), required=False, default=dict)
    files = serializers.DictField(child=Text(max_length=MAX_FILE, allow_blank=True), required=False, default=dict)
    build_context = Text(
        max_length=64,
        required=False,
        allow_blank=True,
        default="",
        help_text="SHA-256 of the Dockerfile's folder, sent before.",
    )
    snapshot = Text(max_length=64, required=False, allow_blank=True, default="")
    inputs = serializers.DictField(child=Text(max_length=64), required=False, default=dict)
    snapshots = serializers.DictField(
        child=Text(max_length=64),
        required=False,
        default=dict,
        help_text="Of a pipeline: folders by path, each its digest.",
    )
    blobs = serializers.DictField(
        child=Text(max_length=64),
        required=False,
        default=dict,
        help_text="Of a pipeline: files by path, each its SHA-256.",
    )
    git = serializers.DictField(child=Anything(allow_null=True), required=False, default=dict)
    parent = RunId(required=False, allow_null=True, default=None)  # type: ignore[assignment]
    submit = StrictBoolean(required=False, default=True)


class RunStart(StrictSerializer):
    experiment = Text(max_length=255, required=False, allow_blank=True, default="")
    name = Name(required=False, allow_blank=True, default="")
    parent = RunId(required=False, allow_null=True, default=None)  # type: ignore[assignment]
    tags = serializers.DictField(child=Anything(allow_null=True), required=False, default=dict)
    params = serializers.DictField(child=Anything(allow_null=True), required=False, default=dict)
    description = Text(max_length=20_000, required=False, allow_blank=True, default="")
    git = serializers.DictField(child=Anything(allow_null=True), required=False, default=dict)
    run_id = RunId(required=False, default="")


class RunFinish(StrictSerializer):
    state = serializers.ChoiceField(choices=["completed", "failed", "canceled"], required=False, default="completed")
    exit_code = Int64(min_value=-255, max_value=2**31 - 1, required=False, allow_null=True, default=None)
    message = Text(max_length=100_000, required=False, allow_blank=True, default="")


class RunSeen(StrictSerializer):
    """What the writer saw before: another value by now is a conflict."""

    name = Text(max_length=255, required=False, allow_blank=True)
    description = Text(max_length=20_000, required=False, allow_blank=True)
    tags = serializers.DictField(child=Text(max_length=8000, allow_blank=True, allow_null=True), required=False)


class RunEdit(StrictSerializer):
    name = Name(required=False)
    description = Text(max_length=20_000, required=False, allow_blank=True)
    tags = serializers.DictField(child=Anything(allow_null=True), required=False)
    is_archived = StrictBoolean(required=False)
    expected = RunSeen(required=False)


class RunClone(StrictSerializer):
    set = serializers.DictField(child=Anything(allow_null=True), required=False, default=dict)
    name = Name(required=False, allow_blank=True, default="")
    submit = StrictBoolean(required=False, default=True)


# --- answers, for the description only --------------------------------------------------------------------------------


class PersonAnswer(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField()
    email = serializers.CharField()


class ExperimentAnswer(serializers.Serializer):
    id = serializers.IntegerField()
    path = serializers.CharField()
    description = serializers.CharField()
    run_count = serializers.IntegerField()
    last_run_at = serializers.DateTimeField(allow_null=True)
    is_archived = serializers.BooleanField()
    tags = serializers.DictField(child=serializers.CharField())
    created_at = serializers.DateTimeField()
    url = serializers.CharField()


class JobAnswer(serializers.Serializer):
    id = serializers.IntegerField()
    attempt = serializers.IntegerField()
    state = serializers.CharField()
    is_attached = serializers.BooleanField()
    compute = serializers.CharField(allow_null=True)
    lost_contact_at = serializers.DateTimeField(allow_null=True)
    cancel_requested_at = serializers.DateTimeField(allow_null=True)
    log_size = serializers.IntegerField()
    log_lines = serializers.IntegerField()


class FailureAnswer(serializers.Serializer):
    title = serializers.CharField()
    detail = serializers.CharField()
    hint = serializers.CharField()
    lines = serializers.ListField(child=serializers.CharField())
    first_line = serializers.IntegerField()
    signal = serializers.CharField()


class RunAnswer(serializers.Serializer):
    id = serializers.CharField()
    name = serializers.CharField()
    description = serializers.CharField()
    experiment = serializers.CharField()
    state = serializers.CharField()
    is_archived = serializers.BooleanField()
    source = serializers.CharField()  # type: ignore[assignment]
    external_id = serializers.CharField(allow_null=True)
    parent = serializers.CharField(allow_null=True)  # type: ignore[assignment]
    cloned_from = serializers.CharField(allow_null=True)
    child_count = serializers.IntegerField()
    created_by = PersonAnswer(allow_null=True)
    created_at = serializers.DateTimeField()
    started_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)
    duration_seconds = serializers.FloatField(allow_null=True)
    compute = serializers.CharField(allow_null=True)
    command = serializers.CharField()
    note = serializers.CharField()
    git = serializers.DictField()
    params = serializers.DictField(child=serializers.CharField())
    tags = serializers.DictField(child=serializers.CharField())
    metrics = serializers.DictField()
    exit_code = serializers.IntegerField(allow_null=True)
    signal = serializers.IntegerField(allow_null=True)
    reason = serializers.CharField()
    message = serializers.CharField()
    job = JobAnswer(allow_null=True)
    snapshot = serializers.CharField(allow_null=True)
    environment = serializers.IntegerField(allow_null=True)
    url = serializers.CharField()


class RunDetailAnswer(RunAnswer):
    definition = serializers.DictField(allow_null=True)
    inputs = serializers.ListField(child=serializers.DictField())
    outputs = serializers.ListField(child=serializers.DictField())
    failure = FailureAnswer(allow_null=True)
    waiting = serializers.CharField()
    ancestors = serializers.ListField(child=serializers.CharField())


class NeedAnswer(serializers.Serializer):
    role = serializers.CharField()
    path = serializers.CharField()
    kind = serializers.CharField()
    name = serializers.CharField()
    folder = serializers.CharField()
    includes = serializers.ListField(child=serializers.CharField())


class CheckAnswer(serializers.Serializer):
    job = serializers.DictField()
    needs = NeedAnswer(many=True)
    notes = serializers.ListField(child=serializers.CharField())


class ArtifactAnswer(serializers.Serializer):
    path = serializers.CharField()
    is_dir = serializers.BooleanField()
    size = serializers.IntegerField()
    sha256 = serializers.CharField()
    content_type = serializers.CharField()
    created_at = serializers.DateTimeField()


class CompareAnswer(serializers.Serializer):
    runs = RunAnswer(many=True)
    params = serializers.ListField(child=serializers.DictField())
    metrics = serializers.ListField(child=serializers.DictField())
    tags = serializers.ListField(child=serializers.DictField())
    code = serializers.ListField(child=serializers.DictField())
    packages = serializers.ListField(child=serializers.DictField())
    inputs = serializers.ListField(child=serializers.DictField())
    hardware = serializers.ListField(child=serializers.DictField())


class WhyReason(serializers.Serializer):
    kind = serializers.CharField(help_text="parameter, data, code, package, hardware or tag")
    name = serializers.CharField()
    here = serializers.CharField(allow_null=True)
    there = serializers.CharField(allow_null=True)
    score = serializers.FloatField(help_text="0 to 1; the list is ordered by it")
    rarity = serializers.FloatField(help_text="the share of the looked-at runs with another value")
    association = serializers.FloatField(allow_null=True, help_text="the share of the metric's variance it goes with")
    words = serializers.CharField()


class WhyAnswer(serializers.Serializer):
    run = serializers.CharField()
    baseline = serializers.CharField()
    metric = serializers.CharField()
    here = serializers.FloatField(allow_null=True)
    there = serializers.FloatField(allow_null=True)
    compared = serializers.IntegerField(help_text="other runs of the experiment that were looked at")
    reasons = WhyReason(many=True)


class StoredAnswer(serializers.Serializer):
    digest = serializers.CharField()
    size = serializers.IntegerField()


def listed(answer: type[serializers.BaseSerializer], name: str) -> type[serializers.BaseSerializer]:
    """The `{"results", "next", "previous"}` of an answer."""
    fields = {
        "results": answer(many=True),
        "next": serializers.CharField(allow_null=True),
        "previous": serializers.CharField(allow_null=True),
    }
    return type(name, (serializers.Serializer,), fields)


ExperimentList = listed(ExperimentAnswer, "ExperimentList")
RunList = listed(RunAnswer, "RunList")
ArtifactList = listed(ArtifactAnswer, "ArtifactList")
