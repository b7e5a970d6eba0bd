//! The registry service: agents, papers, status lists, DID hosting and TRQP.
