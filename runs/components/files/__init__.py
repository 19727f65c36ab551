"""The one reader of component files and of the nodes of pipelines: text with places → plain data in normal form.

Pure: it knows no workspace. `runs.components.definitions` reads component files with it, `runs.pipelines.document`
pipeline files; a component may hold a pipeline, and a pipeline inline components, so that both stand here.
"""
