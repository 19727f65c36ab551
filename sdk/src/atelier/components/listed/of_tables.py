"""Components that bring, shape and describe tables: name -> the module that holds it, in the order of the palette."""

MODULES: dict[str, str] = {}
