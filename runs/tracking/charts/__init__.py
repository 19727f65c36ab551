"""What a page of charts is made of: lines in bulk, bands over groups, expressions, values per run, files of scripts."""
