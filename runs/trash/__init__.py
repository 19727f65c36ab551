"""What people throw away: the trash, taking things back, and removing them for good with a receipt."""
