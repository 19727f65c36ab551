"""What pages, the API and the CLI read of experiments and runs.

runs.RunFilters(experiment="", states=(), text="", tags=(), parent="", created_by=None, is_archived=False,
                sort="-created", limit=50, cursor="", metrics=None)
    sort: [-](created|name|duration|state|metric:<key>[.last|.min|.max]|param:<key>), or the search language's
found.rows(workspace, filters) -> RunRows; whatever is asked
runs.run_rows(workspace, filters) -> RunRows(rows, next_cursor, previous_cursor); 4 queries
    row: RunRow(run, params: dict, tags: dict, metrics: dict[str, Summary], child_count)
runs.run_detail(run) -> RunDetail(run, job, params, tags, ancestors, children, child_count, failure, waiting)
runs.recent_runs(workspace, limit=8), runs.live_runs(workspace)
experiments.tree(workspace, is_archived=False) -> list[Folder(path, name, depth, experiment, run_count,
                total_count, last_run_at, children)]
compare.compare(runs) -> Comparison(runs, params, metrics, tags); row: CompareRow(key, values, differs)
code.code_tree(snapshot) -> list[CodeEntry(path, name, depth, is_dir, size)]
code.read_file(snapshot, path) -> CodeFile(path, size, text|None, is_truncated)
code.diff(a, b) -> CodeDiff(files: [FileDiff(path, change, lines: [(kind, text)], note)], is_truncated)
artifacts.listing(run, path="") -> list[Entry(path, name, is_dir, size, sha256, content_type, created_at)]
artifacts.artifact_at(run, path) -> Artifact
artifacts.shelf_of(run) -> Shelf
failure.failure_of(run) -> Failure(title, detail, hint, lines, first_line, exit_code, signal, reason) | None
"""
