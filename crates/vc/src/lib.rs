//! Credentials, agent papers, capabilities, constraints and status.
