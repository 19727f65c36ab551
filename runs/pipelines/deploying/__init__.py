"""Steps that deploy a model: the job asks, the studio does it in the name of whoever started the pipeline."""
