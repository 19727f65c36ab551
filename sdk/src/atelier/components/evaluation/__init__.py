"""How good scores are: figures, curves and tables of what Score Model made, for pages and for choosing between models."""
