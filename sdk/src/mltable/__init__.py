"""Tables made of files, by the file MLTable that describes them."""
