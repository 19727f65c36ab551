"""Job files: the one parser, for the command line, the API, the new-run form and clones.

    parse.parse_text(text, file_name="job.yml", overrides=None) -> CommandJob
    parse.parse_object(document, overrides=None) -> CommandJob     the same fields as plain data

Both raise `JobFileError`, an `Invalid` whose `fields` give each problem with file, line and column.
"""
