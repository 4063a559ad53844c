"""What every room needs once: errors, text, ids, time, tables, log. Knows no other room."""
