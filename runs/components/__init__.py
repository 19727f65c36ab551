"""Components of a workspace: what people register beside those that every studio has."""
