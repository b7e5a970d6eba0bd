-- Logs of did:webvh that are hosted here: one row per place, and one per entry, which never changes.
create table did_logs (
    place text not null primary key,
    did text not null,
    head text not null,
    entries integer not null,
    witness text,
    changed_at integer not null
) strict;

create table did_log_entries (
    place text not null references did_logs (place),
    number integer not null,
    version_id text not null,
    line text not null,
    primary key (place, number)
) strict;
