"""The runs table: which rows, in which order, grouped how, with which columns; its views, exports and edits of many."""
