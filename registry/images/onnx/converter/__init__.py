"""What runs in the container of a conversion: it stands on nothing of the studio."""
