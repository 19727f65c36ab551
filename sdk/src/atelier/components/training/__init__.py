"""Training, scoring and comparing: what turns learners and tables into models, scores and figures."""
