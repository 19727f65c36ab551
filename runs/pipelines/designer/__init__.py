"""The canvas: the page on which a pipeline is drawn. What it does goes over REST, as anybody's program may."""
