"""Which components there are, in three lists: of tables, of models, and of text and the rest."""
