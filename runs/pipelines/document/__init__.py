"""The pipeline job file: what a draft holds, what a run carries out and what the canvas edits.

reading.read_text(text, file_name, files) -> Reading      YAML or JSON → document, problems with line and column
reading.read_object(value) -> Reading                     the same of plain data
writing.to_yaml(document) -> str                          canonical, and read back to the identical document
checking.check(workspace, document) -> list[Problem]      what is wrong, each at its node
graph                                                     wires, order, cycles, what needs what
"""
