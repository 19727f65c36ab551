"""Edge devices: machines elsewhere that fetch which images they shall run."""
