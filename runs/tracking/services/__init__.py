"""The use cases of experiments and runs. Keyword-only, the actor first, one transaction, `StudioError` when refused.

experiments.ensure_experiment(*, actor, workspace, path) -> Experiment
experiments.edit_experiment(*, actor, experiment, description=None, is_archived=None) -> Experiment

submit.check_job_file(*, actor, workspace, file_name, text, overrides=None) -> CheckedJob(job, needs, notes)
submit.submit_run(*, actor, workspace, job, files=None, snapshot="", inputs=None, git=None,
                  parent=None, source="job", queue=True) -> Run
submit.submit_file(*, actor, workspace, file_name, text, overrides=None, …the same) -> Run

attached.start_run(*, actor, workspace, experiment="Default", name="", parent=None, tags=None, params=None,
                   description="", git=None, run_id="") -> Run
attached.finish_run(*, actor, run, state="completed", exit_code=None, message="") -> Run

lifecycle.queue_run(*, actor, run) -> Run                  a `created` run joins its queue
lifecycle.stop_run(*, actor, run, reason="user") -> Run
lifecycle.clone_run(*, actor, run, overrides=None, name="", queue=True) -> Run

records.edit_run(*, actor, run, name=None, description=None, tags=None, is_archived=None) -> Run
records.log_params(*, actor, run, params) -> None          {key: text, number or boolean}
records.set_tags(*, actor, run, tags) -> None              merges; a value of None removes the tag
records.archive_runs(*, actor, runs, is_archived=True) -> int
moving.move_run(*, actor, run, to) -> Run                        with everything below it

artifacts.put_artifact(*, actor, run, path, stream, sha256="", content_type="") -> Artifact
artifacts.delete_artifact(*, actor, run, path) -> None
snapshots.store_snapshot(*, actor, workspace, digest, stream) -> Snapshot
snapshots.store_input(*, actor, workspace, digest, stream) -> Blob

examples.seed_examples(*, actor, workspace) -> list[Run]   three runs in state `created`
examples.start_example(*, actor, run) -> Run
"""
