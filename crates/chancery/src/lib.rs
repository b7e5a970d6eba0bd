//! The paved road: agents, resolving, gathering evidence, guarded HTTP and the key store.
