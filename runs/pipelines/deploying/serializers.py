"""Shapes of what a Deploy Model step asks and is told."""

from rest_framework import serializers

from studio.api.fields import Name, StrictSerializer

MAX_REF = 500


class StepDeploys(StrictSerializer):
    """`model`: the version that was connected to the step, such as cars:3; what the step itself names goes before it."""

    model = Name(max_length=MAX_REF, required=False, allow_blank=True, default="")


class StepDeployment(serializers.Serializer):
    """How it stands: `state` is the revision's (pending, preparing, rolling, live, retired, failed)."""

    endpoint = serializers.CharField()
    deployment = serializers.CharField()
    revision = serializers.IntegerField()
    state = serializers.CharField()
    problem = serializers.CharField()
    model = serializers.CharField(allow_null=True)
    traffic = serializers.IntegerField()
    scoring_uri = serializers.CharField()
    url = serializers.CharField()
