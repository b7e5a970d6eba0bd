-- Times are integer milliseconds since the epoch. Every table is STRICT; nothing is null save where null says something.

create table agents (
    id text not null primary key,
    name text not null,
    version text not null,
    owner text not null check (length(owner) > 0),
    profile text not null,
    created_at integer not null
) strict;

create table instances (
    did text not null primary key,
    agent_id text not null references agents (id),
    -- thumbprint of its key: one key is one instance, however its DID is spelled
    key text not null unique,
    state text not null check (state in ('active', 'suspended', 'retired')),
    registered_at integer not null,
    changed_at integer not null
) strict;

create index instances_by_agent on instances (agent_id, did);

-- Nonces that this service handed out and that are still unused.
create table challenges (
    nonce text not null primary key,
    purpose text not null check (purpose in ('presentation', 'possession')),
    scope text not null,
    -- address or network that asked; empty when it did not come over a socket
    peer text not null,
    expires_at integer not null
) strict;

create index challenges_by_peer on challenges (peer, expires_at);
create index challenges_by_expiry on challenges (expires_at);

-- Replay keys that were used up: (kind, scope, key) occurs at most once while it could be replayed.
create table consumed (
    kind text not null,
    scope text not null,
    key text not null,
    until integer not null,
    primary key (kind, scope, key)
) strict, without rowid;

create index consumed_by_until on consumed (until);

create table status_lists (
    id text not null primary key,
    purpose text not null check (purpose in ('revocation', 'suspension')),
    size integer not null check (size >= 131072),
    used integer not null default 0,
    version integer not null default 0,
    -- date of the newest signature of this list
    signed_at integer not null default 0,
    created_at integer not null
) strict;

-- One row per index that was ever given out. Rows are never deleted: an index is never used again.
create table status_entries (
    list_id text not null references status_lists (id),
    position integer not null check (position >= 0),
    credential_id text not null references credentials (id),
    value integer not null default 0 check (value in (0, 1)),
    primary key (list_id, position)
) strict, without rowid;

create index status_entries_by_credential on status_entries (credential_id);

create table credentials (
    id text not null primary key,
    kind text not null,
    issuer text not null,
    subject text not null,
    -- digest of the paper that this one was delegated from
    parent text,
    -- prepared: index taken, not signed yet; issued: signed here; reserved: a delegation signed by its delegator
    state text not null check (state in ('prepared', 'issued', 'reserved')),
    digest text unique,
    document text not null default '',
    capability text not null default '[]',
    securing text not null,
    valid_from integer not null,
    valid_until integer not null,
    created_at integer not null,
    renews text,
    revoked_at integer,
    suspended integer not null default 0 check (suspended in (0, 1)),
    suspended_with_instance integer not null default 0 check (suspended_with_instance in (0, 1))
) strict;

create index credentials_by_issuer on credentials (issuer, created_at);
create index credentials_by_subject on credentials (subject, id);
create index credentials_by_parent on credentials (parent, id);

-- What was said about a credential and when, so that a question about the past has an answer.
create table status_events (
    sequence integer not null primary key autoincrement,
    credential_id text not null references credentials (id),
    purpose text not null check (purpose in ('revocation', 'suspension')),
    value integer not null check (value in (0, 1)),
    at integer not null
) strict;

create index status_events_by_credential on status_events (credential_id, purpose, sequence);

-- The newest instant at which something was signed: one row.
create table clock (
    id integer not null primary key check (id = 1),
    newest integer not null
) strict;

create table recognitions (
    id text not null primary key,
    entity_id text not null,
    action text not null,
    resource text not null,
    valid_from integer not null,
    ended_at integer
) strict;

create index recognitions_by_entity on recognitions (entity_id, id);

-- Only the SHA-256 of a token is kept.
create table tokens (
    id text not null primary key,
    hash text not null unique,
    name text not null,
    scopes text not null,
    created_at integer not null,
    expires_at integer not null,
    revoked_at integer
) strict;
