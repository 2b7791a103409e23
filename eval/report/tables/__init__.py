"""The tables of the report, by theme, as cells of formatted text. Each gives an empty table when there is nothing to show."""
