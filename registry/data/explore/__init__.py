"""What is in the data: rows, profiles, questions in SQL, drift between two versions."""
