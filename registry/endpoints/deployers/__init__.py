"""Deploy targets: where instances run. Plug-ins of the group `atelier.deployers`."""
