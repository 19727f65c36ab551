"""Components that make, train, tune and judge models: name -> the module that holds it, in the order of the palette."""

MODULES: dict[str, str] = {}
