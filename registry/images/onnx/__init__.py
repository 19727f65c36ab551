"""Models as ONNX: what can be converted, and the script that does it in a container of the build."""
