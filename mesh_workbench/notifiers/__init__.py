"""Ways by which messages reach people: one file each, chosen by the workbench."""
