"""One row of everything in the workspace `vision`, and the people who call."""

import secrets
import uuid
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.test import Client

from registry.batch.models import BatchWorker
from registry.data.addresses.models import AddressRule
from registry.data.datastores.models import Datastore
from registry.data.transfers import services as transfers
from registry.environments import definitions
from registry.environments import services as environments
from registry.environments.models import Environment, EnvironmentBuild
from registry.images import services as images
from registry.mlmodels.models import StageRequest
from registry.mlmodels.services import aliases, models, versions
from runs.evaluation.models import EvaluationDataset
from runs.grid.models import BulkChange, SavedView
from runs.logged_models.models import LoggedModel
from runs.reports.models import Report
from runs.traces.services import assessments as traces
from runs.trash.models import Purge
from studio.access.models import Invitation, Membership
from studio.accounts.models import ApiToken, User
from studio.activity import services as activity
from studio.notifications import services as notifications
from studio.secrets import vault
from studio.secrets.connections import document
from studio.secrets.connections import services as connections
from studio.webhooks.models import Webhook, WebhookDelivery
from studio.workspaces import invitations
from tests.factories import make_experiment, make_membership, make_run, make_target, make_token, make_user
from tests.factories.batch import make_batch_deployment, make_batch_endpoint, make_batch_job
from tests.factories.components import make_component
from tests.factories.data import make_data
from tests.factories.dataflows import make_flow
from tests.factories.devices import make_device, make_module
from tests.factories.endpoints import make_deployment, make_drift_report, make_endpoint
from tests.factories.images import make_image, make_model
from tests.factories.pipeline_runs import make_pipeline_run
from tests.factories.pipelines import make_pipeline, make_pipeline_endpoint
from tests.factories.schedules import make_schedule
from tests.factories.traces import make_trace
from tests.people import People, make_people

CALLERS = ("owner", "owner-reading", "contributor", "reader", "stranger", "administrator")


@dataclass
class Scene:
    people: People
    administrator: User  # a superuser who is in no workspace
    names: dict[str, Any]
    tokens: dict[str, str] = field(default_factory=dict)
    sessions: dict[str, str] = field(default_factory=dict)
    # One for all calls: every new client makes the whole middleware again.
    client: Client = field(default_factory=lambda: Client(raise_request_exception=False))

    def caller(self, who: str) -> User | None:
        if who == "administrator":
            return self.administrator
        return self.people.by_part.get(who)

    def token(self, who: str) -> str:
        """A bearer token of this caller; `owner-reading` is Ada with a token that only reads."""
        if who not in self.tokens:
            user = self.people.ada if who == "owner-reading" else self.caller(who)
            scope = ApiToken.Scope.READ if who == "owner-reading" else ApiToken.Scope.WRITE
            self.tokens[who] = make_token(user, scope=scope) if user else ""
        return self.tokens[who]

    def session(self, who: str) -> str:
        """The key of a session of this caller, "" for one who has none."""
        if who not in self.sessions:
            visitor, user = Client(), self.caller(who)
            if user is not None:
                visitor.force_login(user)
            self.sessions[who] = visitor.session.session_key if user else ""
        return self.sessions[who]

    def visitor(self, who: str) -> Client:
        """The client, signed in as this caller and as nobody else; calls with a token say so in their headers."""
        self.client.cookies.clear()
        if key := self.session(who):
            self.client.cookies[settings.SESSION_COOKIE_NAME] = key
        return self.client


def make_scene() -> Scene:
    people = make_people()
    workspace = people.workspace
    administrator = make_user("root@example.org", is_superuser=True)
    other = make_membership(workspace, make_user("olga@example.org"))
    experiment = make_experiment(workspace, "vision/digits")
    run = make_run(workspace, experiment=experiment, with_job=True, created_by=people.ben)
    trace = make_trace(experiment)
    said = traces.assess(
        actor=people.ben, trace=trace, verdict=traces.Verdict("tone", "feedback", "yes", source_type="HUMAN")
    )
    target = make_target(workspace, name="ours")
    operation = activity.begin(
        actor=people.ben, workspace=workspace, kind="run", subject=f"run:{run.pk}", title=run.name
    )
    told = notifications.notify(user=people.ada, workspace=workspace, matter="m", text="text")
    invited = invitations.invite(actor=people.ada, workspace=workspace, email="nia@example.org", role="reader")
    environment = Environment.objects.create(
        workspace=workspace, digest="e" * 64, kind="current", definition={"kind": "current"}
    )
    named = environments.register(
        actor=people.ben, workspace=workspace, name="train", definition=definitions.parse({"python": "3.11"}, {})
    )
    built = EnvironmentBuild.objects.create(content=named.content, form="venv", state="failed", problem="No wheels.")
    logged_model = LoggedModel.objects.create(
        workspace=workspace, experiment=experiment, source_run=run, name="classifier", created_by=people.ben
    )
    evaluation = EvaluationDataset.objects.create(workspace=workspace, name="questions", digest="0" * 8)
    model = models.create_model(actor=people.ben, workspace=workspace, name="digits-svm")
    version = versions.create_version(
        actor=people.ben, model=model, new=versions.NewVersion(source="s3://elsewhere/model")
    )  # fmt: skip
    aliases.set_alias(actor=people.ben, version=version, name="champion")
    asked = StageRequest.objects.create(version=version, stage="Production", requested_by=people.ben)
    datastore = Datastore.objects.create(workspace=workspace, name="bulk", kind="local_folder")
    upload = transfers.begin(
        actor=people.ben, datastore=datastore, path=f"raw/{secrets.token_hex(4)}.csv", size=4
    ).upload
    secret = vault.put(actor=people.ben, workspace=workspace, name="hf-token", value="canary-scene").secret
    connection = connections.create_connection(
        actor=people.ben,
        workspace=workspace,
        definition=document.read(
            {"name": "feed", "type": "api_key", "target": "https://x.example/", "api_key": "canary"}
        ),
    )
    webhook = Webhook.objects.create(
        workspace=workspace, name="ci", url="https://ci.example.org/", events=["model_version.created"]
    )
    delivery = WebhookDelivery.objects.create(
        webhook=webhook, key=uuid.uuid4(), event="model_version.created", body="{}", state="delivered"
    )
    report = Report.objects.create(
        workspace=workspace,
        title="Findings",
        state=Report.State.PUBLISHED,
        body="```chart\nmetrics: [loss]\nexperiment: vision/digits\n```\n",
    )
    view = SavedView.objects.create(workspace=workspace, owner=people.ada, name="mine", state={"version": 1})
    change = BulkChange.objects.create(workspace=workspace, actor=people.ben, action="tag", run_ids=[run.pk])
    make_token(people.ada)
    data = make_data(workspace, "cars", actor=people.ben)
    flow = make_flow(workspace, "clean-cars", data=data, actor=people.ben)
    endpoint = make_endpoint(workspace, "scoring", actor=people.ben)
    deployment = make_deployment(endpoint, "blue", actor=people.ben)
    module = make_module(make_device(workspace, actor=people.ben))
    image = make_image(workspace, actor=people.ben, models=[make_model(workspace, "packed")])
    images.set_tag(actor=people.ben, version=image, word="stable")
    nightly = make_batch_deployment(make_batch_endpoint(workspace, actor=people.ben), actor=people.ben)
    scoring = make_batch_job(nightly, data, actor=people.ben, splits=True)
    pipeline = make_pipeline(workspace, actor=people.ben, kept=True)
    component = make_component(workspace, actor=people.ben)
    names = {
        "component_name": component.component.name,
        "component_ref": component.version,
        "shipped_component": "split_data",
        "pipeline_id": pipeline.pk,
        "pipeline_version": 1,
        "schedule_name": make_schedule(workspace, actor=people.ben, kind="webhook", trigger={}).name,
        "schedule_token": "a" * 43,
        "pipeline_endpoint": make_pipeline_endpoint(pipeline, actor=people.ben).name,
        "pipeline_run_id": make_pipeline_run(workspace, actor=people.ben).pk,
        "pipeline_step": "clean",
        "pipeline_port": "cleaned",
        "batch_endpoint_name": nightly.endpoint.name,
        "batch_deployment_name": nightly.name,
        "batch_job_id": scoring.pk,
        "batch_worker_number": BatchWorker.objects.get(batch=scoring).job_id,
        "device_name": module.device.name,
        "module_name": module.name,
        "edge_version": module.image_version_id,
        "endpoint_name": endpoint.name,
        "deployment_name": deployment.name,
        "drift_report_id": make_drift_report(deployment, actor=people.ben).pk,
        "revision_number": "1",
        "image_name": image.image.name,
        "image_number": image.number,
        "image_word": "stable",
        "data_name": data.asset.name,
        "data_ref": data.version,
        "data_path": "cars.csv",
        "data_input": "cars",
        "rule_id": AddressRule.objects.create(prefix="https://public.example/", datastore="default").pk,
        "data_output": "clean",
        "flow_name": flow.name,
        "flow_version": "1",
        "datastore_name": datastore.name,
        "stored_path": "stored.txt",
        "upload_id": upload.pk,
        "part_number": 1,
        "view_id": view.pk,
        "bulk_id": change.pk,
        "report_id": report.pk,
        "no_version": 1,
        "first_block": 0,
        "model_name": model.name,
        "number": version.number,
        "ref": str(version.number),
        "alias": "champion",
        "stage_name": "Staging",
        "stage_request_id": asked.pk,
        "check_name": "fairness",
        "secret_name": secret.name,
        "connection_name": connection.name,
        "webhook_id": webhook.pk,
        "delivery_id": delivery.pk,
        "workspace": workspace.slug,
        "run_id": run.pk,
        "trace_id": trace.trace_id,
        "assessment_id": said.assessment_id,
        "span_id": "1" * 16,
        "experiment_id": experiment.pk,
        "experiment_path": experiment.path,
        "job_id": run.job_id,
        "target_name": target.name,
        "artifact_path": "model.txt",
        "digest": "a" * 64,
        "activity_id": operation.pk,
        "notification_id": told.pk if told else 0,
        "member_id": Membership.objects.get(pk=other.pk).pk,
        "invitation_id": Invitation.objects.get(pk=invited.invitation.pk).pk,
        "environment_id": environment.pk,
        "environment_name": named.asset.name,
        "environment_ref": named.version,
        "environment_build_id": built.pk,
        "shipped_name": "minimal",
        "token_id": ApiToken.objects.get(user=people.ada).pk,
        "receipt_id": Purge.objects.create(workspace=workspace, cause="hand", state="done").pk,
        "unknown_secret": "no-such-secret",
        "proxy_path": f"{experiment.pk}/{run.pk}/artifacts/model.txt",
        "model_id": logged_model.pk,
        "dataset_id": evaluation.pk,
    }
    return Scene(people=people, administrator=administrator, names=names)
