"""Reading tables: native code meets users' files only in small processes of its own (`child`), which a pool starts and ends."""
