"""Shapes of requests and answers about the data of a job."""

from dataclasses import asdict
from typing import Any

from rest_framework import serializers

from runs.tracking.data.sources import InputFile
from studio.api.fields import Int64, StrictSerializer


class CompleteOutput(StrictSerializer):
    attempt = Int64(min_value=0, max_value=2**31 - 1)
    count = Int64(min_value=0, max_value=10**9)
    size = Int64(min_value=0, max_value=2**62)


class InputFileAnswer(serializers.Serializer):
    path = serializers.CharField()
    size = serializers.IntegerField()
    sha256 = serializers.CharField(help_text="empty where nobody has read the file yet")
    tag = serializers.CharField(help_text="changes with the bytes; empty where the place can't tell")


class InputFileList(serializers.Serializer):
    results = InputFileAnswer(many=True)
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)


class OutputFileAnswer(serializers.Serializer):
    path = serializers.CharField()
    size = serializers.IntegerField()
    sha256 = serializers.CharField()


class OutputAnswer(serializers.Serializer):
    state = serializers.CharField()
    problem = serializers.CharField()
    uri = serializers.CharField()


def input_file(file: InputFile) -> dict[str, Any]:
    return asdict(file)
