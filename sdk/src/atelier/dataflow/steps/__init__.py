"""Every kind of step, grouped as a person looks for them."""
