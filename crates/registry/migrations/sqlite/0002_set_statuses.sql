-- The set bits alone: a list tells of the other purpose's bits too, and most are clear.
create index status_entries_set on status_entries (credential_id, list_id) where value = 1;
